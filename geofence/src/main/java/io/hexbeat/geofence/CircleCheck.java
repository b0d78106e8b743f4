package io.hexbeat.geofence;

/**
 * A circle for points near it: bounds of the distance in the plane decide nearly all of them, the
 * great circle the rest. Immutable; any thread. Exact, allocates nothing.
 *
 * <p>Nearest and farthest: a way on the sphere is at most as long as with the largest cosine of the
 * latitudes in question; by the haversine formula it is at least what the smallest one gives, less
 * a third of the square of half the angle.
 */
final class CircleCheck extends BoundaryCheck {
  /** Rounding of the great-circle distance, in metres and as a part of it. */
  private static final double SLACK_METERS = 1e-6;

  private static final double SLACK_FACTOR = 1e-9;

  /** Points of the circle's cells are within this many radii. */
  private static final double REACH_RADII = 2.5;

  private static final double REACH_METERS = 1_000;

  private static final double LEAST_COS = 0.05;

  private final Circle circle;
  private final double reachMeters;
  private final double largestCos;
  private final double smallestCos;

  /** The part that the least distance in the plane may exceed the true one by. */
  private final double chord;

  CircleCheck(int handle, Circle circle) {
    super(handle);
    this.circle = circle;
    reachMeters = REACH_RADII * circle.radiusMeters() + REACH_METERS;
    double angle = reachMeters / E7.EARTH_RADIUS_METERS;
    double lat = Math.abs(Math.toRadians(E7.toDegrees(circle.latE7())));
    largestCos = Math.cos(Math.max(0, lat - angle));
    smallestCos = Math.cos(Math.min(Math.PI / 2, lat + angle));
    double half = smallestCos < LEAST_COS ? 1 : angle / smallestCos / 2;
    chord = half * half / 3;
  }

  /** Whether bounds in the plane hold for points at these distances. */
  private boolean isNear(double latMeters, double lngMeters) {
    return latMeters <= reachMeters
        && lngMeters * smallestCos <= reachMeters
        && smallestCos >= LEAST_COS;
  }

  private double latMeters(int latE7) {
    return Math.abs((double) latE7 - circle.latE7()) * E7.METERS_PER_UNIT;
  }

  /** At the equator. */
  private double lngMeters(int lngE7) {
    double units = Math.abs((double) lngE7 - circle.lngE7());
    return Math.min(units, E7.TURN - units) * E7.METERS_PER_UNIT;
  }

  private static double squared(double latMeters, double lngMeters, double cos) {
    double x = lngMeters * cos;
    return x * x + latMeters * latMeters;
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    double y = latMeters(latE7);
    double x = lngMeters(lngE7);
    if (isNear(y, x)) {
      double inner = circle.radiusMeters() * (1 - SLACK_FACTOR) - SLACK_METERS;
      if (squared(y, x, largestCos) < inner * inner) {
        return true;
      }
      double outer = circle.radiusMeters() * (1 + SLACK_FACTOR) + SLACK_METERS;
      if (squared(y, x, smallestCos) * (1 - chord) > outer * outer) {
        return false;
      }
    }
    return circle.contains(latE7, lngE7);
  }

  @Override
  boolean contains(int latE7, int lngE7, SafeRegion region) {
    double y = latMeters(latE7);
    double x = lngMeters(lngE7);
    if (!isNear(y, x)) {
      region.limitMeters(circle.distanceToEdgeMeters(latE7, lngE7) - SLACK_METERS);
      return circle.contains(latE7, lngE7);
    }
    double most = Math.sqrt(squared(y, x, largestCos)) * (1 + SLACK_FACTOR) + SLACK_METERS;
    if (most < circle.radiusMeters()) {
      region.limitMeters(circle.radiusMeters() - most);
      return true;
    }
    double least =
        Math.sqrt(squared(y, x, smallestCos) * (1 - chord)) * (1 - SLACK_FACTOR) - SLACK_METERS;
    if (least > circle.radiusMeters()) {
      region.limitMeters(least - circle.radiusMeters());
      return false;
    }
    region.limitToAnchor();
    return circle.contains(latE7, lngE7);
  }
}
