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
  /** Between fixes less apart nobody has been anywhere: who drove through a fence is traffic. */
  static final long GAP_MIN_MS = 15_000;

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

  /** Points looked at along the line: a car's length apart... */
  private static final double STEP_METERS = 5;

  /** ...but so many of a long one; 31 m apart at most, less than a site of interest. */
  private static final int STEPS_MAX = 64;

  private final PresencePolicy defaultPolicy;

  /** Presence itself speaks of these. */
  private final FenceIds known = new FenceIds();

  private final FenceIds crossed = new FenceIds();
  private final FenceIds scratch = new FenceIds();

  PassFinder(PresencePolicy defaultPolicy) {
    this.defaultPolicy = defaultPolicy;
  }

  /**
   * Adds an inferred ENTER and EXIT for each pass between the last applied fix and this one, which
   * {@link #isSparse}.
   *
   * @param clearUnits how far round the last one there was no edge
   */
  void find(
      FenceIndex index,
      PresenceState state,
      Fix fix,
      long atMs,
      double clearUnits,
      FenceIds containing,
      PresenceDecision out) {
    if (!saysSomething(state, fix, atMs)) {
      return;
    }
    if (state.isClearTo(index, fix.latE7(), fix.lngE7(), clearUnits)) {
      return;
    }
    setKnown(state, containing);
    index.crossedBy(
        state.lastLatE7(), state.lastLngE7(), fix.latE7(), fix.lngE7(), known, scratch, crossed);
    for (int i = 0; i < crossed.size() && out.hasRoomFor(2); i++) {
      Fence fence = index.byHandle(crossed.get(i));
      if (fence != null && fence.activeAt(state.lastTimeMs()) && fence.activeAt(atMs)) {
        passThrough(fence, state, fix, atMs, out);
      }
    }
  }

  private void setKnown(PresenceState state, FenceIds containing) {
    known.clear();
    for (int i = 0; i < containing.size(); i++) {
      known.add(containing.get(i));
    }
    for (int i = 0; i < state.size(); i++) {
      known.addIfAbsent(state.fenceHandle(i));
    }
    for (int i = 0; i < state.entering(); i++) {
      known.addIfAbsent(state.enteringFence(i));
    }
  }

  /** Whether the last applied fix is neither so near in time nor so far that its way is unknown. */
  static boolean isSparse(PresenceState state, long atMs) {
    long gapMs = atMs - state.lastTimeMs();
    return state.placed() && gapMs >= GAP_MIN_MS && gapMs <= GAP_MAX_MS;
  }

  private static boolean saysSomething(PresenceState state, Fix fix, long atMs) {
    long gapMs = atMs - state.lastTimeMs();
    double squared =
        E7.nearSquaredMeters(
            fix.latE7(),
            (long) fix.latE7() - state.lastLatE7(),
            E7.normalizeLngE7((long) fix.lngE7() - state.lastLngE7()));
    double reach = Math.min(LINE_MAX_METERS, MPS_MAX * gapMs / 1_000);
    double least = Math.max(LINE_MIN_METERS, 4 * accuracyMeters(state, fix));
    return squared >= least * least
        && squared <= reach * reach
        && (squared <= SURE_METERS * SURE_METERS || goesAlong(state, fix));
  }

  /**
   * Of the less accurate end. So far both ends must be outside, and so deep the line inside: one
   * that is not four times as long says nothing.
   */
  private static double accuracyMeters(PresenceState state, Fix fix) {
    return Math.max(
        PresenceEngine.accuracyMeters(fix.accuracyCm()),
        PresenceEngine.accuracyMeters(state.lastAccuracyCm()));
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
    double leastMeters = accuracyMeters(state, fix);
    if (!isOutside(shape, leastMeters, state.lastLatE7(), state.lastLngE7())
        || !isOutside(shape, leastMeters, fix.latE7(), fix.lngE7())) {
      return;
    }
    long deltaLat = (long) fix.latE7() - state.lastLatE7();
    long deltaLng = E7.normalizeLngE7((long) fix.lngE7() - state.lastLngE7());
    double meters = Math.sqrt(E7.nearSquaredMeters(fix.latE7(), deltaLat, deltaLng));
    int steps = (int) Math.min(STEPS_MAX, Math.ceil(meters / STEP_METERS));
    int first = 0;
    int last = 0;
    boolean deep = false;
    for (int step = 1; step < steps; step++) {
      int latE7 = (int) (state.lastLatE7() + deltaLat * step / steps);
      int lngE7 = E7.normalizeLngE7(state.lastLngE7() + deltaLng * step / steps);
      if (shape.contains(latE7, lngE7)) {
        first = first == 0 ? step : first;
        last = step;
        deep = deep || shape.edgeMetersWithin(leastMeters, latE7, lngE7) > leastMeters;
      }
    }
    if (deep) {
      long gapMs = atMs - state.lastTimeMs();
      out.add(fence.handle(), ChangeKind.ENTER, true, state.lastTimeMs() + gapMs * first / steps);
      out.add(fence.handle(), ChangeKind.EXIT, true, state.lastTimeMs() + gapMs * last / steps);
    }
  }

  private static boolean isOutside(Shape shape, double leastMeters, int latE7, int lngE7) {
    return shape.edgeMetersWithin(leastMeters, latE7, lngE7) > leastMeters
        && !shape.contains(latE7, lngE7);
  }
}
