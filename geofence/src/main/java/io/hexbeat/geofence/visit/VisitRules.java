package io.hexbeat.geofence.visit;

/**
 * What is too short to count.
 *
 * @param passingMs time in a larger site on the way into or out of one within it, or in another
 *     site between two parts of one visit, that is no visit of its own
 * @param punchToleranceMs how far before the arrival and after the leaving a punch still belongs to
 *     a visit
 */
public record VisitRules(long passingMs, long punchToleranceMs) {
  /** Five minutes each: what presence calls a dwell. */
  public static final VisitRules DEFAULT = new VisitRules(300_000, 300_000);

  public VisitRules {
    if (passingMs < 0 || punchToleranceMs < 0) {
      throw new IllegalArgumentException(
          "passingMs=" + passingMs + " punchToleranceMs=" + punchToleranceMs);
    }
  }
}
