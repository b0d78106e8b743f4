package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hexbeat.ingest.wire.PingRecord;
import java.io.IOException;
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

  /** Adds text of a form: a number or a truth value where it reads as one. */
  void addText(String name, String value) {
    begin(name);
    writeText(value);
    end();
  }

  /** Begins an attribute with several values; {@link #element} and {@link #endArray} follow. */
  void beginArray(String name) {
    begin(name);
    write('[');
  }

  void element(String value) {
    if (length > 0 && bytes[length - 1] != '[') {
      write(',');
    }
    writeText(value);
  }

  void endArray() {
    write(']');
    end();
  }

  /**
   * Adds the value that the parser stands on, which may be an object or array; afterwards the
   * parser stands on its last token.
   */
  void copy(String name, JsonParser parser) throws IOException {
    begin(name);
    int depth = 0;
    boolean first = true;
    while (true) {
      JsonToken token = parser.currentToken();
      if (token.isStructEnd()) {
        depth--;
        write(token == JsonToken.END_OBJECT ? '}' : ']');
        first = false;
      } else {
        if (!first) {
          write(',');
        }
        first = false;
        if (token == JsonToken.FIELD_NAME) {
          writeString(parser.currentName());
          write(':');
          first = true;
        } else if (token.isStructStart()) {
          depth++;
          write(token == JsonToken.START_OBJECT ? '{' : '[');
          first = true;
        } else {
          writeScalar(token, parser);
        }
      }
      if (depth == 0) {
        break;
      }
      parser.nextToken();
    }
    end();
  }

  private void writeScalar(JsonToken token, JsonParser parser) throws IOException {
    switch (token) {
      case VALUE_TRUE -> write(TRUE);
      case VALUE_FALSE -> write(FALSE);
      case VALUE_STRING -> writeString(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        String text = parser.getText();
        // NaN and Infinity are let through by the parser but are no JSON.
        if (Character.isLetter(text.charAt(text.length() - 1))) {
          write(NULL);
        } else if (isStorable(text)) {
          write(text);
        } else {
          writeString(text);
        }
      }
      default -> write(NULL);
    }
  }

  private void writeText(String value) {
    if (Decimal.isJsonNumber(value) || value.equals("true") || value.equals("false")) {
      write(value);
    } else {
      writeString(value);
    }
  }

  /** Whether a database keeps it as a number: 1e999999 is JSON, but becomes a text here. */
  private static boolean isStorable(String number) {
    double value = Decimal.parse(number);
    boolean hasExponent = number.indexOf('e') >= 0 || number.indexOf('E') >= 0;
    return Double.isFinite(value) && (value != 0 || !hasExponent);
  }

  private void begin(String name) {
    attributeFrom = length;
    overflow = count == maxCount;
    write(count == 0 ? '{' : ',');
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

  private void write(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      write(ascii.charAt(i));
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
