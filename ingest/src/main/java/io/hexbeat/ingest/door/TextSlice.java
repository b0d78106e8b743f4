package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Flyweight over text within an array: where it stands and how it is written. Belongs to the reader
 * that sets it and is valid until that reads on. Allocates only to become a String. Bytes that are
 * no UTF-8 become the replacement character, since an app's odd field must not cost a record.
 */
final class TextSlice {
  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private boolean plain = true;
  private boolean escaped;

  /**
   * Points it somewhere else.
   *
   * @param plain whether all of it is printable ASCII other than the quote and the backslash, so
   *     that it is the same in JSON as by itself
   * @param escaped whether backslashes in it are JSON's escapes
   */
  void set(byte[] bytes, int from, int to, boolean plain, boolean escaped) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.plain = plain;
    this.escaped = escaped;
  }

  /** Points it where the other one points. */
  void set(TextSlice other) {
    set(other.bytes, other.from, other.to, other.plain, other.escaped);
  }

  /** Makes it empty. */
  void clear() {
    set(bytes, 0, 0, true, false);
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  boolean isEmpty() {
    return from == to;
  }

  boolean isPlain() {
    return plain;
  }

  boolean isEscaped() {
    return escaped;
  }

  boolean sameAs(TextSlice other) {
    return Arrays.equals(bytes, from, to, other.bytes, other.from, other.to)
        && escaped == other.escaped;
  }

  boolean sameAs(String text) {
    if (!plain) {
      return toString().equals(text);
    }
    if (text.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i - from) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    if (plain) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    return escaped ? unescaped() : new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** The reader has checked that each escape is whole. */
  private String unescaped() {
    StringBuilder text = new StringBuilder(to - from);
    int plainFrom = from;
    int at = from;
    while (at < to) {
      if (bytes[at] != '\\') {
        at++;
        continue;
      }
      text.append(new String(bytes, plainFrom, at - plainFrom, StandardCharsets.UTF_8));
      byte kind = bytes[at + 1];
      at += 2;
      switch (kind) {
        case 'u' -> {
          String hex = new String(bytes, at, 4, StandardCharsets.US_ASCII);
          text.append((char) Integer.parseInt(hex, 16));
          at += 4;
        }
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        default -> text.append((char) kind);
      }
      plainFrom = at;
    }
    return text.append(new String(bytes, plainFrom, to - plainFrom, StandardCharsets.UTF_8))
        .toString();
  }
}
