package io.hexbeat.ingest.shard;

/**
 * The newest snapshot of a shard, for metrics. Immutable; any thread.
 *
 * @param index of the last record in it, -1 without any
 * @param madeMs when, Unix milliseconds, 0 without any
 * @param durationMs what it took to make, or to load at the start
 */
public record SnapshotFigures(long index, long madeMs, long bytes, long durationMs) {
  static final SnapshotFigures NONE = new SnapshotFigures(-1, 0, 0, 0);
}
