package io.hexbeat.ingest.shard;

import java.time.Duration;

/**
 * When a phone of which nothing is heard is given up, so that its person is where it was no longer.
 * Immutable; any thread. Silence is by the server's clock.
 *
 * @param replacedAfter silence of a phone whose person is heard of by one that was enrolled later
 * @param silentAfter silence of any phone
 */
public record GivingUp(Duration replacedAfter, Duration silentAfter) {
  public static final GivingUp DEFAULT = new GivingUp(Duration.ofHours(1), Duration.ofDays(1));

  /** Of a revoked phone; a token that is renewed is gone for a moment. */
  static final long REVOKED_MS = 60_000;

  public GivingUp {
    if (replacedAfter.toMillis() < REVOKED_MS || silentAfter.toMillis() < REVOKED_MS) {
      throw new IllegalArgumentException(
          "replacedAfter=" + replacedAfter + " silentAfter=" + silentAfter + " must be a minute");
    }
  }

  /**
   * @param silentMs since it was heard of
   * @param replaced whether its person has been heard of since, by a newer one
   */
  boolean isDue(long silentMs, boolean replaced) {
    return silentMs >= silentAfter.toMillis() || (replaced && silentMs >= replacedAfter.toMillis());
  }
}
