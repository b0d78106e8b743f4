package io.hexbeat.api.passkey;

import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of passkeys since the start. Any thread adds and reads. */
public final class PasskeyStats {
  private final Map<Outcome, LongAdder> assertions = new EnumMap<>(Outcome.class);
  final LongAdder enrolled = new LongAdder();
  final LongAdder refused = new LongAdder();

  public PasskeyStats() {
    for (Outcome outcome : Outcome.values()) {
      assertions.put(outcome, new LongAdder());
    }
  }

  void add(Outcome outcome) {
    Objects.requireNonNull(assertions.get(outcome)).increment();
  }

  /** Assertions that were looked at, by what was found. */
  public long assertions(Outcome outcome) {
    return Objects.requireNonNull(assertions.get(outcome)).sum();
  }

  /** Passkeys enrolled. */
  public long enrolled() {
    return enrolled.sum();
  }

  /** Ceremonies of enrolment that were refused. */
  public long refused() {
    return refused.sum();
  }
}
