package io.hexbeat.api.live;

import java.time.Duration;

/**
 * Every limit of the live socket. Immutable; any thread.
 *
 * @param maxSockets sockets on one event loop: each costs some tens of kilobytes
 * @param maxNamed teams or members that one subscription may name
 * @param badMessages messages without meaning before a socket is closed with 1008
 * @param writeQueueBytes bytes queued for one reader before it gets no more position frames
 * @param pingEvery how often a silent reader is asked whether it is there
 * @param deadAfter silence, or a queue that doesn't move, after which a socket is closed
 * @param sweepEvery how often states that change with time alone, scope and tokens are looked at
 */
public record LiveLimits(
    int maxSockets,
    int maxNamed,
    int badMessages,
    int writeQueueBytes,
    Duration pingEvery,
    Duration deadAfter,
    Duration sweepEvery) {
  public static final LiveLimits DEFAULT =
      new LiveLimits(
          2_000,
          1_000,
          20,
          64 * 1024,
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));

  public LiveLimits {
    if (maxSockets < 1 || maxNamed < 1 || badMessages < 1 || writeQueueBytes < 1024) {
      throw new IllegalArgumentException("live limits must be positive");
    }
  }
}
