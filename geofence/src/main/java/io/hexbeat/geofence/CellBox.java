package io.hexbeat.geofence;

/**
 * A closed box of latitudes and longitudes. Longitudes run from {@code west} eastwards for {@code
 * width}, over the antimeridian where need be. Immutable; any thread.
 *
 * @param west normalized
 * @param width up to a full turn
 */
record CellBox(int south, int north, int west, long width) {
  /** Rounding of the centre and of the arithmetic, in E7 units. */
  private static final int SLACK = 4;

  private static final double SLACK_FACTOR = 1 + 1e-9;

  /** Bounds the points within a distance of a centre; around a pole it holds all longitudes. */
  static CellBox around(int latE7, int lngE7, double meters) {
    double angle = meters / E7.EARTH_RADIUS_METERS * SLACK_FACTOR;
    long reach = (long) Math.ceil(meters / E7.METERS_PER_UNIT * SLACK_FACTOR) + SLACK;
    long south = latE7 - reach;
    long north = latE7 + reach;
    if (south <= -E7.MAX_LAT || north >= E7.MAX_LAT) {
      return new CellBox(
          (int) Math.max(south, -E7.MAX_LAT),
          (int) Math.min(north, E7.MAX_LAT),
          E7.MIN_LNG,
          E7.TURN);
    }
    double sine = Math.sin(angle) / Math.cos(Math.toRadians(E7.toDegrees(latE7)));
    double halfWidth = sine >= 1 ? Math.PI : Math.asin(sine);
    long lngReach = (long) Math.ceil(Math.toDegrees(halfWidth) * E7.SCALE * SLACK_FACTOR) + SLACK;
    if (2 * lngReach >= E7.TURN) {
      return new CellBox((int) south, (int) north, E7.MIN_LNG, E7.TURN);
    }
    return new CellBox(
        (int) south, (int) north, E7.normalizeLngE7((long) lngE7 - lngReach), 2 * lngReach);
  }

  static boolean meetsAny(CellBox[] boxes, CellBox box) {
    for (CellBox other : boxes) {
      if (other.meets(box)) {
        return true;
      }
    }
    return false;
  }

  /** No point of the box is farther from its middle; endless for one that goes round the earth. */
  double reachMeters(int middleLatE7, int middleLngE7) {
    if (width >= E7.TURN / 2) {
      return Double.POSITIVE_INFINITY;
    }
    double southWest = E7.distanceMeters(middleLatE7, middleLngE7, south, west);
    double northWest = E7.distanceMeters(middleLatE7, middleLngE7, north, west);
    return Math.max(southWest, northWest) * SLACK_FACTOR + 1;
  }

  boolean allLongitudes() {
    return width >= E7.TURN;
  }

  boolean meets(CellBox other) {
    if (south > other.north || north < other.south) {
      return false;
    }
    if (allLongitudes() || other.allLongitudes()) {
      return true;
    }
    return Math.floorMod((long) other.west - west, E7.TURN) <= width
        || Math.floorMod((long) west - other.west, E7.TURN) <= other.width;
  }

  /** A box that bounds what both have in common. */
  CellBox intersection(CellBox other) {
    int latFrom = Math.max(south, other.south);
    int latTo = Math.min(north, other.north);
    if (other.allLongitudes()) {
      return new CellBox(latFrom, latTo, west, width);
    }
    if (allLongitudes()) {
      return new CellBox(latFrom, latTo, other.west, other.width);
    }
    long ahead = Math.floorMod((long) other.west - west, E7.TURN);
    if (ahead <= width) {
      long common = Math.min(width - ahead, other.width);
      boolean meetsAgain = ahead + other.width >= E7.TURN;
      return meetsAgain
          ? new CellBox(latFrom, latTo, west, width)
          : new CellBox(latFrom, latTo, other.west, common);
    }
    long behind = Math.floorMod((long) west - other.west, E7.TURN);
    return new CellBox(latFrom, latTo, west, Math.min(width, Math.max(0, other.width - behind)));
  }
}
