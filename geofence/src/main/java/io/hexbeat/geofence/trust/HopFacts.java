package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * When a device was at rest in one place and then at rest in another, with nothing between. Owned
 * by a {@link TrustState}. A phone that goes sends while it goes; a position that is switched does
 * not. A hop is from two fixes or more near each other to two points near each other, {@link
 * #HOP_METERS} on, within {@link #HOP_MS}. The last {@link #HOPS} are remembered.
 */
final class HopFacts {
  static final int HOPS = 4;

  /** Shorter is what receivers do between houses. */
  static final double HOP_METERS = 500;

  /** In a longer time one drives there. */
  static final long HOP_MS = 150_000;

  private static final double REST_METERS = 60;
  private static final int REST_FIXES = 2;

  /** A traffic light is no rest. */
  private static final long REST_BEFORE_MS = 120_000;

  private static final long REST_AFTER_MS = 60_000;

  private int restLatE7;
  private int restLngE7;
  private int rest;
  private long restSinceMs;
  private long lastMs = Long.MIN_VALUE / 2;

  /** A hop that awaits its second point at rest. */
  private boolean held;

  private long heldMs;
  private int heldMeters;
  private long heldGapMs;

  private final long[] hopMs = new long[HOPS];
  private final int[] hopMeters = new int[HOPS];
  private final long[] hopGapMs = new long[HOPS];
  private int hops;

  void note(long atMs, int latE7, int lngE7, double cosine) {
    if (atMs < lastMs) {
      return;
    }
    boolean near =
        rest > 0 && LocalCosine.meters(restLatE7, restLngE7, latE7, lngE7, cosine) <= REST_METERS;
    if (near) {
      rest++;
      if (held && rest >= REST_FIXES && atMs - restSinceMs >= REST_AFTER_MS) {
        add();
      }
    } else {
      long gapMs = atMs - lastMs;
      double meters =
          rest >= REST_FIXES && lastMs - restSinceMs >= REST_BEFORE_MS && gapMs <= HOP_MS
              ? LocalCosine.meters(restLatE7, restLngE7, latE7, lngE7, cosine)
              : 0;
      held = meters >= HOP_METERS;
      heldMs = atMs;
      heldMeters = (int) Math.round(meters);
      heldGapMs = gapMs;
      restLatE7 = latE7;
      restLngE7 = lngE7;
      restSinceMs = atMs;
      rest = 1;
    }
    lastMs = atMs;
  }

  /** Hops since the time. */
  int hopsSince(long sinceMs) {
    int since = 0;
    for (int i = 0; i < hops; i++) {
      since += hopMs[i] >= sinceMs ? 1 : 0;
    }
    return since;
  }

  /** Whether the last point but one ended a hop that this would be at rest after. */
  boolean lastIsFresh(long atMs) {
    return hops > 0 && atMs - hopMs[hops - 1] <= HOP_MS * 4;
  }

  int hops() {
    return hops;
  }

  long hopMs(int i) {
    return hopMs[i];
  }

  int hopMeters(int i) {
    return hopMeters[i];
  }

  long hopGapMs(int i) {
    return hopGapMs[i];
  }

  private void add() {
    held = false;
    if (hops == HOPS) {
      hops--;
      System.arraycopy(hopMs, 1, hopMs, 0, hops);
      System.arraycopy(hopMeters, 1, hopMeters, 0, hops);
      System.arraycopy(hopGapMs, 1, hopGapMs, 0, hops);
    }
    hopMs[hops] = heldMs;
    hopMeters[hops] = heldMeters;
    hopGapMs[hops++] = heldGapMs;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    restLatE7 = fields.i32(restLatE7);
    restLngE7 = fields.i32(restLngE7);
    rest = fields.i32(rest);
    restSinceMs = fields.i64(restSinceMs);
    lastMs = fields.i64(lastMs);
    held = fields.flag(held);
    heldMs = fields.i64(heldMs);
    heldMeters = fields.i32(heldMeters);
    heldGapMs = fields.i64(heldGapMs);
    hops = fields.i32(hops);
    fields.i64s(hopMs, hops);
    fields.i32s(hopMeters, hops);
    fields.i64s(hopGapMs, hops);
  }

  @Override
  public String toString() {
    return rest
        + " at ("
        + restLatE7
        + ", "
        + restLngE7
        + ") since "
        + restSinceMs
        + " until "
        + lastMs
        + (held ? " held " : " ")
        + heldMs
        + " "
        + heldMeters
        + " "
        + heldGapMs
        + Arrays.toString(Arrays.copyOf(hopMs, hops))
        + Arrays.toString(Arrays.copyOf(hopMeters, hops))
        + Arrays.toString(Arrays.copyOf(hopGapMs, hops));
  }
}
