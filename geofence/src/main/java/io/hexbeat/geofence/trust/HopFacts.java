package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
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

  private int restLatE7;
  private int restLngE7;
  private int rest;
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

  void note(Fix fix) {
    note(fix.fixTimeMs(), fix.latE7(), fix.lngE7());
  }

  void note(long atMs, int latE7, int lngE7) {
    if (atMs < lastMs) {
      return;
    }
    boolean near =
        rest > 0
            && Math.abs((long) latE7 - restLatE7) < 6_000
            && E7.distanceMeters(restLatE7, restLngE7, latE7, lngE7) <= REST_METERS;
    if (near) {
      rest++;
      if (held && rest >= REST_FIXES) {
        add();
      }
    } else {
      long gapMs = atMs - lastMs;
      double meters =
          rest >= REST_FIXES && gapMs <= HOP_MS
              ? E7.distanceMeters(restLatE7, restLngE7, latE7, lngE7)
              : 0;
      held = meters >= HOP_METERS;
      heldMs = atMs;
      heldMeters = (int) Math.round(meters);
      heldGapMs = gapMs;
      restLatE7 = latE7;
      restLngE7 = lngE7;
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
        + ") until "
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
