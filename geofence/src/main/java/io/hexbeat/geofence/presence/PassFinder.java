package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.Shape;

/**
 * Passes through fences between two sparse fixes, concluded from the straight line between them.
 * One thread; reuses its set; allocates nothing once that has grown. The line says something only
 * while it is short in time and length, at a speed that drives, and where it runs deeper inside the
 * fence than either fix is accurate; everything else is left unsaid.
 */
final class PassFinder {
  /** A longer gap leaves room for any way. */
  static final long GAP_MAX_MS = 300_000;

  /** A longer line is no way that anybody takes; two minutes of a bus. */
  static final double LINE_MAX_METERS = 2_000;

  /** A longer line may cut a corner: where the phone tells a bearing, it must be the line's. */
  static final double SURE_METERS = 60;

  /** Of twenty degrees. */
  private static final double COS_SQUARED = 0.883;

  /** A shorter line skips no fence worth telling. */
  static final double LINE_MIN_METERS = 20;

  /** Faster is a glitch or a flight. */
  static final double MPS_MAX = 70;

  /** Points looked at along the line; 31 m apart at most, less than a site of interest. */
  private static final int STEPS = 64;

  private final PresencePolicy defaultPolicy;
  private final FenceIds crossed = new FenceIds();
  private final FenceIds scratch = new FenceIds();

  PassFinder(PresencePolicy defaultPolicy) {
    this.defaultPolicy = defaultPolicy;
  }

  /** Adds an inferred ENTER and EXIT for each pass between the last applied fix and this one. */
  void find(
      FenceIndex index,
      PresenceState state,
      Fix fix,
      long atMs,
      FenceIds containing,
      PresenceDecision out) {
    if (!saysSomething(state, fix, atMs)) {
      return;
    }
    if (state.holds(index, state.lastLatE7(), state.lastLngE7())
        && state.holds(index, fix.latE7(), fix.lngE7())) {
      return;
    }
    index.crossedBy(
        state.lastLatE7(), state.lastLngE7(), fix.latE7(), fix.lngE7(), scratch, crossed);
    for (int i = 0; i < crossed.size() && out.hasRoomFor(2); i++) {
      int handle = crossed.get(i);
      if (containing.contains(handle)
          || state.isIn(handle)
          || state.enteringSinceMs(handle) != Long.MIN_VALUE) {
        continue;
      }
      Fence fence = index.byHandle(handle);
      if (fence != null && fence.activeAt(state.lastTimeMs()) && fence.activeAt(atMs)) {
        passThrough(fence, state, fix, atMs, out);
      }
    }
  }

  private static boolean saysSomething(PresenceState state, Fix fix, long atMs) {
    long gapMs = atMs - state.lastTimeMs();
    if (!state.placed() || gapMs <= 0 || gapMs > GAP_MAX_MS) {
      return false;
    }
    double squared =
        E7.nearSquaredMeters(
            fix.latE7(),
            (long) fix.latE7() - state.lastLatE7(),
            E7.normalizeLngE7((long) fix.lngE7() - state.lastLngE7()));
    double reach = Math.min(LINE_MAX_METERS, MPS_MAX * gapMs / 1_000);
    return squared >= LINE_MIN_METERS * LINE_MIN_METERS
        && squared <= reach * reach
        && (squared <= SURE_METERS * SURE_METERS || goesAlong(state, fix));
  }

  /** Whether the phone tells no bearing, or one that goes the way of the line. */
  private static boolean goesAlong(PresenceState state, Fix fix) {
    if (fix.bearingCdeg() < 0) {
      return true;
    }
    double north = ((double) fix.latE7() - state.lastLatE7());
    double east =
        ((double) fix.lngE7() - state.lastLngE7())
            * Math.cos(Math.toRadians(E7.toDegrees(fix.latE7())));
    double bearing = Math.toRadians(fix.bearingCdeg() / 100.0);
    double along = north * Math.cos(bearing) + east * Math.sin(bearing);
    return along > 0 && along * along > COS_SQUARED * (north * north + east * east);
  }

  private void passThrough(
      Fence fence, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    PresencePolicy own = fence.presence();
    PresencePolicy policy = own == null ? defaultPolicy : own;
    if (!PresenceEngine.accurateFor(policy, fix.accuracyCm())
        || !PresenceEngine.accurateFor(policy, state.lastAccuracyCm())) {
      return;
    }
    Shape shape = fence.shape();
    if (shape.contains(state.lastLatE7(), state.lastLngE7())
        || shape.contains(fix.latE7(), fix.lngE7())) {
      return;
    }
    long deltaLat = (long) fix.latE7() - state.lastLatE7();
    long deltaLng = E7.normalizeLngE7((long) fix.lngE7() - state.lastLngE7());
    int first = 0;
    int last = 0;
    double depthMeters = 0;
    for (int step = 1; step < STEPS; step++) {
      int latE7 = (int) (state.lastLatE7() + deltaLat * step / STEPS);
      int lngE7 = E7.normalizeLngE7(state.lastLngE7() + deltaLng * step / STEPS);
      if (shape.contains(latE7, lngE7)) {
        first = first == 0 ? step : first;
        last = step;
        depthMeters = Math.max(depthMeters, shape.distanceToEdgeMeters(latE7, lngE7));
      }
    }
    if (depthMeters == 0) {
      return;
    }
    double accuracyMeters =
        Math.max(
            PresenceEngine.accuracyMeters(fix.accuracyCm()),
            PresenceEngine.accuracyMeters(state.lastAccuracyCm()));
    if (depthMeters > accuracyMeters
        && shape.distanceToEdgeMeters(state.lastLatE7(), state.lastLngE7()) > accuracyMeters
        && shape.distanceToEdgeMeters(fix.latE7(), fix.lngE7()) > accuracyMeters) {
      long gapMs = atMs - state.lastTimeMs();
      out.add(fence.handle(), ChangeKind.ENTER, true, state.lastTimeMs() + gapMs * first / STEPS);
      out.add(fence.handle(), ChangeKind.EXIT, true, state.lastTimeMs() + gapMs * last / STEPS);
    }
  }
}
