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
 * @param busySharePercent of its time that a shard's projector works while the line is short of
 *     time; 100 for all of it
 * @param loopDelayNs of a shard's loop, how long a task waits for it now
 */
public record Courtesy(int busySharePercent, IntFunction<Future<Long>> loopDelayNs) {
  /** Makes way for nobody. */
  public static final Courtesy NONE = new Courtesy(100, shard -> Future.succeededFuture(0L));

  /** Some rounds of a loop that has nothing but the line to do and keeps up with it. */
  private static final long LATE_NS = 200_000;

  /** So that a batch which took PostgreSQL long isn't paid for by a stand-still. */
  private static final long LONGEST_REST_MS = 1_000;

  public Courtesy {
    if (busySharePercent < 1 || busySharePercent > 100) {
      throw new IllegalArgumentException("busySharePercent=" + busySharePercent + " not 1 to 100");
    }
  }

  boolean makesWay() {
    return busySharePercent < 100;
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

  /** After so much work on a line that is late; at least 1. */
  long restMs(long workedMs) {
    long rest = workedMs * (100 - busySharePercent) / busySharePercent;
    return Math.max(1, Math.min(rest, LONGEST_REST_MS));
  }
}
