package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * {@link JsonReader} takes what Jackson takes and reads the same from it, by whichever of its
 * methods; where we differ on purpose (depth, long numbers, words for no number, UTF-8) nothing is
 * compared. What {@link Attributes} copies of it is JSON that every database can hold.
 */
final class JsonLaw implements Law {
  private static final JsonFactory JACKSON = new JsonFactory();
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NUMBER_BYTES = 128;

  private final JsonReader json = new JsonReader();
  private final Attributes attributes = new Attributes(64);

  @Override
  public void check(byte[] input) throws Exception {
    // At the array's very end, and with other bytes around: neither may make a difference.
    byte[] padded = new byte[input.length + 16];
    Arrays.fill(padded, (byte) '"');
    System.arraycopy(input, 0, padded, 8, input.length);
    String broken = broken(input, 0, input.length);
    assertEquals(broken, broken(padded, 8, 8 + input.length));
    String text = text(input);
    if (isOurOwn(text)) {
      return;
    }
    assertEquals(jacksonTakes(text), broken == null, () -> broken + " in " + text);
    if (broken == null) {
      json.open(input, 0, input.length);
      try (JsonParser jackson = JACKSON.createParser(text)) {
        jackson.nextToken();
        compare(jackson);
      }
      json.expectEnd();
      leap(input);
    }
    copy(input);
  }

  private String broken(byte[] bytes, int from, int to) {
    try {
      json.open(bytes, from, to).skip();
      json.expectEnd();
      return null;
    } catch (BrokenJsonException e) {
      assertTrue(e.offset() >= from && e.offset() <= to, () -> "offset " + e.offset());
      return e.getMessage() + (e.offset() - from);
    }
  }

  private static String text(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static boolean isOurOwn(String text) {
    int depth = 0;
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '{' || c == '[' ? 1 : 0;
      digits = "+-.eE0123456789".indexOf(c) >= 0 ? digits + 1 : 0;
      if (digits > MAX_NUMBER_BYTES) {
        return true;
      }
    }
    return depth > MAX_DEPTH || text.contains("NaN") || text.contains("Infinity");
  }

  private static boolean jacksonTakes(String text) {
    try (JsonParser parser = JACKSON.createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private void compare(JsonParser jackson) throws Exception {
    switch (jackson.currentToken()) {
      case START_OBJECT -> {
        assertTrue(json.beginObject());
        while (jackson.nextToken() == JsonToken.FIELD_NAME) {
          assertTrue(json.nextField());
          assertEquals(jackson.currentName(), json.name().toString());
          jackson.nextToken();
          compare(jackson);
        }
        assertFalse(json.nextField());
      }
      case START_ARRAY -> {
        assertTrue(json.beginArray());
        while (jackson.nextToken() != JsonToken.END_ARRAY) {
          assertTrue(json.nextElement());
          compare(jackson);
        }
        assertFalse(json.nextElement());
      }
      case VALUE_STRING -> {
        assertTrue(json.isText());
        TextSlice text = json.text();
        assertEquals(jackson.getText(), text.toString());
        assertTrue(text.sameAs(jackson.getText()));
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        assertTrue(json.isNumber());
        json.peek();
        int at = json.position();
        double expected = Double.parseDouble(jackson.getText());
        assertEquals(Double.isInfinite(expected) ? Double.NaN : expected, json.number());
        json.seek(at);
        assertEquals(ValueLaws.whole(jackson.getText()), json.whole(Long.MIN_VALUE));
        json.seek(at);
        assertEquals(jackson.getText(), json.scalar().toString());
      }
      case VALUE_TRUE -> assertTrue(json.truth());
      case VALUE_FALSE -> assertFalse(json.truth());
      case VALUE_NULL -> assertTrue(json.takeNull());
      default -> throw new AssertionError(jackson.currentToken());
    }
  }

  private void leap(byte[] input) throws BrokenJsonException {
    json.open(input, 0, input.length).leap();
    json.expectEnd();
  }

  private void copy(byte[] input) {
    attributes.clear();
    try {
      attributes.copy("x", json.open(input, 0, input.length));
    } catch (BrokenJsonException e) {
      return;
    }
    BatchLaw.checkJson(Arrays.copyOf(attributes.bytes(), attributes.finish()));
  }
}
