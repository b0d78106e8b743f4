package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The names that a format knows, found from their bytes without making a String: the constants of
 * an enum, in small letters, and its last one for every other name. Belongs to one reader, since it
 * learns in which order phones write: a name is first compared with the one that came after its
 * predecessor the last time. Otherwise it is looked for in a hash table with much room, over the
 * first eight bytes and the length.
 */
final class FieldNames<F extends Enum<F>> {
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;
  private static final int EMPTY = -1;

  /** Bytes of a name that can be guessed, with the mark before or after it. */
  private static final int MAX_GUESS_BYTES = 24;

  private final F[] fields;
  private final int other;
  private final byte[][] names;

  /** By slot: which field is there. */
  private final int[] slots;

  private final int shift;

  /** By field: its name with the marks around it, as three numbers of eight bytes, and masks. */
  private final long[] marked;

  private final long[] masks;
  private final int[] markedLengths;

  /** By field: which one followed it last; that of {@link #other} is the first of all. */
  private final int[] followers;

  private int found;

  /** The known name that was found last, {@link #other} at the beginning of an object. */
  private int last;

  private FieldNames(Class<F> type, String before, String after) {
    fields = type.getEnumConstants();
    other = fields.length - 1;
    names = new byte[other][];
    slots = new int[Integer.highestOneBit(other + 1) * 8];
    Arrays.fill(slots, EMPTY);
    shift = Long.numberOfLeadingZeros(slots.length) + 1;
    marked = new long[fields.length * 3];
    masks = new long[fields.length * 3];
    markedLengths = new int[fields.length];
    followers = new int[fields.length];
    Arrays.fill(followers, other);
    found = other;
    last = other;
    for (int field = 0; field < other; field++) {
      String name = fields[field].name().toLowerCase(Locale.ROOT);
      names[field] = name.getBytes(StandardCharsets.US_ASCII);
      put(field);
      mark(field, (before + name + after).getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** The names of JSON objects. */
  static <F extends Enum<F>> FieldNames<F> ofJson(Class<F> type) {
    return new FieldNames<>(type, "\"", "\"");
  }

  /** The names of queries and forms. */
  static <F extends Enum<F>> FieldNames<F> ofForm(Class<F> type) {
    return new FieldNames<>(type, "", "=");
  }

  /** Room for so many fields. */
  F[] arrayOf(int length) {
    return Arrays.copyOf(fields, length);
  }

  private void put(int field) {
    byte[] name = names[field];
    int slot = slot(head(name, 0, name.length), name.length);
    while (slots[slot] != EMPTY) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = field;
  }

  private void mark(int field, byte[] name) {
    if (name.length > MAX_GUESS_BYTES) {
      return;
    }
    byte[] padded = Arrays.copyOf(name, MAX_GUESS_BYTES);
    markedLengths[field] = name.length;
    for (int i = 0; i < 3; i++) {
      marked[3 * field + i] = ByteScan.eight(padded, 8 * i);
      masks[3 * field + i] = firstBytes(name.length - 8 * i);
    }
  }

  /** The next name is the first of its object. */
  void begin() {
    last = other;
  }

  /** The field of the name that was guessed or looked for last. */
  F found() {
    return fields[found];
  }

  /**
   * Bytes of the name that stands there, its marks included, if it is the one that was expected,
   * and then it is {@link #found}; else 0.
   */
  int guess(byte[] bytes, int at, int to) {
    int field = followers[last];
    int length = markedLengths[field];
    if (length == 0 || at + length > to || !isMarked(field, length, bytes, at)) {
      return 0;
    }
    found = field;
    last = field;
    return length;
  }

  private boolean isMarked(int field, int length, byte[] bytes, int at) {
    int first = 3 * field;
    if (at + 8 > bytes.length
        || ((ByteScan.eight(bytes, at) ^ marked[first]) & masks[first]) != 0) {
      return false;
    }
    for (int i = 1; 8 * i < length; i++) {
      int from = at + 8 * i;
      if (from + 8 > bytes.length
          || ((ByteScan.eight(bytes, from) ^ marked[first + i]) & masks[first + i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Looks for a name, and remembers what it followed. */
  F find(TextSlice name) {
    found = name.isEscaped() ? search(name.toString()) : search(name);
    if (found != other) {
      followers[last] = found;
      last = found;
    }
    return fields[found];
  }

  private int search(TextSlice name) {
    int length = name.to() - name.from();
    long head = head(name.bytes(), name.from(), name.to());
    int slot = slot(head, length);
    while (slots[slot] != EMPTY) {
      byte[] known = names[slots[slot]];
      if (known.length == length
          && Arrays.equals(known, 0, length, name.bytes(), name.from(), name.to())) {
        return slots[slot];
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return other;
  }

  private int search(String text) {
    for (int field = 0; field < other; field++) {
      if (text.equals(new String(names[field], StandardCharsets.US_ASCII))) {
        return field;
      }
    }
    return other;
  }

  private int slot(long head, int length) {
    return (int) (((head + length) * MIX) >>> shift);
  }

  /** The first eight bytes, zeroes after the last. */
  private static long head(byte[] bytes, int from, int to) {
    int length = to - from;
    if (from + 8 <= bytes.length) {
      return ByteScan.eight(bytes, from) & firstBytes(length);
    }
    long head = 0;
    for (int i = Math.min(length, 8) - 1; i >= 0; i--) {
      head = (head << 8) | (bytes[from + i] & 0xFF);
    }
    return head;
  }

  /**
   * A mask of so many bytes of a little-endian number, none of them if there are fewer than one.
   */
  private static long firstBytes(int count) {
    return count >= 8 ? -1 : count <= 0 ? 0 : (1L << (count << 3)) - 1;
  }
}
