package io.hexbeat.geofence;

import java.util.Arrays;

/** Asks the shape itself: polygons near a pole, where boxes hold all longitudes. */
final class WholeShape extends BoundaryCheck {
  private final Shape shape;

  WholeShape(int handle, Shape shape) {
    super(handle);
    this.shape = shape;
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    return shape.contains(latE7, lngE7);
  }

  @Override
  void limit(int latE7, int lngE7, SafeRegion region) {
    region.limitToAnchor();
  }

  @Override
  int edges() {
    return 1;
  }

  @Override
  void paintEdge(RasterGrid grid, byte[] tiles) {
    paint(grid, tiles);
  }

  @Override
  void paint(RasterGrid grid, byte[] tiles) {
    Arrays.fill(tiles, RasterGrid.NEAR_EDGE);
  }
}
