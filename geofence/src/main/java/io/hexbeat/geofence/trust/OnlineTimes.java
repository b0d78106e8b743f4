package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * When a device was heard live: the last {@link #SPANS} spans of receptions, by the server's clock,
 * with no pause of {@link #PAUSE_MS} in them. Owned by a {@link TrustState}. A record that came
 * late proves a network at its reception only, and a backlog is no proof that there was one before.
 */
final class OnlineTimes {
  static final int SPANS = 6;

  /** A longer pause may be a dead zone. */
  static final long PAUSE_MS = 5 * 60_000L;

  /** Later is a backlog. */
  private static final long LIVE_MS = 60_000;

  private final long[] fromMs = new long[SPANS];
  private final long[] toMs = new long[SPANS];
  private int count;

  void note(long atMs, long receivedMs) {
    if (receivedMs - atMs > LIVE_MS || (count > 0 && receivedMs < toMs[count - 1])) {
      return;
    }
    if (count > 0 && receivedMs - toMs[count - 1] <= PAUSE_MS) {
      toMs[count - 1] = receivedMs;
      return;
    }
    if (count == SPANS) {
      count--;
      System.arraycopy(fromMs, 1, fromMs, 0, count);
      System.arraycopy(toMs, 1, toMs, 0, count);
    }
    fromMs[count] = receivedMs;
    toMs[count] = receivedMs;
    count++;
  }

  /** How long of the time between the two it was heard. */
  long heardMs(long afterMs, long beforeMs) {
    long heard = 0;
    for (int i = 0; i < count; i++) {
      heard += Math.max(0, Math.min(toMs[i], beforeMs) - Math.max(fromMs[i], afterMs));
    }
    return heard;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    count = fields.i32(count);
    fields.i64s(fromMs, count);
    fields.i64s(toMs, count);
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(fromMs, count))
        + Arrays.toString(Arrays.copyOf(toMs, count));
  }
}
