package io.hexbeat.geofence.sim;

/**
 * Somebody really was inside a fence. Immutable; any thread.
 *
 * @param fence its handle
 * @param arriveMs first second inside
 * @param leaveMs first second outside again
 */
public record TrueVisit(int fence, long arriveMs, long leaveMs) {
  public long dwellMs() {
    return leaveMs - arriveMs;
  }
}
