package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;

/**
 * How much degrees of longitude shrink about where a device is, for distances of some kilometres.
 * Owned by a {@link TrustState}; a function of the latitude in hundredths of a degree, so that what
 * is computed by it doesn't depend on what came before, and nothing of it is kept.
 */
final class LocalCosine {
  private static final int STEP_E7 = 100_000;

  private int step = Integer.MIN_VALUE;
  private double cosine;

  double at(int latE7) {
    int wanted = Math.floorDiv(latE7, STEP_E7);
    if (wanted != step) {
      step = wanted;
      double middle = (wanted + 0.5) * STEP_E7 / E7.SCALE;
      cosine = Math.max(0.01, Math.cos(Math.toRadians(middle)));
    }
    return cosine;
  }

  static double northMeters(int fromLatE7, int toLatE7) {
    return ((long) toLatE7 - fromLatE7) * E7.METERS_PER_UNIT;
  }

  static double eastMeters(int fromLngE7, int toLngE7, double cosine) {
    return E7.normalizeLngE7((long) toLngE7 - fromLngE7) * E7.METERS_PER_UNIT * cosine;
  }

  static double meters(int fromLatE7, int fromLngE7, int toLatE7, int toLngE7, double cosine) {
    double north = northMeters(fromLatE7, toLatE7);
    double east = eastMeters(fromLngE7, toLngE7, cosine);
    return Math.sqrt(north * north + east * east);
  }
}
