package io.hexbeat.geofence.trust;

import java.time.Duration;

/**
 * When a punch has to prove who makes it, by a passkey. Immutable; any thread.
 *
 * @param required for which punches
 * @param riskScore with {@link Required#RISK}: from this doubt on; 30, where a punch is not
 *     verified
 * @param stepUpMs how long after a punch its proof may follow; 10 min: somebody looks for their
 *     glasses, but doesn't drive home
 */
public record PasskeyPolicy(Required required, int riskScore, long stepUpMs) {
  private static final int MAX_SCORE = 100;

  /** What the server uses when configuration says nothing. */
  public static final PasskeyPolicy DEFAULT =
      new PasskeyPolicy(Required.NEVER, 30, Duration.ofMinutes(10).toMillis());

  /** For which punches. */
  public enum Required {
    /** A proof is welcome, none is asked for. */
    NEVER,
    /** Where there is doubt. */
    RISK,
    ALWAYS
  }

  public PasskeyPolicy {
    if (riskScore < 1 || riskScore > MAX_SCORE) {
      throw new IllegalArgumentException("risk_score=" + riskScore + " is outside 1..100");
    }
    if (stepUpMs < 0 || stepUpMs > Duration.ofDays(1).toMillis()) {
      throw new IllegalArgumentException("step_up_ms=" + stepUpMs + " is outside 0..86400000");
    }
  }

  /** Whether a punch of so much doubt has to prove who makes it. */
  boolean asksAt(int score) {
    return switch (required) {
      case NEVER -> false;
      case RISK -> score >= riskScore;
      case ALWAYS -> true;
    };
  }
}
