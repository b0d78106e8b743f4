package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of a query or form, decoded, in order. Reused from request to request by the
 * loop that owns it. Takes a bounded number of pairs and leaves out the rest; a bad escape stays as
 * it is, so that the field which holds it is found wrong rather than the whole request. What needs
 * no decoding is not copied, so the pairs of a form are valid while its bytes are.
 */
final class FormPairs {
  private final int maxPairs;
  private final TextSlice[] names;
  private final TextSlice[] values;
  private final TextSlice beyond = new TextSlice();
  private int size;
  private int leftOut;

  /** Where escapes are decoded to; what was decoded before keeps the array that it is in. */
  private byte[] decoded = new byte[256];

  private int decodedLength;

  FormPairs(int maxPairs) {
    this.maxPairs = maxPairs;
    names = Stream.generate(TextSlice::new).limit(maxPairs).toArray(TextSlice[]::new);
    values = Stream.generate(TextSlice::new).limit(maxPairs).toArray(TextSlice[]::new);
  }

  void clear() {
    size = 0;
    leftOut = 0;
    decodedLength = 0;
  }

  /** Adds the pairs of a query, which may be empty. */
  void read(String query) {
    byte[] bytes = query.getBytes(StandardCharsets.ISO_8859_1);
    read(bytes, bytes.length);
  }

  /** Adds the pairs of a form. */
  void read(byte[] form, int length) {
    int from = 0;
    while (from < length) {
      from = readPair(form, from, length) + 1;
    }
  }

  int size() {
    return size;
  }

  TextSlice name(int i) {
    return names[i];
  }

  TextSlice value(int i) {
    return values[i];
  }

  /** Pairs beyond the limit. */
  int leftOut() {
    return leftOut;
  }

  /** The first value of a name that is not empty, or null. */
  @Nullable String first(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].sameAs(name) && !values[i].isEmpty()) {
        return values[i].toString();
      }
    }
    return null;
  }

  /** Returns where the pair ends. */
  private int readPair(byte[] form, int from, int length) {
    boolean room = size < maxPairs;
    int end = readPart(form, from, length, true, room ? names[size] : beyond);
    boolean hasValue = end < length && form[end] == '=';
    TextSlice value = room ? values[size] : beyond;
    if (hasValue) {
      end = readPart(form, end + 1, length, false, value);
    } else {
      value.clear();
    }
    if (end > from) {
      size += room ? 1 : 0;
      leftOut += room ? 0 : 1;
    }
    return end;
  }

  /** Reads up to the next '&', or up to the next '=' of a name, and returns where that is. */
  private int readPart(byte[] form, int from, int length, boolean isName, TextSlice slice) {
    int at = ByteScan.formPlainEnd(form, from, length);
    boolean plain = true;
    boolean encoded = false;
    while (at < length && form[at] != '&' && !(isName && form[at] == '=')) {
      encoded |= form[at] == '%' || form[at] == '+';
      plain &= ByteScan.isPlain(form[at]);
      at = ByteScan.formPlainEnd(form, at + 1, length);
    }
    if (encoded) {
      decode(form, from, at, slice);
    } else {
      slice.set(form, from, at, plain, false);
    }
    return at;
  }

  private void decode(byte[] form, int from, int end, TextSlice slice) {
    if (decodedLength + end - from > decoded.length) {
      decoded = new byte[Math.max(decoded.length * 2, end - from)];
      decodedLength = 0;
    }
    int first = decodedLength;
    boolean plain = true;
    int at = from;
    while (at < end) {
      int c = form[at];
      int escape = c == '%' && at + 2 < end ? hex(form[at + 1], form[at + 2]) : -1;
      if (escape >= 0) {
        c = (byte) escape;
        at += 2;
      } else if (c == '+') {
        c = ' ';
      }
      at++;
      decoded[decodedLength++] = (byte) c;
      plain &= ByteScan.isPlain(c);
    }
    slice.set(decoded, first, decodedLength, plain, false);
  }

  private static int hex(byte high, byte low) {
    int value = Character.digit(high, 16) << 4;
    return value < 0 || Character.digit(low, 16) < 0 ? -1 : value | Character.digit(low, 16);
  }
}
