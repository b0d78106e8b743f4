package io.hexbeat.api.projection;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * How the projector makes way for the line where a machine has too little for both: phones wait for
 * the line, and nobody for a projection that is some seconds late. Immutable; any thread. It costs
 * one task on a shard's loop for a full batch. Nothing makes way while no records come in, nor for
 * somebody who waits for the projections.
 *
 * @param busyRecordsPerSecond that a shard's projector stores at most while the line is short of
 *     time; a rate and no share of its time, so that what is promised is kept on a slow machine
 * @param loopDelayNs of a shard's loop, how long a task waits for it now
 */
public record Courtesy(int busyRecordsPerSecond, IntFunction<Future<Long>> loopDelayNs) {
  /** Makes way for nobody. */
  public static final Courtesy NONE =
      new Courtesy(Integer.MAX_VALUE, shard -> Future.succeededFuture(0L));

  /** Some rounds of a loop that has nothing but the line to do and keeps up with it. */
  private static final long LATE_NS = 200_000;

  /** Nothing is gained by longer ones. */
  private static final long LONGEST_REST_MS = 1_000;

  public Courtesy {
    if (busyRecordsPerSecond < 1) {
      throw new IllegalArgumentException("busyRecordsPerSecond=" + busyRecordsPerSecond);
    }
  }

  boolean makesWay() {
    return busyRecordsPerSecond < Integer.MAX_VALUE;
  }

  /** Never fails; a loop that says nothing is as late as one can be. */
  Future<Long> delayNs(int shard) {
    return loopDelayNs
        .apply(shard)
        .timeout(LONGEST_REST_MS, TimeUnit.MILLISECONDS)
        .otherwise(TimeUnit.MILLISECONDS.toNanos(LONGEST_REST_MS));
  }

  static boolean isLate(long loopDelayNs) {
    return loopDelayNs > LATE_NS;
  }

  /** After a batch that took so long, on a line that is late; 0 for none. */
  long restMs(int records, long workedMs) {
    long dueMs = TimeUnit.SECONDS.toMillis(records) / busyRecordsPerSecond;
    return Math.max(0, Math.min(dueMs - workedMs, LONGEST_REST_MS));
  }
}
