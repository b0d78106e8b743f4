package io.hexbeat.ingest.door;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of a query or form, decoded, in order. Reused from request to request by the
 * loop that owns it. Takes a bounded number of pairs and leaves out the rest; a bad escape stays as
 * it is, so that the field which holds it is found wrong rather than the whole request.
 */
final class FormPairs {
  private final int maxPairs;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private int leftOut;

  FormPairs(int maxPairs) {
    this.maxPairs = maxPairs;
  }

  void clear() {
    names.clear();
    values.clear();
    leftOut = 0;
  }

  /** Adds the pairs of a query or form, which may be empty. */
  void read(String encoded) {
    int length = encoded.length();
    int from = 0;
    while (from < length) {
      int end = encoded.indexOf('&', from);
      if (end < 0) {
        end = length;
      }
      if (end > from) {
        readPair(encoded, from, end);
      }
      from = end + 1;
    }
  }

  int size() {
    return names.size();
  }

  String name(int i) {
    return names.get(i);
  }

  String value(int i) {
    return values.get(i);
  }

  /** Pairs beyond the limit. */
  int leftOut() {
    return leftOut;
  }

  /** The first value of a name that is not empty, or null. */
  @Nullable String first(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name) && !values.get(i).isEmpty()) {
        return values.get(i);
      }
    }
    return null;
  }

  private void readPair(String encoded, int from, int end) {
    if (names.size() == maxPairs) {
      leftOut++;
      return;
    }
    int equals = encoded.indexOf('=', from);
    boolean hasValue = equals >= 0 && equals < end;
    names.add(decode(encoded, from, hasValue ? equals : end));
    values.add(hasValue ? decode(encoded, equals + 1, end) : "");
  }

  private static String decode(String encoded, int from, int end) {
    for (int i = from; i < end; i++) {
      char c = encoded.charAt(i);
      if (c == '%' || c == '+') {
        return decodeEscapes(encoded, from, end);
      }
    }
    return encoded.substring(from, end);
  }

  private static String decodeEscapes(String encoded, int from, int end) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(end - from);
    int plainFrom = from;
    int at = from;
    while (at < end) {
      char c = encoded.charAt(at);
      int high = c == '%' && at + 2 < end ? Character.digit(encoded.charAt(at + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(encoded.charAt(at + 2), 16);
      if (c != '+' && low < 0) {
        at++;
        continue;
      }
      bytes.writeBytes(encoded.substring(plainFrom, at).getBytes(StandardCharsets.UTF_8));
      bytes.write(c == '+' ? ' ' : (high << 4) | low);
      at += c == '+' ? 1 : 3;
      plainFrom = at;
    }
    bytes.writeBytes(encoded.substring(plainFrom, end).getBytes(StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
