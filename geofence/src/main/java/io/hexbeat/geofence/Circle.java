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

  /** So near a plane is right to a part in a hundred, up to {@link #TRIAGE_MAX_LAT}. */
  private static final double TRIAGE_METERS = 5_000;

  private static final double TRIAGE_SLACK = 1.01;
  private static final int TRIAGE_MAX_LAT = 80 * E7.SCALE;

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

  @Override
  public double edgeMetersWithin(double limitMeters, int latE7, int lngE7) {
    double meters =
        NearEdge.circleMetersWithin(
            this.latE7, this.lngE7, radiusMeters, limitMeters, latE7, lngE7);
    return meters >= 0 ? meters : Shape.super.edgeMetersWithin(limitMeters, latE7, lngE7);
  }

  /** Whether the straight segment from a to b touches the circle. */
  boolean touchesSegment(int latA, int lngA, int latB, int lngB) {
    if (triageFar(latA, lngA, latB, lngB)) {
      return false;
    }
    return EdgeDistance.segmentMeters(latE7, lngE7, latA, lngA, latB, lngB) <= radiusMeters;
  }

  /**
   * Whether a plane says so clearly that the segment is elsewhere that no sphere says otherwise.
   */
  private boolean triageFar(int latA, int lngA, int latB, int lngB) {
    double yA = ((double) latA - latE7) * E7.METERS_PER_UNIT;
    double yB = ((double) latB - latE7) * E7.METERS_PER_UNIT;
    double east = E7.METERS_PER_UNIT * E7.nearCos(latE7);
    double xA = ((double) lngA - lngE7) * east;
    double xB = ((double) lngB - lngE7) * east;
    double reach = radiusMeters * TRIAGE_SLACK + 1;
    boolean near =
        Math.max(Math.max(Math.abs(yA), Math.abs(yB)), Math.max(Math.abs(xA), Math.abs(xB)))
            < TRIAGE_METERS;
    if (!near || Math.abs(latE7) > TRIAGE_MAX_LAT) {
      return false;
    }
    double dx = xB - xA;
    double dy = yB - yA;
    double along = -(xA * dx + yA * dy);
    double length = dx * dx + dy * dy;
    double part = length == 0 ? 0 : Math.max(0, Math.min(1, along / length));
    double x = xA + part * dx;
    double y = yA + part * dy;
    return x * x + y * y > reach * reach;
  }

  private double centreDistanceMeters(int latE7, int lngE7) {
    return E7.distanceMeters(this.latE7, this.lngE7, latE7, lngE7);
  }
}
