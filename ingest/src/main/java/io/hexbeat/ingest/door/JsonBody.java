package io.hexbeat.ingest.door;

import org.jspecify.annotations.Nullable;

/** What the formats of ours share: their content types, and where a body is broken. Stateless. */
final class JsonBody {
  private JsonBody() {}

  static boolean isJson(@Nullable String contentType) {
    return contentType == null || hasType(contentType, "application/json");
  }

  static boolean isNdjson(@Nullable String contentType) {
    return contentType != null
        && (hasType(contentType, "application/x-ndjson")
            || hasType(contentType, "application/ndjson")
            || hasType(contentType, "application/jsonl"));
  }

  /** Tells where the body stops being JSON. */
  static RefusedBodyException broken(BrokenJsonException e, PhoneRequest request, String pointer) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < e.offset(); i++) {
      boolean isEnd = request.body()[i] == '\n';
      line += isEnd ? 1 : 0;
      column = isEnd ? 1 : column + 1;
    }
    String where = " at line %d, column %d (byte %d)".formatted(line, column, e.offset());
    return RefusedBodyException.malformed(
        "The body is not JSON" + where + ".", pointer, e.getMessage());
  }

  static boolean hasType(@Nullable String contentType, String type) {
    return contentType != null && contentType.regionMatches(true, 0, type, 0, type.length());
  }
}
