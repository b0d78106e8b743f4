package io.hexbeat.ingest.door;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Times as phones write them, to Unix milliseconds. Stateless; any thread. Written by hand because
 * {@code java.time} parses no form that covers what phones send, and throws on each bad one.
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
  static long parse(String text) {
    if (text.indexOf(':') >= 0) {
      return parseIso(text, true);
    }
    double number = Decimal.parse(text);
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
  static long parseIso(String text, boolean utcByDefault) {
    int end = text.length();
    if (end < 16
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || "Tt ".indexOf(text.charAt(10)) < 0
        || text.charAt(13) != ':') {
      return UNREADABLE;
    }
    long year = digits(text, 0, 4);
    long month = digits(text, 5, 7);
    long day = digits(text, 8, 10);
    long hour = digits(text, 11, 13);
    long minute = digits(text, 14, 16);
    long second = 0;
    long millis = 0;
    int at = 16;
    if (at < end && text.charAt(at) == ':') {
      second = digits(text, 17, 19);
      at = 19;
      if (at < end && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
        int from = ++at;
        while (at < end && isDigit(text.charAt(at))) {
          at++;
        }
        if (at == from) {
          return UNREADABLE;
        }
        millis = millis(text, from, at);
      }
    }
    long offsetMinutes = offsetMinutes(text, at, utcByDefault);
    // A second of 60 is a leap second; phones that know it mean the next second.
    if ((year | month | day | hour | minute | second) < 0
        || hour > 23
        || minute > 59
        || second > 60
        || offsetMinutes == UNREADABLE) {
      return UNREADABLE;
    }
    try {
      long epochDay = LocalDate.of((int) year, (int) month, (int) day).toEpochDay();
      long minutes = hour * 60 + minute - offsetMinutes;
      return epochDay * DAY_MS + minutes * 60_000 + second * 1000 + millis;
    } catch (DateTimeException e) {
      return UNREADABLE;
    }
  }

  private static long offsetMinutes(String text, int at, boolean utcByDefault) {
    int length = text.length() - at;
    if (length == 0) {
      return utcByDefault ? 0 : UNREADABLE;
    }
    char sign = text.charAt(at);
    if (sign == 'Z' || sign == 'z') {
      return length == 1 ? 0 : UNREADABLE;
    }
    // A '+' that was not escaped in a query arrives as a space.
    if (sign != '+' && sign != '-' && sign != ' ') {
      return UNREADABLE;
    }
    long hours = digits(text, at + 1, at + 3);
    long minutes =
        switch (length) {
          case 3 -> 0;
          case 5 -> digits(text, at + 3, at + 5);
          case 6 -> text.charAt(at + 3) == ':' ? digits(text, at + 4, at + 6) : -1;
          default -> -1;
        };
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return UNREADABLE;
    }
    return sign == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
  }

  /** The digits as a number, or -1 if one is none. */
  private static long digits(String text, int from, int to) {
    if (to > text.length()) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  /** Digits beyond the third are cut, as a clock would. */
  private static long millis(String text, int from, int to) {
    long value = 0;
    for (int i = 0; i < 3; i++) {
      value = value * 10 + (from + i < to ? text.charAt(from + i) - '0' : 0);
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
