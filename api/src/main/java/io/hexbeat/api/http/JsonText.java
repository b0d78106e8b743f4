package io.hexbeat.api.http;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Appends the numbers, times and names of Hexbeat's JSON to a StringBuilder, without a tree in
 * between. Stateless; any thread. Allocates nothing for values that a working phone sends.
 */
public final class JsonText {
  private static final long DAY_MS = 86_400_000L;
  private static final long YEAR_0_MS = -62_167_219_200_000L;
  private static final long YEAR_10000_MS = 253_402_300_800_000L;
  private static final DateTimeFormatter FAR =
      DateTimeFormatter.ofPattern("uuuuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /** ISO 8601 in UTC with milliseconds, as the whole API writes times; without quotes. */
  public static void appendTime(StringBuilder out, long unixMs) {
    if (unixMs < YEAR_0_MS || unixMs >= YEAR_10000_MS) {
      out.append(FAR.format(Instant.ofEpochMilli(unixMs)));
      return;
    }
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(unixMs, DAY_MS));
    int msOfDay = (int) Math.floorMod(unixMs, DAY_MS);
    appendPadded(out, day.getYear(), 4);
    out.append('-');
    appendPadded(out, day.getMonthValue(), 2);
    out.append('-');
    appendPadded(out, day.getDayOfMonth(), 2);
    out.append('T');
    appendPadded(out, msOfDay / 3_600_000, 2);
    out.append(':');
    appendPadded(out, msOfDay / 60_000 % 60, 2);
    out.append(':');
    appendPadded(out, msOfDay / 1000 % 60, 2);
    out.append('.');
    appendPadded(out, msOfDay % 1000, 3);
    out.append('Z');
  }

  /** {@code value / 10^decimals} as a JSON number, exact, without trailing zeros. */
  public static void appendScaled(StringBuilder out, long value, int decimals) {
    long magnitude = Math.abs(value);
    if (value < 0) {
      out.append('-');
    }
    long scale = 1;
    for (int i = 0; i < decimals; i++) {
      scale *= 10;
    }
    out.append(magnitude / scale);
    long fraction = magnitude % scale;
    if (fraction == 0) {
      return;
    }
    int digits = decimals;
    while (fraction % 10 == 0) {
      fraction /= 10;
      digits--;
    }
    out.append('.');
    appendPadded(out, (int) fraction, digits);
  }

  /** A JSON string with its quotes. */
  public static void appendString(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c == '\u2028' || c == '\u2029') {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(HEX[c >> shift & 0xf]);
        }
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private static void appendPadded(StringBuilder out, int value, int digits) {
    int limit = 1;
    for (int i = 1; i < digits; i++) {
      limit *= 10;
    }
    for (int place = limit; place > 1 && value < place; place /= 10) {
      out.append('0');
    }
    out.append(value);
  }
}
