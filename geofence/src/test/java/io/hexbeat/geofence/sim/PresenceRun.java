package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.visit.LateReplay;
import io.hexbeat.geofence.visit.PresenceStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A person's days through the real presence engine as a shard runs it, through what amends visits
 * when fixes came late, and through the naive twin. One thread, one person. Punches pass by:
 * presence asks for none.
 */
public final class PresenceRun {
  /** As the server's default. */
  private static final long CLOCK_SKEW_MAX_MS = 300_000;

  /** As a shard looks at each device. */
  private static final long TICK_MS = 15_000;

  /** What is due by time is told before then or not at all. */
  private static final long TICKED_MS = 2 * 3_600_000;

  /** As the server looks back. */
  private static final long RUN_UP_MS = 900_000;

  /** After so long without another late fix, visits are looked at. */
  private static final long BACKLOG_MS = 2_000;

  private final FenceIndex index;
  private final PresencePolicy policy;
  private final PresenceEngine engine;
  private final PresenceDecision decision = new PresenceDecision();
  private final Map<Integer, Line> lines = new TreeMap<>();
  private final Map<Integer, RawPresence> raw = new HashMap<>();
  private final List<Told> told = new ArrayList<>();
  private final List<Told> rawTold = new ArrayList<>();
  private long records;

  /** One device's line: its state, and what is stored of it. */
  private static final class Line {
    final int device;
    final PresenceState state = new PresenceState();
    final List<SimPing> stored = new ArrayList<>();
    List<PresenceStep> steps = new ArrayList<>();
    long lastReceivedMs = Long.MIN_VALUE;
    long lateFromMs = Long.MAX_VALUE;
    long lateToMs;
    long lateReceivedMs;

    Line(int device) {
      this.device = device;
    }
  }

  public PresenceRun(FenceIndex index, PresencePolicy policy) {
    this.index = index;
    this.policy = policy;
    this.engine = new PresenceEngine(policy, CLOCK_SKEW_MAX_MS);
  }

  public void go(PersonDay day) {
    for (SimPing ping : day.pings()) {
      int device = ping.phone().deviceHandle();
      Line line = lines.computeIfAbsent(device, Line::new);
      amend(line, ping.receivedTimeMs() - BACKLOG_MS);
      tick(line, ping.receivedTimeMs());
      engine.decide(index, line.state, ping, decision);
      PresenceEngine.apply(line.state, ping, decision);
      tell(line);
      line.lastReceivedMs = ping.receivedTimeMs();
      if (decision.order() == FixOrder.STALE) {
        line.lateFromMs = Math.min(line.lateFromMs, ping.fixTimeMs());
        line.lateToMs = Math.max(line.lateToMs, ping.fixTimeMs());
        line.lateReceivedMs = ping.receivedTimeMs();
      }
      if (decision.order() != FixOrder.DUPLICATE) {
        line.stored.add(ping);
      }
      raw.computeIfAbsent(device, made -> new RawPresence(index, device, policy.dwellAfterMs()))
          .go(ping, rawTold);
    }
    lines.values().forEach(line -> amend(line, Long.MAX_VALUE));
  }

  /** What time alone decides before the next fix comes. */
  private void tick(Line line, long untilMs) {
    if (line.lastReceivedMs == Long.MIN_VALUE) {
      return;
    }
    long lastMs = Math.min(untilMs, line.lastReceivedMs + TICKED_MS);
    for (long nowMs = line.lastReceivedMs + TICK_MS; nowMs < lastMs; nowMs += TICK_MS) {
      engine.decideByTime(index, line.state, nowMs, decision);
      PresenceEngine.applyChanges(line.state, decision);
      tell(line);
    }
  }

  private void tell(Line line) {
    records++;
    for (int i = 0; i < decision.count(); i++) {
      if (decision.kind(i).transition()) {
        PresenceStep step =
            new PresenceStep(
                line.device,
                decision.fenceHandle(i),
                decision.kind(i),
                decision.atMs(i),
                decision.inferred(i),
                records,
                i);
        line.steps.add(step);
        told.add(told(step));
      }
    }
  }

  /** Takes fixes that came late into account, if there are any and no more follow. */
  private void amend(Line line, long beforeMs) {
    if (line.lateFromMs > line.lateToMs || line.lateReceivedMs >= beforeMs) {
      return;
    }
    LateReplay replay =
        new LateReplay(
            index, new PresenceEngine(policy, 0), line.device, line.steps, line.lateToMs);
    line.stored.sort(Comparator.comparingLong(SimPing::fixTimeMs));
    for (SimPing ping : line.stored) {
      if (ping.fixTimeMs() >= line.lateFromMs - RUN_UP_MS && replay.take(ping, ++records)) {
        break;
      }
    }
    replay.end();
    List<PresenceStep> steps = new ArrayList<>(replay.steps());
    for (PresenceStep step : line.steps) {
      if (step.atMs() < replay.fromMs() || step.atMs() >= replay.toMs()) {
        steps.add(step);
      }
    }
    steps.sort(PresenceStep.BY_TIME);
    line.steps = steps;
    line.lateFromMs = Long.MAX_VALUE;
    line.lateToMs = Long.MIN_VALUE;
  }

  private static Told told(PresenceStep step) {
    return new Told(step.deviceHandle(), step.fenceHandle(), step.kind(), step.atMs());
  }

  /** What the engine told live so far. */
  public List<Told> told() {
    return List.copyOf(told);
  }

  /** What stands after late fixes were taken into account. */
  public List<Told> amended() {
    return lines.values().stream()
        .flatMap(line -> line.steps.stream())
        .map(PresenceRun::told)
        .toList();
  }

  /** What the naive twin told so far. */
  public List<Told> rawTold() {
    return List.copyOf(rawTold);
  }
}
