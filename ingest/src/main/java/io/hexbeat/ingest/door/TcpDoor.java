package io.hexbeat.ingest.door;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The open TCP door for gateways: wire records in frames, see docs/wire.md. Any thread may ask and
 * close it. Closing reads no more, acknowledges what is under way and ends every connection with a
 * reason; the shards must be stopped after it, not before.
 */
public final class TcpDoor {
  private final Vertx vertx;
  private final String deployment;
  private final int port;

  private TcpDoor(Vertx vertx, String deployment, int port) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.port = port;
  }

  /**
   * Opens the port on as many loops as configured; fails if it can't be bound.
   *
   * @param tls null for plain text
   */
  public static Future<TcpDoor> open(Vertx vertx, TcpSupplies supplies, @Nullable TlsFiles tls) {
    Queue<TcpVerticle> verticles = new ConcurrentLinkedQueue<>();
    return vertx
        .deployVerticle(
            () -> {
              TcpVerticle verticle = new TcpVerticle(supplies, tls);
              verticles.add(verticle);
              return verticle;
            },
            new DeploymentOptions().setInstances(supplies.config().loops()))
        .map(deployment -> new TcpDoor(vertx, deployment, verticles.element().port()));
  }

  /** The bound port, also where a free one was asked for. */
  public int port() {
    return port;
  }

  public Future<Void> close() {
    return vertx.undeploy(deployment);
  }
}
