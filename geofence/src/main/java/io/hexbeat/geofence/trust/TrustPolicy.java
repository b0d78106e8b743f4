package io.hexbeat.geofence.trust;

/**
 * Every limit of the trust engine, read once. Immutable; any thread.
 *
 * @param maxPunchAccuracyMeters a punch whose accuracy is worse raises LOW_ACCURACY; 100 m, as the
 *     presence default: beyond it a street's customers can't be told apart
 */
public record TrustPolicy(int maxPunchAccuracyMeters) {
  /** What the server uses when configuration says nothing. */
  public static final TrustPolicy DEFAULT = new TrustPolicy(100);
}
