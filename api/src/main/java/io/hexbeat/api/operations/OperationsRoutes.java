package io.hexbeat.api.operations;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Probes and scrape. Probes answer on the event loop of the request, a scrape on a worker. Not
 * ready is 503, degraded is 200: a server without PostgreSQL still takes pings, and a balancer must
 * not take it away.
 */
public final class OperationsRoutes {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final Readiness readiness;
  private final Metrics metrics;

  public OperationsRoutes(Vertx vertx, Readiness readiness, Metrics metrics) {
    this.vertx = vertx;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  /** Mounts {@code /health/live}, {@code /health/ready} and {@code /metrics}; for all to ask. */
  public void mount(Router router) {
    router.get("/health/live").handler(this::live);
    router.get("/health/ready").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
  }

  private void live(RoutingContext context) {
    send(context, 200, new JsonObject().put("status", "live"));
  }

  private void ready(RoutingContext context) {
    readiness
        .check()
        .onSuccess(
            checked -> {
              boolean starting = "starting".equals(checked.getString("status"));
              send(context, starting ? 503 : 200, checked);
            })
        .onFailure(context::fail);
  }

  private void metrics(RoutingContext context) {
    vertx
        .executeBlocking(metrics::scrape)
        .onSuccess(text -> context.response().putHeader("Content-Type", PROMETHEUS_TEXT).end(text))
        .onFailure(context::fail);
  }

  private static void send(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.toBuffer());
  }
}
