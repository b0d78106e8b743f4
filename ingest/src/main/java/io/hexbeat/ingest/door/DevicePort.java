package io.hexbeat.ingest.door;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The open device port: one {@link DeviceVerticle} a loop, all on one port. Any thread may ask and
 * close it. Closing refuses new connections, lets requests in flight be answered, then closes the
 * others; the shards must be stopped after it, not before.
 */
public final class DevicePort {
  private final Vertx vertx;
  private final String deployment;
  private final int port;

  private DevicePort(Vertx vertx, String deployment, int port) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.port = port;
  }

  /** Opens the port in plain text. */
  public static Future<DevicePort> open(Vertx vertx, DoorSupplies supplies) {
    return open(vertx, supplies, null);
  }

  /**
   * Opens the port on as many loops as configured; fails if it can't be bound.
   *
   * @param tls null for plain text
   */
  public static Future<DevicePort> open(
      Vertx vertx, DoorSupplies supplies, @Nullable TlsFiles tls) {
    Queue<DeviceVerticle> verticles = new ConcurrentLinkedQueue<>();
    return vertx
        .deployVerticle(
            () -> {
              DeviceVerticle verticle = new DeviceVerticle(supplies, tls);
              verticles.add(verticle);
              return verticle;
            },
            new DeploymentOptions().setInstances(supplies.config().loops()))
        .map(deployment -> new DevicePort(vertx, deployment, verticles.element().port()));
  }

  /** The bound port, also where a free one was asked for. */
  public int port() {
    return port;
  }

  public Future<Void> close() {
    return vertx.undeploy(deployment);
  }
}
