package io.hexbeat.geofence;

/** Asks the shape itself: circles, and polygons near a pole, where boxes hold all longitudes. */
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
}
