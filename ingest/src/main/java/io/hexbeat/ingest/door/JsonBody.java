package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the JSON formats share: a parser with bounds, readings with their meaning, and where a body
 * is broken. Stateless; any thread. NaN and Infinity are let through as numbers, so that a record
 * which holds one is found wrong and not the whole body.
 */
final class JsonBody {
  /** Deeper than any phone's message, and far from the stack's end. */
  private static final int MAX_DEPTH = 32;

  /** Longer names are no field of ours, nor an attribute that fits. */
  private static final int MAX_NAME_CHARS = 256;

  private static final int MAX_NUMBER_CHARS = 128;

  /** Every whole number of so many characters, sign included, is a long. */
  private static final int MAX_LONG_CHARS = 18;

  /** Names come from phones: interning each would fill the JVM's table. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME_CHARS)
                  .maxNumberLength(MAX_NUMBER_CHARS)
                  .build())
          .build();

  /** Jackson says within its messages that it hides the source. */
  private static final Pattern SOURCE_NOTE = Pattern.compile("\\[Source: [^;]*; ([^]]*)]");

  private JsonBody() {}

  static JsonParser parser(PhoneRequest request) throws IOException {
    return parser(request.body(), 0, request.bodyLength());
  }

  static JsonParser parser(byte[] bytes, int from, int length) throws IOException {
    return JSON.createParser(bytes, from, length);
  }

  static boolean isJson(@Nullable String contentType) {
    return contentType == null || hasType(contentType, "application/json");
  }

  static boolean isNdjson(@Nullable String contentType) {
    return contentType != null
        && (hasType(contentType, "application/x-ndjson")
            || hasType(contentType, "application/ndjson")
            || hasType(contentType, "application/jsonl"));
  }

  /**
   * The number that the parser stands on; NaN for anything else and for numbers beyond a double.
   */
  static double number(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isNumeric()) {
      parser.skipChildren();
      return Double.NaN;
    }
    double value =
        token == JsonToken.VALUE_NUMBER_INT && !isLong(parser)
            ? Double.parseDouble(parser.getText())
            : parser.getDoubleValue();
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  /**
   * Whether the parser stands on a whole number that certainly fits into a long. Told by its
   * length: once Jackson 2.18 has looked at a larger one, it gives the value of that one for whole
   * numbers that follow.
   */
  static boolean isLong(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getTextLength() <= MAX_LONG_CHARS;
  }

  /** An ISO 8601 text with its offset, or Unix milliseconds. */
  static long timeMs(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return PhoneTime.parseIso(parser.getText(), false);
    }
    double ms = number(parser);
    return Double.isNaN(ms) || Math.abs(ms) > 1e17 ? PhoneTime.UNREADABLE : Math.round(ms);
  }

  /** Tells where the body stops being JSON. */
  static RefusedBodyException broken(IOException e, String pointer) {
    if (!(e instanceof JsonProcessingException json)) {
      return RefusedBodyException.malformed("The body can't be read.", pointer, e.getMessage());
    }
    JsonLocation at = json.getLocation();
    String where =
        at == null
            ? ""
            : " at line %d, column %d (byte %d)"
                .formatted(at.getLineNr(), at.getColumnNr(), at.getByteOffset());
    return RefusedBodyException.malformed(
        "The body is not JSON" + where + ".",
        pointer,
        SOURCE_NOTE.matcher(json.getOriginalMessage()).replaceAll("$1"));
  }

  private static boolean hasType(String contentType, String type) {
    return contentType.toLowerCase(Locale.ROOT).startsWith(type);
  }
}
