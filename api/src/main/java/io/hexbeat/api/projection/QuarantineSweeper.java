package io.hexbeat.api.projection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the quarantine within its {@link QuarantineLimits}: what is too old or too much goes, the
 * oldest first. Works on one event loop once a minute, so that a flood may exceed the limits by
 * what comes within that; any thread reads the figures. While PostgreSQL is away nothing is swept,
 * and nothing is lost by that. The journal keeps the records in any case.
 */
public final class QuarantineSweeper implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(QuarantineSweeper.class);

  /** By either time: the receive time of a record that can't be read may be any number. */
  private static final String EXPIRE =
      "delete from quarantine where received_ms < $1 or put_aside_at < $2";

  private static final String TRIM_DEVICES =
      "delete from quarantine where (shard, journal_index) in (select shard, journal_index from"
          + " (select shard, journal_index, row_number() over (partition by device"
          + " order by received_ms desc, shard desc, journal_index desc) as place"
          + " from quarantine where device in"
          + " (select device from quarantine group by device having count(*) > $1)) as placed"
          + " where place > $1)";

  private static final String TRIM_ALL =
      "delete from quarantine where (received_ms, shard, journal_index) <="
          + " (select received_ms, shard, journal_index from quarantine"
          + " order by received_ms desc, shard desc, journal_index desc offset $1 limit 1)";

  private final Vertx vertx;
  private final Pool pool;
  private final QuarantineLimits limits;
  private final Clock clock;
  private final LongAdder expired = new LongAdder();
  private final LongAdder trimmed = new LongAdder();

  /** Written after each sweep, read for metrics. */
  private volatile long rows;

  private long timer;

  public QuarantineSweeper(Vertx vertx, Pool pool, QuarantineLimits limits, Clock clock) {
    this.vertx = vertx;
    this.pool = pool;
    this.limits = limits;
    this.clock = clock;
  }

  /** Sweeps now and from then on, until closed. */
  public QuarantineSweeper start() {
    timer = vertx.setPeriodic(0, EVERY.toMillis(), tick -> sweepOrWait());
    return this;
  }

  /** Completes when the limits are kept. */
  Future<Void> sweep() {
    Instant oldest = clock.instant().minus(limits.keep());
    return delete(EXPIRE, Tuple.of(oldest.toEpochMilli(), oldest.atOffset(ZoneOffset.UTC)), expired)
        .compose(v -> delete(TRIM_DEVICES, Tuple.of(limits.maxRowsPerDevice()), trimmed))
        .compose(v -> delete(TRIM_ALL, Tuple.of(limits.maxRows()), trimmed))
        .compose(v -> pool.query("select count(*) from quarantine").execute())
        .map(
            counted -> {
              rows = counted.iterator().next().getLong(0);
              return null;
            });
  }

  /** Records in quarantine when it was last swept. */
  public long rows() {
    return rows;
  }

  /** Records that went because they were too old. */
  public long expired() {
    return expired.sum();
  }

  /** Records that went because there were too many. */
  public long trimmed() {
    return trimmed.sum();
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  private void sweepOrWait() {
    sweep().onFailure(e -> log.warn("the quarantine was not swept: {}", e.toString()));
  }

  private Future<RowSet<Row>> delete(String sql, Tuple arguments, LongAdder gone) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .onSuccess(deleted -> gone.add(deleted.rowCount()));
  }
}
