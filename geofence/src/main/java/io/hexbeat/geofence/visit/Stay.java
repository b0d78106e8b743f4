package io.hexbeat.geofence.visit;

import io.hexbeat.geofence.presence.ChangeKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A member's time in one fence, from an ENTER to the EXIT or REMOVED that ends it. Immutable; any
 * thread. Two phones in the same pocket are one stay: it begins with the first to arrive and ends
 * with the last to leave.
 *
 * @param toMs {@link #OPEN} while it lasts
 * @param dwellMs when DWELL was told, {@link #NONE} if it wasn't
 * @param journalIndex of the record that began it
 */
public record Stay(
    int fenceHandle,
    long fromMs,
    long toMs,
    boolean fromInferred,
    boolean toInferred,
    boolean removed,
    long dwellMs,
    long journalIndex) {
  /** Stands for an end that has not come. */
  public static final long OPEN = Long.MAX_VALUE;

  /** Stands for a time that there is none of. */
  public static final long NONE = Long.MIN_VALUE;

  public boolean open() {
    return toMs == OPEN;
  }

  public boolean contains(long timeMs) {
    return timeMs >= fromMs && timeMs <= toMs;
  }

  /** The stays that the steps of one member make, in the order of their beginnings. */
  public static List<Stay> of(List<PresenceStep> steps) {
    List<PresenceStep> ordered = new ArrayList<>(steps);
    ordered.sort(PresenceStep.BY_TIME);
    Map<Long, Stay> open = new HashMap<>();
    List<Stay> stays = new ArrayList<>();
    for (PresenceStep step : ordered) {
      long key = (long) step.deviceHandle() << 32 | step.fenceHandle();
      Stay stay = open.get(key);
      if (step.kind() == ChangeKind.ENTER) {
        if (stay == null) {
          open.put(key, begun(step));
        }
      } else if (stay != null && step.kind() == ChangeKind.DWELL) {
        open.put(key, stay.dwelt(step.atMs()));
      } else if (stay != null) {
        open.remove(key);
        stays.add(stay.ended(step));
      }
    }
    stays.addAll(open.values());
    return joined(stays);
  }

  private static Stay begun(PresenceStep step) {
    return new Stay(
        step.fenceHandle(),
        step.atMs(),
        OPEN,
        step.inferred(),
        false,
        false,
        NONE,
        step.journalIndex());
  }

  private Stay dwelt(long atMs) {
    return new Stay(
        fenceHandle, fromMs, toMs, fromInferred, toInferred, removed, atMs, journalIndex);
  }

  private Stay ended(PresenceStep step) {
    return new Stay(
        fenceHandle,
        fromMs,
        Math.max(fromMs, step.atMs()),
        fromInferred,
        step.inferred(),
        step.kind() == ChangeKind.REMOVED,
        dwellMs,
        journalIndex);
  }

  /** Stays of several phones in one fence that touch become one. */
  private static List<Stay> joined(List<Stay> stays) {
    stays.sort(
        Comparator.comparingInt(Stay::fenceHandle)
            .thenComparingLong(Stay::fromMs)
            .thenComparingLong(Stay::journalIndex));
    List<Stay> joined = new ArrayList<>();
    for (Stay stay : stays) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).overlaps(stay)) {
        joined.set(last, joined.get(last).with(stay));
      } else {
        joined.add(stay);
      }
    }
    joined.sort(
        Comparator.comparingLong(Stay::fromMs)
            .thenComparingLong(Stay::journalIndex)
            .thenComparingInt(Stay::fenceHandle));
    return joined;
  }

  private boolean overlaps(Stay later) {
    return fenceHandle == later.fenceHandle && later.fromMs <= toMs;
  }

  private Stay with(Stay later) {
    Stay last = later.toMs > toMs ? later : this;
    long dwell =
        dwellMs == NONE || later.dwellMs == NONE ? Math.max(dwellMs, later.dwellMs) : dwellMs;
    return new Stay(
        fenceHandle,
        fromMs,
        last.toMs,
        fromInferred,
        last.toInferred,
        last.removed,
        dwell,
        journalIndex);
  }
}
