package io.hexbeat.ingest.journal;

/**
 * What of a shard's journal lies on the disk, for metrics. Immutable; any thread.
 *
 * @param oldestMs when its first file begins, Unix milliseconds; 0 without files
 */
public record JournalFigures(int files, long bytes, long oldestMs) {
  /** Before anybody looked. */
  public static final JournalFigures NONE = new JournalFigures(0, 0, 0);
}
