package io.hexbeat.api.projection;

import java.time.Duration;

/**
 * How much of the quarantine is kept. Immutable. A record takes at most 4.6 KiB, so the rows bound
 * its disk.
 *
 * @param keep how long a record is kept: time enough for somebody to look
 * @param maxRows of all devices together; the oldest go first
 * @param maxRowsPerDevice so that one broken app does not push the others' records out
 */
public record QuarantineLimits(Duration keep, int maxRows, int maxRowsPerDevice) {
  public static final QuarantineLimits DEFAULT =
      new QuarantineLimits(Duration.ofDays(7), 100_000, 1_000);
}
