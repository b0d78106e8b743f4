package io.hexbeat.ingest.door;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The device port on one event loop: accepts connections and gives each request to its format.
 * Several of them share the port; nothing of the API is reachable here. Dispatches by hand, since a
 * few paths need no router on the hot path. Too many connections are closed at once, slow ones when
 * they are overdue; a port that can't be bound fails the deployment.
 */
public final class DeviceVerticle extends VerticleBase {
  /** How often overdue connections are looked for; timeouts are exact to this. */
  private static final long SWEEP_MS = 1_000;

  /** What a request in flight gets to be answered when the server stops. */
  private static final int DRAIN_SECONDS = 5;

  /** Room for phones that come back all at once after an outage. */
  private static final int ACCEPT_BACKLOG = 1_024;

  /** How long a phone that was told the end of its WebSocket may take to go. */
  private static final int CLOSING_SECONDS = 1;

  /** Vert.x takes 0 for a free port each, a negative number for one shared by a deployment. */
  private static final int ONE_FREE_PORT_FOR_ALL = -1;

  private static final Buffer LIVE = Buffer.buffer("{\"status\":\"live\"}");

  private final DoorSupplies supplies;
  private final @Nullable TlsFiles tls;
  private final PhoneFormat osmAnd;
  private final PhoneFormat pings;
  private final PhoneFormat punches;
  private final PhoneFormat ownTracks;
  private final PhoneFormat overland;
  private final Map<HttpConnection, DeviceConnection> connections = new HashMap<>();

  /** Set when it starts. */
  private @Nullable StreamDoor streams;

  /** Set when it starts. */
  private @Nullable DeskCounter desk;

  /** Written by its loop before the deployment is done, read after that. */
  private volatile @Nullable HttpServer server;

  DeviceVerticle(DoorSupplies supplies, @Nullable TlsFiles tls) {
    this.supplies = supplies;
    this.tls = tls;
    osmAnd = new OsmAndFormat(supplies.config());
    pings = new NativeFormat(supplies.config());
    punches = new PunchFormat(supplies.config(), supplies.sites(), supplies.passkeys());
    ownTracks = new OwnTracksFormat(supplies.config());
    overland = new OverlandFormat(supplies.config());
  }

