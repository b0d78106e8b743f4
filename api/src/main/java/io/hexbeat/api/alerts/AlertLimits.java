package io.hexbeat.api.alerts;

/**
 * How much evidence of one alert is kept. Immutable; any thread.
 *
 * @param firstKept occurrences from the first on whose evidence stays
 * @param newestKept newest occurrences whose evidence stays; of those between only time, severity
 *     and score do
 */
public record AlertLimits(int firstKept, int newestKept) {
  public static final AlertLimits DEFAULT = new AlertLimits(5, 20);
}
