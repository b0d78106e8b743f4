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

  /** So long a phone may be silent before time decides for it. */
  public static final long SILENCE_MS = 120_000;

  /** What was due so long ago belongs to fixes that come late: they decide it. */
  private static final long BY_TIME_MS = 3_600_000;

  /** Stands for the position of a heartbeat among the remembered fixes; no place has it. */
  private static final int NOWHERE = Integer.MIN_VALUE;

  /** So many errors inside the edge, ENTER is certain at once. */
  private static final double CERTAIN_ERRORS = 1.75;

  /** The same of who drives: most drive past. */
  private static final double DRIVING_ERRORS = 2.5;

  private static final int DRIVING_CMPS = 300;

  /** The same where the phone has not told how accurate it is: half of what is assumed. */
  private static final double UNTOLD_ERRORS = 0.5;

  /** So many errors outside the edge, what seemed to be entered was not. */
  private static final double VOID_ERRORS = 1.5;

  /** So many errors outside the edge, it may have been left. */
  private static final double DOUBT_ERRORS = 1;

  /** Who tells such a speed has not left by it: what has moved may be the noise. */
  private static final int AT_REST_CMPS = 50;

  /** So many errors inside the edge, time makes it certain. */
  private static final double LIKELY_ERRORS = 0.75;

  /** So many errors outside the edge at most, who stands for long in no other fence is in it. */
  private static final double NEAR_ERRORS = 0.5;

  /** So long. */
  private static final long NEAR_AFTER_MS = 300_000;

  /**
   * By then what a rest can tell is told: what the middle of its fixes does afterwards is noise,
   * until the phone moves.
   */
  private static final long JUDGED_MS = 420_000;

  /** In accuracies outside the edge at most, it may have stood inside before its last steps. */
  private static final double REST_INSIDE_ACCURACIES = 0.5;

  /** So many errors outside the edge, it stood outside before its last steps. */
  private static final double REST_OUTSIDE_ERRORS = 1.5;

  /**
   * Stands for an accuracy that the phone did not tell, in metres: the bad end of what phones reach
   * in streets.
   */
  public static final int ASSUMED_ACCURACY_METERS = 50;

  private final PresencePolicy defaultPolicy;
  private final long clockSkewMaxMs;
  private final FenceIds containing = new FenceIds();
  private final PassFinder passes;
  private final NearFinder nearby;

  /** What the steady position will be, the fix being decided included. */
  private final Steady steady = new Steady();

  /** Where the device counts as being, and how far from that it may be. */
  private int latE7;

  private int lngE7;
  private double errorMeters;

  /** Since when it has been there. */
  private long hereSinceMs;

  /** It is the fix itself, since it tells nothing of the steady position. */
  private boolean raw;

  /** This is the fix at which a rest is judged. */
  private boolean judging;

  /** An earlier one was. */
  private boolean judged;

  /** Of the fence being looked at. */
  private PresencePolicy policy;

  /** Until then it counts as it does now. */
  private long changesAtMs;

  /** And since then, in its shape. */
  private long countsSinceMs;

  /** Of the fix being decided: when its state may first change without a move. */
  private long quietUntilMs;

  /** And whether none of its fences must be looked at again with the next fix. */
  private boolean still;

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
    this.policy = defaultPolicy;
    this.clockSkewMaxMs = clockSkewMaxMs;
    this.passes = new PassFinder(defaultPolicy);
    this.nearby = new NearFinder(defaultPolicy);
  }

  /** What the fix changes; {@code out} is overwritten, nothing else is touched. */
  public void decide(FenceIndex index, PresenceState state, Fix fix, PresenceDecision out) {
    FixOrder order = order(state, fix);
    out.reset(order);
    switch (order) {
      case DUPLICATE, HEARTBEAT, STALE -> {}
      case APPLIED, FUTURE, INACCURATE -> {
        long atMs = Math.max(order.effectiveTimeMs(fix), state.lastTimeMs());
        look(state, fix, order, atMs);
        boolean stoodLong = hasJustStoodLong(state, atMs);
        if (!stoodLong
            && state.isQuiet(index, latE7, lngE7, atMs)
            && (raw || state.holds(index, fix.latE7(), fix.lngE7()))) {
          return;
        }
        boolean settled = state.isSettled(index, atMs);
        boolean sparse = order == FixOrder.APPLIED && PassFinder.isSparse(state, atMs);
        double clearUnits =
            sparse ? state.reachUnits(index, state.lastLatE7(), state.lastLngE7()) : 0;
        index.containing(latE7, lngE7, containing, state);
        quietUntilMs = settled ? state.quietUntilMs() : Long.MAX_VALUE;
        still = true;
        decideLeft(index, state, fix, atMs, settled, out);
        decideEntered(index, state, fix, atMs, out);
        decideDoubted(index, state, fix, atMs, out);
        if (stoodLong && out.count() == 0 && steady.knows(fix.accuracyCm())) {
          decideNear(index, state, fix, atMs, out);
        }
        state.setQuiet(atMs, quietUntilMs, still);
        if (sparse) {
          passes.find(index, state, fix, atMs, clearUnits, containing, out);
        }
      }
    }
  }

  /** Sets where the device counts as being: in the middle of its fixes since it moved. */
  private void look(PresenceState state, Fix fix, FixOrder order, long atMs) {
    raw = true;
    judging = false;
    judged = false;
    if (order.live()) {
      steady.set(state.steady);
      steady.take(
          fix.latE7(),
          fix.lngE7(),
          fix.accuracyCm(),
          fix.speedCmps(),
          atMs,
          atMs - state.lastTimeMs());
      if (!steady.stray()) {
        raw = false;
        latE7 = steady.latE7();
        lngE7 = steady.lngE7();
        errorMeters = steady.errorMeters();
        hereSinceMs = steady.sinceMs();
        long unchangedMs = state.lastTimeMs() - Math.max(hereSinceMs, state.lastExitMs());
        judged = steady.isKnown() && unchangedMs >= JUDGED_MS;
        judging = !judged && atMs - hereSinceMs >= JUDGED_MS;
        return;
      }
    }
    latE7 = fix.latE7();
    lngE7 = fix.lngE7();
    errorMeters = state.steady.accuracyMeters(fix.accuracyCm());
    hereSinceMs = atMs;
  }

  /**
   * What time alone has decided by now, without a fix; {@code out} is overwritten. REMOVED for each
   * fence that is gone, closed or no longer active; EXIT where a fix outside has waited for another
   * one, and DWELL where the last fix was inside, both {@link #SILENCE_MS} after their time, so
   * that a phone whose fixes are on their way speaks for itself. Applied by {@link #applyChanges}.
   * A device in more fences than a decision holds needs another call.
   */
  public void decideByTime(
      FenceIndex index, PresenceState state, long nowMs, PresenceDecision out) {
    out.reset(FixOrder.HEARTBEAT);
    for (int i = 0; i < state.size(); i++) {
      int handle = state.fenceHandle(i);
      Fence fence = index.byHandle(handle);
      if (fence == null || !fence.activeAt(nowMs)) {
        out.add(handle, ChangeKind.REMOVED, false, nowMs);
        continue;
      }
      PresencePolicy policy = policyOf(fence);
      if (state.exitPending(i)) {
        if (state.exitPendingFixes(i) > 0
            && isDue(state.exitPendingSinceMs(i) + policy.exitAfterMs(), nowMs)) {
          out.add(handle, ChangeKind.EXIT, false, state.exitPendingSinceMs(i));
        }
      } else if (policy.dwellAfterMs() > 0
          && !state.dwelt(i)
          && isDue(state.sinceMs(i) + policy.dwellAfterMs(), nowMs)) {
        out.add(handle, ChangeKind.DWELL, false, state.sinceMs(i) + policy.dwellAfterMs());
      }
    }
    for (int i = 0; i < state.entering(); i++) {
      Fence fence = index.byHandle(state.enteringFence(i));
      if (fence == null || !fence.activeAt(nowMs)) {
        out.add(state.enteringFence(i), ChangeKind.ENTER_CANCELLED, false, nowMs);
      } else if (hasRestedIn(fence, state, nowMs)) {
        out.add(fence.handle(), ChangeKind.ENTER, false, state.enteringSinceMs(fence.handle()));
      }
    }
  }

  /** Whether who is silent stands in a fence: well inside for some time, or inside for long. */
  private boolean hasRestedIn(Fence fence, PresenceState state, long nowMs) {
    Steady rest = state.steady;
    if (!rest.rests() || nowMs - state.lastTimeMs() < SILENCE_MS) {
      return false;
    }
    boolean late =
        isDue(state.enteringSinceMs(fence.handle()) + policyOf(fence).enterAfterMs(), nowMs);
    double meters = LIKELY_ERRORS * rest.errorMeters();
    return late
        && fence.shape().contains(rest.latE7(), rest.lngE7())
        && (isDue(rest.sinceMs() + JUDGED_MS, nowMs)
            || fence.shape().edgeMetersWithin(meters, rest.latE7(), rest.lngE7()) >= meters);
  }

  private static boolean isDue(long dueMs, long nowMs) {
    return nowMs - dueMs >= SILENCE_MS && nowMs - dueMs < BY_TIME_MS;
  }

  /**
   * Ends what a phone was in that is given up: nothing is heard of it any more, or its person has
   * another one. EXIT, inferred, as of when it was last heard to be there; {@code out} is
   * overwritten. Applied by {@link #applyChanges}.
   */
  public static void decideGivenUp(PresenceState state, PresenceDecision out) {
    out.reset(FixOrder.HEARTBEAT);
    for (int i = 0; i < state.size(); i++) {
      long lastMs = Math.max(state.sinceMs(i), state.lastTimeMs());
      long leftMs = state.exitPending(i) ? state.exitPendingSinceMs(i) : lastMs;
      out.add(state.fenceHandle(i), ChangeKind.EXIT, true, leftMs);
    }
    for (int i = 0; i < state.entering(); i++) {
      out.add(state.enteringFence(i), ChangeKind.ENTER_CANCELLED, false, state.lastTimeMs());
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
    changeAll(state, decision);
    long atMs = order.effectiveTimeMs(fix);
    if (order.live()) {
      long countsMs = Math.max(atMs, state.lastTimeMs());
      state.steady.take(
          fix.latE7(),
          fix.lngE7(),
          fix.accuracyCm(),
          fix.speedCmps(),
          countsMs,
          countsMs - state.lastTimeMs());
    }
    if (order.live() || decision.count() > 0) {
      state.moveTo(atMs, fix.latE7(), fix.lngE7(), fix.accuracyCm());
    }
  }

  /** Only the changes of a decision, as {@link #decideByTime} makes them. */
  public static void applyChanges(PresenceState state, PresenceDecision decision) {
    state.unsettle();
    changeAll(state, decision);
  }

  private static void changeAll(PresenceState state, PresenceDecision decision) {
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

  /**
   * @param settled whether time has decided nothing since all fences were looked at
   */
  private void decideLeft(
      FenceIndex index,
      PresenceState state,
      Fix fix,
      long atMs,
      boolean settled,
      PresenceDecision out) {
    for (int i = 0; i < state.size(); i++) {
      int handle = state.fenceHandle(i);
      boolean inside = containing.contains(handle);
      boolean stays = inside && !state.exitPending(i);
      if (settled && stays) {
        continue;
      }
      still &= stays;
      if (!counts(index, handle, atMs)) {
        quietUntilMs = Long.MIN_VALUE;
        if (out.order().live()) {
          out.add(handle, ChangeKind.REMOVED, false, atMs);
        }
        continue;
      }
      limitQuiet(state.dwelt(i), state.sinceMs(i));
      if (!accurateFor(policy, fix.accuracyCm())) {
        continue;
      }
      if (inside) {
        decideStaying(state, i, atMs, out);
        continue;
      }
      if (isJudged(state) && state.exitPendingFixes(i) == 0) {
        continue;
      }
      double clear = policy.exitBufferMeters() + errorMeters;
      double meters = edgeMeters(index, handle, clear);
      if (meters > clear || isElsewhere(state, i, atMs)) {
        decideLeaving(index, state, i, fix, atMs, out);
      } else if (isJudging(state, atMs) && meters > DOUBT_ERRORS * errorMeters) {
        long sinceMs =
            state.exitPending(i)
                ? state.exitPendingSinceMs(i)
                : Math.max(state.sinceMs(i), hereSinceMs);
        out.add(handle, ChangeKind.EXIT, false, leftMs(index, state, i, sinceMs));
      } else if (meters > DOUBT_ERRORS * errorMeters
          && (!state.exitPending(i) || state.exitPendingFixes(i) > 0)) {
        long sinceMs = Math.max(state.sinceMs(i), hereSinceMs);
        out.add(handle, ChangeKind.EXIT_DOUBTED, false, sinceMs);
      }
    }
  }

  /** Whether a fence counts then; sets its policy and until when it is so. */
  private boolean counts(FenceIndex index, int handle, long atMs) {
    policy = defaultPolicy;
    changesAtMs = Long.MAX_VALUE;
    long plainSinceMs = index.plainSinceMs(handle);
    if (plainSinceMs != FenceIndex.NOT_PLAIN) {
      countsSinceMs = plainSinceMs <= atMs ? plainSinceMs : Long.MIN_VALUE;
      return true;
    }
    Fence fence = index.byHandle(handle);
    if (fence == null) {
      return false;
    }
    policy = policyOf(fence);
    changesAtMs = fence.changesAtMs(atMs);
    countsSinceMs = fence.countsSinceMs(atMs);
    return fence.activeAt(atMs);
  }

  /**
   * Whether a rest has been judged for the fence being looked at: never before the fence has
   * counted for as long, so that who stands there when it opens or is drawn is told of.
   */
  private boolean isJudged(PresenceState state) {
    return judged && countsSinceMs <= state.lastTimeMs() - JUDGED_MS;
  }

  /** Whether this fix is the one at which it is. */
  private boolean isJudging(PresenceState state, long atMs) {
    return judging || (judged && !isJudged(state) && countsSinceMs <= atMs - JUDGED_MS);
  }

  /** To the edge of a fence where it is within the limit, else infinity. */
  private double edgeMeters(FenceIndex index, int handle, double limitMeters) {
    return index.edgeMetersWithin(handle, limitMeters, latE7, lngE7);
  }

  /** Whether it is in a fence that it entered after it had, it seemed, left this one. */
  private boolean isElsewhere(PresenceState state, int i, long atMs) {
    if (!state.exitPending(i) || atMs - state.exitPendingSinceMs(i) < policy.exitAfterMs()) {
      return false;
    }
    for (int j = 0; j < state.size(); j++) {
      if (state.sinceMs(j) >= state.exitPendingSinceMs(i)
          && containing.contains(state.fenceHandle(j))) {
        return true;
      }
    }
    return false;
  }

  private void limitQuiet(boolean dwelt, long sinceMs) {
    quietUntilMs = Math.min(quietUntilMs, changesAtMs);
    if (policy.dwellAfterMs() > 0 && !dwelt) {
      quietUntilMs = Math.min(quietUntilMs, sinceMs + policy.dwellAfterMs());
    }
  }

  /**
   * Of the fence being looked at.
   *
   * @param hereMs since when it has been there, as far as it is known to have moved
   */
  private void enter(
      FenceIndex index, PresenceState state, int handle, long hereMs, PresenceDecision out) {
    long sinceMs = Math.max(countsSinceMs, enteredMs(index, state, handle, hereMs));
    limitQuiet(false, sinceMs);
    out.add(handle, ChangeKind.ENTER, false, sinceMs);
  }

  private void decideStaying(PresenceState state, int i, long atMs, PresenceDecision out) {
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

  private void decideLeaving(
      FenceIndex index, PresenceState state, int i, Fix fix, long atMs, PresenceDecision out) {
    int fence = state.fenceHandle(i);
    boolean pending = state.exitPending(i);
    long firstOutsideMs =
        pending
            ? state.exitPendingSinceMs(i)
            : Math.max(countsSinceMs, Math.max(state.sinceMs(i), hereSinceMs));
    boolean byTime = atMs - firstOutsideMs >= policy.exitAfterMs();
    boolean byFixes = state.exitPendingFixes(i) + 1 >= policy.exitFixes();
    boolean atRest = fix.speedCmps() >= 0 && fix.speedCmps() < AT_REST_CMPS;
    boolean often = state.exitPendingFixes(i) > 0 || policy.exitAfterMs() == 0;
    if ((byFixes && (!atRest || byTime)) || (byTime && often)) {
      out.add(fence, ChangeKind.EXIT, false, leftMs(index, state, i, firstOutsideMs));
    } else {
      out.add(fence, ChangeKind.EXIT_PENDING, false, firstOutsideMs);
    }
  }

  /** When it left: before the last few steps, if it stood outside there as well. */
  private long leftMs(FenceIndex index, PresenceState state, int i, long firstOutsideMs) {
    Fence fence = mayHaveRested(firstOutsideMs) ? index.byHandle(state.fenceHandle(i)) : null;
    if (fence == null) {
      return firstOutsideMs;
    }
    double meters = fence.shape().signedDistanceMeters(steady.restLatE7(), steady.restLngE7());
    return meters > REST_OUTSIDE_ERRORS * steady.restErrorMeters()
        ? Math.max(state.sinceMs(i), steady.restSinceMs())
        : firstOutsideMs;
  }

  /** When it entered: before the last few steps, if it could have stood inside there as well. */
  private long enteredMs(FenceIndex index, PresenceState state, int handle, long hereMs) {
    Fence fence = mayHaveRested(hereMs) ? index.byHandle(handle) : null;
    if (fence == null) {
      return hereMs;
    }
    double meters = fence.shape().signedDistanceMeters(steady.restLatE7(), steady.restLngE7());
    double accuracies = state.size() > 0 ? 0 : REST_INSIDE_ACCURACIES;
    return meters <= accuracies * steady.usualMeters()
        ? Math.min(hereMs, Math.max(state.lastExitMs(), steady.restSinceMs()))
        : hereMs;
  }

  /** Whether it rested before, not long ago, and before a time. */
  private boolean mayHaveRested(long beforeMs) {
    return !raw && steady.hasRestedBefore() && steady.restSinceMs() < beforeMs;
  }

  private void decideEntered(
      FenceIndex index, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    for (int i = 0; i < containing.size(); i++) {
      int handle = containing.get(i);
      if (state.isIn(handle)) {
        continue;
      }
      if (!counts(index, handle, atMs)) {
        quietUntilMs = Math.min(quietUntilMs, changesAtMs);
        continue;
      }
      still = false;
      if (accurateFor(policy, fix.accuracyCm())) {
        decideEntering(index, state, handle, fix, atMs, out);
      }
    }
  }

  private void decideEntering(
      FenceIndex index, PresenceState state, int handle, Fix fix, long atMs, PresenceDecision out) {
    long sinceMs = state.enteringSinceMs(handle);
    boolean pending = sinceMs != Long.MIN_VALUE;
    long hereMs = Math.max(countsSinceMs, Math.max(state.lastExitMs(), hereSinceMs));
    long enteredMs = pending ? Math.min(sinceMs, hereMs) : hereMs;
    if (isJudged(state) && policy.enterAfterMs() > 0) {
      return;
    }
    boolean late = pending && atMs - sinceMs >= policy.enterAfterMs();
    double errors = Math.min(late ? LIKELY_ERRORS : Double.MAX_VALUE, certainErrors(state, fix));
    if ((isJudging(state, atMs) && late)
        || policy.enterAfterMs() == 0
        || !state.placed()
        || edgeMeters(index, handle, errors * errorMeters) >= errors * errorMeters) {
      enter(index, state, handle, enteredMs, out);
    } else if (!raw && (!pending || enteredMs < sinceMs)) {
      out.add(handle, ChangeKind.ENTER_PENDING, false, enteredMs);
    }
  }

  private static double certainErrors(PresenceState state, Fix fix) {
    if (!state.steady.knows(fix.accuracyCm())) {
      return UNTOLD_ERRORS;
    }
    return fix.speedCmps() > DRIVING_CMPS ? DRIVING_ERRORS : CERTAIN_ERRORS;
  }

  /** What seemed to be entered and is not where the device counts as being. */
  private void decideDoubted(
      FenceIndex index, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    for (int i = 0; i < state.entering(); i++) {
      still = false;
      int handle = state.enteringFence(i);
      boolean open = counts(index, handle, atMs);
      if (open && (raw || containing.contains(handle))) {
        continue;
      }
      double near = VOID_ERRORS * errorMeters;
      if (open && edgeMeters(index, handle, near) <= near) {
        continue;
      }
      if (open && !accurateFor(policy, fix.accuracyCm())) {
        continue;
      }
      if (open && stoodIn(index, state, handle)) {
        enter(index, state, handle, state.enteringSinceMs(handle), out);
      } else {
        out.add(handle, ChangeKind.ENTER_CANCELLED, false, atMs);
      }
    }
  }

  /** Whether it stood in a fence, long enough, before it moved. */
  private boolean stoodIn(FenceIndex index, PresenceState state, int handle) {
    if (raw
        || !steady.hasRestedBefore()
        || steady.restSinceMs() < state.lastExitMs()
        || steady.restEndMs() - steady.restSinceMs() < policy.enterAfterMs()) {
      return false;
    }
    Fence fence = index.byHandle(handle);
    return fence != null && fence.shape().contains(steady.restLatE7(), steady.restLngE7());
  }

  /**
   * Who has stood for long in no fence, but within the error of one, is there: of all places that
   * people stand at, customers are the likeliest.
   */
  private void decideNear(
      FenceIndex index, PresenceState state, Fix fix, long atMs, PresenceDecision out) {
    Fence fence =
        nearby.find(index, latE7, lngE7, NEAR_ERRORS * errorMeters, fix.accuracyCm(), atMs);
    if (fence != null && counts(index, fence.handle(), atMs)) {
      enter(index, state, fence.handle(), Math.max(state.lastExitMs(), hereSinceMs), out);
    }
  }

  /** Whether this is the first fix of a rest that has lasted for so long. */
  private boolean hasJustStoodLong(PresenceState state, long atMs) {
    return !raw
        && atMs - hereSinceMs >= NEAR_AFTER_MS
        && state.lastTimeMs() - hereSinceMs < NEAR_AFTER_MS
        && state.size() == 0;
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

  static double accuracyMeters(int accuracyCm) {
    return accuracyCm > 0 ? accuracyCm / 100.0 : ASSUMED_ACCURACY_METERS;
  }
}
