package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;

/**
 * How far and how fast from one place and time to another, the accuracy of both taken off.
 * Stateless; any thread; allocates nothing. A leap is the widest definition of an impossible move:
 * states remember leaps as facts, policies judge them by limits of their own that are never below.
 */
final class Motion {
  /** Slower is no leap under any policy. */
  static final int LEAP_MPS = 100;

  /** Shorter is no leap under any policy. */
  static final int LEAP_METERS = 1_000;

  /** Stands for an unknown accuracy wherever leaps are concerned. */
  static final int ASSUMED_ACCURACY_CM = 5_000;

  /** Phones give whole seconds, so two fixes of one second may be a second apart. */
  private static final long CLOCK_GRAIN_MS = 1_000;

  /** The diagonal of a square of so many units is some 890 m at the equator, less elsewhere. */
  private static final int TRIAGE_UNITS = 56_600;

  private Motion() {}

  /** Metres between the two circles of accuracy, 0 where they touch. */
  static double shrunkMeters(
      int latE7a, int lngE7a, int accuracyCmA, int latE7b, int lngE7b, int accuracyCmB) {
    double meters = E7.distanceMeters(latE7a, lngE7a, latE7b, lngE7b);
    return Math.max(0, meters - (known(accuracyCmA) + known(accuracyCmB)) / 100.0);
  }

  /** The least speed that explains the metres, in either order of time. */
  static double mps(double meters, long gapMs) {
    return meters * 1_000.0 / Math.max(CLOCK_GRAIN_MS, Math.abs(gapMs));
  }

  static boolean isLeap(double meters, long gapMs) {
    return meters >= LEAP_METERS && mps(meters, gapMs) > LEAP_MPS;
  }

  /** Whether two comparisons say so clearly that it is no leap that nothing else need be asked. */
  static boolean triageNear(int latE7a, int lngE7a, int latE7b, int lngE7b) {
    return Math.abs((long) latE7b - latE7a) < TRIAGE_UNITS
        && Math.abs((long) lngE7b - lngE7a) < TRIAGE_UNITS;
  }

  private static long known(int accuracyCm) {
    return accuracyCm > 0 ? accuracyCm : ASSUMED_ACCURACY_CM;
  }
}
