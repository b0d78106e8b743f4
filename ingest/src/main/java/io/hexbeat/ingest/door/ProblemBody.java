package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An error as RFC 9457 tells it. Immutable; any thread. Written only when a request fails, so it
 * allocates as it likes.
 */
record ProblemBody(int status, String title, String detail, List<InputError> errors) {
  static final String CONTENT_TYPE = "application/problem+json";
  private static final JsonFactory JSON = new JsonFactory();

  ProblemBody(int status, String title, String detail) {
    this(status, title, detail, List.of());
  }

  Buffer toBuffer() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", "about:blank");
      json.writeStringField("title", title);
      json.writeNumberField("status", status);
      json.writeStringField("detail", detail);
      if (!errors.isEmpty()) {
        json.writeArrayFieldStart("errors");
        for (InputError error : errors) {
          json.writeStartObject();
          json.writeStringField("pointer", error.pointer());
          json.writeStringField("reason", error.reason());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }
}
