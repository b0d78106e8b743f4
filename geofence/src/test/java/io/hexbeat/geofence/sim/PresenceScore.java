package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.presence.ChangeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was told held against the truth, added up over people. One thread.
 *
 * <p>A true visit is the time inside, absences shorter than {@link #OUTING_MS} included. A told
 * transition is right if it names fence and kind of a true one and its time is within {@link
 * #TOLERANCE_MS} of it, or of the nearest fix before or after it: nobody can know better than there
 * were fixes. One told matches one true. Recall is asked of visits of {@link #DWELL_MS} and more
 * that go ten metres and more into the fence; of another it is neither right nor wrong to tell.
 * Whatever else was told is wrong.
 */
public final class PresenceScore {
  public static final long DWELL_MS = 300_000;
  public static final long OUTING_MS = 120_000;
  public static final long TOLERANCE_MS = 180_000;

  /** An edge on a map is no finer. */
  private static final double EDGE_METERS = 10;

  /** Of a dwell near five minutes nobody can tell by fixes a minute apart whether it was one. */
  private static final long DWELL_GRAIN_MS = 120_000;

  private long people;
  private long days;
  private long right;
  private long wrong;
  private long missed;
  private long falsePairs;
  private long dwellsRight;
  private long dwellsWrong;
  private long dwellsMissed;

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
      boolean counts = visit.dwellMs() >= DWELL_MS && goesIn(city, personDays, visit);
      take(left, visit.fence(), ChangeKind.ENTER, visit.arriveMs(), fixesMs, counts);
      if (visit.leaveMs() < endMs) {
        take(left, visit.fence(), ChangeKind.EXIT, visit.leaveMs(), fixesMs, counts);
      }
    }
    wrong += left.size();
    falsePairs += falsePairs(visits, told, fixesMs);
    dwells(visits, told);
  }

  /** Whether it is a visit, and not a stay at the wall. */
  private static boolean goesIn(SimCity city, List<PersonDay> personDays, TrueVisit visit) {
    SimSite site = city.site(visit.fence());
    for (PersonDay day : personDays) {
      long fromMs = Math.max(visit.arriveMs(), day.track().fromMs());
      long toMs = Math.min(visit.leaveMs(), day.track().toMs());
      for (long t = fromMs; t < toMs; t += 10_000) {
        double signed = site.signedMeters(day.track().eastMeters(t), day.track().northMeters(t));
        if (signed <= -EDGE_METERS) {
          return true;
        }
      }
    }
    return false;
  }

  private void take(
      List<Told> left, int fence, ChangeKind kind, long atMs, long[] fixesMs, boolean counts) {
    long fromMs = before(fixesMs, atMs) - TOLERANCE_MS;
    long toMs = after(fixesMs, atMs) + TOLERANCE_MS;
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
  }

  /** Stays that nobody made, and a visit told as several counts once too often each. */
  private static long falsePairs(List<TrueVisit> visits, List<Told> told, long[] fixesMs) {
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

  private static boolean isFalse(
      List<TrueVisit> visits,
      int fence,
      long fromMs,
      long toMs,
      long[] fixesMs,
      Map<TrueVisit, Integer> times) {
    for (TrueVisit visit : visits) {
      if (visit.fence() == fence
          && before(fixesMs, visit.arriveMs()) - TOLERANCE_MS <= toMs
          && after(fixesMs, visit.leaveMs()) + TOLERANCE_MS >= fromMs
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
                      && one.atMs() <= visit.leaveMs() + TOLERANCE_MS);
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
