package io.hexbeat.ingest.door;

import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * One phone protocol over HTTP: where its credential is, how it reads, what it takes for success. A
 * new app is a new class here and a line in {@code DeviceVerticle}. Each loop has its own, so a
 * format may keep parsers and buffers between requests, but nothing of a request.
 */
interface PhoneFormat {
  Door door();

  /** Whether it reads a body of this content type; null if the request names none. */
  boolean reads(@Nullable String contentType);

  /**
   * Whether the credential may be in the body, which is then read from anybody, but less of it
   * unless the head had one already.
   */
  default boolean credentialInBody() {
    return false;
  }

  /** The device's token, or null if there is none; in the header unless a protocol differs. */
  default @Nullable String token(PhoneRequest request) {
    return Credential.token(request);
  }

  /**
   * Puts every record of the request into the batch, unusable ones for quarantine.
   *
   * @throws RefusedBodyException if the body as a whole is unusable; then nothing is stored
   */
  void read(PhoneRequest request, Batch batch) throws RefusedBodyException;

  /** Answers once all of the batch is in the journal. */
  void answer(Batch batch, HttpServerResponse response);
}
