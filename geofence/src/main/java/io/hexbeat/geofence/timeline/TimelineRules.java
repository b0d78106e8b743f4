package io.hexbeat.geofence.timeline;

/**
 * What makes a stop, a gap and a metre.
 *
 * @param gapMs silence from which nothing is known of what was between
 * @param stopMs time in one place that makes a stop
 * @param stopMeters how far from its middle a stop may be begun
 * @param leaveMeters how far from its middle it ends; more than {@code stopMeters}, so that noise
 *     does not cut it
 * @param maxAccuracyMeters a fix that is worse is counted and not used
 */
public record TimelineRules(
    long gapMs, long stopMs, int stopMeters, int leaveMeters, int maxAccuracyMeters) {
  /** Ten minutes of silence, three minutes within 50 m; 80 m leave. */
  public static final TimelineRules DEFAULT = new TimelineRules(600_000, 180_000, 50, 80, 100);

  public TimelineRules {
    if (gapMs < 1
        || stopMs < 1
        || stopMeters < 1
        || leaveMeters < stopMeters
        || maxAccuracyMeters < 1) {
      throw new IllegalArgumentException(
          "gapMs=%d stopMs=%d stopMeters=%d leaveMeters=%d maxAccuracyMeters=%d"
              .formatted(gapMs, stopMs, stopMeters, leaveMeters, maxAccuracyMeters));
    }
  }
}
