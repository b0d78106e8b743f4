package io.hexbeat.geofence.visit;

import java.util.List;

/**
 * A member's visit to one customer. Immutable; any thread.
 *
 * @param leftMs {@link Stay#OPEN} while it lasts
 * @param dwellMs when it had lasted for the fence's dwell time, or {@link Stay#NONE}
 * @param arrivedInferred concluded and not seen
 * @param leftInferred concluded and not seen
 * @param removed ended because the fence went, not because the member did
 * @param punchOnly known by punches alone
 * @param anchorIndex journal index of the record that began it: with the fence its name
 * @param punches journal indexes of the punches that belong to it, in the order of time
 */
public record Visit(
    int fenceHandle,
    long arrivedMs,
    long leftMs,
    long dwellMs,
    boolean arrivedInferred,
    boolean leftInferred,
    boolean removed,
    boolean punchOnly,
    long anchorIndex,
    List<Long> punches) {
  public Visit {
    punches = List.copyOf(punches);
  }

  public boolean open() {
    return leftMs == Stay.OPEN;
  }

  /** Whether the two periods have a moment in common, edges included. */
  public boolean touches(long fromMs, long toMs) {
    return arrivedMs <= toMs && leftMs >= fromMs;
  }
}
