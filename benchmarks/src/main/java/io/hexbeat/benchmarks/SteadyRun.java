package io.hexbeat.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * One step at a steady rate, timed each time: its distribution, and the pauses beyond a millisecond
 * apart. One thread. Where Linux tells how long a thread waited for a core, that is taken off a
 * pause, so that other programs' load is told apart from what the step itself did; what a
 * hypervisor takes is not, so a run of something harmless belongs beside each.
 */
final class SteadyRun {
  private static final long PAUSE_NS = 1_000_000;

  /** Time to compile; longer than the first block of a journal takes. */
  private static final long WARM_NS = 2_000_000_000L;

  /** How often the kernel's figure is read: it costs some microseconds between two steps. */
  private static final long BASE_EVERY_NS = 1_000_000;

  private static final Path SCHEDULED = Path.of("/proc/thread-self/schedstat");

  private final long everyNs;
  private final long durationNs;
  private final Histogram steps = new Histogram(60_000_000_000L, 3);
  private final Histogram own = new Histogram(60_000_000_000L, 3);
  private final boolean tellsWaits = Files.isReadable(SCHEDULED);
  private long count;

  SteadyRun(int stepsPerSecond, long seconds) {
    everyNs = 1_000_000_000L / stepsPerSecond;
    durationNs = seconds * 1_000_000_000L;
  }

  /** Steps made, those to warm up too. */
  long count() {
    return count;
  }

  void run(LongConsumer step) throws IOException {
    long intendedNs = System.nanoTime();
    long warmNs = intendedNs + WARM_NS;
    long endNs = warmNs + durationNs;
    long waitedNs = waitedForACoreNs();
    long waitedAtNs = intendedNs;
    while (intendedNs < endNs) {
      long startNs = System.nanoTime();
      if (startNs < intendedNs) {
        Thread.onSpinWait();
        continue;
      }
      step.accept(count++);
      long tookNs = System.nanoTime() - startNs;
      if (intendedNs > warmNs) {
        steps.recordValue(tookNs);
        if (tookNs > PAUSE_NS) {
          long nowNs = waitedForACoreNs();
          own.recordValue(Math.max(0, tookNs - (nowNs - waitedNs)));
          waitedNs = nowNs;
        }
      }
      if (startNs - waitedAtNs > BASE_EVERY_NS) {
        waitedNs = waitedForACoreNs();
        waitedAtNs = startNs;
      }
      intendedNs += everyNs;
    }
  }

  void print(PrintStream out, String name) {
    out.printf(
        "%-18sp50 %,d ns  p99.9 %,.1f us  p99.99 %,.1f us  max %.2f ms (%,d times)%n",
        name,
        steps.getValueAtPercentile(50),
        steps.getValueAtPercentile(99.9) / 1e3,
        steps.getValueAtPercentile(99.99) / 1e3,
        steps.getMaxValue() / 1e6,
        steps.getTotalCount());
    out.printf("  pauses > 1 ms   %d", own.getTotalCount());
    if (tellsWaits) {
      out.printf(
          ", of which %d for its own sake, the longest of %.2f ms; in the others it waited for a core",
          own.getTotalCount() - own.getCountBetweenValues(0, PAUSE_NS), own.getMaxValue() / 1e6);
    }
    out.println();
  }

  private long waitedForACoreNs() throws IOException {
    if (!tellsWaits) {
      return 0;
    }
    String figures = Files.readString(SCHEDULED);
    int from = figures.indexOf(' ') + 1;
    return Long.parseLong(figures, from, figures.indexOf(' ', from), 10);
  }
}
