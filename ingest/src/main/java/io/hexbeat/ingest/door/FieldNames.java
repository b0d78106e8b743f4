package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names that a format knows, found from their bytes without making a String. Immutable; any
 * thread. A hash table with much room, over the first eight bytes and the length; it returns the
 * very String it was made with, on which a format can {@code switch}.
 */
final class FieldNames {
  /** Returned for a name that the format does not know. */
  static final String OTHER = "";

  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final String[] names;
  private final byte[][] bytes;
  private final long[] heads;
  private final int shift;

  private FieldNames(int slots) {
    names = new String[slots];
    bytes = new byte[slots][0];
    heads = new long[slots];
    shift = Long.numberOfLeadingZeros(slots) + 1;
    Arrays.fill(names, OTHER);
  }

  static FieldNames of(String... names) {
    FieldNames table = new FieldNames(Integer.highestOneBit(names.length) * 8);
    for (String name : names) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      long head = head(utf8, 0, utf8.length);
      int slot = table.slot(head, utf8.length);
      while (!table.names[slot].isEmpty()) {
        slot = (slot + 1) & (table.names.length - 1);
      }
      table.names[slot] = name;
      table.bytes[slot] = utf8;
      table.heads[slot] = head;
    }
    return table;
  }

  /** The known name that says the same, or {@link #OTHER}. */
  String find(TextSlice name) {
    if (name.isEscaped()) {
      return findText(name.toString());
    }
    int length = name.to() - name.from();
    long head = head(name.bytes(), name.from(), name.to());
    int slot = slot(head, length);
    while (true) {
      if (heads[slot] == head && isTail(bytes[slot], name, length)) {
        return names[slot];
      }
      if (bytes[slot].length == 0) {
        return OTHER;
      }
      slot = (slot + 1) & (names.length - 1);
    }
  }

  private String findText(String text) {
    for (String known : names) {
      if (known.equals(text)) {
        return known;
      }
    }
    return OTHER;
  }

  private static boolean isTail(byte[] known, TextSlice name, int length) {
    if (known.length != length) {
      return false;
    }
    for (int i = 8; i < length; i++) {
      if (known[i] != name.bytes()[name.from() + i]) {
        return false;
      }
    }
    return true;
  }

  private int slot(long head, int length) {
    return (int) (((head + length) * MIX) >>> shift);
  }

  /** The first eight bytes, zeroes after the last. */
  private static long head(byte[] bytes, int from, int to) {
    int length = to - from;
    if (from + 8 <= bytes.length) {
      long word = ByteScan.eight(bytes, from);
      return length >= 8 ? word : word & ((1L << (length << 3)) - 1);
    }
    long head = 0;
    for (int i = Math.min(length, 8) - 1; i >= 0; i--) {
      head = (head << 8) | (bytes[from + i] & 0xFF);
    }
    return head;
  }
}
