package io.hexbeat.api.operations;

import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.ShardLag;
import io.hexbeat.api.visits.VisitStats;
import io.hexbeat.ingest.shard.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server can serve, part by part: {@code starting} until {@link #ready} is called, then
 * {@code ready} or {@code degraded}. Any thread. PostgreSQL away means degraded, not down: pings,
 * punches and live maps go on. An answer is kept for a second, so that nobody can load the database
 * by asking.
 */
public final class Readiness {
  /** A projection that is further behind is worth a look. */
  static final double PROJECTION_LAG_MAX_S = 30;

  /** The same of visits, which follow the projection. */
  static final double VISITS_LAG_MAX_S = 300;

  private static final long KEEP_MS = 1_000;
  private static final long POSTGRES_TIMEOUT_MS = 2_000;

  /** A journal that refused a submission within this time counts as failing. */
  private static final long JOURNAL_FAILING_MS = 60_000;

  private final Clock clock;
  private @Nullable Parts parts;
  private @Nullable Future<JsonObject> last;
  private long lastAtMs;
  private long journalFailures;
  private long journalFailedAtMs;

  private record Parts(Pool pool, ShardRouter router, Projector projector, VisitStats visits) {}

  public Readiness(Clock clock) {
    this.clock = clock;
    this.journalFailedAtMs = Long.MIN_VALUE;
  }

  /** From now on the server serves, with these parts. */
  public synchronized void ready(
      Pool pool, ShardRouter router, Projector projector, VisitStats visits) {
    parts = new Parts(pool, router, projector, visits);
    last = null;
  }

  /** {@code {status, checks: {journal, postgres, projection, visits}}}. */
  public synchronized Future<JsonObject> check() {
    if (parts == null) {
      return Future.succeededFuture(new JsonObject().put("status", "starting"));
    }
    long nowMs = clock.millis();
    if (last == null || (last.isComplete() && nowMs - lastAtMs >= KEEP_MS)) {
      lastAtMs = nowMs;
      last = check(parts, nowMs);
    }
    return last;
  }

  private Future<JsonObject> check(Parts of, long nowMs) {
    JsonObject journal = journal(of.router(), nowMs);
    JsonObject projection = projection(of.projector());
    JsonObject visits = visits(of.visits());
    return of.pool()
        .query("select 1")
        .execute()
        .timeout(POSTGRES_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .map(rows -> state("up"))
        .otherwise(e -> state("down"))
        .map(
            postgres -> {
              boolean well = isUp(journal) && isUp(postgres) && isUp(projection) && isUp(visits);
              return new JsonObject()
                  .put("status", well ? "ready" : "degraded")
                  .put(
                      "checks",
                      new JsonObject()
                          .put("journal", journal)
                          .put("postgres", postgres)
                          .put("projection", projection)
                          .put("visits", visits));
            });
  }

  private JsonObject journal(ShardRouter router, long nowMs) {
    long failures = 0;
    for (int shard = 0; shard < router.shards(); shard++) {
      failures += router.stats(shard).failed();
    }
    if (failures > journalFailures) {
      journalFailures = failures;
      journalFailedAtMs = nowMs;
    }
    boolean failing = journalFailures > 0 && nowMs - journalFailedAtMs < JOURNAL_FAILING_MS;
    return state(failing ? "failing" : "up").put("shards", router.shards());
  }

  private static JsonObject projection(Projector projector) {
    long records = 0;
    long quarantined = 0;
    boolean late = false;
    double seconds = 0;
    for (ShardLag lag : projector.lags()) {
      records += lag.records();
      quarantined += lag.quarantinedRecords();
      seconds = Math.max(seconds, lag.seconds());
      late |= lag.failing() || lag.seconds() > PROJECTION_LAG_MAX_S;
    }
    return state(late ? "behind" : "up")
        .put("lag_records", records)
        .put("lag_s", seconds)
        .put("quarantined", quarantined);
  }

  private static JsonObject visits(VisitStats stats) {
    double seconds = stats.lagSeconds();
    return state(seconds > VISITS_LAG_MAX_S ? "behind" : "up")
        .put("lag_rows", stats.waiting())
        .put("lag_s", seconds);
  }

  private static JsonObject state(String status) {
    return new JsonObject().put("status", status);
  }

  private static boolean isUp(JsonObject check) {
    return "up".equals(check.getString("status"));
  }
}
