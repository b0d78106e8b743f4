package io.hexbeat.ingest.door;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP mode of OwnTracks: one message a request. One per loop. The app takes any 2xx for
 * success and reads the answer as a JSON array of messages to it, of which we have none; it also
 * posts empty bodies, to ask for such messages.
 *
 * <p>The token is the password of Basic, or {@code token} or {@code d} in the query, or the device
 * id of the app's settings, which comes as {@code X-Limit-D}. Which user the app names and what its
 * topic says decides nothing.
 */
final class OwnTracksFormat implements PhoneFormat {
  private static final CharSequence DEVICE_HEADER = HttpHeaders.createOptimized("X-Limit-D");
  private static final String[] QUERY_NAMES = {"token", "d"};
  private static final Buffer NOTHING_FOR_THE_APP = Buffer.buffer("[]");

  private final OwnTracksMessage message;

  OwnTracksFormat(DoorConfig config) {
    message = new OwnTracksMessage(config);
  }

  @Override
  public Door door() {
    return Door.OWNTRACKS;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return true;
  }

  @Override
  public @Nullable String token(PhoneRequest request) {
    String token = Credential.token(request);
    for (int i = 0; token == null && i < QUERY_NAMES.length; i++) {
      token = Credential.inQuery(request, QUERY_NAMES[i]);
    }
    return token != null ? token : request.header(DEVICE_HEADER);
  }

  @Override
  public void read(PhoneRequest request, Batch batch) {
    if (request.bodyLength() > 0) {
      message.read(request.body(), 0, request.bodyLength(), batch);
    }
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.end(NOTHING_FOR_THE_APP);
  }
}
