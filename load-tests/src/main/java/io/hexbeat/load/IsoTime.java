package io.hexbeat.load;

/**
 * Reads times as the server writes them, {@code 2026-01-31T12:34:56.789Z}. Stateless; any thread;
 * allocates nothing.
 */
final class IsoTime {
  private static final long MS_PER_DAY = 86_400_000;

  private IsoTime() {}

  /** Milliseconds since 1970 of the 23 characters from there on; nonsense for anything else. */
  static long epochMs(byte[] text, int at) {
    if (at + 23 > text.length) {
      return 0;
    }
    long ofDay =
        ((number(text, at + 11, 2) * 60L + number(text, at + 14, 2)) * 60
                    + number(text, at + 17, 2))
                * 1_000
            + number(text, at + 20, 3);
    return days(number(text, at, 4), number(text, at + 5, 2), number(text, at + 8, 2)) * MS_PER_DAY
        + ofDay;
  }

  /** Days since 1970 in the Gregorian calendar, years counted from March. */
  private static long days(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int monthFromMarch = (month + 9) % 12;
    int dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
    return 365L * y + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468;
  }

  private static int number(byte[] text, int at, int digits) {
    int number = 0;
    for (int i = at; i < at + digits; i++) {
      number = number * 10 + text[i] - '0';
    }
    return number;
  }
}
