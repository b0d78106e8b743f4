package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.presence.PresenceEngine;
import org.jspecify.annotations.Nullable;

/**
 * What clocks and counters give away, the same for pings and punches. Immutable; any thread.
 * Allocates only where something is found.
 */
final class ClockSignals {
  /** More than an unsigned counter's: nobody else can have made the record, and not by chance. */
  private static final int SIGNED_COUNTER_WEIGHT = 50;

  private final TrustPolicy policy;

  ClockSignals(TrustPolicy policy) {
    this.policy = policy;
  }

  boolean ahead(long atMs, long receivedMs) {
    return atMs > receivedMs + policy.clockSkewMaxMs();
  }

  /** CLOCK_SKEW of a time that is ahead of the server's; an honest backlog is behind. */
  @Nullable Finding skew(long atMs, long receivedMs) {
    if (!ahead(atMs, receivedMs) && atMs >= PresenceEngine.EARLIEST_LIVE_MS) {
      return null;
    }
    return Finding.of(TrustSignal.CLOCK_SKEW)
        .time("device_time", atMs)
        .time("received_time", receivedMs)
        .with("ahead_ms", atMs - receivedMs)
        .with("limit_ms", policy.clockSkewMaxMs())
        .build();
  }

  /** Whether there may be a CLOCK_JUMP; asked of each ping. */
  boolean mayJump(ClockFacts clock, long atMs, long uptimeMs, long receivedMs) {
    return clock.movedBy(atMs, uptimeMs, policy.clockJumpMs()) || atMs > receivedMs;
  }

  /**
   * CLOCK_JUMP of a record whose clock went otherwise than its uptime, or stands ahead of the
   * server and of its own habit. Clocks that are {@link #ahead} altogether are CLOCK_SKEW's.
   */
  @Nullable Finding jump(ClockFacts clock, long atMs, long uptimeMs, long receivedMs) {
    if (ahead(atMs, receivedMs)) {
      return null;
    }
    if (clock.movedBy(atMs, uptimeMs, policy.clockJumpMs())) {
      return Finding.of(TrustSignal.CLOCK_JUMP)
          .with("by", "uptime")
          .with("clock_moved_ms", atMs - clock.uptimeAtMs())
          .with("uptime_moved_ms", uptimeMs - clock.uptimeMs())
          .with("uptime_ms", uptimeMs)
          .time("device_time", atMs)
          .with("limit_ms", policy.clockJumpMs())
          .build();
    }
    long offsetMs = atMs - receivedMs;
    boolean doubtful =
        offsetMs > 0
            && clock.offsets() >= policy.offsetRecords()
            && offsetMs - clock.leastOffsetMs() > policy.offsetJumpMs();
    if (!doubtful) {
      return null;
    }
    long medianMs = clock.medianOffsetMs();
    if (offsetMs - medianMs <= policy.offsetJumpMs()) {
      return null;
    }
    return Finding.of(TrustSignal.CLOCK_JUMP)
        .with("by", "offset")
        .with("offset_ms", offsetMs)
        .with("usual_offset_ms", medianMs)
        .with("receptions", clock.offsets())
        .time("device_time", atMs)
        .with("limit_ms", policy.offsetJumpMs())
        .build();
  }

  /** COUNTER of a record whose counter did not count on though its time did. */
  @Nullable Finding counter(ClockFacts.Counter counter, long seq, long atMs) {
    if (!counter.brokenBy(seq, atMs, policy.counterRestartMax())) {
      return null;
    }
    return Finding.of(TrustSignal.COUNTER)
        .with("seq", seq)
        .with("earlier_seq", counter.seq())
        .time("device_time", atMs)
        .time("earlier_device_time", counter.atMs())
        .build();
  }

  /** COUNTER of a signed record that does not count on, which only an old one does. */
  @Nullable Finding counter(SignedCounter signed, int key, long counter, long atMs) {
    if (!signed.brokenBy(key, counter)) {
      return null;
    }
    return Finding.of(TrustSignal.COUNTER)
        .weight(SIGNED_COUNTER_WEIGHT)
        .with("signed", true)
        .with("counter", counter)
        .with("earlier_counter", signed.counter())
        .time("device_time", atMs)
        .time("earlier_device_time", signed.atMs())
        .build();
  }
}
