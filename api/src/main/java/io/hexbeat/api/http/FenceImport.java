package io.hexbeat.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hexbeat.api.store.FenceDraft;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.store.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fences of one import, a FeatureCollection or newline-delimited features, feature by
 * feature, so that the whole is never a tree in memory. One thread, a worker. A feature that can't
 * be taken is rejected with its place and reason; a body that isn't JSON as a whole is a {@link
 * Problem}, for nobody knows where its features end.
 */
final class FenceImport {
  static final String LINES_MEDIA_TYPE = "application/x-ndjson";

  /** Reasons beyond these are counted and not told, so that an answer stays readable. */
  private static final int REJECTED_TOLD_MAX = 1_000;

  private static final int FEATURES_MAX = 200_000;
  private static final JsonFactory JSON = new JsonFactory();

  private final GeoJson geoJson;
  private final Map<String, FenceDraft> drafts = new LinkedHashMap<>();
  private final Map<String, Integer> indexOfId = new LinkedHashMap<>();
  private final JsonArray rejected = new JsonArray();
  private int rejectedCount;
  private int index;

  /** What came of an import before it is stored. */
  record Read(List<FenceDraft> drafts, JsonArray rejected, int rejectedCount) {
    JsonObject report(long indexVersion) {
      JsonObject report =
          new JsonObject()
              .put("imported", drafts.size())
              .put("rejected", rejected)
              .put("index_version", indexVersion);
      return rejectedCount > rejected.size() ? report.put("rejected_count", rejectedCount) : report;
    }
  }

  private FenceImport(GeoJson geoJson) {
    this.geoJson = geoJson;
  }

  /**
   * Reads the body.
   *
   * @param lines whether it is said to be lines; else it is looked at
   */
  static Read read(@Nullable Buffer body, boolean lines, GeoJson geoJson) throws IOException {
    if (body == null || body.length() == 0) {
      throw Problem.invalid("", "the body is empty");
    }
    FenceImport reading = new FenceImport(geoJson);
    byte[] bytes = body.getBytes();
    if (lines || isLines(bytes)) {
      reading.readLines(bytes);
    } else {
      reading.readCollection(bytes);
    }
    return new Read(List.copyOf(reading.drafts.values()), reading.rejected, reading.rejectedCount);
  }

  /** Whether the first value is a Feature of its own. */
  private static boolean isLines(byte[] bytes) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean type = parser.currentName().equals("type");
        if (parser.nextToken() == JsonToken.VALUE_STRING && type) {
          return parser.getText().equals("Feature");
        }
        parser.skipChildren();
      }
      return false;
    } catch (IOException e) {
      // Whoever reads all of it tells what is wrong.
      return false;
    }
  }

  private void readLines(byte[] bytes) {
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      if (!isBlank(bytes, start, end)) {
        readLine(bytes, start, end - start);
      }
      start = end + 1;
    }
  }

  private void readLine(byte[] bytes, int offset, int length) {
    try (JsonParser parser = JSON.createParser(bytes, offset, length)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        reject(null, "", "the line holds more than one JSON value");
      } else {
        take(value);
      }
    } catch (IOException e) {
      reject(null, "", "the line is not JSON");
    }
    index++;
  }

  private static boolean isBlank(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] > ' ' || bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private void readCollection(byte[] bytes) throws IOException {
    boolean features = false;
    String type = null;
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid("", "it must be a FeatureCollection or one Feature a line");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("features") && token == JsonToken.START_ARRAY && !features) {
          features = true;
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            take(value(parser));
            index++;
          }
        } else {
          if (name.equals("type") && token == JsonToken.VALUE_STRING) {
            type = parser.getText();
          }
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw Problem.invalid("", "there is more than one JSON value");
      }
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw Problem.invalid(
          "",
          "the body is not JSON at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    }
    if (!"FeatureCollection".equals(type)) {
      throw Problem.invalid("/type", "it must be \"FeatureCollection\"");
    }
    if (!features) {
      throw Problem.invalid("/features", "it must be an array");
    }
  }

  private void take(@Nullable Object value) {
    if (index >= FEATURES_MAX) {
      throw Problem.of(413, "An import takes at most " + FEATURES_MAX + " features.");
    }
    if (!(value instanceof JsonObject feature)) {
      reject(null, "", "a feature is a JSON object");
      return;
    }
    try {
      FenceDraft draft = geoJson.fence(null, feature);
      Integer before = indexOfId.putIfAbsent(draft.id(), index);
      if (before != null) {
        reject(draft.id(), "/id", "the feature with index " + before + " has the same id");
      } else {
        drafts.put(draft.id(), draft);
      }
    } catch (Refusal e) {
      reject(idOf(feature), e.pointer(), String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String idOf(JsonObject feature) {
    Object id = feature.getValue("id");
    if (id == null && feature.getValue("properties") instanceof JsonObject properties) {
      id = properties.getValue("id");
    }
    return id instanceof String || id instanceof Number ? id.toString() : null;
  }

  private void reject(@Nullable String id, String pointer, String reason) {
    rejectedCount++;
    if (rejected.size() == REJECTED_TOLD_MAX) {
      return;
    }
    JsonObject told = new JsonObject().put("index", index);
    if (id != null) {
      told.put("id", id);
    }
    if (!pointer.isEmpty()) {
      told.put("pointer", pointer);
    }
    rejected.add(told.put("reason", reason));
  }

  /** The value that begins at the parser's token, as Vert.x has it. */
  private static @Nullable Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("the JSON ends early");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield new JsonObject(object);
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield new JsonArray(array);
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException("unexpected " + token);
    };
  }
}
