package io.hexbeat.ingest.journal;

import java.util.function.LongSupplier;

/**
 * Says which file a record goes to: that of the time, but never one before the newest. Any thread;
 * a read of a field beside that of the clock. A clock that was ahead and is set right leaves a
 * journal whose newest file begins in the future: records go on there until that time has come,
 * since a record in an older file would have an index before those that are already there, and a
 * file that another one follows is sealed.
 */
final class JournalClock {
  private final LongSupplier clockMs;
  private final long fileMs;
  private volatile long notBeforeMs;

  /**
   * Of one journal.
   *
   * @param fileMs how long a file's time is
   * @param notBeforeMs when that of the newest file began
   */
  JournalClock(LongSupplier clockMs, long fileMs, long notBeforeMs) {
    this.clockMs = clockMs;
    this.fileMs = fileMs;
    this.notBeforeMs = notBeforeMs;
  }

  long nowMs() {
    long nowMs = clockMs.getAsLong();
    if (nowMs - notBeforeMs >= fileMs) {
      begin(nowMs - nowMs % fileMs);
    }
    return Math.max(nowMs, notBeforeMs);
  }

  private synchronized void begin(long beginMs) {
    notBeforeMs = Math.max(notBeforeMs, beginMs);
  }
}
