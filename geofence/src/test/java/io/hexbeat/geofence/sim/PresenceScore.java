package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.presence.ChangeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was told held against the truth, added up over people. One thread. Keeps a line for each
 * transition that was wrong or missed.
 *
 * <p>A true visit is the time inside, absences shorter than {@link #OUTING_MS} included. A told
 * transition is right if it names fence and kind of a true one and its time is within the tolerance
 * of it, or of the nearest fix before or after it: nobody can know better than there were fixes.
 * One told matches one true. Recall is asked of visits of {@link #DWELL_MS} and more; of another it
 * is neither right nor wrong to tell. Whatever else was told is wrong.
 */
public final class PresenceScore {
  public static final long DWELL_MS = 300_000;
  public static final long OUTING_MS = 120_000;

  /** So far from the true one, or from the nearest fix, a told transition is still that one. */
  public static final long TOLERANCE_MS = 120_000;

  /** Of a dwell near five minutes nobody can tell by fixes a minute apart whether it was one. */
  private static final long DWELL_GRAIN_MS = 120_000;

  private final long toleranceMs;
  private final List<String> misses = new ArrayList<>();
  private long people;
  private long days;
  private long right;
  private long wrong;
  private long missed;
  private long falsePairs;
  private long dwellsRight;
  private long dwellsWrong;
  private long dwellsMissed;

  public PresenceScore(long toleranceMs) {
    this.toleranceMs = toleranceMs;
  }

  /** One person's days, and what was told of them. */
  public void add(SimCity city, List<PersonDay> personDays, List<Told> told) {
    people++;
    days += personDays.size();
    List<TrueVisit> visits = merged(personDays);
    long[] fixesMs =
        personDays.stream()
            .flatMap(day -> day.pings().stream())
            .mapToLong(SimPing::fixTimeMs)
            .sorted()
            .toArray();
    long endMs = fixesMs[fixesMs.length - 1];
    List<Told> left = new ArrayList<>(told);
    left.removeIf(one -> one.kind() == ChangeKind.DWELL);
    for (TrueVisit visit : visits) {
      boolean counts = visit.dwellMs() >= DWELL_MS;
      boolean came = take(left, visit.fence(), ChangeKind.ENTER, visit.arriveMs(), fixesMs, counts);
      boolean went =
          visit.leaveMs() >= endMs
              || take(left, visit.fence(), ChangeKind.EXIT, visit.leaveMs(), fixesMs, counts);
      if (counts && !(came && went)) {
        misses.add(missed(city, personDays, visit, came, told));
      }
    }
    wrong += left.size();
    left.forEach(one -> misses.add(wrong(city, personDays, visits, one)));
    falsePairs += falsePairs(visits, told, fixesMs);
    dwells(visits, told);
  }

  private static String missed(
      SimCity city, List<PersonDay> personDays, TrueVisit visit, boolean came, List<Told> told) {
    StringBuilder text =
        new StringBuilder(
            "missed %s of fence %d (%.0f m wide), %d min from %d, deepest %.0f m, told:"
                .formatted(
                    came ? "EXIT" : "ENTER",
                    visit.fence(),
                    city.site(visit.fence()).widthMeters(),
                    visit.dwellMs() / 60_000,
                    visit.arriveMs(),
                    -deepest(city, personDays, visit)));
    for (Told one : told) {
      if (one.fence() == visit.fence()
          && one.atMs() > visit.arriveMs() - 900_000
          && one.atMs() < visit.leaveMs() + 900_000) {
        text.append(
            " %s %+ds/%+ds"
                .formatted(
                    one.kind(),
                    (one.atMs() - visit.arriveMs()) / 1_000,
                    (one.atMs() - visit.leaveMs()) / 1_000));
      }
    }
    return member(personDays) + text;
  }

  private static String wrong(
      SimCity city, List<PersonDay> personDays, List<TrueVisit> visits, Told one) {
    StringBuilder text = new StringBuilder();
    for (TrueVisit visit : visits) {
      if (visit.fence() == one.fence()
          && one.atMs() > visit.arriveMs() - 900_000
          && one.atMs() < visit.leaveMs() + 900_000) {
        text.append(
            " %d min %+ds/%+ds"
                .formatted(
                    visit.dwellMs() / 60_000,
                    (one.atMs() - visit.arriveMs()) / 1_000,
                    (one.atMs() - visit.leaveMs()) / 1_000));
      }
    }
    return member(personDays)
        + "wrong %s of fence %d (%.0f m wide) at %d, truly %.0f m from it at %.1f m/s, visits:%s"
            .formatted(
                one.kind(),
                one.fence(),
                city.site(one.fence()).widthMeters(),
                one.atMs(),
                signed(city, personDays, one.fence(), one.atMs()),
                speed(personDays, one.atMs()),
                text);
  }

  private static String member(List<PersonDay> personDays) {
    return "member " + personDays.get(0).member() + ": ";
  }

  private static double deepest(SimCity city, List<PersonDay> personDays, TrueVisit visit) {
    double deepest = 0;
    for (long t = visit.arriveMs(); t < visit.leaveMs(); t += 10_000) {
      deepest = Math.min(deepest, signed(city, personDays, visit.fence(), t));
    }
    return deepest;
  }

  /** How far somebody truly was from a fence's edge, negative inside. */
  private static double signed(SimCity city, List<PersonDay> personDays, int fence, long atMs) {
    TrueTrack track = trackAt(personDays, atMs);
    return city.site(fence).signedMeters(track.eastMeters(atMs), track.northMeters(atMs));
  }

  private static double speed(List<PersonDay> personDays, long atMs) {
    return trackAt(personDays, atMs).metersPerSecond(atMs);
  }

  private static TrueTrack trackAt(List<PersonDay> personDays, long atMs) {
    TrueTrack track = personDays.get(0).track();
    for (PersonDay day : personDays) {
      if (day.track().fromMs() <= atMs) {
        track = day.track();
      }
    }
    return track;
  }

  /** Whether one of those left is it; then it is no more. */
  private boolean take(
      List<Told> left, int fence, ChangeKind kind, long atMs, long[] fixesMs, boolean counts) {
    long fromMs = before(fixesMs, atMs) - toleranceMs;
    long toMs = after(fixesMs, atMs) + toleranceMs;
    Told best = null;
    for (Told one : left) {
      if (one.fence() == fence
          && one.kind() == kind
          && one.atMs() >= fromMs
          && one.atMs() <= toMs
          && (best == null || Math.abs(one.atMs() - atMs) < Math.abs(best.atMs() - atMs))) {
        best = one;
      }
    }
    if (best != null) {
      left.remove(best);
    }
    if (counts) {
      right += best == null ? 0 : 1;
      missed += best == null ? 1 : 0;
    }
    return best != null;
  }

  /** Stays that nobody made, and a visit told as several counts once too often each. */
  private long falsePairs(List<TrueVisit> visits, List<Told> told, long[] fixesMs) {
    Map<Long, Long> open = new HashMap<>();
    Map<TrueVisit, Integer> times = new HashMap<>();
    long pairs = 0;
    for (Told one : told) {
      long key = (long) one.device() << 32 | one.fence();
      if (one.kind() == ChangeKind.ENTER) {
        open.put(key, one.atMs());
      } else if (one.kind() != ChangeKind.DWELL) {
        Long since = open.remove(key);
        if (since != null) {
          pairs += isFalse(visits, one.fence(), since, one.atMs(), fixesMs, times) ? 1 : 0;
        }
      }
    }
    return pairs;
  }

  private boolean isFalse(
      List<TrueVisit> visits,
      int fence,
      long fromMs,
      long toMs,
      long[] fixesMs,
      Map<TrueVisit, Integer> times) {
    for (TrueVisit visit : visits) {
      if (visit.fence() == fence
          && before(fixesMs, visit.arriveMs()) - toleranceMs <= toMs
          && after(fixesMs, visit.leaveMs()) + toleranceMs >= fromMs
          && times.merge(visit, 1, Integer::sum) == 1) {
        return false;
      }
    }
    return true;
  }

  private void dwells(List<TrueVisit> visits, List<Told> told) {
    List<Told> left = new ArrayList<>(told);
    left.removeIf(one -> one.kind() != ChangeKind.DWELL);
    for (TrueVisit visit : visits) {
      if (visit.dwellMs() < DWELL_MS - DWELL_GRAIN_MS) {
        continue;
      }
      boolean found =
          left.removeIf(
              one ->
                  one.fence() == visit.fence()
                      && one.atMs() >= visit.arriveMs()
                      && one.atMs() <= visit.leaveMs() + toleranceMs);
      if (visit.dwellMs() >= DWELL_MS + DWELL_GRAIN_MS) {
        dwellsRight += found ? 1 : 0;
        dwellsMissed += found ? 0 : 1;
      }
    }
    dwellsWrong += left.size();
  }

  private static List<TrueVisit> merged(List<PersonDay> personDays) {
    Map<Integer, TrueVisit> last = new HashMap<>();
    List<TrueVisit> merged = new ArrayList<>();
    for (PersonDay day : personDays) {
      for (TrueVisit visit : day.visits()) {
        TrueVisit before = last.get(visit.fence());
        TrueVisit whole = visit;
        if (before != null && visit.arriveMs() - before.leaveMs() < OUTING_MS) {
          merged.remove(before);
          whole = new TrueVisit(visit.fence(), before.arriveMs(), visit.leaveMs());
        }
        last.put(visit.fence(), whole);
        merged.add(whole);
      }
    }
    merged.sort(Comparator.comparingLong(TrueVisit::dwellMs).reversed());
    return merged;
  }

  private static long before(long[] timesMs, long atMs) {
    int found = Arrays.binarySearch(timesMs, atMs);
    int at = found >= 0 ? found : -found - 2;
    return at < 0 ? atMs : timesMs[at];
  }

  private static long after(long[] timesMs, long atMs) {
    int found = Arrays.binarySearch(timesMs, atMs);
    int at = found >= 0 ? found : -found - 1;
    return at == timesMs.length ? atMs : timesMs[at];
  }

  /** What was told wrong or not at all, a line each. */
  public List<String> misses() {
    return List.copyOf(misses);
  }

  /** True transitions of visits that count. */
  public long cases() {
    return right + missed;
  }

  public double precision() {
    return share(right, wrong);
  }

  public double recall() {
    return share(right, missed);
  }

  public double falsePairsPerPersonWeek() {
    return days == 0 ? 0 : falsePairs * 7.0 / days;
  }

  public long dwellCases() {
    return dwellsRight + dwellsMissed;
  }

  public double dwellPrecision() {
    return share(dwellsRight, dwellsWrong);
  }

  public double dwellRecall() {
    return share(dwellsRight, dwellsMissed);
  }

  public double falseDwellsPerPersonWeek() {
    return days == 0 ? 0 : dwellsWrong * 7.0 / days;
  }

  private static double share(long part, long rest) {
    return part + rest == 0 ? 1 : part / (double) (part + rest);
  }

  @Override
  public String toString() {
    return "people=%d days=%d right=%d wrong=%d missed=%d precision=%.4f recall=%.4f pairs/week=%.2f"
            .formatted(
                people,
                days,
                right,
                wrong,
                missed,
                precision(),
                recall(),
                falsePairsPerPersonWeek())
        + " dwell precision=%.4f recall=%.4f".formatted(dwellPrecision(), dwellRecall());
  }
}
