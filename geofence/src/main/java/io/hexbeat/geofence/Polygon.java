package io.hexbeat.geofence;

/** STUB of the seam. */
public final class Polygon implements Shape {
  /**
   * From rings of {@code [latE7, lngE7, latE7, lngE7, ...]}, closed or not, one list of rings a
   * part: the first its outer ring, the others its holes.
   */
  public static Polygon of(int[][][] parts) {
    return new Polygon();
  }

  @Override
  public boolean contains(int latE7, int lngE7) {
    throw new UnsupportedOperationException("seam");
  }

  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    throw new UnsupportedOperationException("seam");
  }
}
