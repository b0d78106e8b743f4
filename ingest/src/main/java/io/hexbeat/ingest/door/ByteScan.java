package io.hexbeat.ingest.door;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where a run of plain bytes ends, eight bytes at a time. Stateless; any thread. A byte is
 * plain that means itself in JSON text: ASCII but for control characters, the quote and the
 * backslash.
 *
 * <p>Within a long, {@code (x - 0x01..) & ~x & 0x80..} has the high bit of every byte of x that is
 * zero; borrows can set bits above the lowest such byte, never below it, so that the lowest is
 * right. See Bit Twiddling Hacks, "Determine if a word has a zero byte".
 */
final class ByteScan {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private ByteScan() {}

  /** Eight bytes as a little-endian number. */
  static long eight(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** The first byte that is not plain, or {@code to}. */
  static int plainEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at + 8 <= to) {
      long found = notPlain(eight(bytes, at));
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
      at += 8;
    }
    while (at < to && isPlain(bytes[at])) {
      at++;
    }
    return at;
  }

  /**
   * Whether a JSON text can have a field of this name: its letters are there, or there are escapes,
   * which may spell it. A search before the reading proper.
   */
  static boolean mayName(byte[] name, byte[] bytes, int to) {
    int at = 0;
    while (at + 8 <= to) {
      long word = eight(bytes, at);
      long found = equal(word, name[0]) | equal(word, '\\');
      while (found != 0) {
        int candidate = at + (Long.numberOfTrailingZeros(found) >>> 3);
        if (isEscapeOr(name, bytes, candidate, to)) {
          return true;
        }
        found &= found - 1;
      }
      at += 8;
    }
    while (at < to) {
      if (isEscapeOr(name, bytes, at, to)) {
        return true;
      }
      at++;
    }
    return false;
  }

  private static boolean isEscapeOr(byte[] name, byte[] bytes, int at, int to) {
    if (bytes[at] == '\\') {
      return true;
    }
    int i = 0;
    while (i < name.length && at + i < to && bytes[at + i] == name[i]) {
      i++;
    }
    return i == name.length;
  }

  static boolean isPlain(int c) {
    return c >= ' ' && c != '"' && c != '\\';
  }

  private static long notPlain(long word) {
    return equal(word, '"') | equal(word, '\\') | ((word - ONES * ' ' | word) & HIGH_BITS);
  }

  private static long equal(long word, int c) {
    long zeroWhereEqual = word ^ ONES * c;
    return (zeroWhereEqual - ONES) & ~zeroWhereEqual & HIGH_BITS;
  }
}
