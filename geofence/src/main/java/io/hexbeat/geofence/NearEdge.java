package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * How near a shape's edge is to a point, where it is near: most edges are told to be far by a
 * comparison, and the others are measured in the plane along a parallel, which is right to a
 * thousandth that near. Stateless; any thread; allocates nothing.
 *
 * <p>A form is all that this takes, in one array: a ring's own, or {@code lat, lng, radius} of a
 * circle, which is shorter than any ring's.
 */
final class NearEdge {
  /** Farther the plane is no picture of the sphere. */
  private static final double MOST_METERS = 1_000;

  private static final int MOST_LAT = 80 * E7.SCALE;

  /** Of a circle: farther a plane is no picture of the sphere. */
  private static final double MOST_RADIUS_METERS = 5_000;

  /** A ring that is farther from its frame's cut is seen over it by nobody near. */
  private static final int FROM_CUT = 2 * E7.SCALE;

  /** Longer rings gain nothing from being at hand. */
  private static final int MOST_FORM = 256;

  private NearEdge() {}

  /** The form of a shape that one array can stand for, else null. */
  static int @Nullable [] form(Shape shape) {
    if (shape instanceof Circle circle) {
      long radius = Double.doubleToLongBits(circle.radiusMeters());
      return new int[] {
        circle.latE7(), circle.lngE7(), (int) (radius >>> Integer.SIZE), (int) radius
      };
    }
    if (shape instanceof Polygon polygon && polygon.parts().size() == 1) {
      PolygonPart part = polygon.parts().get(0);
      int[] form = part.rings[0].form;
      boolean single = part.rings.length == 1 && !part.overAntimeridian;
      boolean fromCut = form[2] > E7.MIN_LNG + FROM_CUT && form[3] < E7.MAX_LNG - FROM_CUT;
      return single && fromCut && form.length <= MOST_FORM ? form : null;
    }
    return null;
  }

  /**
   * {@link Shape#edgeMetersWithin} of a form; only where {@link #canTell}.
   *
   * @return -1 for a circle that is too large or far to tell
   */
  static double metersWithin(int[] form, double limitMeters, int latE7, int lngE7) {
    if (form.length == Ring.HEAD) {
      double radius =
          Double.longBitsToDouble((long) form[2] << Integer.SIZE | (form[3] & 0xFFFF_FFFFL));
      return circleMetersWithin(form[0], form[1], radius, limitMeters, latE7, lngE7);
    }
    double cos = E7.nearCos(latE7);
    double reachLat = limitMeters / E7.METERS_PER_UNIT;
    double squared = squared(form, reachLat, reachLat / cos, cos, latE7, lngE7);
    double meters = Math.sqrt(squared) * E7.METERS_PER_UNIT;
    return meters <= limitMeters ? meters : Double.POSITIVE_INFINITY;
  }

  /**
   * The same of a circle, by the plane of the latitude in the middle, which is right to
   * millimetres.
   */
  static double circleMetersWithin(
      int centreLat, int centreLng, double radius, double limitMeters, int latE7, int lngE7) {
    long north = (long) latE7 - centreLat;
    long east = E7.normalizeLngE7((long) lngE7 - centreLng);
    int middle = (int) (((long) latE7 + centreLat) / 2);
    double squared = E7.nearSquaredMeters(middle, north, east);
    if (squared > MOST_RADIUS_METERS * MOST_RADIUS_METERS || Math.abs(centreLat) > MOST_LAT) {
      return -1;
    }
    double meters = Math.abs(Math.sqrt(squared) - radius);
    return meters <= limitMeters ? meters : Double.POSITIVE_INFINITY;
  }

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
      best = Math.min(best, squared(ring.form, reachLat, reachLng, cos, latE7, offset));
      // the shorter way may lead over the frame's cut
      double beyond = offset > 0 ? (double) offset - E7.TURN : (double) offset + E7.TURN;
      best = Math.min(best, squared(ring.form, reachLat, reachLng, cos, latE7, beyond));
    }
    return best * E7.METERS_PER_UNIT * E7.METERS_PER_UNIT;
  }

  /** Of a ring's form, in units of latitude. */
  private static double squared(
      int[] form, double reachLat, double reachLng, double cos, double lat, double lng) {
    double best = Double.POSITIVE_INFINITY;
    if (lat + reachLat < form[0]
        || lat - reachLat > form[1]
        || lng + reachLng < form[2]
        || lng - reachLng > form[3]) {
      return best;
    }
    double yA = form[form.length - 2] - lat;
    double xA = form[form.length - 1] - lng;
    for (int i = Ring.HEAD; i < form.length; i += 2) {
      double yB = form[i] - lat;
      double xB = form[i + 1] - lng;
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
