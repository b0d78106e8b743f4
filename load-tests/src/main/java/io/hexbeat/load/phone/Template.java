package io.hexbeat.load.phone;

import java.nio.charset.StandardCharsets;

/**
 * ASCII text with numbers of fixed width in it that are written over for each message. One thread
 * at a time; allocates at construction only. A number that doesn't fit its width is cut, so that a
 * message never changes its length.
 */
final class Template {
  private static final char PLACE = '#';

  private final byte[] bytes;

  /** The text, its places still zero. */
  Template(String text) {
    bytes = text.replace(PLACE, '0').getBytes(StandardCharsets.US_ASCII);
  }

  /** Where the n-th run of place marks begins in the text, from 0. */
  static int place(String text, int n) {
    int at = -1;
    for (int i = 0; i <= n; i++) {
      at++;
      while (text.charAt(at) != PLACE || (at > 0 && text.charAt(at - 1) == PLACE)) {
        at++;
      }
    }
    return at;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Writes so many digits. */
  void digits(int at, int width, long value) {
    long rest = value;
    for (int i = at + width - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /** Writes degrees as {@code ##.#######}; their sign is part of the text. */
  void degrees(int at, int valueE7) {
    int absolute = Math.abs(valueE7);
    digits(at, 2, absolute / 10_000_000);
    digits(at + 3, 7, absolute % 10_000_000);
  }

  /** Writes tenths as {@code ##.#}. */
  void tenths(int at, int tenths) {
    digits(at, 2, tenths / 10);
    digits(at + 3, 1, tenths % 10);
  }
}
