package io.hexbeat.ingest.door;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a phone sent, as its format reads it. Belongs to one connection; the body's array is reused
 * for the next request, so a format must not keep it.
 */
final class PhoneRequest {
  private @Nullable MultiMap headers;
  private @Nullable String query;
  private @Nullable String token;
  private byte[] body = new byte[0];
  private int bodyLength;

  void open(MultiMap headers, @Nullable String query) {
    this.headers = headers;
    this.query = query;
    token = null;
    bodyLength = 0;
  }

  /** Room for so many more bytes of body, at {@link #bodyLength}. */
  byte[] reserve(int moreBytes) {
    int needed = bodyLength + moreBytes;
    if (needed > body.length) {
      body = Arrays.copyOf(body, Math.max(needed, body.length * 2));
    }
    return body;
  }

  void received(int moreBytes) {
    bodyLength += moreBytes;
  }

  /** Forgets what it held, and gives back an array that is larger than most requests need. */
  void clear(int keepBytes) {
    headers = null;
    query = null;
    token = null;
    bodyLength = 0;
    if (body.length > keepBytes) {
      body = new byte[0];
    }
  }

  /** A header's value, or null. */
  @Nullable String header(CharSequence name) {
    return headers == null ? null : headers.get(name);
  }

  /** Still encoded; holds the token of some formats, so it must not be logged. */
  @Nullable String query() {
    return query;
  }

  /** The credential that its format found in it. */
  void authenticatedBy(@Nullable String token) {
    this.token = token;
  }

  /** A secret: it must be neither stored nor logged. */
  @Nullable String token() {
    return token;
  }

  byte[] body() {
    return body;
  }

  int bodyLength() {
    return bodyLength;
  }

  String bodyText() {
    return new String(body, 0, bodyLength, StandardCharsets.UTF_8);
  }
}
