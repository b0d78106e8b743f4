package io.hexbeat.geofence;

/**
 * Decides for the points of one cell whether a fence whose edge runs through it contains them.
 * Immutable; any thread. Allocates nothing when asked.
 */
abstract sealed class BoundaryCheck
    permits CircleCheck, ClippedCorridor, ClippedPolygon, WholeShape {
  private static final int[] NOT_PACKED = {};

  final int handle;

  BoundaryCheck(int handle) {
    this.handle = handle;
  }

  /** Exact for the points of the cell it was made for, undefined for others. */
  abstract boolean contains(int latE7, int lngE7);

  /** Limits the region, whose anchor the point is, to where the answer holds. */
  abstract void limit(int latE7, int lngE7, SafeRegion region);

  /**
   * Tells of each tile of the cell's box whether all of it is inside, outside, or may be near the
   * edge. Tiles are told to be near an edge rather too often than too seldom.
   */
  abstract void paint(RasterGrid grid, byte[] tiles);

  /** Marks the tiles of a box that the edge may be near, and no others. */
  abstract void paintEdge(RasterGrid grid, byte[] tiles);

  /** How many edges {@link #limit} measures, or what costs as much. */
  abstract int edges();

  /** What {@link CellTests} keeps of it beside the others; empty for nothing. */
  int[] packed(CellBox box) {
    return NOT_PACKED;
  }
}
