package io.hexbeat.geofence;

/**
 * A corridor as one cell sees it: those arcs of its line that come near enough to matter there, so
 * that the answer is the whole line's. Immutable; any thread. Allocates nothing when asked.
 */
final class ClippedCorridor extends BoundaryCheck {
  private final Axis near;
  private final double halfWidthMeters;

  ClippedCorridor(int handle, Axis near, double halfWidthMeters) {
    super(handle);
    this.near = near;
    this.halfWidthMeters = halfWidthMeters;
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    return near.distanceMeters(latE7, lngE7) <= halfWidthMeters;
  }
}
