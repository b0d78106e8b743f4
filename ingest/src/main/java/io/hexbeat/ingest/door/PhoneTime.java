package io.hexbeat.ingest.door;

/**
 * Times as phones write them, to Unix milliseconds. Stateless; any thread. Written by hand because
 * {@code java.time} parses no form that covers what phones send, allocates, and throws on each bad
 * one.
 */
final class PhoneTime {
  /** Told instead of a time that can't be read. */
  static final long UNREADABLE = Long.MIN_VALUE;

  private static final long DAY_MS = 86_400_000L;

  /** Up to here a number is taken for seconds: in milliseconds it would be January 1970. */
  private static final long MAX_SECONDS = Integer.MAX_VALUE;

  private PhoneTime() {}

  /**
   * Unix seconds below 2^31, else milliseconds, with or without a fraction; or an ISO 8601 date and
   * time, UTC where it names no offset.
   */
  static long parse(TextSlice text, Decimal decimal) {
    for (int i = text.from(); i < text.to(); i++) {
      if (text.bytes()[i] == ':') {
        return parseIso(text, true);
      }
    }
    return ofSecondsOrMs(decimal.parse(text));
  }

  /** Unix seconds below 2^31, else milliseconds. */
  static long ofSecondsOrMs(double number) {
    if (Double.isNaN(number) || Math.abs(number) > 1e15) {
      return UNREADABLE;
    }
    return Math.round(number < MAX_SECONDS ? number * 1000 : number);
  }

  /** Unix seconds, which may have a fraction. */
  static long ofSeconds(double seconds) {
    return Double.isNaN(seconds) || Math.abs(seconds) > 1e12
        ? UNREADABLE
        : Math.round(seconds * 1000);
  }

  /**
   * {@code yyyy-MM-dd}, {@code T} or a space, {@code HH:mm[:ss[.fraction]]}, then {@code Z} or an
   * offset.
   *
   * @param utcByDefault whether the offset may be missing
   */
  static long parseIso(TextSlice slice, boolean utcByDefault) {
    byte[] text = slice.bytes();
    int from = slice.from();
    int end = slice.to();
    if (!slice.isPlain()
        || end - from < 16
        || text[from + 4] != '-'
        || text[from + 7] != '-'
        || "Tt ".indexOf(text[from + 10]) < 0
        || text[from + 13] != ':') {
      return UNREADABLE;
    }
    long year = digits(text, from, from + 4, end);
    long month = digits(text, from + 5, from + 7, end);
    long day = digits(text, from + 8, from + 10, end);
    long hour = digits(text, from + 11, from + 13, end);
    long minute = digits(text, from + 14, from + 16, end);
    long second = 0;
    long millis = 0;
    int at = from + 16;
    if (at < end && text[at] == ':') {
      if (end - at < 3) {
        return UNREADABLE;
      }
      second = digits(text, at + 1, at + 3, end);
      at += 3;
      if (at < end && (text[at] == '.' || text[at] == ',')) {
        int fractionFrom = ++at;
        while (at < end && isDigit(text[at])) {
          at++;
        }
        if (at == fractionFrom) {
          return UNREADABLE;
        }
        millis = millis(text, fractionFrom, at);
      }
    }
    long offsetMinutes = offsetMinutes(text, at, end, utcByDefault);
    // A second of 60 is a leap second; phones that know it mean the next second.
    if ((year | month | day | hour | minute | second) < 0
        || month < 1
        || month > 12
        || day < 1
        || day > monthDays(year, month)
        || hour > 23
        || minute > 59
        || second > 60
        || offsetMinutes == UNREADABLE) {
      return UNREADABLE;
    }
    long minutes = hour * 60 + minute - offsetMinutes;
    return epochDay(year, month, day) * DAY_MS + minutes * 60_000 + second * 1000 + millis;
  }

  /**
   * Days since 1970-01-01 of the Gregorian calendar, for the year 0 and later: the year is made to
   * begin in March, so that a leap day is its last.
   */
  private static long epochDay(long year, long month, long day) {
    long shifted = month > 2 ? year : year - 1 + 400;
    long marchMonth = month > 2 ? month - 3 : month + 9;
    long yearDay = (153 * marchMonth + 2) / 5 + day - 1;
    long days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + yearDay;
    return days - (month > 2 ? 719_468 : 719_468 + 146_097);
  }

  private static long monthDays(long year, long month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  private static long offsetMinutes(byte[] text, int at, int end, boolean utcByDefault) {
    int length = end - at;
    if (length == 0) {
      return utcByDefault ? 0 : UNREADABLE;
    }
    byte sign = text[at];
    if (sign == 'Z' || sign == 'z') {
      return length == 1 ? 0 : UNREADABLE;
    }
    // A '+' that was not escaped in a query arrives as a space.
    if (sign != '+' && sign != '-' && sign != ' ') {
      return UNREADABLE;
    }
    long hours = digits(text, at + 1, at + 3, end);
    long minutes =
        switch (length) {
          case 3 -> 0;
          case 5 -> digits(text, at + 3, at + 5, end);
          case 6 -> text[at + 3] == ':' ? digits(text, at + 4, at + 6, end) : -1;
          default -> -1;
        };
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return UNREADABLE;
    }
    return sign == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
  }

  /** The digits as a number, or -1 if one is none. */
  private static long digits(byte[] text, int from, int to, int end) {
    if (to > end) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      byte c = text[i];
      if (!isDigit(c)) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  /** Digits beyond the third are cut, as a clock would. */
  private static long millis(byte[] text, int from, int to) {
    long value = 0;
    for (int i = 0; i < 3; i++) {
      value = value * 10 + (from + i < to ? text[from + i] - '0' : 0);
    }
    return value;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
