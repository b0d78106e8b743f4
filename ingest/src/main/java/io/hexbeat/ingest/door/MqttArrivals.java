package io.hexbeat.ingest.door;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import io.vertx.mqtt.MqttEndpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sockets of the MQTT door on one loop, from accept to the end: counts each in before it may
 * send a byte, and closes those that come beyond the door's or their address's bound, or whose
 * CONNECT is not whole in time. vertx-mqtt tells of a client only once it has sent its CONNECT, and
 * its own timer begins again with each byte; so its server is made by {@link #vertx}, which stands
 * in front of its handler. Holds an entry for each socket without a CONNECT and none else.
 */
final class MqttArrivals {
  private final MqttSupplies supplies;

  /** Those without a CONNECT, in the order in which they came, and when that was. */
  private final Map<NetSocket, Long> greeting = new LinkedHashMap<>();

  MqttArrivals(MqttSupplies supplies) {
    this.supplies = supplies;
  }

  /** The Vert.x to make the server with. */
  Vertx vertx(Vertx vertx) {
    return new VertxWrapper((VertxInternal) vertx) {
      @Override
      public NetServerInternal createNetServer(NetServerOptions options) {
        return new NetServerImpl(delegate, options.copy()) {
          @Override
          public NetServerInternal connectHandler(Handler<NetSocket> accepted) {
            return super.connectHandler(socket -> arrived(socket, accepted));
          }
        };
      }
    };
  }

  /** Its CONNECT has come. */
  void greeted(MqttEndpoint endpoint) {
    greeting.remove(MqttSocket.of(endpoint));
  }

  /** Closes those that have taken too long for their CONNECT. */
  void sweep(long nowNs) {
    long timeoutNs = supplies.config().connectTimeout().toNanos();
    for (Map.Entry<NetSocket, Long> each : List.copyOf(greeting.entrySet())) {
      if (nowNs - each.getValue() <= timeoutNs) {
        return;
      }
      supplies.doors().stats().add(DoorClosure.HEAD_TIME);
      each.getKey().close();
    }
  }

  private void arrived(NetSocket socket, Handler<NetSocket> accepted) {
    if (!supplies.stats().connectionOpened(supplies.config().maxConnections())) {
      supplies.doors().stats().add(DoorClosure.PORT_FULL);
      socket.close();
      return;
    }
    String address = socket.remoteAddress().hostAddress();
    if (!supplies.doors().guard().entered(address)) {
      supplies.stats().connectionClosed();
      supplies.doors().stats().add(DoorClosure.ADDRESS_FULL);
      socket.close();
      return;
    }
    greeting.put(socket, System.nanoTime());
    // The socket's own close handler is vertx-mqtt's from its CONNECT on.
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .channel()
        .closeFuture()
        .addListener(closed -> left(socket, address));
    accepted.handle(socket);
  }

  private void left(NetSocket socket, String address) {
    greeting.remove(socket);
    supplies.doors().guard().left(address);
    supplies.stats().connectionClosed();
  }
}
