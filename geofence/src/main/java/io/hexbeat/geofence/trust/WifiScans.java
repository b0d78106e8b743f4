package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * Which Wi-Fi networks the last {@link #SCANS} punches with a scan saw, as one hash each, and where
 * they claimed to be. Owned by a {@link TrustState}.
 */
final class WifiScans {
  static final int SCANS = 8;

  private final long[] hash = new long[SCANS];
  private final long[] atMs = new long[SCANS];
  private final int[] latE7 = new int[SCANS];
  private final int[] lngE7 = new int[SCANS];
  private int count;
  private int next;

  void note(PunchClaim claim) {
    if (claim.wifiHash() == 0 || !claim.hasPosition()) {
      return;
    }
    hash[next] = claim.wifiHash();
    atMs[next] = claim.atMs();
    latE7[next] = claim.latE7();
    lngE7[next] = claim.lngE7();
    next = (next + 1) % SCANS;
    count = Math.min(count + 1, SCANS);
  }

  /** The earlier punch of the same scan that is farthest away, -1 if there is none so far away. */
  int farthestLike(PunchClaim claim, double leastMeters) {
    int farthest = -1;
    double most = leastMeters;
    for (int i = 0; i < count; i++) {
      double meters = hash[i] == claim.wifiHash() ? metersTo(i, claim) : 0;
      if (meters >= most) {
        most = meters;
        farthest = i;
      }
    }
    return farthest;
  }

  double metersTo(int i, PunchClaim claim) {
    return E7.distanceMeters(latE7[i], lngE7[i], claim.latE7(), claim.lngE7());
  }

  long atMs(int i) {
    return atMs[i];
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    count = fields.i32(count);
    next = fields.i32(next);
    fields.bits(hash, count);
    fields.i64s(atMs, count);
    fields.i32s(latE7, count);
    fields.i32s(lngE7, count);
  }

  @Override
  public String toString() {
    return next
        + Arrays.toString(Arrays.copyOf(hash, count))
        + Arrays.toString(Arrays.copyOf(atMs, count))
        + Arrays.toString(Arrays.copyOf(latE7, count))
        + Arrays.toString(Arrays.copyOf(lngE7, count));
  }
}
