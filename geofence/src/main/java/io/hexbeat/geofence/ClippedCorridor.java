package io.hexbeat.geofence;

/**
 * A corridor as one cell sees it: those arcs of its line that come near enough to matter there, so
 * that the answer is the whole line's. Immutable; any thread. Allocates nothing when asked.
 */
final class ClippedCorridor extends BoundaryCheck {
  /** Far above the rounding of a distance. */
  private static final double SLACK_METERS = 1e-3;

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

  /** A way of so many metres changes the distance to the line by no more. */
  @Override
  void limit(int latE7, int lngE7, SafeRegion region) {
    double distance = near.distanceMeters(latE7, lngE7);
    region.limitMeters(Math.abs(distance - halfWidthMeters) - SLACK_METERS);
  }

  @Override
  int edges() {
    return 4 * near.size();
  }

  @Override
  void paintEdge(RasterGrid grid, byte[] tiles) {
    paint(grid, tiles);
  }

  @Override
  void paint(RasterGrid grid, byte[] tiles) {
    double reachMeters = grid.reachMeters() + SLACK_METERS;
    for (int row = 0, tile = 0; row < grid.side; row++) {
      int latE7 = grid.middleLatE7(row);
      for (int column = 0; column < grid.side; column++, tile++) {
        double distance = near.distanceMeters(latE7, grid.middleLngE7(column));
        if (Math.abs(distance - halfWidthMeters) <= reachMeters) {
          tiles[tile] = RasterGrid.NEAR_EDGE;
        } else {
          tiles[tile] = distance < halfWidthMeters ? RasterGrid.INSIDE : RasterGrid.OUTSIDE;
        }
      }
    }
  }
}
