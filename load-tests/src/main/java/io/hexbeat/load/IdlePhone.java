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
  /** Its only ping, as every door's JSON. */
  Buffer ping() {
    return Buffer.buffer(
        String.format(
            Locale.ROOT,
            "{\"fix_time\":\"%s\",\"lat\":%.7f,\"lng\":%.7f,\"accuracy_m\":8,\"speed_mps\":0,\"battery_pct\":80}",
            Instant.now(),
            LoadCity.latDegrees(number),
            LoadCity.lngDegrees(number)));
  }
}
