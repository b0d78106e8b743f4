package io.hexbeat.geofence;

import java.util.Arrays;

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
    paint(grid, 0, 0, grid.side, tiles);
  }

  /** A square of tiles: by the distance of its middle if that says enough, else in quarters. */
  private void paint(RasterGrid grid, int row, int column, int side, byte[] tiles) {
    int half = side / 2;
    double distance =
        near.distanceMeters(grid.middleLatE7(row + half), grid.middleLngE7(column + half));
    double reachMeters = (side + 1) * grid.reachMeters() + SLACK_METERS;
    boolean nearEdge = Math.abs(distance - halfWidthMeters) <= reachMeters;
    if (nearEdge && side > 1) {
      paint(grid, row, column, half, tiles);
      paint(grid, row, column + half, half, tiles);
      paint(grid, row + half, column, half, tiles);
      paint(grid, row + half, column + half, half, tiles);
      return;
    }
    byte answer = distance < halfWidthMeters ? RasterGrid.INSIDE : RasterGrid.OUTSIDE;
    for (int r = row; r < row + side; r++) {
      int from = r * grid.side + column;
      Arrays.fill(tiles, from, from + side, nearEdge ? RasterGrid.NEAR_EDGE : answer);
    }
  }
}
