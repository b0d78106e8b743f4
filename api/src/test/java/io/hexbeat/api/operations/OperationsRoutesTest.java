package io.hexbeat.api.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.live.LiveStats;
import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.QuarantineLimits;
import io.hexbeat.api.projection.QuarantineSweeper;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.visits.VisitStats;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.door.DoorStats;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsRoutesTest {
  @TempDir Path journalDir;
  private final Vertx vertx = Vertx.vertx();
  private final TestClock clock = new TestClock();
  private final Readiness readiness = new Readiness(clock);
  private final Metrics metrics = new Metrics();
  private Database database;
  private ShardRouter shards;
  private Projector projector;
  private HttpServer server;

  /** Goes on when told. */
  private static final class TestClock extends Clock {
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public synchronized Instant instant() {
      return now;
    }

    synchronized void advanceSeconds(long seconds) {
      now = now.plusSeconds(seconds);
    }
  }

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.open(vertx);
    shards =
        get(
            ShardRouter.start(
                vertx,
                ShardConfig.defaults(journalDir, 2),
                new DeviceRegistry(),
                FenceIndex.empty(),
                new LiveBoard()));
    projector = new Projector(vertx, database.pool(), 2, shards::tailer, clock);
    get(projector.start());
    get(projector.awaitCaughtUp());
    metrics.doors(new DoorStats());
    metrics.quarantine(
        new QuarantineSweeper(vertx, database.pool(), QuarantineLimits.DEFAULT, clock));
    metrics.shards(shards);
    metrics.projector(projector);
    metrics.live(new LiveStats(), new LiveBoard());
    Router router = Router.router(vertx);
    new OperationsRoutes(vertx, readiness, metrics).mount(router);
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void close() throws Exception {
    get(server.close());
    get(projector.stop());
    get(shards.stop());
    get(database.close());
    metrics.close();
    get(vertx.close());
  }

  @Test
  void shouldBeDegradedButServingWithoutPostgres() throws Exception {
    HttpResponse<String> starting = ask("/health/ready");
    assertEquals(503, starting.statusCode());
    assertEquals("starting", new JsonObject(starting.body()).getString("status"));
    assertEquals(200, ask("/health/live").statusCode());

    readiness.ready(database.pool(), shards, projector, new VisitStats());
    HttpResponse<String> ready = ask("/health/ready");
    assertEquals(200, ready.statusCode());
    assertEquals("ready", new JsonObject(ready.body()).getString("status"), ready.body());

    get(database.close());
    clock.advanceSeconds(2);
    HttpResponse<String> degraded = ask("/health/ready");
    assertEquals(200, degraded.statusCode());
    JsonObject body = new JsonObject(degraded.body());
    assertEquals("degraded", body.getString("status"));
    JsonObject checks = body.getJsonObject("checks");
    assertEquals("down", checks.getJsonObject("postgres").getString("status"));
    assertEquals("up", checks.getJsonObject("journal").getString("status"));
    assertEquals("up", checks.getJsonObject("visits").getString("status"));
  }

  @Test
  void shouldCountOnAfterAGarbageCollection() {
    LongAdder done = new LongAdder();
    metrics.counter("done", "What was done", done::sum);
    System.gc();
    done.add(3);
    assertTrue(metrics.scrape().contains("done_total 3.0"), metrics.scrape());
  }

  @Test
  void shouldTellPrometheusOfEveryPart() throws Exception {
    HttpResponse<String> scrape = ask("/metrics");
    assertEquals(200, scrape.statusCode());
    for (String line :
        new String[] {
          "hexbeat_pings_total{shard=\"1\"} 0.0",
          "hexbeat_stage_seconds{quantile=\"0.99\",shard=\"1\",stage=\"decide\"} ",
          "hexbeat_stage_seconds{quantile=\"0.99\",shard=\"1\",stage=\"ack_wait\"} ",
          "hexbeat_stage_seconds{quantile=\"0.99\",shard=\"all\",stage=\"decode\"} ",
          "hexbeat_stage_seconds{quantile=\"0.99\",shard=\"all\",stage=\"socket\"} ",
          "hexbeat_stage_seconds{quantile=\"0.99\",shard=\"all\",stage=\"live\"} ",
          "hexbeat_projection_lag_records{shard=\"0\"} 0.0",
          "hexbeat_projection_lag_failing{shard=\"0\"} 0.0",
          "hexbeat_live_sockets 0.0",
          "hexbeat_door_total{door=\"native\",outcome=\"rate_limited\"} 0.0",
          "hexbeat_door_quarantined_total{door=\"osmand\",reason=\"position\"} 0.0",
          "hexbeat_door_connections_closed_total{reason=\"head_time\"} 0.0",
          "hexbeat_quarantine_rows 0.0",
          "hexbeat_quarantine_dropped_total{reason=\"expired\"} 0.0",
          "jvm_memory_used_bytes"
        }) {
      assertTrue(scrape.body().contains(line), line);
    }
  }

  private HttpResponse<String> ask(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
