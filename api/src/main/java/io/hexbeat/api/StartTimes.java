package io.hexbeat.api;

import java.time.Duration;
import java.time.Instant;

/**
 * What each part of a start took, since the process was launched. The thread that starts the
 * server. Told once, as {@code jvm=310 postgres=900 …} in milliseconds.
 */
final class StartTimes {
  private final long jvmMs;
  private final long startNs = System.nanoTime();
  private final StringBuilder told = new StringBuilder();
  private long lastNs = startNs;

  private StartTimes(long jvmMs) {
    this.jvmMs = jvmMs;
    told.append("jvm=").append(jvmMs);
  }

  /** From now on; where the server is all that the process does, what came before is the JVM's. */
  static StartTimes begin() {
    Instant now = Instant.now();
    return new StartTimes(
        Math.max(
            0,
            ProcessHandle.current()
                .info()
                .startInstant()
                .map(launched -> Duration.between(launched, now).toMillis())
                .orElse(0L)));
  }

  /** The part that began with the end of the one before is done. */
  void done(String part) {
    long nowNs = System.nanoTime();
    told.append(' ').append(part).append('=').append((nowNs - lastNs) / 1_000_000);
    lastNs = nowNs;
  }

  /** Since the launch. */
  long totalMs() {
    return jvmMs + (lastNs - startNs) / 1_000_000;
  }

  @Override
  public String toString() {
    return told.toString();
  }
}
