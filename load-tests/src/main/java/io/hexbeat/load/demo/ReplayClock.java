package io.hexbeat.load.demo;

/**
 * Maps wall time to the time that the phones live in. Pure arithmetic over its three numbers; any
 * thread. The phones' time starts in the past, runs {@code speed} times as fast as the wall until
 * it has caught up, and is the wall's from then on; so it never runs ahead of the server's clock.
 *
 * @param startWallMs when the replay started
 * @param lagMs how far in the past the phones start
 * @param speed phone seconds in a wall second until then
 */
record ReplayClock(long startWallMs, long lagMs, int speed) {
  /** How long the sped-up part should last on the wall where the day is long enough for it. */
  private static final long SPED_UP_WALL_MS = 25 * 60_000L;

  private static final long LONGEST_LAG_MS = 12 * 3_600_000L;

  ReplayClock {
    if (speed < 1) {
      throw new IllegalArgumentException("speed=" + speed + " must be at least 1");
    }
    if (lagMs < 0 || (speed == 1 && lagMs > 0)) {
      throw new IllegalArgumentException("lagMs=" + lagMs + " can never be caught up");
    }
  }

  /** Starts as far back as makes the sped-up part last 25 minutes, at most twelve hours. */
  static ReplayClock startingAt(long wallMs, int speed) {
    return new ReplayClock(wallMs, Math.min(LONGEST_LAG_MS, (speed - 1) * SPED_UP_WALL_MS), speed);
  }

  /** The time on the phones' clocks at a wall time. */
  long phoneMs(long wallMs) {
    long spedUp = startPhoneMs() + (wallMs - startWallMs) * speed;
    return Math.min(spedUp, wallMs);
  }

  long startPhoneMs() {
    return startWallMs - lagMs;
  }

  /** When the phones' clocks agree with the wall's. */
  long caughtUpWallMs() {
    return speed == 1 ? startWallMs : startWallMs + (lagMs + speed - 2) / (speed - 1);
  }
}
