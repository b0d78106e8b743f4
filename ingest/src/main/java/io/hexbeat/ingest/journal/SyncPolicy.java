package io.hexbeat.ingest.journal;

import java.time.Duration;

/**
 * What an acknowledgement waits for, read once. Immutable; any thread.
 *
 * @param interval how often {@link Mode#INTERVAL} syncs: what a power cut may cost; the other modes
 *     don't use it
 */
public record SyncPolicy(Mode mode, Duration interval) {
  /** How far an acknowledged record has got. */
  public enum Mode {
    /** In the page cache: survives the death of the process, not a power cut. */
    PROCESS,
    /** The same, and on the disk within the interval. */
    INTERVAL,
    /** On the disk. */
    COMMIT
  }

  /** What the server uses when configuration says nothing. */
  public static final SyncPolicy DEFAULT = new SyncPolicy(Mode.PROCESS, Duration.ofMillis(200));

  public SyncPolicy {
    if (interval.compareTo(Duration.ofMillis(1)) < 0
        || interval.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("sync_interval=" + interval + " is outside 1 ms..1 min");
    }
  }

  /** The same interval in another mode. */
  public SyncPolicy in(Mode other) {
    return new SyncPolicy(other, interval);
  }
}
