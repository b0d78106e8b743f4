package io.hexbeat.api.projection;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daily partitions of the positions table, made before their first row. Any thread; one
 * creation at a time, outside the projecting transactions so that shards can't lock each other out.
 * Remembers each day it has seen to, at most a few hundred a year. A day that can't get its own
 * partition because the default one already holds rows of it stays there.
 *
 * <p>Only days from {@link #WINDOW_DAYS} before the receive time to one after it get a partition: a
 * phone that sends dates from all over the calendar must not fill the database with tables.
 */
final class Partitions {
  /** An offline backlog older than this is stored all the same, in the default partition. */
  static final int WINDOW_DAYS = 62;

  static final long DAY_MS = 86_400_000L;

  /** A receive time beyond it comes from a broken clock or a broken record. */
  private static final long YEAR_2200_MS = 7_258_118_400_000L;

  private static final Logger log = LoggerFactory.getLogger(Partitions.class);
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("'d'yyyyMMdd");
  private static final String CHECK_VIOLATION = "23514";

  private final Pool pool;
  private final Set<Long> ready = ConcurrentHashMap.newKeySet();
  private Future<Void> last = Future.succeededFuture();

  Partitions(Pool pool) {
    this.pool = pool;
  }

  /**
   * The time that a row is kept under: the effective time, but never more than a day ahead of the
   * receive time. Else a future date would lie in the default partition when its day comes.
   */
  static long placedMs(long effectiveMs, long receivedMs) {
    return effectiveMs > receivedMs + DAY_MS ? receivedMs : effectiveMs;
  }

  /** Whether a row of this time, received then, has a partition of its own. */
  static boolean hasOwnDay(long placedMs, long receivedMs) {
    return placedMs >= receivedMs - WINDOW_DAYS * DAY_MS
        && placedMs >= 0
        && placedMs < YEAR_2200_MS;
  }

  static long dayOf(long placedMs) {
    return Math.floorDiv(placedMs, DAY_MS);
  }

  /** Completes when each of the days, counted from 1970-01-01, has its place. */
  synchronized Future<Void> ensure(Collection<Long> days) {
    Set<Long> missing = new TreeSet<>(days);
    missing.removeAll(ready);
    if (missing.isEmpty()) {
      return Future.succeededFuture();
    }
    last =
        last.otherwiseEmpty()
            .compose(
                v -> {
                  Future<Void> made = Future.succeededFuture();
                  for (long day : missing) {
                    made = made.compose(w -> create(day));
                  }
                  return made;
                });
    return last;
  }

  private Future<Void> create(long day) {
    if (ready.contains(day)) {
      return Future.succeededFuture();
    }
    String name = "positions_" + DAY.format(LocalDate.ofEpochDay(day));
    String sql =
        "create table if not exists %s partition of positions for values from (%d) to (%d)"
            .formatted(name, day * DAY_MS, (day + 1) * DAY_MS);
    return pool.query(sql)
        .execute()
        .<Void>mapEmpty()
        .recover(
            e -> {
              if (e instanceof PgException pg && CHECK_VIOLATION.equals(pg.getSqlState())) {
                log.warn("{} not made: the default partition holds rows of that day", name);
                return Future.succeededFuture();
              }
              return Future.failedFuture(e);
            })
        .onSuccess(v -> ready.add(day));
  }
}
