package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * How often a device is heard of. Owned by a {@link TrustState}. Bounded: a count and the last
 * {@link #GAPS} gaps between receptions, by the server's clock, so that a batch counts once and the
 * device's clock does not matter. Gaps beyond {@link #NIGHT_MS} are nights and not noted.
 */
final class Rhythm {
  static final int GAPS = 31;
  static final long NIGHT_MS = 4 * 3_600_000L;

  private static final long ONE_RECEPTION_MS = 1_000;

  private final long[] gapsMs = new long[GAPS];
  private int gaps;
  private int next;
  private long pings;
  private long lastReceivedMs;
  private int punchesSincePing;

  void note(long receivedMs) {
    long gapMs = receivedMs - lastReceivedMs;
    if (pings > 0 && gapMs >= ONE_RECEPTION_MS && gapMs <= NIGHT_MS) {
      gapsMs[next] = gapMs;
      next = next + 1 == GAPS ? 0 : next + 1;
      gaps = Math.min(gaps + 1, GAPS);
    }
    lastReceivedMs = pings == 0 ? receivedMs : Math.max(lastReceivedMs, receivedMs);
    pings++;
    punchesSincePing = 0;
  }

  void notePunch() {
    punchesSincePing++;
  }

  /** Earlier punches since the last ping. */
  int punchesSincePing() {
    return punchesSincePing;
  }

  long pings() {
    return pings;
  }

  long lastReceivedMs() {
    return lastReceivedMs;
  }

  int gaps() {
    return gaps;
  }

  /** Allocates; for punches. */
  long medianGapMs() {
    long[] sorted = Arrays.copyOf(gapsMs, gaps);
    Arrays.sort(sorted);
    return sorted[gaps / 2];
  }

  long longestGapMs() {
    long longest = 0;
    for (int i = 0; i < gaps; i++) {
      longest = Math.max(longest, gapsMs[i]);
    }
    return longest;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    gaps = fields.i32(gaps);
    fields.i64s(gapsMs, gaps);
    next = fields.i32(next);
    pings = fields.i64(pings);
    lastReceivedMs = fields.i64(lastReceivedMs);
    punchesSincePing = fields.i32(punchesSincePing);
  }

  @Override
  public String toString() {
    return punchesSincePing
        + " punches since "
        + pings
        + " pings, last "
        + lastReceivedMs
        + ", gaps "
        + next
        + Arrays.toString(gapsMs);
  }
}
