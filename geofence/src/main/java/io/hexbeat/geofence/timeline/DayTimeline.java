package io.hexbeat.geofence.timeline;

import io.hexbeat.geofence.E7;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stops, legs and gaps of one person over a period, and how far they went. Immutable; made by one
 * call, a function of the fixes alone; allocates with their number.
 *
 * <p>A stop is a time within {@link TimelineRules#stopMeters} of its middle; it ends where two
 * fixes in a row lie beyond {@link TimelineRules#leaveMeters}, so noise neither makes nor cuts it,
 * and no distance is measured within it. A leg is measured from point to point that lie clearly
 * apart, less what their inaccuracy adds to a distance. A gap is a silence; the straight line over
 * it is an estimate and kept apart.
 */
public final class DayTimeline {
  /** Faster between two fixes and away again is a glitch of the receiver; airliners are slower. */
  private static final double GLITCH_MPS = 300;

  /** Stands for an accuracy that isn't known. */
  private static final double USUAL_ACCURACY_METERS = 20;

  /** Points of a leg lie so far apart at least: nearer ones measure the noise. */
  private static final double STEP_METERS = 25;

  /** A radius of 68% confidence of two dimensions is 1.51 times the deviation of one. */
  private static final double RADIUS_TO_DEVIATION = 1 / 1.51;

  private final TimelineRules rules;
  private final List<TrackFix> fixes;
  private final int inaccurate;
  private final List<Part> parts = new ArrayList<>();

  /** What a part of a day is. */
  public enum Kind {
    STOP,
    LEG,
    GAP;

    /** Lower case, as in the API. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A part of the day; it begins where the one before ends.
   *
   * @param latE7 the middle of a stop, where a leg or gap begins
   * @param endLatE7 the same of a stop, where a leg or gap ends
   * @param meters measured on a leg, estimated over a gap, 0 in a stop
   * @param fixCount used fixes
   */
  public record Part(
      Kind kind,
      long fromMs,
      long toMs,
      int latE7,
      int lngE7,
      int endLatE7,
      int endLngE7,
      double meters,
      int fixCount) {
    public long durationMs() {
      return toMs - fromMs;
    }
  }

  /** Mean of positions, which few metres apart may be averaged as they are. */
  private static final class Middle {
    private long latSum;
    private long lngSum;
    private int count;
    private int baseLng;

    void add(TrackFix fix) {
      if (count == 0) {
        baseLng = fix.lngE7();
      }
      latSum += fix.latE7();
      lngSum += E7.normalizeLngE7((long) fix.lngE7() - baseLng);
      count++;
    }

    int latE7() {
      return (int) (latSum / count);
    }

    int lngE7() {
      return E7.normalizeLngE7(baseLng + lngSum / count);
    }

    double metersTo(TrackFix fix) {
      return E7.distanceMeters(latE7(), lngE7(), fix.latE7(), fix.lngE7());
    }
  }

  private DayTimeline(TimelineRules rules, List<TrackFix> fixes, int inaccurate) {
    this.rules = rules;
    this.fixes = fixes;
    this.inaccurate = inaccurate;
  }

  /** The fixes of a person's phones in the order of time. */
  public static DayTimeline of(List<TrackFix> all, TimelineRules rules) {
    List<TrackFix> accurate = new ArrayList<>();
    for (TrackFix fix : all) {
      if (fix.accuracyCm() <= rules.maxAccuracyMeters() * 100) {
        accurate.add(fix);
      }
    }
    List<TrackFix> used = withoutGlitches(oneAtATime(accurate, rules.gapMs()));
    DayTimeline day = new DayTimeline(rules, used, all.size() - accurate.size());
    day.tell();
    return day;
  }

  public List<Part> parts() {
    return List.copyOf(parts);
  }

  /** The fixes that were used, in the order of time. */
  public List<TrackFix> fixes() {
    return List.copyOf(fixes);
  }

  /** Fixes left out because they are too inaccurate. */
  public int inaccurate() {
    return inaccurate;
  }

  /** Metres of all legs. */
  public double measuredMeters() {
    return meters(Kind.LEG);
  }

  /** Metres of straight lines over gaps. */
  public double estimatedMeters() {
    return meters(Kind.GAP);
  }

  /** Milliseconds of all parts of a kind. */
  public long durationMs(Kind kind) {
    return parts.stream().filter(part -> part.kind() == kind).mapToLong(Part::durationMs).sum();
  }

  private double meters(Kind kind) {
    return parts.stream().filter(part -> part.kind() == kind).mapToDouble(Part::meters).sum();
  }

  /** The phone that tells most leads; another fills its silences, and they are never mixed. */
  private static List<TrackFix> oneAtATime(List<TrackFix> fixes, long gapMs) {
    Map<Integer, List<TrackFix>> byDevice = new HashMap<>();
    for (TrackFix fix : fixes) {
      byDevice.computeIfAbsent(fix.deviceHandle(), device -> new ArrayList<>()).add(fix);
    }
    List<List<TrackFix>> tracks = new ArrayList<>(byDevice.values());
    tracks.sort(
        Comparator.<List<TrackFix>>comparingInt(track -> -track.size())
            .thenComparingInt(track -> track.get(0).deviceHandle()));
    List<TrackFix> chosen = new ArrayList<>();
    for (List<TrackFix> track : tracks) {
      chosen = filled(chosen, track, gapMs);
    }
    return chosen;
  }

  private static List<TrackFix> filled(List<TrackFix> lead, List<TrackFix> other, long gapMs) {
    if (lead.isEmpty()) {
      return other;
    }
    List<TrackFix> both = new ArrayList<>();
    int next = 0;
    for (TrackFix fix : other) {
      while (next < lead.size() && lead.get(next).timeMs() <= fix.timeMs()) {
        both.add(lead.get(next++));
      }
      long beforeMs = next == 0 ? Long.MIN_VALUE : lead.get(next - 1).timeMs();
      long afterMs = next == lead.size() ? Long.MAX_VALUE : lead.get(next).timeMs();
      if (beforeMs == Long.MIN_VALUE || afterMs == Long.MAX_VALUE || afterMs - beforeMs > gapMs) {
        both.add(fix);
      }
    }
    both.addAll(lead.subList(next, lead.size()));
    return both;
  }

  private static List<TrackFix> withoutGlitches(List<TrackFix> fixes) {
    List<TrackFix> kept = new ArrayList<>();
    for (int i = 0; i < fixes.size(); i++) {
      TrackFix fix = fixes.get(i);
      boolean glitch =
          !kept.isEmpty()
              && i + 1 < fixes.size()
              && mps(kept.get(kept.size() - 1), fix) > GLITCH_MPS
              && mps(fix, fixes.get(i + 1)) > GLITCH_MPS;
      if (!glitch) {
        kept.add(fix);
      }
    }
    return kept;
  }

  private static double mps(TrackFix from, TrackFix to) {
    double meters = from.metersTo(to);
    return meters < STEP_METERS ? 0 : meters * 1000 / Math.max(1, to.timeMs() - from.timeMs());
  }

  private void tell() {
    int at = 0;
    while (at < fixes.size()) {
      int end = at + 1;
      while (end < fixes.size() && !isGap(end)) {
        end++;
      }
      tellPiece(at, end);
      if (end < fixes.size()) {
        tellGap(fixes.get(end - 1), fixes.get(end));
      }
      at = end;
    }
  }

  /** Whether there is a silence before the fix. */
  private boolean isGap(int i) {
    return fixes.get(i).timeMs() - fixes.get(i - 1).timeMs() > rules.gapMs();
  }

  private void tellGap(TrackFix from, TrackFix to) {
    double meters = from.metersTo(to);
    double clear = Math.max(rules.stopMeters(), accuracyMeters(from) + accuracyMeters(to));
    parts.add(
        new Part(
            Kind.GAP,
            from.timeMs(),
            to.timeMs(),
            from.latE7(),
            from.lngE7(),
            to.latE7(),
            to.lngE7(),
            meters > clear ? meters : 0,
            0));
  }

  /** Fixes without a silence between: stops, and legs between them. */
  private void tellPiece(int from, int end) {
    int legFrom = from;
    int firstPart = parts.size();
    int i = from;
    while (i < end) {
      Middle middle = new Middle();
      int stopEnd = stop(i, end, middle, i == from);
      if (stopEnd < 0) {
        i++;
        continue;
      }
      addLeg(legFrom, i, firstPart, middle);
      addStop(i, stopEnd, middle, firstPart);
      legFrom = stopEnd - 1;
      i = stopEnd;
    }
    addLeg(legFrom, end - 1, firstPart, null);
  }

  /**
   * Where the stop that begins with a fix ends, exclusive, or -1 if none begins there. All that is
   * known between two silences may be a short one.
   */
  private int stop(int from, int end, Middle middle, boolean first) {
    middle.add(fixes.get(from));
    int to = from + 1;
    while (to < end && isWithin(middle, to, end, rules.stopMeters())) {
      middle.add(fixes.get(to++));
      if (fixes.get(to - 1).timeMs() - fixes.get(from).timeMs() >= rules.stopMs()) {
        return stay(to, end, middle);
      }
    }
    return first && to == end && to - from > 1 ? to : -1;
  }

  private int stay(int from, int end, Middle middle) {
    int to = from;
    while (to < end && isWithin(middle, to, end, rules.leaveMeters())) {
      TrackFix fix = fixes.get(to++);
      if (middle.metersTo(fix) <= rules.leaveMeters()) {
        middle.add(fix);
      }
    }
    return to;
  }

  /** A fix near enough, or a single one that isn't. */
  private boolean isWithin(Middle middle, int i, int end, int meters) {
    return middle.metersTo(fixes.get(i)) <= meters
        || (i + 1 < end && middle.metersTo(fixes.get(i + 1)) <= meters);
  }

  /** Two stops in one place with next to nothing between are one. */
  private void addStop(int from, int end, Middle middle, int firstPart) {
    TrackFix first = fixes.get(from);
    TrackFix last = fixes.get(end - 1);
    long beganMs = first.timeMs();
    int count = end - from;
    int size = parts.size();
    Part leg = size > firstPart ? parts.get(size - 1) : null;
    Part before = size - 1 > firstPart ? parts.get(size - 2) : null;
    if (leg != null
        && leg.kind() == Kind.LEG
        && before != null
        && before.kind() == Kind.STOP
        && leg.durationMs() < rules.stopMs()
        && leg.meters() < 2.0 * rules.leaveMeters()
        && E7.distanceMeters(before.latE7(), before.lngE7(), middle.latE7(), middle.lngE7())
            <= rules.leaveMeters()) {
      parts.remove(size - 1);
      parts.remove(size - 2);
      beganMs = before.fromMs();
      count += before.fixCount() + leg.fixCount();
    }
    parts.add(
        new Part(
            Kind.STOP,
            beganMs,
            last.timeMs(),
            middle.latE7(),
            middle.lngE7(),
            middle.latE7(),
            middle.lngE7(),
            0,
            count));
  }

  /**
   * The way from the last part to a stop, or to the last fix of the piece.
   *
   * @param from the fix at which the part before ends
   * @param to the first fix of the stop
   */
  private void addLeg(int from, int to, int firstPart, @Nullable Middle stop) {
    if (to <= from) {
      return;
    }
    boolean afterStop = parts.size() > firstPart;
    List<TrackFix> points = new ArrayList<>(fixes.subList(from, to + 1));
    if (afterStop) {
      Part before = parts.get(parts.size() - 1);
      points.set(0, new TrackFix(before.toMs(), before.latE7(), before.lngE7(), 0, 0));
    }
    if (stop != null) {
      points.set(
          points.size() - 1,
          new TrackFix(fixes.get(to).timeMs(), stop.latE7(), stop.lngE7(), 0, 0));
    }
    TrackFix first = points.get(0);
    TrackFix last = points.get(points.size() - 1);
    parts.add(
        new Part(
            Kind.LEG,
            first.timeMs(),
            last.timeMs(),
            first.latE7(),
            first.lngE7(),
            last.latE7(),
            last.lngE7(),
            measured(points),
            Math.max(0, to - from - (afterStop ? 1 : 0) + (stop == null ? 1 : 0))));
  }

  /**
   * From point to point, each clearly apart from the one before. Noise makes the square of a
   * distance longer by the sum of both variances in both directions, on average; that is taken off.
   */
  private static double measured(List<TrackFix> points) {
    double meters = 0;
    TrackFix from = points.get(0);
    for (int i = 1; i < points.size(); i++) {
      TrackFix to = points.get(i);
      double step = from.metersTo(to);
      boolean last = i == points.size() - 1;
      double clear = Math.max(STEP_METERS, 2 * Math.max(accuracyMeters(from), accuracyMeters(to)));
      if (step >= clear || last) {
        double noise = variance(from) + variance(to);
        meters += Math.sqrt(Math.max(0, step * step - 2 * noise));
        from = to;
      }
    }
    return meters;
  }

  private static double variance(TrackFix fix) {
    double deviation = fix.accuracyCm() == 0 ? 0 : accuracyMeters(fix) * RADIUS_TO_DEVIATION;
    return deviation * deviation;
  }

  /** 0 stands for the middle of a stop. */
  private static double accuracyMeters(TrackFix fix) {
    return fix.accuracyCm() < 0 ? USUAL_ACCURACY_METERS : fix.accuracyCm() / 100.0;
  }
}
