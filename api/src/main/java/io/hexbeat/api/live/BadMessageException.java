package io.hexbeat.api.live;

import io.hexbeat.api.http.JsonText;

/** A message that a live socket can't take; told to the client, which stays connected. */
final class BadMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * @param pointer JSON pointer into the message, empty for the whole
   */
  BadMessageException(String pointer, String reason) {
    super(reason, null, false, false);
    this.pointer = pointer;
  }

  String pointer() {
    return pointer;
  }

  /** {@code {"type":"error", …}}. */
  String toFrame() {
    StringBuilder out = new StringBuilder("{\"type\":\"error\",\"detail\":");
    JsonText.appendString(out, "The message can't be taken: see errors.");
    out.append(",\"errors\":[{\"pointer\":");
    JsonText.appendString(out, pointer);
    out.append(",\"reason\":");
    JsonText.appendString(out, String.valueOf(getMessage()));
    return out.append("}]}").toString();
  }
}
