package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * When each signal was last seen on a device's pings and when it last opened an alert, by the
 * server's clock. Owned by a {@link TrustState}. What is seen again and again is one episode and
 * one alert.
 */
final class Episodes {
  /** Early enough to be older than any limit, late enough not to overflow a difference. */
  private static final long NEVER = Long.MIN_VALUE / 4;

  private final long[] seenMs = new long[TrustSignal.COUNT];
  private final long[] openedMs = new long[TrustSignal.COUNT];

  Episodes() {
    Arrays.fill(seenMs, NEVER);
    Arrays.fill(openedMs, NEVER);
  }

  boolean mayOpen(TrustSignal signal, long nowMs, TrustPolicy policy) {
    long quietMs =
        signal == TrustSignal.DEVICE_SHARED ? policy.sharedWindowMs() : policy.alertQuietMs();
    boolean quiet = !signal.isHabit() && nowMs - seenMs[signal.index()] >= quietMs;
    return quiet || mayRepeat(signal, nowMs, policy);
  }

  /** The last alert is so old that what goes on is told again. */
  boolean mayRepeat(TrustSignal signal, long nowMs, TrustPolicy policy) {
    return nowMs - openedMs[signal.index()] >= policy.alertRepeatMs();
  }

  boolean everSeen(TrustSignal signal) {
    return seenMs[signal.index()] != NEVER;
  }

  long seenMs(TrustSignal signal) {
    return seenMs[signal.index()];
  }

  void noteSeen(TrustSignal signal, long nowMs) {
    int i = signal.index();
    seenMs[i] = Math.max(seenMs[i], nowMs);
  }

  void noteOpened(long openedBits, long nowMs) {
    if (openedBits == 0) {
      return;
    }
    for (int i = 0; i < seenMs.length; i++) {
      if ((openedBits >>> i & 1) != 0) {
        seenMs[i] = Math.max(seenMs[i], nowMs);
        openedMs[i] = Math.max(openedMs[i], nowMs);
      }
    }
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    for (int i = 0; i < seenMs.length; i++) {
      boolean ever = fields.flag(seenMs[i] != NEVER || openedMs[i] != NEVER);
      if (ever) {
        seenMs[i] = fields.i64(seenMs[i]);
        openedMs[i] = fields.i64(openedMs[i]);
      }
    }
  }

  @Override
  public String toString() {
    return "seen=" + Arrays.toString(seenMs) + " opened=" + Arrays.toString(openedMs);
  }
}
