package io.hexbeat.load.sim;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.sim.SimPing;
import io.hexbeat.load.sim.TraceFolder.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds in recorded traces who stands still, and what presence tells of them meanwhile. One thread.
 * Presence is right if it tells nothing: neither ENTER nor EXIT, of given fences and of circles
 * laid round the place so that their edges run through it and beside it.
 *
 * <p>Arriving is no change: what is told in the first {@link #SETTLING_MS} is not counted.
 */
final class StillHours {
  /** Three minutes make an uncertain ENTER certain; fixes are minutes apart. */
  static final long SETTLING_MS = 600_000;

  /** Enough for presence to know the phone before it stands still. */
  private static final long RUN_UP_MS = 7_200_000;

  private static final long TICK_MS = 60_000;
  private static final double NEAR_METERS = 2_000;
  private static final int LEAST_FIXES = 5;
  private static final int[] RADII_METERS = {30, 60, 100, 150};
  private static final int[] EDGE_METERS = {-60, -40, -25, -15, -10, -5, 0, 5, 10, 15, 25, 40, 60};
  private static final int DIRECTIONS = 8;

  /**
   * What standing still is.
   *
   * @param leastMs how long at least
   * @param withinMeters how far no fix of it is from its first
   * @param gapMs a longer silence ends it
   */
  record Rules(long leastMs, double withinMeters, long gapMs) {
    static final Rules USUAL = new Rules(3_600_000, 25, 3_600_000);
  }

  /**
   * A stretch of a trace in which nobody moves.
   *
   * @param from the number of its first fix
   * @param to behind its last one
   */
  record Stretch(Trace trace, int from, int to) {
    long fromMs() {
      return trace.fixes().get(from).fixTimeMs();
    }

    long toMs() {
      return trace.fixes().get(to - 1).fixTimeMs();
    }

    /** From the first fix to the farthest. */
    double spreadMeters() {
      SimPing first = trace.fixes().get(from);
      return trace.fixes().subList(from, to).stream()
          .filter(StillHours::somewhere)
          .mapToDouble(fix -> meters(first, fix))
          .max()
          .orElse(0);
    }
  }

  /**
   * What was told of a stretch.
   *
   * @param changes ENTER and EXIT, a line each
   * @param naiveChanges how many a raw point-in-polygon server would have told
   */
  record Told(List<String> changes, int naiveChanges) {}

  private final PresencePolicy policy;

  StillHours(PresencePolicy policy) {
    this.policy = policy;
  }

  /** All stretches of a trace, by time; a fix at 0,0 is no fix. */
  static List<Stretch> of(Trace trace, Rules rules) {
    List<Stretch> found = new ArrayList<>();
    List<SimPing> fixes = trace.fixes();
    int from = 0;
    while (from < fixes.size()) {
      int to = endOf(fixes, from, rules);
      boolean still =
          to - from >= LEAST_FIXES
              && fixes.get(to - 1).fixTimeMs() - fixes.get(from).fixTimeMs() >= rules.leastMs();
      if (still) {
        found.add(new Stretch(trace, from, to));
      }
      from = still ? to : from + 1;
    }
    return found;
  }

  private static int endOf(List<SimPing> fixes, int from, Rules rules) {
    SimPing first = fixes.get(from);
    int to = from;
    for (int i = from; i < fixes.size() && somewhere(first); i++) {
      SimPing fix = fixes.get(i);
      if (!somewhere(fix)) {
        continue;
      }
      if (fix.fixTimeMs() - fixes.get(Math.max(from, to - 1)).fixTimeMs() > rules.gapMs()
          || meters(first, fix) > rules.withinMeters()) {
        break;
      }
      to = i + 1;
    }
    return to;
  }

  /** What presence tells of a stretch, its trace replayed from some time before. */
  Told told(FenceIndex index, Stretch stretch) {
    PresenceEngine engine = new PresenceEngine(policy, 300_000);
    PresenceState state = new PresenceState();
    PresenceDecision decision = new PresenceDecision();
    FenceIds now = new FenceIds();
    FenceIds before = new FenceIds();
    List<String> changes = new ArrayList<>();
    int naiveChanges = 0;
    List<SimPing> fixes = stretch.trace.fixes();
    long settledMs = stretch.fromMs() + SETTLING_MS;
    for (int i = 0; i < stretch.to; i++) {
      SimPing fix = fixes.get(i);
      if (fix.fixTimeMs() < stretch.fromMs() - RUN_UP_MS) {
        continue;
      }
      if (state.placed()) {
        long lastMs = state.lastTimeMs();
        for (long at = lastMs + TICK_MS; at < fix.fixTimeMs(); at += TICK_MS) {
          engine.decideByTime(index, state, at, decision);
          PresenceEngine.applyChanges(state, decision);
          note(decision, at, settledMs, changes);
        }
      }
      engine.decide(index, state, fix, decision);
      PresenceEngine.apply(state, fix, decision);
      note(decision, fix.fixTimeMs(), settledMs, changes);
      index.containing(fix.latE7(), fix.lngE7(), now);
      naiveChanges += fix.fixTimeMs() > settledMs ? differences(before, now) : 0;
      before.clear();
      for (int j = 0; j < now.size(); j++) {
        before.add(now.get(j));
      }
    }
    return new Told(changes, naiveChanges);
  }

  private static void note(
      PresenceDecision decision, long atMs, long settledMs, List<String> changes) {
    for (int i = 0; i < decision.count(); i++) {
      ChangeKind kind = decision.kind(i);
      if (kind.transition() && kind != ChangeKind.DWELL && atMs > settledMs) {
        changes.add(
            "%s of fence %d, %d min after it came to stand, as of %d min"
                .formatted(
                    kind,
                    decision.fenceHandle(i),
                    (atMs - settledMs + SETTLING_MS) / 60_000,
                    Math.floorDiv(decision.atMs(i) - settledMs + SETTLING_MS, 60_000)));
      }
    }
  }

  private static int differences(FenceIds before, FenceIds now) {
    int differences = 0;
    for (int i = 0; i < before.size(); i++) {
      differences += now.contains(before.get(i)) ? 0 : 1;
    }
    for (int i = 0; i < now.size(); i++) {
      differences += before.contains(now.get(i)) ? 0 : 1;
    }
    return differences;
  }

  /**
   * Circles whose edges run so far from the middle of a stretch: through it, beside it and round
   * it. Each is an index of its own, since one site's presence has a say in another's.
   */
  static List<FenceIndex> circlesAt(Stretch stretch) {
    List<SimPing> fixes =
        stretch.trace.fixes().subList(stretch.from, stretch.to).stream()
            .filter(StillHours::somewhere)
            .toList();
    int lat = median(fixes.stream().mapToInt(SimPing::latE7).toArray());
    int lng = median(fixes.stream().mapToInt(SimPing::lngE7).toArray());
    double cos = Math.cos(Math.toRadians(E7.toDegrees(lat)));
    List<FenceIndex> circles = new ArrayList<>();
    for (int radius : RADII_METERS) {
      for (int edge : EDGE_METERS) {
        double away = radius + edge;
        for (int i = 0; i < DIRECTIONS && away >= 0; i++) {
          double angle = 2 * Math.PI * i / DIRECTIONS;
          int north = (int) (Math.cos(angle) * away / E7.METERS_PER_UNIT);
          int east = (int) (Math.sin(angle) * away / E7.METERS_PER_UNIT / cos);
          Circle circle = new Circle(lat + north, E7.normalizeLngE7((long) lng + east), radius);
          circles.add(
              FenceIndex.of(
                  1, List.of(Fence.of(1, "radius %d edge %d".formatted(radius, edge), circle))));
        }
      }
    }
    return circles;
  }

  private static int median(int[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** The fences that have to do with where somebody stands: those round it, and those near it. */
  static List<Fence> near(List<Fence> fences, List<Stretch> stretches) {
    return fences.stream()
        .filter(fence -> stretches.stream().anyMatch(stretch -> isNear(fence, stretch)))
        .toList();
  }

  private static boolean isNear(Fence fence, Stretch stretch) {
    SimPing at = stretch.trace.fixes().get(stretch.from);
    return fence.shape().signedDistanceMeters(at.latE7(), at.lngE7()) < NEAR_METERS;
  }

  private static boolean somewhere(SimPing fix) {
    return fix.latE7() != 0 || fix.lngE7() != 0;
  }

  private static double meters(SimPing one, SimPing other) {
    return Math.sqrt(
        E7.nearSquaredMeters(
            one.latE7(),
            (long) other.latE7() - one.latE7(),
            E7.normalizeLngE7((long) other.lngE7() - one.lngE7())));
  }
}
