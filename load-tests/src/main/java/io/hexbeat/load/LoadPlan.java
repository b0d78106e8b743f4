package io.hexbeat.load;

/**
 * What a load run does, validated. Immutable.
 *
 * @param door how the pings go in
 * @param devices phones, each of its own member and on its own connection
 * @param ratePerSecond pings a second of all phones together
 * @param warmUpSeconds at the start, measured by nobody
 * @param seconds measured
 * @param managers live sockets that watch all of it
 */
record LoadPlan(
    Door door, int devices, int ratePerSecond, int warmUpSeconds, int seconds, int managers) {
  /** The doors that the generator knows. */
  enum Door {
    /** {@code POST /v1/pings}, one JSON object each. */
    HTTP,
    /** The form of Traccar Client. */
    OSMAND
  }

  static final int MAX_DEVICES = 50_000;
  static final int MAX_RATE_PER_SECOND = 100_000;
  static final int MAX_SECONDS = 3_600;
  static final int MAX_MANAGERS = 100;

  LoadPlan {
    if (ratePerSecond > devices * 1_000L) {
      throw new IllegalArgumentException(
          "--rate=" + ratePerSecond + " is more than one ping a millisecond from each device");
    }
  }
}
