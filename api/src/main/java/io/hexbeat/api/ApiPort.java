package io.hexbeat.api;

import io.hexbeat.api.console.ConsoleRoutes;
import io.hexbeat.api.http.AccountRoutes;
import io.hexbeat.api.http.AlertEvidence;
import io.hexbeat.api.http.AlertRoutes;
import io.hexbeat.api.http.ApiRouter;
import io.hexbeat.api.http.AuditRoutes;
import io.hexbeat.api.http.FenceRoutes;
import io.hexbeat.api.http.GatewayRoutes;
import io.hexbeat.api.http.HistoryRoutes;
import io.hexbeat.api.http.MemberRoutes;
import io.hexbeat.api.http.PasskeyRoutes;
import io.hexbeat.api.http.QuarantineRoutes;
import io.hexbeat.api.http.Routes;
import io.hexbeat.api.http.SessionRoutes;
import io.hexbeat.api.http.TeamRoutes;
import io.hexbeat.api.http.WebhookRoutes;
import io.hexbeat.api.live.LiveSocket;
import io.hexbeat.api.live.PositionRoutes;
import io.hexbeat.api.operations.OperationsRoutes;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.trust.TrustRoutes;
import io.hexbeat.api.visits.TimelineRoutes;
import io.hexbeat.api.visits.VisitRoutes;
import io.hexbeat.api.webhooks.Deliveries;
import io.hexbeat.ingest.door.TlsFiles;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open API port: REST, live socket, console, probes and metrics on one event loop. Any thread
 * may ask and close it; closing ends the live sockets first.
 */
final class ApiPort {
  /** A subscribe message names teams, members and a box; nothing that a client sends is longer. */
  private static final int MAX_SOCKET_MESSAGE_BYTES = 64 << 10;

  private final Vertx vertx;
  private final String deployment;
  private final int port;

  private ApiPort(Vertx vertx, String deployment, int port) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.port = port;
  }

  /**
   * Fails if the port can't be bound.
   *
   * @param tls null for plain text
   */
  static Future<ApiPort> open(Vertx vertx, ApiParts parts, @Nullable TlsFiles tls) {
    ApiVerticle verticle = new ApiVerticle(parts, tls);
    return vertx
        .deployVerticle(verticle)
        .map(deployment -> new ApiPort(vertx, deployment, verticle.port()));
  }

  int port() {
    return port;
  }

  Future<Void> close() {
    return vertx.undeploy(deployment);
  }

  private static final class ApiVerticle extends VerticleBase {
    private final ApiParts parts;
    private final @Nullable TlsFiles tls;
    private @Nullable LiveSocket liveSocket;
    private @Nullable HttpServer server;

    ApiVerticle(ApiParts parts, @Nullable TlsFiles tls) {
      this.parts = parts;
      this.tls = tls;
    }

    @Override
    public Future<?> start() {
      LiveSocket live = LiveSocket.open(context, parts.live());
      liveSocket = live;
      HttpServerOptions options =
          new HttpServerOptions()
              .setHost(parts.config().api().host())
              .setPort(parts.config().api().port())
              .setCompressionSupported(true)
              .setUseAlpn(false)
              .setMaxWebSocketMessageSize(MAX_SOCKET_MESSAGE_BYTES)
              .setMaxWebSocketFrameSize(MAX_SOCKET_MESSAGE_BYTES);
      if (tls != null) {
        tls.protect(options);
      }
      return ApiRouter.open(
              vertx,
              parts.authenticator(),
              routes(),
              router -> mountPlain(router, live),
              parts.config().pgTimeouts().statement().plusSeconds(5))
          .compose(router -> vertx.createHttpServer(options).requestHandler(router).listen())
          .onSuccess(listening -> server = listening);
    }

    int port() {
      if (server == null) {
        throw new IllegalStateException("the API port is not open");
      }
      return server.actualPort();
    }

    @Override
    public Future<?> stop() {
      if (liveSocket != null) {
        liveSocket.close();
      }
      return server == null ? Future.succeededFuture() : server.close();
    }

    private List<Routes> routes() {
      Pool pool = parts.database().pool();
      return List.of(
          new AccountRoutes(parts.store(), parts.authenticator()),
          new SessionRoutes(parts.authenticator().sessions(), parts.store().directory()),
          new AuditRoutes(parts.store().audit()),
          new TeamRoutes(parts.store()),
          new MemberRoutes(parts.store(), parts::doors),
          new GatewayRoutes(parts.gateways(), () -> parts.doors().tcp()),
          new PasskeyRoutes(parts.passkeys(), parts.store().directory()),
          new FenceRoutes(vertx, parts.fences(), new GeoJson(parts.config().presence())),
          new PositionRoutes(parts.live(), parts.reads()),
          new HistoryRoutes(pool, parts.store().directory(), parts.reads()),
          new VisitRoutes(pool, parts.store().directory(), parts.reads()),
          new TimelineRoutes(
              vertx, pool, parts.store().directory(), parts.reads(), Clock.systemUTC()),
          new AlertRoutes(pool, parts.store().directory(), parts.alerts(), parts.reads()),
          new AlertEvidence(
              pool, parts.store().directory(), parts.fences()::current, parts.reads()),
          new WebhookRoutes(parts.webhooks(), new Deliveries(pool, Clock.systemUTC())),
          new TrustRoutes(parts.policies()),
          new QuarantineRoutes(pool, parts.store().directory(), parts.reads()));
    }

    private void mountPlain(Router router, LiveSocket live) {
      new OperationsRoutes(vertx, parts.readiness(), parts.metrics()).mount(router);
      router.get("/v1/live").handler(live);
      new ConsoleRoutes(vertx, parts.config().console()).mount(router);
    }
  }
}
