package io.hexbeat.load;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Locale;

/**
 * A phone that stays connected and where it is. Immutable; any thread.
 *
 * @param number of the phone among all
 * @param device its id
 * @param token its credential
 */
record IdlePhone(int number, String device, String token) {
  private static final double SOUTH_DEGREES = 30.2;
  private static final double WEST_DEGREES = -97.8;
  private static final double SPACING_DEGREES = 0.004;

  /** Phones on one side of the grid that they stand on. */
  private static final int SIDE = 32;

  /** Its only ping, as every door's JSON. */
  Buffer ping() {
    return Buffer.buffer(
        String.format(
            Locale.ROOT,
            "{\"fix_time\":\"%s\",\"lat\":%.7f,\"lng\":%.7f,\"accuracy_m\":8,\"speed_mps\":0,\"battery_pct\":80}",
            Instant.now(),
            SOUTH_DEGREES + SPACING_DEGREES * (number / SIDE % SIDE),
            WEST_DEGREES + SPACING_DEGREES * (number % SIDE)));
  }
}
