package io.hexbeat.load;

import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Latencies of one kind. Belongs to the loop that records; read it when that loop is done.
 * Allocates only at construction; what took longer than a minute counts as a minute.
 */
final class Latencies {
  private static final long LOWEST_NS = 1_000;
  private static final long HIGHEST_NS = 60_000_000_000L;
  private static final int DIGITS = 3;
  private static final double NS_PER_MS = 1e6;
  private static final int LINES_A_HALVING = 5;

  private final Histogram histogram = new Histogram(LOWEST_NS, HIGHEST_NS, DIGITS);

  /** A clock that is read before another thread's start may be a little behind it: not below 0. */
  void record(long ns) {
    histogram.recordValue(Math.max(0, Math.min(HIGHEST_NS, ns)));
  }

  /** Counts another's latencies in. */
  void add(Latencies other) {
    histogram.add(other.histogram);
  }

  /** Forgets all. */
  void reset() {
    histogram.reset();
  }

  long count() {
    return histogram.getTotalCount();
  }

  double maxMs() {
    return histogram.getMaxValue() / NS_PER_MS;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("p50", ms(50))
        .put("p99", ms(99))
        .put("p999", ms(99.9))
        .put("max", maxMs());
  }

  /** As HdrHistogram's tools read it, in milliseconds. */
  void writePercentiles(PrintStream out) {
    histogram.outputPercentileDistribution(out, LINES_A_HALVING, NS_PER_MS);
  }

  /** One line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms  (%,d)",
        ms(50),
        ms(99),
        ms(99.9),
        maxMs(),
        count());
  }

  /**
   * How many times the other's latency this one's is at a percentile; 0 if nothing was measured.
   */
  double ratioTo(Latencies other, double percentile) {
    double before = other.ms(percentile);
    return before == 0 ? 0 : ms(percentile) / before;
  }

  double ms(double percentile) {
    return count() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / NS_PER_MS;
  }
}
