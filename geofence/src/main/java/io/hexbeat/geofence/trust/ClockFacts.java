package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * What a device's clock, uptime and counters said. Owned by a {@link TrustState}. Bounded: the last
 * record that told its uptime, the boot that the clock was last moved away from, the last counters,
 * and the clock's offset at the last {@link TrustState#OFFSETS} receptions that were live.
 */
final class ClockFacts {
  /** An offset beyond it is a backlog or a wrong clock, not the device's usual offset. */
  static final long LIVE_OFFSET_MS = 300_000;

  /** Records received so close together came in one batch. */
  private static final long ONE_RECEPTION_MS = 1_000;

  /** Clock and uptime agree to this, and to a hundredth of the time between two records. */
  private static final long AGREED_MS = 60_000;

  /** So many records in a row that agree are a clock's word; fewer may be a forger's. */
  private static final int SETTLED = 10;

  private static final long NEVER = Long.MIN_VALUE;

  private long uptimeAtMs = NEVER;
  private long uptimeMs;

  /** Records in a row that agreed with the last boot, at most {@link #SETTLED}. */
  private int agreed;

  /** The boot that the last jump was away from; {@link #NEVER} while there is none to return to. */
  private long leftBootMs = NEVER;

  private long receptionMs = NEVER;
  private final long[] offsetsMs = new long[TrustState.OFFSETS];
  private int offsets;

  /** Where the newest offset is; they lie in a ring. */
  private int newest;

  private final Counter pings = new Counter();
  private final Counter punches = new Counter();

  /** A counter as last seen. */
  static final class Counter {
    private long seq = Fix.UNKNOWN;
    private long atMs = NEVER;

    long seq() {
      return seq;
    }

    long atMs() {
      return atMs;
    }

    /**
     * The counter stood still or fell though time went on. A fall to nearly 0 from above is an app
     * installed again, an older record is a backlog; both are honest.
     */
    boolean brokenBy(long nextSeq, long nextAtMs, int restartMax) {
      if (nextSeq < 0 || seq < 0 || nextAtMs <= atMs || nextSeq > seq) {
        return false;
      }
      boolean restarted = nextSeq <= restartMax && seq > restartMax;
      return !restarted;
    }

    void note(long nextSeq, long nextAtMs) {
      if (nextSeq >= 0 && nextAtMs >= atMs) {
        seq = nextSeq;
        atMs = nextAtMs;
      }
    }

    private void forget() {
      seq = Fix.UNKNOWN;
      atMs = NEVER;
    }

    private void keep(StateFields fields) {
      seq = fields.i64(seq);
      atMs = fields.i64(atMs);
    }

    @Override
    public String toString() {
      return seq + " at " + atMs;
    }
  }

  /** Another phone begins anew. */
  void forget() {
    uptimeAtMs = NEVER;
    uptimeMs = 0;
    agreed = 0;
    leftBootMs = NEVER;
    offsets = 0;
    newest = 0;
    pings.forget();
    punches.forget();
  }

  Counter pings() {
    return pings;
  }

  Counter punches() {
    return punches;
  }

  boolean uptimeKnown() {
    return uptimeAtMs != NEVER;
  }

  /** Device time of the record that last told its uptime. */
  long uptimeAtMs() {
    return uptimeAtMs;
  }

  long uptimeMs() {
    return uptimeMs;
  }

  /** The device's time at its boot, as its own clock has it. */
  long bootMs() {
    return uptimeAtMs - uptimeMs;
  }

  /**
   * Clock and uptime of a record contradict those of the last: by more than the tolerance, and not
   * because the phone was started again since or the record is from before its start. A return to
   * the boot that the last jump was away from is none: then what jumped was wrong, and was told.
   */
  boolean movedBy(long atMs, long nextUptimeMs, long toleranceMs) {
    if (nextUptimeMs < 0 || !uptimeKnown()) {
      return false;
    }
    long elapsedMs = atMs - uptimeAtMs;
    long slackMs = slackMs(elapsedMs, toleranceMs);
    long bootMs = atMs - nextUptimeMs;
    if (Math.abs(bootMs - bootMs()) <= slackMs || returnsTo(bootMs, slackMs)) {
      return false;
    }
    return elapsedMs >= 0
        ? !startedSince(elapsedMs, nextUptimeMs, slackMs)
        : !beforeStart(atMs, slackMs);
  }

