package io.hexbeat.ingest.door;

import io.vertx.core.http.HttpServerRequest;

/**
 * What else the device port answers besides records: a page to punch on, and what it asks for.
 * Asked on the doors' loops, which it must not hold up; answers are written there too.
 */
public interface DevicePages {
  boolean serves(String path);

  /**
   * Answers the request.
   *
   * @param received to be called on the request's loop when its body was read to its end
   */
  void serve(HttpServerRequest request, Runnable received);
}
