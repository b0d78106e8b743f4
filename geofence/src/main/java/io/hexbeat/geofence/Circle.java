package io.hexbeat.geofence;

/** STUB of the seam. */
public record Circle(int latE7, int lngE7, double radiusMeters) implements Shape {
  @Override
  public boolean contains(int latE7, int lngE7) {
    throw new UnsupportedOperationException("seam");
  }

  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    throw new UnsupportedOperationException("seam");
  }
}
