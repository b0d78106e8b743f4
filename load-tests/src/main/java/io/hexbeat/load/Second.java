package io.hexbeat.load;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What a fleet saw in one second. Immutable; any thread.
 *
 * @param second of the run, warm-up included, from 0
 * @param acked pings acknowledged in it
 * @param refused pings that the server said it can't take
 * @param lost pings with another answer or a broken connection
 * @param late pings that are due and not sent, because their phones wait for answers
 */
record Second(
    int second,
    long acked,
    long refused,
    long lost,
    long late,
    double p50Ms,
    double p99Ms,
    double maxMs) {

  JsonObject json() {
    return new JsonObject()
        .put("second", second)
        .put("acked_per_s", acked)
        .put("refused", refused)
        .put("lost", lost)
        .put("late", late)
        .put("p50_ms", p50Ms)
        .put("p99_ms", p99Ms)
        .put("max_ms", maxMs);
  }

  /** For people, without its place. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%3d s  %,9d/s  p50 %8.2f  p99 %8.2f  max %8.2f ms  lost %,d%s%s",
        second + 1,
        acked,
        p50Ms,
        p99Ms,
        maxMs,
        lost,
        refused == 0 ? "" : String.format(Locale.ROOT, "  refused %,d", refused),
        late == 0 ? "" : String.format(Locale.ROOT, "  waiting %,d", late));
  }
}
