package io.hexbeat.load.demo;

/**
 * One recorded position of a vehicle. Immutable.
 *
 * @param dayMs since local midnight of the day on which it was recorded
 */
record TraceFix(long dayMs, double latDegrees, double lngDegrees) {
  private static final double EARTH_RADIUS_METERS = 6_371_008.8;

  /** Great-circle distance. */
  double metersTo(double otherLatDegrees, double otherLngDegrees) {
    double lat = Math.toRadians(latDegrees);
    double otherLat = Math.toRadians(otherLatDegrees);
    double sinLat = Math.sin((otherLat - lat) / 2);
    double sinLng = Math.sin(Math.toRadians(otherLngDegrees - lngDegrees) / 2);
    double h = sinLat * sinLat + Math.cos(lat) * Math.cos(otherLat) * sinLng * sinLng;
    return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  double metersTo(TraceFix other) {
    return metersTo(other.latDegrees, other.lngDegrees);
  }

  /** Initial bearing of the way to another fix, 0 is north, clockwise. */
  double bearingTo(TraceFix other) {
    double lat = Math.toRadians(latDegrees);
    double otherLat = Math.toRadians(other.latDegrees);
    double lng = Math.toRadians(other.lngDegrees - lngDegrees);
    double y = Math.sin(lng) * Math.cos(otherLat);
    double x =
        Math.cos(lat) * Math.sin(otherLat) - Math.sin(lat) * Math.cos(otherLat) * Math.cos(lng);
    return (Math.toDegrees(Math.atan2(y, x)) + 360) % 360;
  }
}
