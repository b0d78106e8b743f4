package io.hexbeat.ingest.door;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of a query or form, decoded, in order. Reused from request to request by the
 * loop that owns it. Takes a bounded number of pairs and leaves out the rest; a bad escape stays as
 * it is, so that the field which holds it is found wrong rather than the whole request. What needs
 * no decoding is not copied, so the pairs of a form are valid while its bytes are.
 */
final class FormPairs<F extends Enum<F>> {
  private static final byte ENDS_NAME = 1;
  private static final byte ENDS_VALUE = 2;
  private static final byte ENCODED = 4;
  private static final byte NOT_PLAIN = 8;
  private static final byte[] MEANINGS = meanings();

  private final int maxPairs;
  private final FieldNames<F> fieldNames;
  private final F[] fields;
  private final TextSlice[] names;
  private final TextSlice[] values;
  private final TextSlice beyond = new TextSlice();
  private int size;
  private int leftOut;

  /** The bytes of the query that was read last. */
  private byte[] encoded = new byte[256];

  /** Where escapes are decoded to; what was decoded before keeps the array that it is in. */
  private byte[] decoded = new byte[256];

  private int decodedLength;

  FormPairs(FieldNames<F> fieldNames, int maxPairs) {
    this.maxPairs = maxPairs;
    this.fieldNames = fieldNames;
    fields = fieldNames.arrayOf(maxPairs);
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
    if (query.length() > encoded.length) {
      encoded = new byte[Math.max(encoded.length * 2, query.length())];
    }
    // The low bytes are all of it: a request line has no characters beyond ISO 8859-1.
    for (int i = 0; i < query.length(); i++) {
      encoded[i] = (byte) query.charAt(i);
    }
    read(encoded, query.length());
  }

  /** Adds the pairs of a form. */
  void read(byte[] form, int length) {
    fieldNames.begin();
    int from = 0;
    while (from < length) {
      from = readPair(form, from, length) + 1;
    }
  }

  int size() {
    return size;
  }

  /** What the name stands for. */
  F field(int i) {
    return fields[i];
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

  /** The first value of a field that is not empty, or null. */
  @Nullable String first(F field) {
    for (int i = 0; i < size; i++) {
      if (fields[i] == field && !values[i].isEmpty()) {
        return values[i].toString();
      }
    }
    return null;
  }

  /** Returns where the pair ends. */
  private int readPair(byte[] form, int from, int length) {
    if (size == maxPairs) {
      int end = readPart(form, from, length, ENDS_VALUE, beyond);
      leftOut += end > from ? 1 : 0;
      return end;
    }
    TextSlice name = names[size];
    TextSlice value = values[size];
    int guessed = fieldNames.guess(form, from, length);
    int end = from + guessed - 1;
    if (guessed > 0) {
      name.set(form, from, end, true, false);
    } else {
      end = readPart(form, from, length, ENDS_NAME | ENDS_VALUE, name);
      fieldNames.find(name);
    }
    if (end < length && form[end] == '=') {
      end = readPart(form, end + 1, length, ENDS_VALUE, value);
    } else {
      value.clear();
    }
    if (end > from) {
      fields[size++] = fieldNames.found();
    }
    return end;
  }

  /** Reads up to the next byte with one of these meanings, and returns where that is. */
  private int readPart(byte[] form, int from, int length, int ends, TextSlice slice) {
    int seen = 0;
    int at = from;
    while (at < length) {
      int meaning = MEANINGS[form[at] & 0xFF];
      if ((meaning & ends) != 0) {
        break;
      }
      seen |= meaning;
      at++;
    }
    if ((seen & ENCODED) != 0) {
      decode(form, from, at, slice);
    } else {
      slice.set(form, from, at, (seen & NOT_PLAIN) == 0, false);
    }
    return at;
  }

  private static byte[] meanings() {
    byte[] meanings = new byte[256];
    for (int c = 0; c < meanings.length; c++) {
      meanings[c] = ByteScan.isPlain((byte) c) ? 0 : NOT_PLAIN;
    }
    meanings['='] = ENDS_NAME;
    meanings['&'] = ENDS_VALUE;
    meanings['%'] = ENCODED;
    meanings['+'] = ENCODED;
    return meanings;
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
