package io.hexbeat.ingest.door;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The open MQTT door: one server a loop, all on one port. Any thread may ask and close it. Closing
 * reads nothing more, lets messages in flight be acknowledged, then closes the connections; the
 * shards must be stopped after it, not before.
 */
public final class MqttPort {
  private final Vertx vertx;
  private final String deployment;
  private final int port;

  private MqttPort(Vertx vertx, String deployment, int port) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.port = port;
  }

  /**
   * Opens the port on as many loops as configured; fails if it can't be bound.
   *
   * @param tls null for plain text
   */
  public static Future<MqttPort> open(Vertx vertx, MqttSupplies supplies, @Nullable TlsFiles tls) {
    Queue<MqttVerticle> verticles = new ConcurrentLinkedQueue<>();
    MqttClients clients = new MqttClients();
    return vertx
        .deployVerticle(
            () -> {
              MqttVerticle verticle = new MqttVerticle(supplies, clients, tls);
              verticles.add(verticle);
              return verticle;
            },
            new DeploymentOptions().setInstances(supplies.config().loops()))
        .map(deployment -> new MqttPort(vertx, deployment, verticles.element().port()));
  }

  /** The bound port, also where a free one was asked for. */
  public int port() {
    return port;
  }

  public Future<Void> close() {
    return vertx.undeploy(deployment);
  }
}