  @Override
  public Future<?> start() {
    DoorConfig config = supplies.config();
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port() == 0 ? ONE_FREE_PORT_FOR_ALL : config.port())
            .setAcceptBacklog(ACCEPT_BACKLOG)
            .setHttp2ClearTextEnabled(false)
            // All answers are written on the loop; for others Vert.x keeps 8 KiB a connection.
            .setStrictThreadMode(true)
            .setUseAlpn(false)
            .setSslHandshakeTimeout(config.headTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setHandle100ContinueAutomatically(true)
            .setMaxInitialLineLength(config.maxHeadBytes())
            .setMaxHeaderSize(config.maxHeadBytes())
            .setMaxWebSocketFrameSize(supplies.stream().maxFrameBytes())
            .setMaxWebSocketMessageSize(supplies.stream().maxFrameBytes())
            .setWebSocketClosingTimeout(CLOSING_SECONDS)
            // What inflates has no bound there.
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false);
    if (tls != null) {
      tls.protect(options);
    }
    HttpServer opening =
        vertx
            .createHttpServer(options)
            .connectionHandler(this::accept)
            .requestHandler(this::dispatch)
            .invalidRequestHandler(this::refuseInvalid);
    StreamDoor opened = new StreamDoor(supplies, context);
    opened.open();
    streams = opened;
    desk = new DeskCounter(supplies, context);
    vertx.setPeriodic(SWEEP_MS, timer -> sweep());
    server = opening;
    return opening.listen();
  }

  @Override
  public Future<?> stop() {
    if (streams != null) {
      streams.close();
    }
    HttpServer closing = server;
    return closing == null
        ? Future.succeededFuture()
        : closing.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
  }

  /** The bound port, once deployed. */
  public int port() {
    HttpServer bound = server;
    if (bound == null) {
      throw new IllegalStateException("device port is not open");
    }
    return bound.actualPort();
  }

  private void accept(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    if (!supplies.stats().connectionOpened(supplies.config().maxConnections())) {
      supplies.stats().add(DoorClosure.PORT_FULL);
      connection.close();
      return;
    }
    if (!supplies.guard().entered(address)) {
      supplies.stats().connectionClosed();
      supplies.stats().add(DoorClosure.ADDRESS_FULL);
      connection.close();
      return;
    }
    DeviceConnection opened = new DeviceConnection(supplies, connection, System.nanoTime());
    connections.put(connection, opened);
    connection.closeHandler(now -> closed(connection, opened));
  }

  private void closed(HttpConnection connection, DeviceConnection opened) {
    connections.remove(connection);
    opened.closed();
    left(connection.remoteAddress().hostAddress());
  }

  private void left(String address) {
    supplies.guard().left(address);
    supplies.stats().connectionClosed();
  }

  /** A socket has its own times to keep, and tells of its end itself. */
  private void upgrade(HttpServerRequest request, DeviceConnection opened) {
    HttpConnection connection = request.connection();
    // What the socket remembers for its whole life must not be the HTTP connection that it was.
    String address = connection.remoteAddress().hostAddress();
    opened.passed();
    streams()
        .accept(
            request,
            () -> {
              connections.remove(connection);
              connection.closeHandler(null);
              opened.closed();
            },
            () -> left(address));
  }

  private void dispatch(HttpServerRequest request) {
    DeviceConnection connection = connections.get(request.connection());
    if (connection == null) {
      // Refused for their number, and about to close.
      return;
    }
    PhoneFormat format;
    switch (request.path()) {
      case "/" -> format = osmAnd;
      case "/v1/pings" -> format = pings;
      case "/v1/punches" -> format = punches;
      case "/owntracks" -> format = ownTracks;
      case "/overland" -> format = overland;
      case "/v1/stream" -> {
        upgrade(request, connection);
        return;
      }
      case "/health/live" -> {
        request.endHandler(end -> connection.passed());
        answerLive(request);
        return;
      }
      default -> {
        if (supplies.desk().has(request.path())) {
          Objects.requireNonNull(desk).take(request, connection::passed);
          return;
        }
        DevicePages pages = supplies.pages();
        if (pages != null && pages.serves(request.path())) {
          pages.serve(request, connection::passed);
          return;
        }
        request.endHandler(end -> connection.passed());
        answerProblem(request, new ProblemBody(404, "Not found", "No door has this path."));
        return;
      }
    }
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.POST) || (method.equals(HttpMethod.GET) && format == osmAnd)) {
      connection.begin(request, format);
    } else {
      supplies.stats().add(format.door(), DoorOutcome.REQUESTS);
      supplies.stats().add(format.door(), DoorOutcome.UNSUPPORTED);
      request.endHandler(end -> connection.passed());
      request.response().putHeader(HttpHeaders.ALLOW, format == osmAnd ? "GET, POST" : "POST");
      answerProblem(
          request, new ProblemBody(405, "Method not allowed", "This door takes other methods."));
    }
  }

  private void sweep() {
    long nowNs = System.nanoTime();
    long headTimeoutNs = supplies.config().headTimeout().toNanos();
    long bodyTimeoutNs = supplies.config().bodyTimeout().toNanos();
    long keepAliveNs = supplies.config().keepAliveTimeout().toNanos();
    // Closing may take a connection out of the map.
    for (DeviceConnection connection : List.copyOf(connections.values())) {
      connection.sweep(nowNs, headTimeoutNs, bodyTimeoutNs, keepAliveNs);
    }
    streams().sweep(nowNs);
  }

  private StreamDoor streams() {
    return Objects.requireNonNull(streams);
  }

  private static void answerLive(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(LIVE);
  }

  private static void answerProblem(HttpServerRequest request, ProblemBody problem) {
    DeviceConnection.writeProblem(request.response(), problem);
  }

  /** A head that is no HTTP or is too long; what follows can't be understood either. */
  private void refuseInvalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ProblemBody problem;
    if (cause instanceof TooLongHttpLineException) {
      problem = new ProblemBody(414, "URI too long", "The request line is beyond its limit.");
      supplies.stats().add(DoorClosure.HEAD_SIZE);
    } else if (cause instanceof TooLongHttpHeaderException) {
      problem = new ProblemBody(431, "Headers too large", "The headers are beyond their limit.");
      supplies.stats().add(DoorClosure.HEAD_SIZE);
    } else {
      problem = new ProblemBody(400, "Malformed request", "This is not HTTP.");
      supplies.stats().add(DoorClosure.MALFORMED);
    }
    HttpServerResponse response = request.response();
    response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    DeviceConnection.writeProblem(response, problem)
        .onComplete(written -> request.connection().close());
  }
}
