package io.hexbeat.geofence;

/**
 * Search for the edge of a polygon that is nearest to a point. One thread, one search. Each edge is
 * looked at in the equirectangular projection of the point's latitude; only those that may win are
 * measured on the sphere, with the projection of the middle latitude, so that the error stays below
 * 0.5% up to 100 km from the shape, to 85 degrees of latitude.
 */
final class EdgeDistance {
  /** How far off the first projection may be before an edge that could win is missed. */
  private static final double TRIAGE_SLACK = 1.5;

  private final int lat;
  private final double cosLat;
  private double bestMeters = Double.POSITIVE_INFINITY;

  EdgeDistance(int lat) {
    this.lat = lat;
    this.cosLat = cos(lat);
  }

  double meters() {
    return bestMeters;
  }

  /** Metres from the point to the segment ab, the shorter way round the earth. */
  static double segmentMeters(int lat, int lng, int latA, int lngA, int latB, int lngB) {
    EdgeDistance distance = new EdgeDistance(lat);
    double xA = E7.shortestTurn(lng, lngA);
    double xB = xA + E7.shortestTurn(lngA, lngB);
    distance.measure(xA, latA - (double) lat, xB, latB - (double) lat);
    return distance.meters();
  }

  void add(PolygonPart part, int lngE7) {
    long lng = part.offset(lngE7);
    for (Ring ring : part.rings) {
      add(ring, lng);
      if (ring.maxLng() > E7.MAX_LNG / 2 || ring.minLng() < E7.MIN_LNG / 2) {
        // the shorter way may lead over the frame's cut
        add(ring, lng > 0 ? lng - E7.TURN : lng + E7.TURN);
      }
    }
  }

  private void add(Ring ring, long lng) {
    int last = ring.size() - 1;
    double yA = ring.lat(last) - (double) lat;
    double xA = ring.lng(last) - (double) lng;
    for (int i = 0; i <= last; i++) {
      double yB = ring.lat(i) - (double) lat;
      double xB = ring.lng(i) - (double) lng;
      if (squared(xA, yA, xB, yB, cosLat) < bestMeters * bestMeters * TRIAGE_SLACK) {
        measure(xA, yA, xB, yB);
      }
      yA = yB;
      xA = xB;
    }
  }

  private static double squared(double xA, double yA, double xB, double yB, double cos) {
    double t = nearestAlong(xA, yA, xB, yB, cos);
    double x = (xA + t * (xB - xA)) * cos * E7.METERS_PER_UNIT;
    double y = (yA + t * (yB - yA)) * E7.METERS_PER_UNIT;
    return x * x + y * y;
  }

  private static double nearestAlong(double xA, double yA, double xB, double yB, double cos) {
    double dx = (xB - xA) * cos;
    double dy = yB - yA;
    double length = dx * dx + dy * dy;
    if (length == 0) {
      return 0;
    }
    double t = -(xA * cos * dx + yA * dy) / length;
    return Math.max(0, Math.min(1, t));
  }

  private void measure(double xA, double yA, double xB, double yB) {
    double cos = cosLat;
    double x = 0;
    double y = 0;
    for (int round = 0; round < 2; round++) {
      double t = nearestAlong(xA, yA, xB, yB, cos);
      x = xA + t * (xB - xA);
      y = yA + t * (yB - yA);
      cos = cos(lat + y / 2);
    }
    double meters = haversineMeters(x, y);
    bestMeters = Math.min(bestMeters, meters);
  }

  private double haversineMeters(double x, double y) {
    double sinPhi = Math.sin(Math.toRadians(y / E7.SCALE) / 2);
    double sinLambda = Math.sin(Math.toRadians(x / E7.SCALE) / 2);
    double h = sinPhi * sinPhi + cosLat * cos(lat + y) * sinLambda * sinLambda;
    return 2 * E7.EARTH_RADIUS_METERS * Math.asin(Math.sqrt(Math.min(1.0, h)));
  }

  private static double cos(double latE7) {
    return Math.cos(Math.toRadians(latE7 / E7.SCALE));
  }
}
