package io.hexbeat.ingest.door;

import io.hexbeat.ingest.wire.PingRecord;
import java.nio.charset.StandardCharsets;

/**
 * Builds the JSON object of a record's free fields in one fixed array. Belongs to one loop and is
 * reused. An attribute that does not fit whole is left out and counted, those that fit stay: a long
 * field of some app must not cost a position.
 */
final class Attributes {
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Decimal decimal = new Decimal();
  private final int maxCount;
  private final byte[] bytes = new byte[PingRecord.MAX_ATTRIBUTES_BYTES];
  private int length;
  private int count;
  private int dropped;

  /** Set while an attribute no longer fits; then it is rolled back as a whole. */
  private boolean overflow;

  private int attributeFrom;

  Attributes(int maxCount) {
    this.maxCount = maxCount;
  }

  void clear() {
    length = 0;
    count = 0;
    dropped = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Bytes of the finished object, 0 if there is no attribute. */
  int finish() {
    if (count == 0) {
      return 0;
    }
    bytes[length] = '}';
    return length + 1;
  }

  /** Attributes that were left out. */
  int dropped() {
    return dropped;
  }

  /** Counts attributes that were left out before they came here. */
  void drop(int attributes) {
    dropped += attributes;
  }

  void add(String name, String value) {
    begin(name);
    writeString(value);
    end();
  }

  /** Adds a text as a text, whatever it reads as. */
  void add(String name, TextSlice value) {
    begin(name);
    writeString(value);
    end();
  }

  /** Adds a text under a name of the app's own. */
  void add(TextSlice name, TextSlice value) {
    begin();
    writeString(name);
    write(':');
    writeString(value);
    end();
  }

  void add(String name, boolean value) {
    begin(name);
    write(value ? TRUE : FALSE);
    end();
  }

  void add(String name, double value) {
    begin(name);
    write(Double.toString(value).getBytes(StandardCharsets.US_ASCII));
    end();
  }

  /** Adds text of a form: a number or a truth value where it reads as one. */
  void addText(TextSlice name, TextSlice value) {
    begin();
    writeString(name);
    write(':');
    writeText(value);
    end();
  }

  /** Begins an attribute with several values; {@link #element} and {@link #endArray} follow. */
  void beginArray(TextSlice name) {
    begin();
    writeString(name);
    write(':');
    write('[');
  }

  void element(TextSlice value) {
    if (length > 0 && bytes[length - 1] != '[') {
      write(',');
    }
    writeText(value);
  }

  void endArray() {
    write(']');
    end();
  }

  /** Adds the field that the reader stands before the value of, which may be an object or array. */
  void copy(JsonReader json) throws BrokenJsonException {
    begin();
    TextSlice plain = json.plainField();
    if (plain != null) {
      write(plain);
    } else {
      writeString(json.name());
      write(':');
      copyValue(json);
    }
    end();
  }

  /** Adds the value that the reader stands before under a name of ours. */
  void copy(String name, JsonReader json) throws BrokenJsonException {
    begin(name);
    copyValue(json);
    end();
  }

  private void copyValue(JsonReader json) throws BrokenJsonException {
    if (json.isText()) {
      writeString(json.text());
    } else if (json.isNumber()) {
      writeNumber(json.scalar());
    } else if (json.isTruth()) {
      write(json.truth() ? TRUE : FALSE);
    } else if (json.beginObject()) {
      int separator = '{';
      while (json.nextField()) {
        write(separator);
        writeString(json.name());
        write(':');
        copyValue(json);
        separator = ',';
      }
      writeEnd(separator, '{', '}');
    } else if (json.beginArray()) {
      int separator = '[';
      while (json.nextElement()) {
        write(separator);
        copyValue(json);
        separator = ',';
      }
      writeEnd(separator, '[', ']');
    } else {
      json.skip();
      write(NULL);
    }
  }

  private void writeEnd(int separator, char open, char close) {
    if (separator == open) {
      write(open);
    }
    write(close);
  }

  /** Numbers that a database would not keep as such become a text; NaN and its like, null. */
  private void writeNumber(TextSlice number) {
    int end = decimal.scan(number.bytes(), number.from(), number.to());
    if (end != number.to()) {
      write(NULL);
    } else if (isStorable()) {
      write(number);
    } else {
      writeString(number);
    }
  }

  private void writeText(TextSlice value) {
    if (decimal.isJsonNumber(value) || value.sameAs("true") || value.sameAs("false")) {
      write(value);
    } else {
      writeString(value);
    }
  }

  /** 1e999999 is JSON but no number of a database; nor is what is too small to be told from 0. */
  private boolean isStorable() {
    double value = decimal.value();
    return !Double.isNaN(value) && (value != 0 || decimal.isZero());
  }

  private void begin() {
    attributeFrom = length;
    overflow = count == maxCount;
    write(count == 0 ? '{' : ',');
  }

  private void begin(String name) {
    begin();
    writeString(name);
    write(':');
  }

  private void end() {
    if (overflow) {
      length = attributeFrom;
      dropped++;
    } else {
      count++;
    }
  }

  /** Keeps the last byte free for the closing brace. */
  private void write(int oneByte) {
    if (length + 1 < bytes.length) {
      bytes[length++] = (byte) oneByte;
    } else {
      overflow = true;
    }
  }

  private void write(byte[] ascii) {
    for (byte b : ascii) {
      write(b);
    }
  }

  private void write(TextSlice plain) {
    int bytesLength = plain.to() - plain.from();
    if (length + bytesLength < bytes.length) {
      System.arraycopy(plain.bytes(), plain.from(), bytes, length, bytesLength);
      length += bytesLength;
    } else {
      overflow = true;
    }
  }

  private void writeString(TextSlice text) {
    if (text.isPlain()) {
      write('"');
      write(text);
      write('"');
    } else {
      writeString(text.toString());
    }
  }

  private void writeString(String text) {
    write('"');
    for (int i = 0; i < text.length() && !overflow; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        write('\\');
        write(c);
      } else if (c == 0) {
        // No database text can hold it, and one field must not keep a record out of the views.
        writeUnicodeEscape(0xFFFD);
      } else if (c < 0x20) {
        writeUnicodeEscape(c);
      } else if (c < 0x80) {
        write(c);
      } else if (c < 0x800) {
        write(0xC0 | (c >> 6));
        write(0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        writeSupplementary(Character.toCodePoint(c, text.charAt(++i)));
      } else if (Character.isSurrogate(c)) {
        writeUnicodeEscape(0xFFFD);
      } else {
        write(0xE0 | (c >> 12));
        write(0x80 | ((c >> 6) & 0x3F));
        write(0x80 | (c & 0x3F));
      }
    }
    write('"');
  }

  private void writeSupplementary(int codePoint) {
    write(0xF0 | (codePoint >> 18));
    write(0x80 | ((codePoint >> 12) & 0x3F));
    write(0x80 | ((codePoint >> 6) & 0x3F));
    write(0x80 | (codePoint & 0x3F));
  }

  private void writeUnicodeEscape(int c) {
    write('\\');
    write('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      write(HEX[(c >> shift) & 0xF]);
    }
  }
}
