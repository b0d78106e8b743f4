package io.hexbeat.geofence;

/**
 * Coordinates as integers of 1e-7 degree (about 11 mm of latitude). All geometry runs on them, so
 * that containment is exact and the same on every machine. Stateless; any thread.
 *
 * <p>A position is always {@code (latE7, lngE7)}, in that order. Longitude 180 and -180 are one
 * meridian: {@link #normalizeLngE7} maps both to {@link #MIN_LNG}.
 */
public final class E7 {
  /** Units per degree. */
  public static final int SCALE = 10_000_000;

  /** Ninety degrees. */
  public static final int MAX_LAT = 90 * SCALE;

  /**
   * One hundred and eighty degrees; not a normalized longitude itself, see {@link #normalizeLngE7}.
   */
  public static final int MAX_LNG = 180 * SCALE;

  /** Minus one hundred and eighty degrees. */
  public static final int MIN_LNG = -MAX_LNG;

  /** A full turn; needs a long. */
  public static final long TURN = 360L * SCALE;

  /** Metres per E7 unit along a meridian, on the sphere of {@link #EARTH_RADIUS_METERS}. */
  public static final double METERS_PER_UNIT = Math.toRadians(1.0 / SCALE) * E7.EARTH_RADIUS_METERS;

  /** Mean earth radius (IUGG R1), the sphere of every distance in Hexbeat. */
  public static final double EARTH_RADIUS_METERS = 6_371_008.8;

  private E7() {}

  /**
   * Nearest E7 value, ties away from zero.
   *
   * @throws IllegalArgumentException if not finite or outside the int range
   */
  public static int fromDegrees(double degrees) {
    double scaled = degrees * SCALE;
    if (!(Math.abs(scaled) <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("degrees=" + degrees + " is not a coordinate");
    }
    return (int) (scaled < 0 ? -Math.floor(-scaled + 0.5) : Math.floor(scaled + 0.5));
  }

  /** Degrees of an E7 value; a double holds each of them well enough to come back equal. */
  public static double toDegrees(int e7) {
    return e7 / (double) SCALE;
  }

  /** Whether the degrees are a latitude: finite and within [-90, 90]. */
  public static boolean isLat(double degrees) {
    return degrees >= -90.0 && degrees <= 90.0;
  }

  /** Whether the degrees are a longitude: finite and within [-180, 180]. */
  public static boolean isLng(double degrees) {
    return degrees >= -180.0 && degrees <= 180.0;
  }

  /** The longitude within [-180, 180), the form in which points are matched. */
  public static int normalizeLngE7(long lngE7) {
    return lngE7 >= MIN_LNG && lngE7 < MAX_LNG
        ? (int) lngE7
        : (int) (Math.floorMod(lngE7 - MIN_LNG, TURN) + MIN_LNG);
  }

  /** The way from one meridian to another in [-180, 180), east positive. */
  static long shortestTurn(int fromLngE7, int toLngE7) {
    return normalizeLngE7((long) toLngE7 - fromLngE7);
  }

  /**
   * Squared metres of a short way, by a plane along the latitude it begins at: within a thousandth
   * up to a kilometre. Over the antimeridian it is the long way round: nothing is near there.
   */
  public static double nearSquaredMeters(int latE7, long deltaLatE7, long deltaLngE7) {
    double y = deltaLatE7 * METERS_PER_UNIT;
    double x = deltaLngE7 * METERS_PER_UNIT * nearCos(latE7);
    return x * x + y * y;
  }

  /** The cosine of a latitude to 1e-8, by a series: no call of a library. */
  static double nearCos(int latE7) {
    double square = Math.toRadians(toDegrees(latE7));
    square *= square;
    return 1
        - square
            * (1 / 2.0
                - square
                    * (1 / 24.0
                        - square
                            * (1 / 720.0
                                - square
                                    * (1 / 40_320.0
                                        - square * (1 / 3_628_800.0 - square / 479_001_600.0)))));
  }

  /** Great-circle distance in metres (haversine). */
  public static double distanceMeters(int latE7a, int lngE7a, int latE7b, int lngE7b) {
    double phiA = Math.toRadians(toDegrees(latE7a));
    double phiB = Math.toRadians(toDegrees(latE7b));
    double halfDeltaPhi = (phiB - phiA) / 2;
    double halfDeltaLambda = Math.toRadians(((long) lngE7b - lngE7a) / (double) SCALE) / 2;
    double sinPhi = Math.sin(halfDeltaPhi);
    double sinLambda = Math.sin(halfDeltaLambda);
    double h = sinPhi * sinPhi + Math.cos(phiA) * Math.cos(phiB) * sinLambda * sinLambda;
    return 2 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(Math.min(1.0, h)));
  }
}
