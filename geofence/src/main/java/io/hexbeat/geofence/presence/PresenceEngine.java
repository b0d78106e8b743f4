package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;

/**
 * Decides what a fix changes and applies what was decided. One thread an instance: it reuses its
 * working sets; a state may only be touched by its owner. Allocates nothing a fix once its sets
 * have grown. Never fails on a fix: what can't be used is told by its {@link FixOrder}.
 *
 * <p>Law: {@code decide} changes nothing but {@code out} and what the state has derived of the
 * index to answer sooner; {@code apply} asks neither index nor policy. So applying recorded
 * decisions in their order gives the state that the live line had, whatever has become of fences,
 * policies and code since.
 */
public final class PresenceEngine {
  /** 2000-01-01T00:00Z: a fix time before it is a clock that was never set; kept, but STALE. */
  public static final long EARLIEST_LIVE_MS = 946_684_800_000L;

  /** Stands for the position of a heartbeat among the remembered fixes; no place has it. */
  private static final int NOWHERE = Integer.MIN_VALUE;

  /**
   * Stands for an accuracy that the phone did not tell, in metres: the bad end of what phones reach
   * in streets.
   */
  public static final int ASSUMED_ACCURACY_METERS = 50;

  private final PresencePolicy defaultPolicy;
  private final long clockSkewMaxMs;
  private final FenceIds containing = new FenceIds();
  private final PassFinder passes;

  /** Of the fix being decided: when its state may first change without a move. */
  private long quietUntilMs;

  /**
   * An engine of one shard.
   *
   * @param clockSkewMaxMs how far a fix time may be ahead of its receive time
   */
  public PresenceEngine(PresencePolicy defaultPolicy, long clockSkewMaxMs) {
    if (clockSkewMaxMs < 0) {
      throw new IllegalArgumentException("clockSkewMaxMs=" + clockSkewMaxMs + " is negative");
    }
    this.defaultPolicy = defaultPolicy;
    this.clockSkewMaxMs = clockSkewMaxMs;
    this.passes = new PassFinder(defaultPolicy);
  }

  /** What the fix changes; {@code out} is overwritten, nothing else is touched. */
  public void decide(FenceIndex index, PresenceState state, Fix fix, PresenceDecision out) {
    FixOrder order = order(state, fix);
    out.reset(order);
    switch (order) {
      case DUPLICATE, HEARTBEAT, STALE -> {}
      case APPLIED, FUTURE, INACCURATE -> {
        long atMs = Math.max(order.effectiveTimeMs(fix), state.lastTimeMs());
        if (state.isQuiet(index, fix.latE7(), fix.lngE7(), atMs)) {
          return;
        }
        index.containing(fix.latE7(), fix.lngE7(), containing, state);
        quietUntilMs = Long.MAX_VALUE;
        decideLeft(index, state, fix, atMs, out);
        decideEntered(index, state, fix, atMs, out);
        state.setQuiet(atMs, quietUntilMs);
        if (order == FixOrder.APPLIED) {
          passes.find(index, state, fix, atMs, containing, out);
        }
      }
    }
  }

  /**
   * REMOVED for each fence the device is in that the new index no longer has or that is not active
   * at {@code nowMs}; {@code out} is overwritten. Applied by {@link #applyChanges}. A device in
   * more fences than a decision holds needs another call.
   */
  public void decideRemoved(
      FenceIndex newIndex, PresenceState state, long nowMs, PresenceDecision out) {
    out.reset(FixOrder.HEARTBEAT);
    for (int i = 0; i < state.size(); i++) {
      Fence fence = newIndex.byHandle(state.fenceHandle(i));
      if (fence == null || !fence.activeAt(nowMs)) {
        out.add(state.fenceHandle(i), ChangeKind.REMOVED, false, nowMs);
      }
    }
  }

  /** Brings the state to where the decision says, live and at replay alike. */
  public static void apply(PresenceState state, Fix fix, PresenceDecision decision) {
    FixOrder order = decision.order();
    if (order == FixOrder.DUPLICATE) {
      return;
    }
    if (order == FixOrder.HEARTBEAT) {
      state.remember(fix.fixTimeMs(), NOWHERE, NOWHERE, fix.receivedTimeMs());
      return;
    }
    state.remember(fix.fixTimeMs(), fix.latE7(), fix.lngE7(), fix.receivedTimeMs());
    applyChanges(state, decision);
    if (order.live() || decision.count() > 0) {
      state.moveTo(order.effectiveTimeMs(fix), fix.latE7(), fix.lngE7(), fix.accuracyCm());
    }
  }

  /** Only the changes of a decision, as {@link #decideRemoved} makes them. */
  public static void applyChanges(PresenceState state, PresenceDecision decision) {
    for (int i = 0; i < decision.count(); i++) {
      state.change(decision.fenceHandle(i), decision.kind(i), decision.atMs(i));
    }
  }

