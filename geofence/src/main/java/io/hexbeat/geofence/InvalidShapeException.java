package io.hexbeat.geofence;

/**
 * A shape that can't be a fence. The message says which ring and vertex, why, and what is allowed;
 * {@link #pointer} says where, as far as that is known.
 */
public final class InvalidShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  public InvalidShapeException(String pointer, String reason) {
    super(reason);
    this.pointer = pointer;
  }

  /**
   * {@code /part/ring/vertex} as given to {@link Polygon#of}, or a prefix of it: {@code /1/0/3} is
   * part 1, its outer ring, vertex 3. In a GeoJSON MultiPolygon it points into {@code coordinates};
   * for a GeoJSON Polygon leave out the part. {@code /vertex} of a {@link Corridor}. Empty for the
   * whole shape.
   */
  public String pointer() {
    return pointer;
  }
}
