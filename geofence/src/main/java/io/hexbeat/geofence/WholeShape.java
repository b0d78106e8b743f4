package io.hexbeat.geofence;

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
  boolean contains(int latE7, int lngE7, SafeRegion region) {
    region.limitToAnchor();
    return shape.contains(latE7, lngE7);
  }
}
