package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.GatewayIdentity;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The TCP door on one event loop. Vert.x accepts, so that several of them share the port on
 * whichever transport runs; then {@link TcpConnection} takes the pipeline over. Ends connections
 * that are overdue or revoked, and those that are too many. A port that can't be bound fails the
 * deployment.
 */
final class TcpVerticle extends VerticleBase {
  private static final long SWEEP_MS = 1_000;

  /** What is under way gets this long when the server stops. */
  private static final int DRAIN_SECONDS = 5;

  /**
   * Vert.x takes 0 for a free port each, and a negative number for one that all servers share which
   * name the same number: the other doors have others.
   */
  private static final int ONE_FREE_PORT_FOR_ALL = -3;

  private final TcpSupplies supplies;
  private final @Nullable TlsFiles tls;
  private final WireRecords wire;
  private final Set<TcpConnection> connections = new LinkedHashSet<>();
  private final Consumer<DeviceIdentity> onDeviceRevoked = this::revoked;
  private final Consumer<GatewayIdentity> onGatewayRevoked = this::revoked;

  /** Written by its loop before the deployment is done, read after that. */
  private volatile @Nullable NetServer server;

  TcpVerticle(TcpSupplies supplies, @Nullable TlsFiles tls) {
    this.supplies = supplies;
    this.tls = tls;
    wire = new WireRecords(supplies.doors().config().maxAttributes());
  }

  @Override
  public Future<?> start() {
    NetServer opening = vertx.createNetServer(options());
    opening.connectHandler(this::accept);
    vertx.setPeriodic(SWEEP_MS, timer -> sweep());
    supplies.doors().registry().onRevocation(onDeviceRevoked);
    supplies.gateways().onRevocation(onGatewayRevoked);
    server = opening;
    return opening.listen();
  }

  @Override
  public Future<?> stop() {
    supplies.doors().registry().removeListener(onDeviceRevoked);
    supplies.gateways().removeListener(onGatewayRevoked);
    NetServer closing = server;
    return closing == null
        ? Future.succeededFuture()
        : closing.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
  }

  /** The bound port, once deployed. */
  int port() {
    NetServer bound = server;
    if (bound == null) {
      throw new IllegalStateException("TCP door is not open");
    }
    return bound.actualPort();
  }

  /** TLS is an option of the server like any other: the pipeline below sees plain bytes. */
  private NetServerOptions options() {
    TcpConfig config = supplies.config();
    NetServerOptions options =
        new NetServerOptions()
            .setHost(config.host())
            .setPort(config.port() == 0 ? ONE_FREE_PORT_FOR_ALL : config.port())
            .setTcpNoDelay(true);
    if (tls != null) {
      tls.protect(options);
    }
    return options;
  }

  private void accept(NetSocket socket) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    TcpConnection connection =
        new TcpConnection(supplies, wire, (ContextInternal) context, System.nanoTime());
    vertxHandler.pipeline().addBefore(vertxHandler.name(), "gateway", connection);
    connections.add(connection);
    String address = socket.remoteAddress().hostAddress();
    boolean counted = supplies.stats().opened(supplies.config().maxConnections());
    boolean entered = counted && supplies.doors().guard().entered(address);
    socket.closeHandler(
        closed -> {
          connections.remove(connection);
          if (counted) {
            supplies.stats().closed();
          }
          if (entered) {
            supplies.doors().guard().left(address);
          }
        });
    socket.shutdownHandler(stopping -> connection.stop());
    if (!counted) {
      connection.end(StreamEnd.TOO_MANY, "too many connections are open");
    } else if (!entered) {
      supplies.doors().stats().add(DoorClosure.ADDRESS_FULL);
      connection.end(StreamEnd.TOO_MANY, "too many connections of this address are open");
    }
  }

  private void revoked(DeviceIdentity gone) {
    onLoop(connection -> connection.revoked(gone));
  }

  private void revoked(GatewayIdentity gone) {
    onLoop(connection -> connection.revoked(gone));
  }

  private void onLoop(Consumer<TcpConnection> revoked) {
    context.runOnContext(now -> List.copyOf(connections).forEach(revoked));
  }

  private void sweep() {
    long nowNs = System.nanoTime();
    // Closing may take a connection out of the set.
    for (TcpConnection connection : List.copyOf(connections)) {
      connection.sweep(nowNs);
    }
  }
}
