package io.hexbeat.geofence;

/**
 * Decides for the points of one cell whether a fence whose edge runs through it contains them.
 * Immutable; any thread. Allocates nothing.
 */
abstract sealed class BoundaryCheck
    permits CircleCheck, ClippedCorridor, ClippedPolygon, WholeShape {
  final int handle;

  BoundaryCheck(int handle) {
    this.handle = handle;
  }

  /** Exact for the points of the cell it was made for, undefined for others. */
  abstract boolean contains(int latE7, int lngE7);

  /** The same, and limits the region, whose anchor the point is, to where the answer holds. */
  abstract boolean contains(int latE7, int lngE7, SafeRegion region);
}
