package io.hexbeat.api.visits;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much work waits for the visits, and since when the oldest of it is known: work is numbered,
 * and this remembers by when which number had been given. Written by the follower's thread, read by
 * any. An hour of marks, a second apart; a lag that has grown beyond an hour counts from the first
 * mark still kept.
 */
final class VisitLag {
  private static final int MARKS = 3_600;
  private static final long APART_NS = TimeUnit.SECONDS.toNanos(1);

  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private volatile long waiting;
  private volatile long sinceNs = Long.MIN_VALUE;

  /** The newest work there was at a time. */
  private record Mark(long newest, long atNs) {}

  /**
   * What waits now.
   *
   * @param oldest number, null while nothing waits
   */
  void look(@Nullable Long oldest, @Nullable Long newest, long nowNs) {
    if (oldest == null || newest == null) {
      none();
      return;
    }
    while (!marks.isEmpty() && marks.getFirst().newest < oldest) {
      marks.removeFirst();
    }
    if (marks.isEmpty()
        || (marks.getLast().newest < newest
            && nowNs - marks.getLast().atNs >= APART_NS
            && marks.size() < MARKS)) {
      marks.add(new Mark(newest, nowNs));
    }
    sinceNs = marks.getFirst().atNs;
    waiting = newest - oldest + 1;
  }

  void none() {
    marks.clear();
    sinceNs = Long.MIN_VALUE;
    waiting = 0;
  }

  long waiting() {
    return waiting;
  }

  double seconds(long nowNs) {
    long since = sinceNs;
    return since == Long.MIN_VALUE ? 0 : Math.max(0, nowNs - since) / 1e9;
  }
}
