package io.hexbeat.load;

/**
 * When each message of a run should leave, whatever the server does. Pure arithmetic; any thread.
 * Message {@code i} belongs to device {@code i % devices} and holds the next {@code batch} pings of
 * it, the newest of which is measured. Fix times are steps from a base, one a ping, so that whoever
 * sees a device and a fix time again, the manager's socket above all, knows from when to measure.
 *
 * @param ratePerSecond pings a second of all devices; 0 for closed loops, each device sending when
 *     it was answered
 * @param startNs of the run on the monotonic clock
 * @param warmUpNs at the start, measured by nobody
 * @param measuredNs after that
 * @param firstPing number of the first ping of each device
 */
record LoadSchedule(
    int devices,
    int batch,
    int ratePerSecond,
    long startNs,
    long warmUpNs,
    long measuredNs,
    long firstPing) {
  static final long NS_PER_SECOND = 1_000_000_000;

  /** The same from another moment on. */
  LoadSchedule from(long newStartNs) {
    return new LoadSchedule(
        devices, batch, ratePerSecond, newStartNs, warmUpNs, measuredNs, firstPing);
  }

  /** Single messages of others at the same time. */
  LoadSchedule beside(int others, int otherRate, long otherFirst) {
    return new LoadSchedule(others, 1, otherRate, startNs, warmUpNs, measuredNs, otherFirst);
  }

  /** Whether each device waits for its answers. */
  boolean closed() {
    return ratePerSecond == 0;
  }

  /** Messages in the run, warm-up included; without end in closed loops. */
  long messages() {
    return closed()
        ? Long.MAX_VALUE
        : pings(Math.addExact(warmUpNs, measuredNs)) / Math.max(1, batch);
  }

  int device(long message) {
    return (int) (message % devices);
  }

  /** The first ping that a message carries, by its device's count. */
  long firstPing(long message) {
    return firstPingOfDevice(message / devices);
  }

  /** The same of a device's n-th message. */
  long firstPingOfDevice(long messageOfDevice) {
    return firstPing + messageOfDevice * batch;
  }

  /** The message that carried a device's ping, or -1 if it was none of this run. */
  long messageOf(int device, long ping) {
    long ofDevice = Math.floorDiv(ping - firstPing, batch);
    long message = ofDevice * devices + device;
    return ofDevice < 0 || message >= messages() ? -1 : message;
  }

  /** On the monotonic clock; only of open loops. */
  long intendedNs(long message) {
    // an hour at a million pings a second is a third of what a long holds
    return startNs + message * batch * NS_PER_SECOND / ratePerSecond;
  }

  /** How many messages should have left by now. */
  long dueBy(long nowNs) {
    if (nowNs < startNs) {
      return 0;
    }
    long elapsedNs = Math.min(nowNs - startNs, warmUpNs + measuredNs);
    return Math.min(messages(), pings(elapsedNs) / batch + 1);
  }

  /** Whether what was to be sent at that time counts. */
  boolean measured(long intendedNs) {
    long sinceNs = intendedNs - startNs - warmUpNs;
    return sinceNs >= 0 && sinceNs < measuredNs;
  }

  long endNs() {
    return startNs + warmUpNs + measuredNs;
  }

  private long pings(long elapsedNs) {
    return elapsedNs * ratePerSecond / NS_PER_SECOND;
  }
}
