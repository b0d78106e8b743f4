package io.hexbeat.ingest.journal;

/** What a replay has read, for logs and metrics. */
public record ReplayFigures(long records, long durationMs) {
  /** Before any replay. */
  public static final ReplayFigures NONE = new ReplayFigures(0, 0);

  /** Records per second; all of them when it took no time. */
  public long recordsPerSecond() {
    return records * 1000 / Math.max(1, durationMs);
  }
}
