package io.hexbeat.load;

/**
 * The fix times of a load run: ping {@code n} of each device is a step after ping {@code n - 1}.
 * Immutable; any thread. Where devices send less than once a second, steps are as long as that and
 * fixes are as old as they are; where they send faster than any phone, each ping stands for a
 * second of a drive long ago, so that a device moves 12 m from ping to ping at any rate.
 *
 * @param baseMs of ping 0
 * @param stepMs from ping to ping
 */
record FixClock(long baseMs, long stepMs) {
  private static final long PHONE_STEP_MS = 1_000;

  /** Room for ten million pings of a device before its drive reaches the present. */
  private static final long LONG_AGO_MS = 120L * 86_400 * 1_000;

  static FixClock of(LoadPlan plan, long nowMs) {
    if (plan.closed() || plan.ramp()) {
      return new FixClock(nowMs - LONG_AGO_MS, PHONE_STEP_MS);
    }
    long everyMs = plan.devices() * 1_000L / plan.ratePerSecond();
    return everyMs < PHONE_STEP_MS
        ? new FixClock(nowMs - LONG_AGO_MS, PHONE_STEP_MS)
        : new FixClock(nowMs, everyMs);
  }

  /** Which ping has that fix time; what is none of them is before the first. */
  long ping(long fixMs) {
    long sinceMs = fixMs - baseMs;
    return sinceMs < 0 || sinceMs % stepMs != 0 ? -1 : sinceMs / stepMs;
  }
}
