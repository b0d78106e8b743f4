package io.hexbeat.geofence;

/**
 * On which side of a directed line a point lies, exactly. Stateless; any thread.
 *
 * <p>Latitudes within 90 degrees and longitudes within 180 of their frame differ by at most 1.8e9
 * and 3.6e9 units, so each of the two products of the determinant is at most 6.5e18 and fits a
 * long. Comparing the products instead of subtracting them makes the sign exact without 128-bit
 * arithmetic, and there is no slow path to triage.
 */
final class Orientation {
  private Orientation() {}

  /**
   * 1 if p lies left of the line from a to b (counter-clockwise turn, north up), -1 right, 0 on it.
   * Swapping any two points flips the sign.
   */
  static int sign(int latA, int lngA, int latB, int lngB, int latP, int lngP) {
    long left = ((long) lngB - lngA) * ((long) latP - latA);
    long right = ((long) latB - latA) * ((long) lngP - lngA);
    return Long.compare(left, right);
  }

  /** Whether the closed segments ab and cd have a point in common. */
  static boolean segmentsMeet(
      int latA, int lngA, int latB, int lngB, int latC, int lngC, int latD, int lngD) {
    if (Math.max(latA, latB) < Math.min(latC, latD)
        || Math.max(latC, latD) < Math.min(latA, latB)
        || Math.max(lngA, lngB) < Math.min(lngC, lngD)
        || Math.max(lngC, lngD) < Math.min(lngA, lngB)) {
      return false;
    }
    return sign(latA, lngA, latB, lngB, latC, lngC) * sign(latA, lngA, latB, lngB, latD, lngD) <= 0
        && sign(latC, lngC, latD, lngD, latA, lngA) * sign(latC, lngC, latD, lngD, latB, lngB) <= 0;
  }
}
