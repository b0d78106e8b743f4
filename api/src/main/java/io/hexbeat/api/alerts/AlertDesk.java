package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.AuditLog;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.api.webhooks.WebhookEvent;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where people work on alerts. Any thread. A step is one transaction: the alert's new state, its
 * history, the audit log and what webhooks are to be told; whoever comes second with the version of
 * before is refused. An alert's history is bounded, so that nobody can fill the table with remarks.
 */
public final class AlertDesk {
  /** Steps of one alert, remarks and appeals included. */
  static final int MAX_HISTORY = 1_000;

  private static final String UNIQUE = "23505";

  /** Told of a step after its commit. */
  @FunctionalInterface
  public interface Listener {
    void changed(StoredAlert alert, Step step);
  }

  private final Pool pool;
  private final Directory directory;
  private final Outbox outbox;
  private final Clock clock;
  private final Listener listener;

  public AlertDesk(Pool pool, Directory directory, Outbox outbox, Clock clock, Listener listener) {
    this.pool = pool;
    this.directory = directory;
    this.outbox = outbox;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Takes a step. Fails with a {@link Refusal}.
   *
   * @param members handles of those whose alerts the asker may see
   * @param version which the asker has seen, or null if they don't say
   */
  public Future<StoredAlert> take(
      String id, Integer[] members, @Nullable Integer version, Step step, Actor actor) {
    return pool.withTransaction(connection -> take(connection, id, members, version, step, actor))
        .recover(AlertDesk::explained)
        .map(
            alert -> {
              listener.changed(alert, step);
              return alert;
            });
  }

  private Future<StoredAlert> take(
      SqlConnection connection,
      String id,
      Integer[] members,
      @Nullable Integer version,
      Step step,
      Actor actor) {
    return locked(connection, id, members)
        .compose(
            before -> {
              if (version != null && version != before.version()) {
                throw Refusal.stale(
                    "The alert has version " + before.version() + " by now; look at it again.");
              }
              return store(connection, before, step, actor)
                  .compose(after -> tell(connection, before, after, step, actor).map(after));
            });
  }

  private static Future<StoredAlert> locked(
      SqlConnection connection, String id, Integer[] members) {
    return connection
        .preparedQuery(
            "select "
                + StoredAlert.COLUMNS
                + " from alerts where id = $1 and member = any($2) for update")
        .execute(Tuple.tuple().addString(id).addArrayOfInteger(members))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw Refusal.notFound("alert", id);
              }
              return StoredAlert.of(rows.iterator().next());
            });
  }

  private Future<StoredAlert> store(
      SqlConnection connection, StoredAlert before, Step step, Actor actor) {
    Step.Outcome outcome = step.from(before);
    return connection
        .preparedQuery(
            "insert into alert_history (alert, at_ms, user_id, action, detail)"
                + " select $1::text, $2::bigint, $3::text, $4::text, $5::jsonb where"
                + " (select count(*) from alert_history where alert = $1::text) < $6")
        .execute(
            Tuple.of(
                before.id(),
                clock.millis(),
                actor.userId(),
                step.action(),
                step.detail(),
                MAX_HISTORY))
        .compose(
            (RowSet<Row> rows) -> {
              if (rows.rowCount() == 0) {
                throw Refusal.conflict("The alert's history is full.");
              }
              if (step instanceof Step.Comment) {
                return Future.succeededFuture(before);
              }
              return connection
                  .preparedQuery(
                      "update alerts set status = $2, assignee = $3, resolution = $4,"
                          + " note = coalesce($5, note), status_by = $6, status_at = now(),"
                          + " version = version + 1 where id = $1 returning "
                          + StoredAlert.COLUMNS)
                  .execute(
                      Tuple.of(
                          before.id(),
                          outcome.status().code(),
                          outcome.assignee(),
                          outcome.resolution(),
                          outcome.note(),
                          actor.userId()))
                  .map(updated -> StoredAlert.of(updated.iterator().next()));
            });
  }

  private Future<Void> tell(
      SqlConnection connection, StoredAlert before, StoredAlert after, Step step, Actor actor) {
    WebhookEvent event =
        new WebhookEvent(
            after.id() + "." + step.action() + "." + after.version(),
            "alert." + step.action(),
            clock.millis(),
            after.toJson(directory));
    return outbox
        .add(connection, List.of(event))
        .compose(
            v ->
                AuditLog.changed(
                    connection,
                    actor,
                    "alert." + step.action(),
                    "alert:" + after.id(),
                    before.decided(),
                    after.decided().mergeIn(step.detail())));
  }

  /** A second open alert of one cause, which PostgreSQL doesn't let through. */
  private static Future<StoredAlert> explained(Throwable failure) {
    if (failure instanceof PgException e && UNIQUE.equals(e.getSqlState())) {
      return Future.failedFuture(
          Refusal.conflict("A newer alert of the same cause is open; go on there."));
    }
    return Future.failedFuture(failure);
  }
}
