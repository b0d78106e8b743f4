package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.Fix;

/**
 * What a fix may do, told by its place in the device's order and by its quality. Immutable; any
 * thread. The code is written to the journal and never changes its meaning.
 */
public enum FixOrder {
  /** Newer than all before it and good enough: moves the live position and presence. */
  APPLIED(0),
  /**
   * Older than the last applied fix, or from before {@link PresenceEngine#EARLIEST_LIVE_MS}:
   * journaled and stored for the track, never moves anything live.
   */
  STALE(1),
  /**
   * The same fix time and position, or lack of one, as one of the last fixes: acknowledged,
   * counted, dropped.
   */
  DUPLICATE(2),
  /** Without a position: the phone is alive, nothing moves. */
  HEARTBEAT(3),
  /**
   * Less accurate than the server's default policy allows: stored for the track; only fences whose
   * own policy takes such accuracy may change.
   */
  INACCURATE(4),
  /**
   * Its clock is ahead of the server's by more than the limit: live like {@link #APPLIED}, but
   * ordered by receive time, see {@link #effectiveTimeMs}.
   */
  FUTURE(5);

  private static final FixOrder[] BY_CODE = values();

  private final byte code;

  FixOrder(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  /** Whether a fix of this order becomes the device's live position. */
  public boolean live() {
    return this == APPLIED || this == FUTURE;
  }

  /**
   * The time at which a fix of this order counts, Unix milliseconds: its fix time; for {@link
   * #FUTURE} the time at which the server received it; for {@link #INACCURATE}, which may be from
   * the future too, whichever is earlier.
   */
  public long effectiveTimeMs(Fix fix) {
    return switch (this) {
      case FUTURE -> fix.receivedTimeMs();
      case INACCURATE -> Math.min(fix.fixTimeMs(), fix.receivedTimeMs());
      case APPLIED, STALE, DUPLICATE, HEARTBEAT -> fix.fixTimeMs();
    };
  }

  /**
   * The order of a code.
   *
   * @throws IllegalArgumentException if no version so far has written that code
   */
  public static FixOrder of(byte code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("fix order=" + code + " is unknown");
    }
    return BY_CODE[code];
  }
}
