package io.hexbeat.ingest.door;

import io.hexbeat.geofence.E7;
import org.jspecify.annotations.Nullable;

/**
 * The coordinate system of a phone's position, which becomes WGS-84 here and nowhere else.
 * Stateless; any thread.
 *
 * <p>GCJ-02 is WGS-84 bent by a published-by-reverse-engineering offset of 100 to 700 m within
 * mainland China; BD-09 is GCJ-02 bent once more by Baidu. Both bends are smooth and small, so that
 * their inverse is found by fixed-point iteration: start at the bent point, move by what is still
 * missing. Each step shrinks the error some hundredfold; {@link #STEPS} leave less than an E7 unit.
 * Outside the box of {@link #inChina} GCJ-02 is WGS-84.
 */
enum CoordType {
  WGS84("wgs84"),
  GCJ02("gcj02"),
  BD09("bd09");

  /** Where an inverse is placed. */
  interface Position<T> {
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
  static @Nullable CoordType of(String jsonName) {
    for (CoordType type : values()) {
      if (type.jsonName.equals(jsonName)) {
        return type;
      }
    }
    return null;
  }

  /** Hands the position on in WGS-84, the longitude normalized. */
  <T> T toWgs84(double lat, double lng, Position<T> position) {
    double wgsLat = lat;
    double wgsLng = lng;
    if (this != WGS84) {
      for (int step = 0; step < STEPS; step++) {
        double gcjLat = gcjLat(wgsLat, wgsLng);
        double gcjLng = gcjLng(wgsLat, wgsLng);
        double bentLat = this == BD09 ? bdLat(gcjLat, gcjLng) : gcjLat;
        double bentLng = this == BD09 ? bdLng(gcjLat, gcjLng) : gcjLng;
        wgsLat += lat - bentLat;
        wgsLng += lng - bentLng;
      }
    }
    return position.at(E7.fromDegrees(wgsLat), E7.normalizeLngE7(E7.fromDegrees(wgsLng)));
  }

  static double gcjLat(double lat, double lng) {
    if (!inChina(lat, lng)) {
      return lat;
    }
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

  static double gcjLng(double lat, double lng) {
    if (!inChina(lat, lng)) {
      return lng;
    }
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

  static double bdLat(double gcjLat, double gcjLng) {
    return baiduRadius(gcjLat, gcjLng) * Math.sin(baiduAngle(gcjLat, gcjLng)) + BAIDU_LAT;
  }

  static double bdLng(double gcjLat, double gcjLng) {
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

  /** The box in which the formula applies; wider than the country, like every use of it. */
  private static boolean inChina(double lat, double lng) {
    return lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
  }
}
