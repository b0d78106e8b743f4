package io.hexbeat.ingest.door;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * The open device port: one {@link DeviceVerticle} a loop, all on one port. Any thread may ask and
 * close it. Closing refuses new connections, lets requests in flight be answered, then closes the
 * others; the shards must be stopped after it, not before.
 */
public final class DevicePort {
  private final Vertx vertx;
  private final List<String> deployments;
  private final int port;

  private DevicePort(Vertx vertx, List<String> deployments, int port) {
    this.vertx = vertx;
    this.deployments = deployments;
    this.port = port;
  }

  /** Opens the port on as many loops as configured; fails if it can't be bound. */
  public static Future<DevicePort> open(Vertx vertx, DoorSupplies supplies) {
    DeviceVerticle first = new DeviceVerticle(supplies);
    return vertx
        .deployVerticle(first)
        .compose(deployment -> openOthers(vertx, supplies, first.port(), deployment));
  }

  /** The bound port, also where a free one was asked for. */
  public int port() {
    return port;
  }

  public Future<Void> close() {
    return Future.all(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
  }

  /** The others need the port that the first one got. */
  private static Future<DevicePort> openOthers(
      Vertx vertx, DoorSupplies supplies, int port, String firstDeployment) {
    DoorSupplies bound = supplies.onPort(port);
    List<Future<String>> others = new ArrayList<>();
    for (int i = 1; i < supplies.config().loops(); i++) {
      others.add(vertx.deployVerticle(new DeviceVerticle(bound)));
    }
    return Future.all(others)
        .map(
            all -> {
              List<String> deployments = new ArrayList<>(all.list());
              deployments.add(firstDeployment);
              return new DevicePort(vertx, List.copyOf(deployments), port);
            });
  }
}
