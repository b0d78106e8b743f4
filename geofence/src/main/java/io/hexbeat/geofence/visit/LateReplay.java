package io.hexbeat.geofence.visit;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What presence would have said of one device, had its fixes come in the order in which they were
 * taken. One thread, one use: {@code begin} with what was known before, {@code take} each fix by
 * time, and stop where it agrees again with what was said live. Holds the steps it makes. Fences
 * and policies are those in force now.
 */
public final class LateReplay {
  private final FenceIndex index;
  private final PresenceEngine engine;
  private final int deviceHandle;
  private final PresenceState state = new PresenceState();
  private final PresenceDecision decision = new PresenceDecision();
  private final List<PresenceStep> steps = new ArrayList<>();
  private long lastIndex;

  public LateReplay(FenceIndex index, PresenceEngine engine, int deviceHandle) {
    this.index = index;
    this.engine = engine;
    this.deviceHandle = deviceHandle;
  }

  /** The device was in this fence when the replay begins; a fence that is gone is left out. */
  public void begin(Stay stay) {
    if (index.byHandle(stay.fenceHandle()) == null) {
      return;
    }
    decision.reset(FixOrder.HEARTBEAT);
    decision.add(stay.fenceHandle(), ChangeKind.ENTER, false, stay.fromMs());
    if (stay.dwellMs() != Stay.NONE) {
      decision.add(stay.fenceHandle(), ChangeKind.DWELL, false, stay.dwellMs());
    }
    PresenceEngine.applyChanges(state, decision);
  }

  /** Decides the next fix; its fix time is what it counts by. */
  public void take(Fix fix, long journalIndex) {
    lastIndex = journalIndex;
    engine.decide(index, state, fix, decision);
    for (int i = 0; i < decision.count(); i++) {
      if (decision.kind(i).transition()) {
        steps.add(
            new PresenceStep(
                deviceHandle,
                decision.fenceHandle(i),
                decision.kind(i),
                decision.atMs(i),
                decision.inferred(i),
                journalIndex,
                i));
      }
    }
    PresenceEngine.apply(state, fix, decision);
  }

  /** Whether the device is in just these fences and about to leave none. */
  public boolean agreesWith(Set<Integer> fenceHandles) {
    if (state.size() != fenceHandles.size()) {
      return false;
    }
    for (int i = 0; i < state.size(); i++) {
      if (state.exitPending(i) || !fenceHandles.contains(state.fenceHandle(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * There are no more fixes: what was said live holds from here on. A fence that the device should
   * not be in was left when a fix first said so, or with the last one.
   */
  public void settle(List<Stay> live, long atMs) {
    Set<Integer> there = new TreeSet<>();
    live.forEach(stay -> there.add(stay.fenceHandle()));
    for (int i = 0; i < state.size(); i++) {
      int fence = state.fenceHandle(i);
      if (!there.contains(fence)) {
        long leftMs = state.exitPending(i) ? state.exitPendingSinceMs(i) : atMs;
        steps.add(
            new PresenceStep(deviceHandle, fence, ChangeKind.EXIT, leftMs, true, lastIndex, 0));
      }
    }
    for (Stay stay : live) {
      if (!state.isIn(stay.fenceHandle()) && index.byHandle(stay.fenceHandle()) != null) {
        steps.add(
            new PresenceStep(
                deviceHandle,
                stay.fenceHandle(),
                ChangeKind.ENTER,
                stay.fromMs(),
                stay.fromInferred(),
                stay.journalIndex(),
                0));
      }
    }
  }

  /** What was said so far. */
  public List<PresenceStep> steps() {
    return List.copyOf(steps);
  }
}
