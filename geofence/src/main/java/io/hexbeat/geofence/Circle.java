package io.hexbeat.geofence;

/**
 * All points within a great-circle distance of a centre, the circumference included. Immutable; any
 * thread. Allocates nothing after construction.
 *
 * @param latE7 the centre
 * @param lngE7 the centre, normalized
 * @param radiusMeters {@link #MIN_RADIUS_METERS} to {@link #MAX_RADIUS_METERS}
 */
public record Circle(int latE7, int lngE7, double radiusMeters) implements Shape {
  /** Smaller than any position a phone can tell. */
  public static final double MIN_RADIUS_METERS = 1;

  /**
   * A metropolis. Larger areas have a border on the map and come as polygons; a larger number is
   * nearly always metres mistaken for kilometres, or the other way round.
   */
  public static final double MAX_RADIUS_METERS = 100_000;

  public Circle {
    if (latE7 < -E7.MAX_LAT || latE7 > E7.MAX_LAT) {
      throw new InvalidShapeException(
          "", "centre: latitude " + E7.toDegrees(latE7) + " is outside -90..90");
    }
    if (lngE7 < E7.MIN_LNG || lngE7 > E7.MAX_LNG) {
      throw new InvalidShapeException(
          "", "centre: longitude " + E7.toDegrees(lngE7) + " is outside -180..180");
    }
    if (!(radiusMeters >= MIN_RADIUS_METERS && radiusMeters <= MAX_RADIUS_METERS)) {
      throw new InvalidShapeException(
          "",
          "radius of "
              + radiusMeters
              + " m is outside "
              + (int) MIN_RADIUS_METERS
              + ".."
              + (int) MAX_RADIUS_METERS
              + " m");
    }
    lngE7 = E7.normalizeLngE7(lngE7);
  }

  @Override
  public boolean contains(int latE7, int lngE7) {
    return centreDistanceMeters(latE7, lngE7) <= radiusMeters;
  }

  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    return Math.abs(centreDistanceMeters(latE7, lngE7) - radiusMeters);
  }

  /** Whether the straight segment from a to b touches the circle. */
  boolean touchesSegment(int latA, int lngA, int latB, int lngB) {
    return EdgeDistance.segmentMeters(latE7, lngE7, latA, lngA, latB, lngB) <= radiusMeters;
  }

  private double centreDistanceMeters(int latE7, int lngE7) {
    return E7.distanceMeters(this.latE7, this.lngE7, latE7, lngE7);
  }
}
