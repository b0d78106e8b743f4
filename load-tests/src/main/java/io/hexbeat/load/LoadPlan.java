package io.hexbeat.load;

import java.util.List;

/**
 * What a load run does, validated. Immutable.
 *
 * @param doors how the pings go in, one after the other
 * @param batch pings a message where the door takes several
 * @param devices phones, each of its own member and on its own connection
 * @param ratePerSecond pings a second of all phones together; 0 for closed loops, each phone
 *     sending when it was answered
 * @param window messages that a phone has unanswered at most; 0 for what is usual at its door
 * @param warmUpSeconds at the start, measured by nobody
 * @param seconds measured
 * @param fences circles that the phones come and go at
 * @param managers live sockets
 * @param liveHz positions of a member a second that each asks for, 0 for no limit
 * @param views different sets of members that the managers watch, in turn
 * @param watched members a view; 0 for all of them in one view, or an equal part
 * @param punchesPerSecond beside the pings
 * @param floor whether the same is measured against servers that do nothing
 * @param ramp whether the highest rate is looked for, from that one on
 */
record LoadPlan(
    List<Door> doors,
    int batch,
    int devices,
    int ratePerSecond,
    int window,
    int warmUpSeconds,
    int seconds,
    int fences,
    int managers,
    int liveHz,
    int views,
    int watched,
    int punchesPerSecond,
    boolean floor,
    boolean ramp) {
  static final int MAX_DEVICES = 50_000;
  static final int MAX_BATCH = 500;
  static final int MAX_RATE_PER_SECOND = 2_000_000;
  static final int MAX_WINDOW = 256;
  static final int MAX_SECONDS = 86_400;
  static final int MAX_FENCES = 100_000;
  static final int MAX_MANAGERS = 1_000;
  static final int MAX_LIVE_HZ = 20;
  static final int MAX_PUNCHES_PER_SECOND = 10_000;

  /** What the arithmetic of a schedule holds. */
  private static final long MAX_PINGS = 4_000_000_000L;

  LoadPlan {
    doors = List.copyOf(doors);
    if ((long) ratePerSecond * (warmUpSeconds + seconds) > MAX_PINGS) {
      throw new IllegalArgumentException(
          "--rate="
              + ratePerSecond
              + " for "
              + seconds
              + " s is more than "
              + MAX_PINGS
              + " pings");
    }
    if (ratePerSecond == 0 && ramp) {
      throw new IllegalArgumentException("--ramp looks for a rate; it goes without --closed");
    }
    if (views > Math.max(1, managers) || watched > devices) {
      throw new IllegalArgumentException(
          "--views=" + views + " --watched=" + watched + " need as many managers and devices");
    }
  }

  /** Whether each phone waits for its answers. */
  boolean closed() {
    return ratePerSecond == 0;
  }

  /** What a search may end with: a schedule has fix times for no more. */
  int highestRate() {
    return (int) Math.min(MAX_RATE_PER_SECOND, MAX_PINGS / Math.max(1, warmUpSeconds + seconds));
  }

  int windowOf(Door door) {
    return window > 0 ? window : closed() ? 1 : door.usualWindow();
  }

  /** Phones that punch: few enough to set up, enough that none of them waits for its answer. */
  int punchers() {
    return punchesPerSecond == 0 ? 0 : Math.max(1, Math.min(50, punchesPerSecond));
  }

  /** Members in one view. */
  int membersAView() {
    return watched > 0 ? watched : Math.max(1, devices / views);
  }
}
