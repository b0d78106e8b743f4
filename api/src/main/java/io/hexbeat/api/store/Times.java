package io.hexbeat.api.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as the API writes them: ISO 8601 UTC with exactly three digits of a second. */
public final class Times {
  private static final DateTimeFormatter ISO_MS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  public static String iso(long timeMs) {
    return ISO_MS.format(Instant.ofEpochMilli(timeMs));
  }

  public static String iso(OffsetDateTime time) {
    return ISO_MS.format(time);
  }
}
