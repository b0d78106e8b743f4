package io.hexbeat.ingest.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * How one journal's syncs go: how many, how long, how many records each. The syncing thread writes,
 * any thread reads; readers wait for each other only. Allocates nothing but what a reader asks for.
 */
public final class SyncStats {
  private static final int SIGNIFICANT_DIGITS = 2;

  /** A group is what one shard appends during a sync. */
  private static final long MAX_GROUP_RECORDS = 1L << 32;

  private final Counter syncs = new Counter();
  private final SingleWriterRecorder durations =
      new SingleWriterRecorder(StageLatency.MAX_NS, SIGNIFICANT_DIGITS);
  private final SingleWriterRecorder groups =
      new SingleWriterRecorder(MAX_GROUP_RECORDS, SIGNIFICANT_DIGITS);
  private final Histogram allDurations = new Histogram(StageLatency.MAX_NS, SIGNIFICANT_DIGITS);
  private final Histogram allGroups = new Histogram(MAX_GROUP_RECORDS, SIGNIFICANT_DIGITS);

  /** By the syncing thread, after each sync that had something to do. */
  public void record(long durationNs, long records) {
    syncs.increment();
    durations.recordValue(Math.min(StageLatency.MAX_NS, Math.max(0, durationNs)));
    groups.recordValue(Math.min(MAX_GROUP_RECORDS, Math.max(0, records)));
  }

  public long syncs() {
    return syncs.get();
  }

  /** Nanoseconds of each sync so far; the caller's own. */
  public synchronized Histogram durations() {
    allDurations.add(durations.getIntervalHistogram());
    return allDurations.copy();
  }

  /** Records of each sync so far; the caller's own. */
  public synchronized Histogram groups() {
    allGroups.add(groups.getIntervalHistogram());
    return allGroups.copy();
  }
}
