package io.hexbeat.geofence;

/**
 * When a person counts as inside a fence. Each fence may carry its own; the server's configuration
 * holds the default.
 *
 * @param maxAccuracyMeters a fix that is worse changes nothing but the track
 * @param exitBufferMeters how far beyond the edge, accuracy added, a fix must lie to count towards
 *     leaving
 * @param exitFixes fixes in a row that must say so before EXIT is told
 * @param exitAfterMs or this long since the first of them, whichever comes first
 * @param dwellAfterMs time inside until DWELL is told, 0 for never
 * @param enterAfterMs so long inside makes ENTER certain where the position, near the edge as it
 *     is, could be noise; 0 for ENTER at the first fix inside, however near
 */
public record PresencePolicy(
    int maxAccuracyMeters,
    int exitBufferMeters,
    int exitFixes,
    long exitAfterMs,
    long dwellAfterMs,
    long enterAfterMs) {
  /** What the server uses when neither fence nor configuration says otherwise. */
  public static final PresencePolicy DEFAULT =
      new PresencePolicy(100, 15, 2, 120_000, 300_000, 180_000);

  public PresencePolicy {
    require(
        maxAccuracyMeters >= 1 && maxAccuracyMeters <= 10_000,
        "max_accuracy_m",
        maxAccuracyMeters,
        "1..10000");
    require(
        exitBufferMeters >= 0 && exitBufferMeters <= 10_000,
        "exit_buffer_m",
        exitBufferMeters,
        "0..10000");
    require(exitFixes >= 1 && exitFixes <= 100, "exit_fixes", exitFixes, "1..100");
    require(
        exitAfterMs >= 0 && exitAfterMs <= 86_400_000L,
        "exit_after_ms",
        exitAfterMs,
        "0..86400000");
    require(
        dwellAfterMs >= 0 && dwellAfterMs <= 86_400_000L, "dwell_ms", dwellAfterMs, "0..86400000");
    require(
        enterAfterMs >= 0 && enterAfterMs <= 86_400_000L,
        "enter_after_ms",
        enterAfterMs,
        "0..86400000");
  }

  /** With the usual time until an uncertain ENTER is certain. */
  public PresencePolicy(
      int maxAccuracyMeters,
      int exitBufferMeters,
      int exitFixes,
      long exitAfterMs,
      long dwellAfterMs) {
    this(
        maxAccuracyMeters,
        exitBufferMeters,
        exitFixes,
        exitAfterMs,
        dwellAfterMs,
        DEFAULT.enterAfterMs);
  }

  private static void require(boolean ok, String name, long value, String allowed) {
    if (!ok) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + allowed);
    }
  }
}
