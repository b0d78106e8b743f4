package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a phone sent, as its format reads it. Belongs to one connection; the body's array is reused
 * for the next request, so a format must not keep it.
 */
final class PhoneRequest {
  private @Nullable String authorization;
  private @Nullable String query;
  private @Nullable String token;
  private byte[] body = new byte[0];
  private int bodyLength;

  void open(@Nullable String authorization, @Nullable String query) {
    this.authorization = authorization;
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

  /** Takes another array for the body, such as what was compressed in the one received. */
  void replaceBody(byte[] body, int length) {
    this.body = body;
    bodyLength = length;
  }

  /** Forgets what it held, and gives back an array that is larger than most requests need. */
  void clear(int keepBytes) {
    authorization = null;
    query = null;
    token = null;
    bodyLength = 0;
    if (body.length > keepBytes) {
      body = new byte[0];
    }
  }

  @Nullable String authorization() {
    return authorization;
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