  private FixOrder order(PresenceState state, Fix fix) {
    long fixTimeMs = fix.fixTimeMs();
    if (!fix.hasPosition()) {
      return state.remembers(fixTimeMs, NOWHERE, NOWHERE) ? FixOrder.DUPLICATE : FixOrder.HEARTBEAT;
    }
    if (state.remembers(fixTimeMs, fix.latE7(), fix.lngE7())) {
      return FixOrder.DUPLICATE;
    }
    boolean future = fixTimeMs > fix.receivedTimeMs() + clockSkewMaxMs;
    if (!future && (fixTimeMs < EARLIEST_LIVE_MS || fixTimeMs < state.lastTimeMs())) {
      return FixOrder.STALE;
    }
    if (fix.accuracyCm() > defaultPolicy.maxAccuracyMeters() * 100) {
      return FixOrder.INACCURATE;
    }
    return future ? FixOrder.FUTURE : FixOrder.APPLIED;
  }

  private void decideLeft(
      FenceIndex index, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    for (int i = 0; i < state.size(); i++) {
      Fence fence = index.byHandle(state.fenceHandle(i));
      if (fence == null || !fence.activeAt(atMs)) {
        quietUntilMs = Long.MIN_VALUE;
        if (out.order().live()) {
          out.add(state.fenceHandle(i), ChangeKind.REMOVED, false, atMs);
        }
        continue;
      }
      PresencePolicy policy = policyOf(fence);
      boolean inside = containing.contains(fence.handle());
      limitQuiet(fence, policy, state, i, inside);
      if (!accurateFor(policy, fix.accuracyCm())) {
        continue;
      }
      if (inside) {
        decideStaying(policy, state, i, atMs, out);
      } else if (clearlyOutside(fence, policy, fix)) {
        decideLeaving(policy, state, i, atMs, out);
      } else if (state.exitPending(i)) {
        out.add(fence.handle(), ChangeKind.EXIT_CANCELLED, false, atMs);
      }
    }
  }

  private void limitQuiet(
      Fence fence, PresencePolicy policy, PresenceState state, int i, boolean inside) {
    if (!inside || state.exitPending(i)) {
      quietUntilMs = Long.MIN_VALUE;
      return;
    }
    quietUntilMs = Math.min(quietUntilMs, fence.activeToMs());
    if (policy.dwellAfterMs() > 0 && !state.dwelt(i)) {
      quietUntilMs = Math.min(quietUntilMs, state.sinceMs(i) + policy.dwellAfterMs());
    }
  }

  private static void decideStaying(
      PresencePolicy policy, PresenceState state, int i, long atMs, PresenceDecision out) {
    int fence = state.fenceHandle(i);
    if (state.exitPending(i)) {
      out.add(fence, ChangeKind.EXIT_CANCELLED, false, atMs);
    }
    if (policy.dwellAfterMs() > 0
        && !state.dwelt(i)
        && atMs - state.sinceMs(i) >= policy.dwellAfterMs()) {
      out.add(fence, ChangeKind.DWELL, false, atMs);
    }
  }

  private static void decideLeaving(
      PresencePolicy policy, PresenceState state, int i, long atMs, PresenceDecision out) {
    int fence = state.fenceHandle(i);
    long firstOutsideMs = state.exitPending(i) ? state.exitPendingSinceMs(i) : atMs;
    boolean confirmed =
        state.exitPendingFixes(i) + 1 >= policy.exitFixes()
            || atMs - firstOutsideMs >= policy.exitAfterMs();
    if (confirmed) {
      out.add(fence, ChangeKind.EXIT, false, firstOutsideMs);
    } else {
      out.add(fence, ChangeKind.EXIT_PENDING, false, atMs);
    }
  }

  private void decideEntered(
      FenceIndex index, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    for (int i = 0; i < containing.size(); i++) {
      int handle = containing.get(i);
      if (state.isIn(handle)) {
        continue;
      }
      Fence fence = index.byHandle(handle);
      if (fence == null) {
        continue;
      }
      if (!fence.activeAt(atMs)) {
        if (fence.activeFromMs() > atMs) {
          quietUntilMs = Math.min(quietUntilMs, fence.activeFromMs());
        }
        continue;
      }
      quietUntilMs = Long.MIN_VALUE;
      if (accurateFor(policyOf(fence), fix.accuracyCm())) {
        out.add(handle, ChangeKind.ENTER, false, atMs);
      }
    }
  }

  private PresencePolicy policyOf(Fence fence) {
    PresencePolicy own = fence.presence();
    return own == null ? defaultPolicy : own;
  }

  /**
   * Unknown accuracy is let in; it pays at the exit, where {@link #ASSUMED_ACCURACY_METERS} counts.
   */
  static boolean accurateFor(PresencePolicy policy, int accuracyCm) {
    return accuracyCm <= policy.maxAccuracyMeters() * 100;
  }

  private static boolean clearlyOutside(Fence fence, PresencePolicy policy, Fix fix) {
    double accuracyMeters = accuracyMeters(fix.accuracyCm());
    return fence.shape().distanceToEdgeMeters(fix.latE7(), fix.lngE7())
        > policy.exitBufferMeters() + accuracyMeters;
  }

  static double accuracyMeters(int accuracyCm) {
    return accuracyCm > 0 ? accuracyCm / 100.0 : ASSUMED_ACCURACY_METERS;
  }
}
