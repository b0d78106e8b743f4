package io.hexbeat.geofence;

/**
 * How near a polygon's edge is to a point, where it is near: most edges are told to be far by a
 * comparison, and the others are measured in the plane along the point's parallel, which is right
 * to a thousandth that near. Stateless; any thread; allocates nothing.
 */
final class NearEdge {
  /** Farther the plane is no picture of the sphere. */
  private static final double MOST_METERS = 1_000;

  private static final int MOST_LAT = 80 * E7.SCALE;

  private NearEdge() {}

  /** Whether a plane will do. */
  static boolean canTell(double limitMeters, int latE7) {
    return limitMeters <= MOST_METERS && Math.abs((long) latE7) <= MOST_LAT;
  }

  /** Squared metres to the nearest edge within the limit; infinity if there is none. */
  static double squaredMeters(PolygonPart part, double limitMeters, int latE7, int lngE7) {
    double cos = E7.nearCos(latE7);
    double reachLat = limitMeters / E7.METERS_PER_UNIT;
    double reachLng = reachLat / cos;
    double best = Double.POSITIVE_INFINITY;
    int offset = part.offset(lngE7);
    for (Ring ring : part.rings) {
      best = Math.min(best, squared(ring, reachLat, reachLng, cos, latE7, offset));
      // the shorter way may lead over the frame's cut
      double beyond = offset > 0 ? (double) offset - E7.TURN : (double) offset + E7.TURN;
      best = Math.min(best, squared(ring, reachLat, reachLng, cos, latE7, beyond));
    }
    return best * E7.METERS_PER_UNIT * E7.METERS_PER_UNIT;
  }

  /** In units of latitude. */
  private static double squared(
      Ring ring, double reachLat, double reachLng, double cos, double lat, double lng) {
    double best = Double.POSITIVE_INFINITY;
    if (lng + reachLng < ring.minLng
        || lng - reachLng > ring.maxLng
        || lat + reachLat < ring.minLat
        || lat - reachLat > ring.maxLat) {
      return best;
    }
    int last = ring.lats.length - 1;
    double yA = ring.lats[last] - lat;
    double xA = ring.lngs[last] - lng;
    for (int i = 0; i <= last; i++) {
      double yB = ring.lats[i] - lat;
      double xB = ring.lngs[i] - lng;
      boolean far =
          (yA > reachLat && yB > reachLat)
              || (yA < -reachLat && yB < -reachLat)
              || (xA > reachLng && xB > reachLng)
              || (xA < -reachLng && xB < -reachLng);
      if (!far) {
        best = Math.min(best, segment(xA * cos, yA, xB * cos, yB));
      }
      yA = yB;
      xA = xB;
    }
    return best;
  }

  /** From the origin. */
  private static double segment(double xA, double yA, double xB, double yB) {
    double dx = xB - xA;
    double dy = yB - yA;
    double along = -(xA * dx + yA * dy);
    double length = dx * dx + dy * dy;
    if (along <= 0) {
      return xA * xA + yA * yA;
    }
    if (along >= length) {
      return xB * xB + yB * yB;
    }
    double cross = xA * dy - yA * dx;
    return cross * cross / length;
  }
}
