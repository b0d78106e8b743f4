package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * Where a device was when it last punched at each of the sites that it claimed of late. Owned by a
 * {@link TrustState}. Of a site the newest counts, of the sites the last {@link #SITES}.
 */
final class ClaimedSites {
  /** Enough that a few visits after a repair outweigh those before it. */
  static final int SITES = 8;

  private final int[] siteHandle = new int[SITES];
  private final int[] latE7 = new int[SITES];
  private final int[] lngE7 = new int[SITES];
  private int size;
  private int next;

  void note(PunchClaim claim) {
    if (claim.siteHandle() <= 0 || !claim.hasPosition() || claim.mock()) {
      return;
    }
    int at = indexOf(claim.siteHandle());
    if (at < 0) {
      at = next;
      next = (next + 1) % SITES;
      size = Math.min(size + 1, SITES);
    }
    siteHandle[at] = claim.siteHandle();
    latE7[at] = claim.latE7();
    lngE7[at] = claim.lngE7();
  }

  int size() {
    return size;
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

  private int indexOf(int handle) {
    for (int i = 0; i < size; i++) {
      if (siteHandle[i] == handle) {
        return i;
      }
    }
    return -1;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    size = fields.i32(size);
    next = fields.i32(next);
    fields.i32s(siteHandle, size);
    fields.i32s(latE7, size);
    fields.i32s(lngE7, size);
  }

  @Override
  public String toString() {
    return "next="
        + next
        + Arrays.toString(Arrays.copyOf(siteHandle, size))
        + Arrays.toString(Arrays.copyOf(latE7, size))
        + Arrays.toString(Arrays.copyOf(lngE7, size));
  }
}
