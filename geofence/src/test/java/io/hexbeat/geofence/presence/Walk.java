package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import java.util.ArrayList;
import java.util.List;

/** One device on its way through the real engine, with all that a journal would hold of it. */
final class Walk {
  static final long SKEW_MAX_MS = 300_000;

  final PresenceEngine engine;
  PresenceState state = new PresenceState();
  final List<Fix> fixes = new ArrayList<>();
  final List<PresenceDecision> decisions = new ArrayList<>();
  private FenceIndex index;

  Walk(FenceIndex index, PresencePolicy policy) {
    this.index = index;
    this.engine = new PresenceEngine(policy, SKEW_MAX_MS);
  }

  Walk(FenceIndex index) {
    this(index, PresencePolicy.DEFAULT);
  }

  void adopt(FenceIndex index) {
    this.index = index;
  }

  FixOrder go(Fix fix) {
    PresenceDecision decision = new PresenceDecision();
    engine.decide(index, state, fix, decision);
    PresenceEngine.apply(state, fix, decision);
    fixes.add(fix);
    decisions.add(decision);
    return decision.order();
  }

  /** Public transitions so far, as "ENTER 1 @time". */
  List<String> told() {
    List<String> told = new ArrayList<>();
    for (PresenceDecision decision : decisions) {
      for (int i = 0; i < decision.count(); i++) {
        if (decision.kind(i).transition()) {
          told.add(
              (decision.inferred(i) ? "inferred " : "")
                  + decision.kind(i)
                  + " "
                  + decision.fenceHandle(i)
                  + " @"
                  + decision.atMs(i));
        }
      }
    }
    return told;
  }

  long told(ChangeKind kind) {
    return told().stream().filter(text -> text.startsWith(kind + " ")).count();
  }
}
