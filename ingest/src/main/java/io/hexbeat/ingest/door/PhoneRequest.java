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
  static final String TOKEN_MASK = "***";

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

  /** Takes another array for the body, such as what was compressed in the one received. */
  void replaceBody(byte[] body, int length) {
    this.body = body;
    bodyLength = length;
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

  boolean isToken(TextSlice value) {
    return token != null && value.sameAs(token);
  }

  /** These bytes of the body, for quarantine: the journal must not hold a token. */
  byte[] withoutToken(int from, int to) {
    return withoutToken(new String(body, from, to - from, StandardCharsets.ISO_8859_1))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A text made of the request, the token masked wherever it stands. */
  String withoutToken(String text) {
    return token == null ? text : text.replace(token, TOKEN_MASK);
  }

  byte[] body() {
    return body;
  }

  int bodyLength() {
    return bodyLength;
  }
}
