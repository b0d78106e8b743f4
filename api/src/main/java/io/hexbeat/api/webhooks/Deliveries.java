package io.hexbeat.api.webhooks;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.AuditLog;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What webhooks were or will be told, to look at and to send again. Any thread; at most a page of
 * rows in memory. Payloads are shown to administrators only, who may read all of it anyway.
 */
public final class Deliveries {
  private final Pool pool;
  private final Clock clock;

  public Deliveries(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * Newest first.
   *
   * @param status null for all
   */
  public Future<JsonObject> list(Webhook hook, @Nullable String status, int limit) {
    return pool.preparedQuery(
            "select id, event, payload, status, attempts, next_ms, created_ms, done_ms, answer,"
                + " failure from webhook_deliveries where webhook = $1"
                + " and ($2::text is null or status = $2)"
                + " order by created_ms desc, id desc limit $3")
        .execute(Tuple.of(hook.id(), status, limit))
        .map(
            rows -> {
              JsonArray deliveries = new JsonArray();
              rows.forEach(row -> deliveries.add(json(row)));
              return new JsonObject().put("deliveries", deliveries);
            });
  }

  /** Sends it at once, with all attempts before it, whatever became of it. */
  public Future<Void> redeliver(Actor actor, Webhook hook, String id) {
    return pool.withTransaction(
        connection ->
            connection
                .preparedQuery(
                    "update webhook_deliveries set status = 'pending', attempts = 0,"
                        + " next_ms = $3, done_ms = null where webhook = $1 and id = $2")
                .execute(Tuple.of(hook.id(), id, clock.millis()))
                .compose(
                    rows -> {
                      if (rows.rowCount() == 0) {
                        throw Refusal.notFound("delivery", id);
                      }
                      return AuditLog.changed(
                          connection,
                          actor,
                          "webhook.redeliver",
                          "webhook:" + hook.id(),
                          null,
                          new JsonObject().put("delivery", id));
                    }));
  }

  /** Queues an event that says nothing, and tells its id. */
  public Future<String> ping(Webhook hook) {
    long nowMs = clock.millis();
    String id = "ping-" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
    WebhookEvent ping =
        new WebhookEvent(id, WebhookEvent.PING, nowMs, new JsonObject().put("webhook", hook.id()));
    return pool.preparedQuery(
            "insert into webhook_deliveries (webhook, id, event, payload, next_ms, created_ms)"
                + " values ($1, $2, $3, $4, $5, $5)")
        .execute(Tuple.of(hook.id(), id, ping.type(), ping.payload(), nowMs))
        .map(id);
  }

  private static JsonObject json(Row row) {
    JsonObject json =
        new JsonObject()
            .put("id", row.getString("id"))
            .put("event", row.getString("event"))
            .put("status", row.getString("status"))
            .put("attempts", row.getInteger("attempts"))
            .put("created_at", Times.iso(row.getLong("created_ms")))
            .put("payload", new JsonObject(row.getString("payload")));
    boolean pending = "pending".equals(row.getString("status"));
    Long doneMs = row.getLong("done_ms");
    if (pending) {
      json.put("next_at", Times.iso(row.getLong("next_ms")));
    } else if (doneMs != null) {
      json.put("done_at", Times.iso(doneMs));
    }
    if (row.getInteger("answer") != null) {
      json.put("answer", row.getInteger("answer"));
    }
    return row.getString("failure") == null ? json : json.put("failure", row.getString("failure"));
  }
}
