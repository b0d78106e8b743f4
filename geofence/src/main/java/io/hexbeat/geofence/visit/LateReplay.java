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
import java.util.stream.Stream;

/**
 * What presence would have said of one device, had its fixes come in the order in which they were
 * taken. One thread, one use: {@link #take} each fix by time, from some before the first late one,
 * until it agrees again with what was said live; then {@link #end}. Holds the steps it makes.
 * Fences and policies are those in force now; what was said of a fence that is gone stays.
 *
 * <p>Law: {@link #steps} in place of the live ones between {@link #fromMs} and {@link #toMs} give
 * the stays of a device whose fixes all came in order.
 */
public final class LateReplay {
  private final FenceIndex index;
  private final PresenceEngine engine;
  private final int deviceHandle;
  private final List<PresenceStep> live;
  private final List<Stay> liveStays;
  private final long lateToMs;
  private final PresenceState state = new PresenceState();
  private PresenceDecision decision = new PresenceDecision();
  private final List<PresenceStep> steps = new ArrayList<>();
  private boolean begun;
  private boolean agreed;
  private long fromMs;
  private long lastMs;
  private long lastIndex;

  /**
   * @param engine with the default policy
   * @param live the device's own steps as they are known, from long before
   * @param lateToMs the time of the last late fix
   */
  public LateReplay(
      FenceIndex index,
      PresenceEngine engine,
      int deviceHandle,
      List<PresenceStep> live,
      long lateToMs) {
    this.index = index;
    this.engine = engine;
    this.deviceHandle = deviceHandle;
    this.live = List.copyOf(live);
    this.liveStays = Stay.of(live);
    this.lateToMs = lateToMs;
  }

  /**
   * Decides the next fix; its fix time is what it counts by.
   *
   * @return whether presence agrees with what was said live, so that no more fixes are needed
   */
  public boolean take(Fix fix, long journalIndex) {
    boolean first = !begun;
    if (first) {
      begun = true;
      fromMs = fix.fixTimeMs();
      Stay.of(live.stream().filter(step -> step.atMs() < fromMs).toList()).stream()
          .filter(Stay::open)
          .forEach(this::begin);
    }
    lastMs = fix.fixTimeMs();
    lastIndex = journalIndex;
    engine.decide(index, state, fix, decision);
    if (first) {
      dropFirstEnters();
    }
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
    agreed = lastMs > lateToMs && agrees();
    return agreed;
  }

  /**
   * There are no more fixes. If presence does not agree by now, what was said live holds from here
   * on: a fence that the device should not be in was left when a fix first said so, or with the
   * last one.
   */
  public void end() {
    if (agreed || !begun) {
      return;
    }
    List<Stay> now = liveNow();
    for (int i = 0; i < state.size(); i++) {
      int fence = state.fenceHandle(i);
      if (now.stream().noneMatch(stay -> stay.fenceHandle() == fence)) {
        long leftMs = state.exitPending(i) ? state.exitPendingSinceMs(i) : lastMs;
        steps.add(
            new PresenceStep(deviceHandle, fence, ChangeKind.EXIT, leftMs, true, lastIndex, 0));
      }
    }
    for (Stay stay : now) {
      if (!state.isIn(stay.fenceHandle())) {
        steps.add(
            new PresenceStep(
                deviceHandle,
                stay.fenceHandle(),
                ChangeKind.ENTER,
                Math.max(fromMs, stay.fromMs()),
                stay.fromInferred(),
                stay.journalIndex(),
                0));
      }
    }
  }

  /** Whether there was any fix. */
  public boolean begun() {
    return begun;
  }

  /** From when on the steps hold. */
  public long fromMs() {
    return fromMs;
  }

  /** Before when they hold. */
  public long toMs() {
    return lastMs + 1;
  }

  /**
   * What was said, that of fences that are gone included, since nobody can say it anew; an inferred
   * pass before the first fix is none of it.
   */
  public List<PresenceStep> steps() {
    return Stream.concat(
            steps.stream(),
            live.stream()
                .filter(step -> index.byHandle(step.fenceHandle()) == null)
                .filter(step -> step.atMs() < toMs()))
        .filter(step -> step.atMs() >= fromMs)
        .toList();
  }

  /**
   * A device's first fix at all is told as where it is; this one is only the first of the replay,
   * with none late before it, so that what was said live is right here.
   */
  private void dropFirstEnters() {
    List<Stay> now = liveNow();
    PresenceDecision kept = new PresenceDecision().reset(decision.order());
    for (int i = 0; i < decision.count(); i++) {
      int fence = decision.fenceHandle(i);
      if (decision.kind(i) != ChangeKind.ENTER
          || now.stream().anyMatch(stay -> stay.fenceHandle() == fence)) {
        kept.add(fence, decision.kind(i), decision.inferred(i), decision.atMs(i));
      }
    }
    decision = kept;
  }

  /** The device was in this fence when the replay begins; one that is gone is left out. */
  private void begin(Stay stay) {
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

  /** Whether the device is where it was said to be, and about to leave nowhere. */
  private boolean agrees() {
    List<Stay> now = liveNow();
    if (state.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < state.size(); i++) {
      int fence = state.fenceHandle(i);
      if (state.exitPending(i) || now.stream().noneMatch(stay -> stay.fenceHandle() == fence)) {
        return false;
      }
    }
    return true;
  }

  private List<Stay> liveNow() {
    return liveStays.stream()
        .filter(stay -> stay.fromMs() <= lastMs && lastMs < stay.toMs())
        .filter(stay -> index.byHandle(stay.fenceHandle()) != null)
        .toList();
  }
}