  private static long slackMs(long elapsedMs, long toleranceMs) {
    return toleranceMs + Math.abs(elapsedMs) / 100;
  }

  private boolean returnsTo(long bootMs, long slackMs) {
    return leftBootMs != NEVER && Math.abs(bootMs - leftBootMs) <= slackMs;
  }

  /** A phone that was started since the last record is up no longer than since then. */
  private boolean startedSince(long elapsedMs, long nextUptimeMs, long slackMs) {
    long mostMs = elapsedMs + slackMs + (nextUptimeMs < uptimeMs ? LIVE_OFFSET_MS : 0);
    return nextUptimeMs <= mostMs;
  }

  void noteUptime(long atMs, long nextUptimeMs) {
    if (nextUptimeMs < 0 || (uptimeKnown() && beforeStart(atMs, 0))) {
      return;
    }
    if (uptimeKnown()) {
      noteBoot(atMs - nextUptimeMs, atMs - uptimeAtMs, nextUptimeMs);
    }
    uptimeAtMs = atMs;
    uptimeMs = nextUptimeMs;
  }

  private void noteBoot(long bootMs, long elapsedMs, long nextUptimeMs) {
    long slackMs = slackMs(elapsedMs, AGREED_MS);
    if (Math.abs(bootMs - bootMs()) <= slackMs) {
      agreed = Math.min(agreed + 1, SETTLED);
    } else if (returnsTo(bootMs, slackMs)) {
      agreed = SETTLED;
      leftBootMs = NEVER;
    } else if (elapsedMs >= 0 && startedSince(elapsedMs, nextUptimeMs, slackMs)) {
      agreed = 0;
      leftBootMs = NEVER;
    } else {
      leftBootMs = agreed == SETTLED || leftBootMs == NEVER ? bootMs() : leftBootMs;
      agreed = 0;
    }
  }

  /**
   * One offset a reception, that of its least delayed record: a batch is late by its own length.
   */
  void noteOffset(long receivedMs, long offsetMs) {
    if (offsetMs > LIVE_OFFSET_MS || offsetMs < -LIVE_OFFSET_MS) {
      return;
    }
    if (offsets > 0 && Math.abs(receivedMs - receptionMs) < ONE_RECEPTION_MS) {
      offsetsMs[newest] = Math.max(offsetsMs[newest], offsetMs);
      return;
    }
    newest = offsets == 0 || newest + 1 == offsetsMs.length ? 0 : newest + 1;
    offsetsMs[newest] = offsetMs;
    offsets = Math.min(offsets + 1, offsetsMs.length);
    receptionMs = receivedMs;
  }

  int offsets() {
    return offsets;
  }

  long leastOffsetMs() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < offsets; i++) {
      least = Math.min(least, offsetsMs[i]);
    }
    return least;
  }

  /** Allocates; ask only when {@link #leastOffsetMs} leaves a doubt. */
  long medianOffsetMs() {
    long[] sorted = Arrays.copyOf(offsetsMs, offsets);
    Arrays.sort(sorted);
    return sorted[offsets / 2];
  }

  private boolean beforeStart(long atMs, long slackMs) {
    return atMs <= bootMs() + slackMs;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    uptimeAtMs = fields.i64(uptimeAtMs);
    uptimeMs = fields.i64(uptimeMs);
    agreed = fields.i32(agreed);
    leftBootMs = fields.i64(leftBootMs);
    receptionMs = fields.i64(receptionMs);
    offsets = fields.i32(offsets);
    newest = fields.i32(newest);
    fields.i64s(offsetsMs, offsets);
    pings.keep(fields);
    punches.keep(fields);
  }

  @Override
  public String toString() {
    return "uptime="
        + uptimeMs
        + " at "
        + uptimeAtMs
        + " agreed="
        + agreed
        + " left="
        + leftBootMs
        + " pings="
        + pings
        + " punches="
        + punches
        + " reception="
        + receptionMs
        + " offsets="
        + Arrays.toString(Arrays.copyOf(offsetsMs, offsets));
  }
}
