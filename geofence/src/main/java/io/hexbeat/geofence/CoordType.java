package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * The coordinate system of a phone's position; doors turn it into WGS-84, the only one stored.
 * Stateless; any thread.
 *
 * <p>GCJ-02 is WGS-84 bent by a published-by-reverse-engineering offset of 100 to 700 m within
 * mainland China; BD-09 is GCJ-02 bent once more by Baidu. Both bends are smooth and small, so that
 * their inverse is found by fixed-point iteration: start at the bent point, move by what is still
 * missing. Each step shrinks the error some hundredfold; {@link #STEPS} leave less than an E7 unit.
 * Outside the mainland of China GCJ-02 is WGS-84: the offset jumps at its border, and a position is
 * taken for a bent one if what it was bent from lies on the mainland.
 */
public enum CoordType {
  WGS84("wgs84"),
  GCJ02("gcj02"),
  BD09("bd09");

  /** Where an inverse is placed. */
  public interface Position<T> {
    T at(int latE7, int lngE7);
  }

  private static final int STEPS = 10;

  /** Krasovsky 1940, the ellipsoid of the offset. */
  private static final double SEMI_MAJOR_METERS = 6_378_245.0;

  private static final double ECCENTRICITY_SQUARED = 0.006693421622965943;

  /** Baidu's frequency: it turns degrees times 3000 / 180 pi. */
  private static final double BAIDU_TURN = Math.PI * 3000.0 / 180.0;

  private static final double BAIDU_LNG = 0.0065;
  private static final double BAIDU_LAT = 0.006;

  private final String jsonName;

  CoordType(String jsonName) {
    this.jsonName = jsonName;
  }

  /** The system that the API spells so, or null. */
  public static @Nullable CoordType of(String jsonName) {
    for (CoordType type : values()) {
      if (type.jsonName.equals(jsonName)) {
        return type;
      }
    }
    return null;
  }

  /** How the API spells it. */
  public String jsonName() {
    return jsonName;
  }

  /** Hands the position on in WGS-84, the longitude normalized. */
  public <T> T toWgs84(double lat, double lng, Position<T> position) {
    double gcjLat = lat;
    double gcjLng = lng;
    if (this == BD09) {
      for (int step = 0; step < STEPS; step++) {
        double missingLat = lat - bdLat(gcjLat, gcjLng);
        gcjLng += lng - bdLng(gcjLat, gcjLng);
        gcjLat += missingLat;
      }
    }
    double wgsLat = gcjLat;
    double wgsLng = gcjLng;
    if (this != WGS84 && mayBeBent(gcjLat, gcjLng)) {
      for (int step = 0; step < STEPS; step++) {
        double missingLat = gcjLat - bentLat(wgsLat, wgsLng);
        wgsLng += gcjLng - bentLng(wgsLat, wgsLng);
        wgsLat += missingLat;
      }
      if (!ChinaMainland.contains(wgsLat, wgsLng)) {
        wgsLat = gcjLat;
        wgsLng = gcjLng;
      }
    }
    return position.at(E7.fromDegrees(wgsLat), E7.normalizeLngE7(E7.fromDegrees(wgsLng)));
  }

  /** The GCJ-02 latitude of a WGS-84 position. */
  public static double gcjLat(double lat, double lng) {
    return ChinaMainland.contains(lat, lng) ? bentLat(lat, lng) : lat;
  }

  /** The GCJ-02 longitude of a WGS-84 position. */
  public static double gcjLng(double lat, double lng) {
    return ChinaMainland.contains(lat, lng) ? bentLng(lat, lng) : lng;
  }

  private static double bentLat(double lat, double lng) {
    double x = lng - 105.0;
    double y = lat - 35.0;
    double bend =
        -100.0
            + 2.0 * x
            + 3.0 * y
            + 0.2 * y * y
            + 0.1 * x * y
            + 0.2 * Math.sqrt(Math.abs(x))
            + wave(x, 6, 20.0, 2, 20.0)
            + wave(y, 1, 20.0, 1.0 / 3, 40.0)
            + wave(y, 1.0 / 12, 160.0, 1.0 / 30, 320.0);
    double sin = Math.sin(Math.toRadians(lat));
    double magic = 1 - ECCENTRICITY_SQUARED * sin * sin;
    double metersPerRadian =
        SEMI_MAJOR_METERS * (1 - ECCENTRICITY_SQUARED) / (magic * Math.sqrt(magic));
    return lat + Math.toDegrees(bend / metersPerRadian);
  }

  private static double bentLng(double lat, double lng) {
    double x = lng - 105.0;
    double y = lat - 35.0;
    double bend =
        300.0
            + x
            + 2.0 * y
            + 0.1 * x * x
            + 0.1 * x * y
            + 0.1 * Math.sqrt(Math.abs(x))
            + wave(x, 6, 20.0, 2, 20.0)
            + wave(x, 1, 20.0, 1.0 / 3, 40.0)
            + wave(x, 1.0 / 12, 150.0, 1.0 / 30, 300.0);
    double phi = Math.toRadians(lat);
    double sin = Math.sin(phi);
    double metersPerRadian =
        SEMI_MAJOR_METERS / Math.sqrt(1 - ECCENTRICITY_SQUARED * sin * sin) * Math.cos(phi);
    return lng + Math.toDegrees(bend / metersPerRadian);
  }

  /** The BD-09 latitude of a GCJ-02 position. */
  public static double bdLat(double gcjLat, double gcjLng) {
    return baiduRadius(gcjLat, gcjLng) * Math.sin(baiduAngle(gcjLat, gcjLng)) + BAIDU_LAT;
  }

  /** The BD-09 longitude of a GCJ-02 position. */
  public static double bdLng(double gcjLat, double gcjLng) {
    return baiduRadius(gcjLat, gcjLng) * Math.cos(baiduAngle(gcjLat, gcjLng)) + BAIDU_LNG;
  }

  private static double baiduRadius(double gcjLat, double gcjLng) {
    return Math.sqrt(gcjLat * gcjLat + gcjLng * gcjLng) + 0.00002 * Math.sin(gcjLat * BAIDU_TURN);
  }

  private static double baiduAngle(double gcjLat, double gcjLng) {
    return Math.atan2(gcjLat, gcjLng) + 0.000003 * Math.cos(gcjLng * BAIDU_TURN);
  }

  private static double wave(double u, double first, double amplitude, double second, double next) {
    return (amplitude * Math.sin(u * first * Math.PI) + next * Math.sin(u * second * Math.PI))
        * 2.0
        / 3.0;
  }

  /** A box with room for the offset; elsewhere the formula means nothing. */
  private static boolean mayBeBent(double lat, double lng) {
    return lng >= 73 && lng <= 136 && lat >= 17 && lat <= 54;
  }
}
