package io.hexbeat.api.alerts;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes alerts that were resolved and last occurred longer ago than {@code alert.retention}, with
 * their occurrences, evidence and history. Works on one event loop once an hour, in transactions of
 * at most {@link #OCCURRENCES_AT_ONCE} occurrences or one alert; any thread reads the figure. While
 * PostgreSQL is away nothing is deleted, and nothing is lost by that. What the audit log says of
 * them stays as long as the log does.
 */
public final class AlertSweeper implements AutoCloseable {
  private static final Duration EVERY = Duration.ofHours(1);
  private static final int ALERTS_AT_ONCE = 500;
  private static final int OCCURRENCES_AT_ONCE = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(AlertSweeper.class);

  /**
   * Whoever appeals or reopens it at this moment was quicker, or finds it gone: a row that is being
   * changed is left for the next time.
   */
  private static final String OLDEST =
      "with old as (select id, occurrences, last_ms from alerts where status = 'resolved'"
          + " and last_ms < $1::bigint"
          + " and (status_at is null or status_at < to_timestamp($1::bigint / 1000.0))"
          + " order by last_ms, id limit $2 for update skip locked)"
          + " select id from (select id, sum(occurrences) over (order by last_ms, id)"
          + " - occurrences as before from old) as counted where before < $3";

  private final Vertx vertx;
  private final Pool pool;
  private final Duration retention;
  private final Clock clock;
  private final LongAdder expired = new LongAdder();
  private long timer;

  /** Not yet at work. */
  public AlertSweeper(Vertx vertx, Pool pool, AlertLimits limits, Clock clock) {
    this.vertx = vertx;
    this.pool = pool;
    this.retention = limits.retention();
    this.clock = clock;
  }

  /** Sweeps now and from then on, until closed. */
  public AlertSweeper start() {
    timer = vertx.setPeriodic(0, EVERY.toMillis(), tick -> sweepOrWait());
    return this;
  }

  /** Alerts that went since the start. */
  public long expired() {
    return expired.sum();
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  /** Completes with how many alerts went, when none is too old any more. */
  Future<Integer> sweep() {
    return pool.withTransaction(this::some)
        .compose(
            gone -> {
              expired.add(gone);
              return gone == 0 ? Future.succeededFuture(0) : sweep().map(more -> gone + more);
            });
  }

  private Future<Integer> some(SqlConnection connection) {
    long beforeMs = clock.millis() - retention.toMillis();
    return connection
        .preparedQuery(OLDEST)
        .execute(Tuple.of(beforeMs, ALERTS_AT_ONCE, OCCURRENCES_AT_ONCE))
        .map(
            rows -> {
              String[] ids = new String[rows.size()];
              int i = 0;
              for (Row row : rows) {
                ids[i++] = row.getString("id");
              }
              return ids;
            })
        .compose(ids -> ids.length == 0 ? Future.succeededFuture(0) : delete(connection, ids));
  }

  private static Future<Integer> delete(SqlConnection connection, String[] ids) {
    return connection
        .preparedQuery("delete from alert_occurrences where alert = any($1)")
        .execute(Tuple.of(ids))
        .compose(
            v ->
                connection
                    .preparedQuery("delete from alert_history where alert = any($1)")
                    .execute(Tuple.of(ids)))
        .compose(
            v ->
                connection
                    .preparedQuery("delete from alerts where id = any($1)")
                    .execute(Tuple.of(ids)))
        .map(deleted -> deleted.rowCount());
  }

  private void sweepOrWait() {
    sweep()
        .onSuccess(
            gone -> {
              if (gone > 0) {
                LOG.info("{} resolved alerts were older than they are kept", gone);
              }
            })
        .onFailure(e -> LOG.warn("old alerts were not deleted: {}", e.toString()));
  }
}
