package io.hexbeat.ingest.journal;

import java.time.Duration;

/**
 * How long a journal keeps what it holds, and how much of it a restart may have to read. Immutable;
 * any thread.
 *
 * @param roll how a new directory's journals are cut into files
 * @param retention how long a file is kept at least after its last record could be written
 * @param snapshotRecords records since the last snapshot that call for another: what a restart
 *     replays, about a second
 * @param snapshotBytes or their bytes
 * @param checkEvery how often that is looked at
 */
public record JournalLife(
    JournalRoll roll,
    Duration retention,
    long snapshotRecords,
    long snapshotBytes,
    Duration checkEvery) {
  /** What the server uses when configuration says nothing. */
  public static final JournalLife DEFAULT =
      new JournalLife(
          JournalRoll.DAILY, Duration.ofDays(7), 1_000_000, 1L << 30, Duration.ofSeconds(5));

  public JournalLife {
    require(!retention.isNegative(), "journal.retention=" + retention + " is negative");
    require(snapshotRecords >= 1, "journal.snapshot_records=" + snapshotRecords + " is below 1");
    require(snapshotBytes >= 1, "journal.snapshot_bytes=" + snapshotBytes + " is below 1");
    require(checkEvery.toMillis() >= 1, "check every=" + checkEvery + " is below 1 ms");
  }

  private static void require(boolean ok, String otherwise) {
    if (!ok) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
