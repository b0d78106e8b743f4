package io.hexbeat.load;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;

/** How this module connects to HTTP doors, phones and managers alike. Stateless; any thread. */
public final class Doors {
  /** Requests that wait for a connection: as many as there are. */
  public static final int UNBOUNDED = -1;

  private Doors() {}

  /** A client with keep-alive connections, at most so many, and at most so many waiting for one. */
  public static HttpClient client(Vertx vertx, int connections, int waiting) {
    return vertx
        .httpClientBuilder()
        .with(new HttpClientOptions().setKeepAlive(true).setTcpNoDelay(true))
        .with(new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(waiting))
        // a broken connection fails its request; an idle one is nobody's loss
        .withConnectHandler(connection -> connection.exceptionHandler(broken -> {}))
        .build();
  }
}
