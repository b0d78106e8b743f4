package io.hexbeat.geofence;

/** The boxes that bound a shape, one a part of it: a first look at what may be near. Stateless. */
final class ShapeBoxes {
  private ShapeBoxes() {}

  static CellBox[] of(Shape shape) {
    if (shape instanceof Polygon polygon) {
      return polygon.parts().stream().map(PolygonPart::box).toArray(CellBox[]::new);
    }
    if (shape instanceof Corridor corridor) {
      return corridor.boxes();
    }
    Circle circle = (Circle) shape;
    return new CellBox[] {CellBox.around(circle.latE7(), circle.lngE7(), circle.radiusMeters())};
  }
}
