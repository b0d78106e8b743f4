package io.hexbeat.load;

/**
 * When each ping of an open-loop run should leave, whatever the server does. Pure arithmetic; any
 * thread. Ping {@code i} belongs to device {@code i % devices}; its fix time is its intended send
 * time in whole milliseconds, so that whoever sees the fix time again, the manager's socket above
 * all, knows from when to measure.
 *
 * @param startMs the wall time of the first ping
 * @param startNs the same moment on the monotonic clock
 */
record LoadSchedule(LoadPlan plan, long startMs, long startNs) {
  private static final long NS_PER_MS = 1_000_000;

  /** Pings in the run, warm-up included. */
  long pings() {
    return (long) (plan.warmUpSeconds() + plan.seconds()) * plan.ratePerSecond();
  }

  int device(long ping) {
    return (int) (ping % plan.devices());
  }

  /** Also the ping's intended send time. Different for any two pings of a device. */
  long fixTimeMs(long ping) {
    return startMs + ping * 1_000 / plan.ratePerSecond();
  }

  /** The intended send time of a fix on the monotonic clock. */
  long intendedNs(long fixTimeMs) {
    return startNs + (fixTimeMs - startMs) * NS_PER_MS;
  }

  /** How many pings should have left by now. */
  long dueBy(long nowNs) {
    if (nowNs < startNs) {
      return 0;
    }
    // those whose intended millisecond has begun: the millisecond that runs now counts
    long begunMs = (nowNs - startNs) / NS_PER_MS + 1;
    return Math.min(pings(), (begunMs * plan.ratePerSecond() + 999) / 1_000);
  }

  /** Whether a fix belongs to the part that counts. */
  boolean measured(long fixTimeMs) {
    long fromMs = startMs + plan.warmUpSeconds() * 1_000L;
    return fixTimeMs >= fromMs && fixTimeMs < fromMs + plan.seconds() * 1_000L;
  }

  long endNs() {
    return intendedNs(startMs) + (plan.warmUpSeconds() + plan.seconds()) * 1_000L * NS_PER_MS;
  }
}
