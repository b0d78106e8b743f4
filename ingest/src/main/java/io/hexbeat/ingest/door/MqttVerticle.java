package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.mqtt.MqttAuth;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT door on one event loop: accepts devices by their token and keeps their connections.
 * Several of them share the port. Lends deliveries to its connections, so that memory follows what
 * is in flight and not who is connected. A port that can't be bound fails the deployment; a client
 * that breaks the protocol loses its connection and is counted.
 */
final class MqttVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(MqttVerticle.class);

  /** How often silent connections are looked for. */
  private static final long SWEEP_MS = 1_000;

  /** What messages in flight get to be acknowledged when the server stops. */
  private static final long DRAIN_MS = 5_000;

  /** Room for phones that come back all at once after an outage. */
  private static final int ACCEPT_BACKLOG = 1_024;

  /**
   * Vert.x takes 0 for a free port each and a negative number for one that all servers with this
   * number share, so each kind of door has a number of its own; the device port's is -1.
   */
  private static final int ONE_FREE_PORT_FOR_ALL = -2;

  /** Of MQTT 3.1 only; later versions leave it to the size of a packet. */
  private static final int MAX_CLIENT_ID_CHARS = 256;

  /** Longer than any token of ours; hashing what can't be one is wasted. */
  private static final int MAX_TOKEN_CHARS = 256;

  /** {@link MqttArrivals} has one that begins once. */
  private static final int NO_TIMER = 0;

  private static final int MAX_KEPT_DELIVERIES = 1_024;

  private final MqttSupplies supplies;
  private final MqttClients clients;
  private final @Nullable TlsFiles tls;
  private final MqttFormats formats;
  private final MqttArrivals arrivals;
  private final Set<MqttConnection> connections = new HashSet<>();
  private final Deque<MqttDelivery> idle = new ArrayDeque<>();
  private final Promise<Void> drained = Promise.promise();
  private final Consumer<DeviceIdentity> onRevocation = this::revoked;
  private int lent;
  private boolean stopping;

  /** Written by its loop before the deployment is done, read after that. */
  private volatile @Nullable MqttServer server;

  MqttVerticle(MqttSupplies supplies, MqttClients clients, @Nullable TlsFiles tls) {
    this.supplies = supplies;
    this.clients = clients;
    this.tls = tls;
    formats = new MqttFormats(supplies.doors().config());
    arrivals = new MqttArrivals(supplies);
  }

  @Override
  public Future<?> start() {
    context.exceptionHandler(this::broken);
    supplies.doors().registry().onRevocation(onRevocation);
    vertx.setPeriodic(SWEEP_MS, timer -> sweep());
    MqttServer opening =
        MqttServer.create(arrivals.vertx(vertx), options())
            .endpointHandler(this::connected)
            .exceptionHandler(this::broken);
    server = opening;
    return opening.listen();
  }

  /** Reads nothing more, lets what is in flight be acknowledged, then closes. */
  @Override
  public Future<?> stop() {
    stopping = true;
    supplies.doors().registry().removeListener(onRevocation);
    connections.forEach(MqttConnection::regulate);
    if (lent == 0) {
      drained.tryComplete();
    }
    long timer = vertx.setTimer(DRAIN_MS, late -> drained.tryComplete());
    return drained
        .future()
        .compose(
            done -> {
              vertx.cancelTimer(timer);
              for (MqttConnection connection : List.copyOf(connections)) {
                connection.end(MqttDisconnectReasonCode.SERVER_SHUTTING_DOWN);
              }
              MqttServer closing = server;
              return closing == null ? Future.succeededFuture() : closing.close();
            });
  }

  /** The bound port, once deployed. */
  int port() {
    MqttServer bound = server;
    if (bound == null) {
      throw new IllegalStateException("MQTT port is not open");
    }
    return bound.actualPort();
  }

  MqttSupplies supplies() {
    return supplies;
  }

  MqttFormats formats() {
    return formats;
  }

  boolean stopping() {
    return stopping;
  }

  MqttDelivery lend() {
    lent++;
    MqttDelivery kept = idle.poll();
    return kept != null ? kept : new MqttDelivery(supplies.doors());
  }

  void giveBack(MqttDelivery delivery) {
    delivery.clear();
    if (idle.size() < MAX_KEPT_DELIVERIES) {
      idle.push(delivery);
    }
    if (--lent == 0 && stopping) {
      drained.tryComplete();
    }
  }

  /** Runs it on this loop; any thread. */
  void run(Runnable task) {
    context.runOnContext(now -> task.run());
  }

  void after(long delayMs, Runnable task) {
    vertx.setTimer(delayMs, timer -> task.run());
  }

  void left(MqttConnection connection) {
    if (connections.remove(connection)) {
      clients.leave(connection.who(), connection.clientId(), connection);
    }
  }

  /** Everything about the socket. */
  private MqttServerOptions options() {
    MqttConfig config = supplies.config();
    MqttServerOptions options = new MqttServerOptions();
    options.setHost(config.host());
    options.setPort(config.port() == 0 ? ONE_FREE_PORT_FOR_ALL : config.port());
    options.setAcceptBacklog(ACCEPT_BACKLOG);
    options.setTcpKeepAlive(true);
    if (tls != null) {
      tls.protect(options);
    }
    return options
        .setAutoClientId(false)
        .setMaxMessageSize(config.maxMessageBytes())
        .setMaxClientIdLength(MAX_CLIENT_ID_CHARS)
        .setTimeoutOnConnect(NO_TIMER);
  }

  private void connected(MqttEndpoint endpoint) {
    arrivals.greeted(endpoint);
    boolean mqtt5 = endpoint.protocolVersion() >= MqttVersion.MQTT_5.protocolLevel();
    MqttAuth auth = endpoint.auth();
    String tokenHash = auth == null ? null : hash(auth.getPassword());
    DeviceIdentity who =
        tokenHash == null ? null : supplies.doors().registry().byTokenHash(tokenHash);
    if (auth == null || tokenHash == null || who == null) {
      count(DoorOutcome.UNAUTHORIZED);
      endpoint.reject(
          mqtt5
              ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
              : MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD);
    } else if (stopping) {
      endpoint.reject(
          mqtt5
              ? MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE_5
              : MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
    } else {
      MqttConnection connection =
          new MqttConnection(this, endpoint, who, tokenHash, auth.getUsername());
      connections.add(connection);
      MqttConnection before = clients.take(who, connection.clientId(), connection);
      if (before != null) {
        before.takenOver();
      }
      connection.accept();
    }
  }

  private static @Nullable String hash(String password) {
    return password.length() > MAX_TOKEN_CHARS ? null : DeviceRegistry.hash(password);
  }

  /** On the thread that revokes. */
  private void revoked(DeviceIdentity gone) {
    run(() -> closeRevoked(gone));
  }

  private void closeRevoked(DeviceIdentity gone) {
    for (MqttConnection connection : List.copyOf(connections)) {
      if (connection.who().deviceHandle() == gone.deviceHandle() && connection.isRevoked()) {
        supplies.stats().revoked.increment();
        connection.end(MqttDisconnectReasonCode.NOT_AUTHORIZED);
      }
    }
  }

  private void sweep() {
    long nowNs = System.nanoTime();
    arrivals.sweep(nowNs);
    long idleNs = supplies.config().idleTimeout().toNanos();
    for (MqttConnection connection : List.copyOf(connections)) {
      if (connection.isSilentFor(idleNs, nowNs)) {
        supplies.doors().stats().add(DoorClosure.IDLE);
        connection.end(MqttDisconnectReasonCode.KEEP_ALIVE_TIMEOUT);
      }
    }
  }

  /**
   * vertx-mqtt throws what a client did against the protocol, such as to go on after it was
   * refused, and closes its socket.
   */
  private void broken(Throwable cause) {
    count(DoorOutcome.MALFORMED);
    log.debug("a client broke the protocol: {}", cause.toString());
  }

  private void count(DoorOutcome outcome) {
    supplies.doors().stats().add(Door.MQTT, outcome);
  }
}
