package io.hexbeat.ingest.door;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of a query or form, decoded, in order. Reused from request to request by the
 * loop that owns it. Takes a bounded number of pairs and leaves out the rest; a bad escape stays as
 * it is, so that the field which holds it is found wrong rather than the whole request. What needs
 * no decoding is not copied, so the pairs of a form are valid while its bytes are.
 */
final class FormPairs {
  private final int maxPairs;
  private final List<TextSlice> names = new ArrayList<>();
  private final List<TextSlice> values = new ArrayList<>();
  private int size;
  private int leftOut;

  /** Where escapes are decoded to; what was decoded before keeps the array that it is in. */
  private byte[] decoded = new byte[256];

  private int decodedLength;

  FormPairs(int maxPairs) {
    this.maxPairs = maxPairs;
  }

  void clear() {
    size = 0;
    leftOut = 0;
    decodedLength = 0;
  }

  /** Adds the pairs of a query, which may be empty. */
  void read(String query) {
    byte[] bytes = new byte[query.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) query.charAt(i);
    }
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
    return names.get(i);
  }

  TextSlice value(int i) {
    return values.get(i);
  }

  /** Pairs beyond the limit. */
  int leftOut() {
    return leftOut;
  }

  /** The first value of a name that is not empty, or null. */
  @Nullable String first(String name) {
    for (int i = 0; i < size; i++) {
      if (names.get(i).sameAs(name) && !values.get(i).isEmpty()) {
        return values.get(i).toString();
      }
    }
    return null;
  }

  /** Returns where the pair ends. */
  private int readPair(byte[] form, int from, int length) {
    int end = from;
    int equals = -1;
    while (end < length && form[end] != '&') {
      if (form[end] == '=' && equals < 0) {
        equals = end;
      }
      end++;
    }
    if (end == from) {
      return end;
    }
    if (size == maxPairs) {
      leftOut++;
      return end;
    }
    if (size == names.size()) {
      names.add(new TextSlice());
      values.add(new TextSlice());
    }
    read(form, from, equals < 0 ? end : equals, names.get(size));
    read(form, equals < 0 ? end : equals + 1, end, values.get(size));
    size++;
    return end;
  }

  private void read(byte[] form, int from, int end, TextSlice slice) {
    boolean plain = true;
    int hash = 0;
    for (int i = from; i < end; i++) {
      int c = form[i];
      if (c == '%' || c == '+') {
        decode(form, from, end, slice);
        return;
      }
      plain &= isPlain(c);
      hash = 31 * hash + c;
    }
    slice.set(form, from, end, plain, false, hash);
  }

  private void decode(byte[] form, int from, int end, TextSlice slice) {
    if (decodedLength + end - from > decoded.length) {
      decoded = new byte[Math.max(decoded.length * 2, end - from)];
      decodedLength = 0;
    }
    int first = decodedLength;
    boolean plain = true;
    int hash = 0;
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
      plain &= isPlain(c);
      hash = 31 * hash + c;
    }
    slice.set(decoded, first, decodedLength, plain, false, hash);
  }

  private static int hex(byte high, byte low) {
    int value = Character.digit(high, 16) << 4;
    return value < 0 || Character.digit(low, 16) < 0 ? -1 : value | Character.digit(low, 16);
  }

  private static boolean isPlain(int c) {
    return c >= ' ' && c != '"' && c != '\\';
  }
}
