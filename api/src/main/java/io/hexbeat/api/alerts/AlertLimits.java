package io.hexbeat.api.alerts;

import java.time.Duration;

/**
 * How much of alerts is kept. Immutable; any thread.
 *
 * @param firstKept occurrences from the first on whose evidence stays
 * @param newestKept newest occurrences whose evidence stays; of those between only time, severity
 *     and score do
 * @param retention how long an alert stays after it was resolved and last occurred; one that nobody
 *     has resolved stays
 */
public record AlertLimits(int firstKept, int newestKept, Duration retention) {
  /** A year to compare with, and a month to look at it. */
  public static final AlertLimits DEFAULT = new AlertLimits(5, 20, Duration.ofDays(400));
}
