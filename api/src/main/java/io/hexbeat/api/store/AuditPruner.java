package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes rows of the audit log that are older than they are kept, from the first on. Works on one
 * event loop once an hour; any thread reads the figure. The table {@code audit_begin} then has
 * number and hash of the last row deleted, from which the chain is verified, and a row at the
 * chain's end tells of it in the same transaction. At most {@link #ROWS_AT_ONCE} go in an hour, so
 * that a clock that is wrong is noticed before the log is gone. While PostgreSQL is away nothing is
 * pruned.
 */
public final class AuditPruner implements AutoCloseable {
  static final String ACTION = "audit.prune";

  private static final Duration EVERY = Duration.ofHours(1);
  private static final int ROWS_AT_ONCE = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditPruner.class);

  private final Vertx vertx;
  private final Pool pool;
  private final Duration keep;
  private final Clock clock;
  private final LongAdder pruned = new LongAdder();
  private long timer;

  /**
   * Not yet at work.
   *
   * @param keep how long a row is kept
   */
  public AuditPruner(Vertx vertx, Database database, Duration keep, Clock clock) {
    this.vertx = vertx;
    this.pool = database.pool();
    this.keep = keep;
    this.clock = clock;
  }

  /** Prunes now and from then on, until closed. */
  public AuditPruner start() {
    timer = vertx.setPeriodic(0, EVERY.toMillis(), tick -> pruneOrWait());
    return this;
  }

  /** Rows that went since the start. */
  public long pruned() {
    return pruned.sum();
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  /** Completes with how many rows went. */
  public Future<Long> prune() {
    long beforeMs = clock.millis() - keep.toMillis();
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        "select b.seq, least(b.seq + $2, coalesce("
                            + "(select a.seq - 1 from audit a where a.at_ms >= $1"
                            + " order by a.seq limit 1), h.seq)) as up_to"
                            + " from audit_begin b, audit_head h for update of b")
                    .execute(Tuple.of(beforeMs, (long) ROWS_AT_ONCE))
                    .map(rows -> rows.iterator().next())
                    .compose(row -> prune(connection, row, beforeMs)))
        .onSuccess(pruned::add);
  }

  /** Whether a row of the log tells that the chain begins behind that place. */
  static boolean tells(JsonObject entry, long seq, String hash) {
    JsonObject detail = entry.getJsonObject("detail", new JsonObject());
    return detail.getLong("up_to", -1L) == seq && hash.equals(detail.getString("hash"));
  }

  private static Future<Long> prune(SqlConnection connection, Row bounds, long beforeMs) {
    long rows = bounds.getLong("up_to") - bounds.getLong("seq");
    if (rows <= 0) {
      return Future.succeededFuture(0L);
    }
    return connection
        .preparedQuery(
            "update audit_begin set seq = a.seq, hash = a.hash from audit a where a.seq = $1"
                + " returning audit_begin.hash as hash")
        .execute(Tuple.of(bounds.getLong("up_to")))
        .map(
            begun -> HexFormat.of().formatHex(begun.iterator().next().getBuffer("hash").getBytes()))
        .compose(
            hash ->
                connection
                    .preparedQuery("delete from audit where seq <= $1")
                    .execute(Tuple.of(bounds.getLong("up_to")))
                    .compose(
                        deleted ->
                            AuditLog.happened(
                                connection,
                                Actor.SERVER,
                                ACTION,
                                null,
                                new JsonObject()
                                    .put("rows", rows)
                                    .put("up_to", bounds.getLong("up_to"))
                                    .put("hash", hash)
                                    .put("before", Times.iso(beforeMs)))))
        .map(told -> rows);
  }

  private void pruneOrWait() {
    prune()
        .onSuccess(
            rows -> {
              if (rows > 0) {
                LOG.info("{} rows of the audit log were older than they are kept", rows);
              }
            })
        .onFailure(e -> LOG.warn("the audit log was not pruned: {}", e.toString()));
  }
}
