package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A person's days through the real presence engine and through the naive twin. One thread, one
 * person. Punches pass by: presence asks for none.
 */
public final class PresenceRun {
  /** As the server's default. */
  private static final long CLOCK_SKEW_MAX_MS = 300_000;

  private final FenceIndex index;
  private final PresencePolicy policy;
  private final PresenceEngine engine;
  private final PresenceDecision decision = new PresenceDecision();
  private final Map<Integer, PresenceState> states = new HashMap<>();
  private final Map<Integer, RawPresence> raw = new HashMap<>();
  private final List<Told> told = new ArrayList<>();
  private final List<Told> rawTold = new ArrayList<>();

  public PresenceRun(FenceIndex index, PresencePolicy policy) {
    this.index = index;
    this.policy = policy;
    this.engine = new PresenceEngine(policy, CLOCK_SKEW_MAX_MS);
  }

  public void go(PersonDay day) {
    for (SimPing ping : day.pings()) {
      int device = ping.phone().deviceHandle();
      PresenceState state = states.computeIfAbsent(device, made -> new PresenceState());
      engine.decide(index, state, ping, decision);
      PresenceEngine.apply(state, ping, decision);
      for (int i = 0; i < decision.count(); i++) {
        if (decision.kind(i).transition()) {
          told.add(new Told(device, decision.fenceHandle(i), decision.kind(i), decision.atMs(i)));
        }
      }
      raw.computeIfAbsent(device, made -> new RawPresence(index, device, policy.dwellAfterMs()))
          .go(ping, rawTold);
    }
  }

  /** What the engine told so far. */
  public List<Told> told() {
    return List.copyOf(told);
  }

  /** What the naive twin told so far. */
  public List<Told> rawTold() {
    return List.copyOf(rawTold);
  }
}
