package io.hexbeat.api.live;

import java.util.concurrent.atomic.LongAdder;

/** What all live sockets together have done. Any thread adds and reads; nobody waits. */
public final class LiveStats {
  final LongAdder sockets = new LongAdder();
  final LongAdder frames = new LongAdder();
  final LongAdder positions = new LongAdder();
  final LongAdder events = new LongAdder();
  final LongAdder badMessages = new LongAdder();
  final LongAdder closedTooSlow = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder resumed = new LongAdder();

  /** Open now. */
  public long sockets() {
    return sockets.sum();
  }

  /** Frames sent. */
  public long frames() {
    return frames.sum();
  }

  /** Positions in those frames. */
  public long positions() {
    return positions.sum();
  }

  /** Events in those frames. */
  public long events() {
    return events.sum();
  }

  /** Messages from clients that had no meaning. */
  public long badMessages() {
    return badMessages.sum();
  }

  /** Sockets closed because their reader was too slow or gone. */
  public long closedTooSlow() {
    return closedTooSlow.sum();
  }

  /** Upgrades refused for want of a token or of room. */
  public long refused() {
    return refused.sum();
  }

  /** Readers who came again and were told all that they had missed. */
  public long resumed() {
    return resumed.sum();
  }
}
