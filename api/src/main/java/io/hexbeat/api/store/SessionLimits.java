package io.hexbeat.api.store;

import java.time.Duration;

/**
 * How long logins hold. Immutable; any thread.
 *
 * @param lifetime after which one ends however much it is used
 * @param idle without any use, after which one ends
 * @param perUser how many a user has at a time; past it the one that was not used for longest ends
 */
public record SessionLimits(Duration lifetime, Duration idle, int perUser) {
  public static final SessionLimits DEFAULT =
      new SessionLimits(Duration.ofHours(12), Duration.ofHours(2), 100);

  public SessionLimits {
    if (lifetime.isNegative() || lifetime.isZero() || idle.isNegative() || idle.isZero()) {
      throw new IllegalArgumentException("a session lasts for some time");
    }
    if (perUser < 1) {
      throw new IllegalArgumentException("perUser=" + perUser + " must be at least 1");
    }
  }
}
