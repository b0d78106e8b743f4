package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * The last {@link #VISITS} visits that a device punched, and how soon its fixes were elsewhere.
 * Owned by a {@link TrustState}. A visit is left when two fixes in a row are {@link #LEFT_METERS}
 * and their accuracy away from its punch; who punches out before has said so, and that visit counts
 * as declared. Newest last.
 */
final class Visits {
  static final int VISITS = 8;

  /** Nearer may be the same customer's other door. */
  static final int LEFT_METERS = 250;

  /** Left after: not yet. */
  static final long PENDING = -1;

  /** Left after: ended by a punch, not by going. */
  static final long DECLARED = -2;

  private static final long NEAR = Long.MIN_VALUE;

  private final int[] siteHandle = new int[VISITS];
  private final int[] latE7 = new int[VISITS];
  private final int[] lngE7 = new int[VISITS];
  private final int[] accuracyCm = new int[VISITS];
  private final long[] atMs = new long[VISITS];
  private final long[] leftAfterMs = new long[VISITS];
  private int count;

  /** Time of the first fix away from the newest visit. */
  private long farSinceMs = NEAR;

  void note(PunchClaim claim) {
    switch (claim.kind()) {
      case VISIT_IN -> begin(claim);
      case VISIT_OUT, CLOCK_OUT -> {
        if (pending() && farSinceMs == NEAR && claim.atMs() >= atMs[count - 1]) {
          leftAfterMs[count - 1] = DECLARED;
        }
      }
      case CLOCK_IN -> {}
    }
  }

  private void begin(PunchClaim claim) {
    if (claim.siteHandle() <= 0
        || !claim.hasPosition()
        || claim.mock()
        || (count > 0 && claim.atMs() < atMs[count - 1])) {
      return;
    }
    if (count == VISITS) {
      count--;
      System.arraycopy(siteHandle, 1, siteHandle, 0, count);
      System.arraycopy(latE7, 1, latE7, 0, count);
      System.arraycopy(lngE7, 1, lngE7, 0, count);
      System.arraycopy(accuracyCm, 1, accuracyCm, 0, count);
      System.arraycopy(atMs, 1, atMs, 0, count);
      System.arraycopy(leftAfterMs, 1, leftAfterMs, 0, count);
    }
    siteHandle[count] = claim.siteHandle();
    latE7[count] = claim.latE7();
    lngE7[count] = claim.lngE7();
    accuracyCm[count] = claim.accuracyCm();
    atMs[count] = claim.atMs();
    leftAfterMs[count] = PENDING;
    count++;
    farSinceMs = NEAR;
  }

  void note(Fix fix) {
    if (!pending() || fix.fixTimeMs() <= atMs[count - 1]) {
      return;
    }
    if (!isFar(fix)) {
      farSinceMs = NEAR;
    } else if (farSinceMs == NEAR) {
      farSinceMs = fix.fixTimeMs();
    } else {
      leftAfterMs[count - 1] = farSinceMs - atMs[count - 1];
    }
  }

  /** How soon the newest visit is left if the fix is the second one away from it, else -1. */
  long leftAfterMs(Fix fix) {
    return pending() && farSinceMs != NEAR && fix.fixTimeMs() > atMs[count - 1] && isFar(fix)
        ? farSinceMs - atMs[count - 1]
        : PENDING;
  }

  int count() {
    return count;
  }

  int siteHandle(int i) {
    return siteHandle[i];
  }

  int latE7(int i) {
    return latE7[i];
  }

  int lngE7(int i) {
    return lngE7[i];
  }

  int accuracyCm(int i) {
    return accuracyCm[i];
  }

  long atMs(int i) {
    return atMs[i];
  }

  /** Or {@link #PENDING} or {@link #DECLARED}. */
  long leftAfterMs(int i) {
    return leftAfterMs[i];
  }

  private boolean pending() {
    return count > 0 && leftAfterMs[count - 1] == PENDING;
  }

  private boolean isFar(Fix fix) {
    int i = count - 1;
    if (Math.abs((long) fix.latE7() - latE7[i]) < 10_000
        && Math.abs((long) fix.lngE7() - lngE7[i]) < 10_000) {
      return false;
    }
    double meters = E7.distanceMeters(latE7[i], lngE7[i], fix.latE7(), fix.lngE7());
    return meters - Math.max(0, fix.accuracyCm()) / 100.0 > LEFT_METERS;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    count = fields.i32(count);
    fields.i32s(siteHandle, count);
    fields.i32s(latE7, count);
    fields.i32s(lngE7, count);
    fields.i32s(accuracyCm, count);
    fields.i64s(atMs, count);
    fields.i64s(leftAfterMs, count);
    farSinceMs = fields.i64(farSinceMs);
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(siteHandle, count))
        + Arrays.toString(Arrays.copyOf(latE7, count))
        + Arrays.toString(Arrays.copyOf(lngE7, count))
        + Arrays.toString(Arrays.copyOf(accuracyCm, count))
        + Arrays.toString(Arrays.copyOf(atMs, count))
        + Arrays.toString(Arrays.copyOf(leftAfterMs, count))
        + " far since "
        + farSinceMs;
  }
}
