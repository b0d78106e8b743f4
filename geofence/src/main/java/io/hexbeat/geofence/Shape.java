package io.hexbeat.geofence;

/**
 * What a fence covers. Immutable; any thread. Points are {@code (latE7, lngE7)} with a normalized
 * longitude.
 */
public sealed interface Shape permits Polygon, Circle, Corridor {
  /** Exact, SEMI_OPEN: of two polygons that share an edge, each point of it is in exactly one. */
  boolean contains(int latE7, int lngE7);

  /**
   * Metres to the nearest point of the edge, never negative, inside or out. Within 0.5% up to 100
   * km from the shape. Inside a corridor that meets itself it is the least it can be.
   */
  double distanceToEdgeMeters(int latE7, int lngE7);

  /**
   * The same where it is at most so many metres, within a thousandth; infinity, and told far
   * sooner, where it is more.
   */
  default double edgeMetersWithin(double limitMeters, int latE7, int lngE7) {
    double meters = distanceToEdgeMeters(latE7, lngE7);
    return meters <= limitMeters ? meters : Double.POSITIVE_INFINITY;
  }

  /** Negative inside, positive outside. */
  default double signedDistanceMeters(int latE7, int lngE7) {
    double distance = distanceToEdgeMeters(latE7, lngE7);
    return contains(latE7, lngE7) ? -distance : distance;
  }
}
