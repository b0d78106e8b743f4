package io.hexbeat.api.webhooks;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Where events wait to be sent, one row a webhook that asked for them. Any thread. Rows are written
 * in the caller's transaction, so that neither is there without the other; while no webhook asks
 * for a type it costs nothing. An event that is too old is left out: nobody waits for the news of a
 * journal that is projected again.
 */
public final class Outbox {
  private final Clock clock;
  private final long maxAgeMs;

  /** What any active webhook asks for; written when webhooks change, read by writers of events. */
  private volatile Set<String> wanted = Set.of();

  public Outbox(Clock clock, Duration maxAge) {
    this.clock = clock;
    this.maxAgeMs = maxAge.toMillis();
  }

  /** Whether anybody is to be told of such events. */
  public boolean wants(String type) {
    return wanted.contains(type);
  }

  void want(Set<String> types) {
    wanted = Set.copyOf(types);
  }

  /** Adds the events for each active webhook that asks for them. */
  public Future<Void> add(SqlConnection in, List<WebhookEvent> events) {
    long nowMs = clock.millis();
    List<WebhookEvent> told =
        events.stream()
            .filter(event -> wants(event.type()) && event.atMs() > nowMs - maxAgeMs)
            .toList();
    if (told.isEmpty()) {
      return Future.succeededFuture();
    }
    return in.preparedQuery(
            "insert into webhook_deliveries (webhook, id, event, payload, next_ms, created_ms)"
                + " select w.id, e.id, e.type, e.payload, $4::bigint, $4::bigint"
                + " from unnest($1::text[], $2::text[], $3::text[]) as e(id, type, payload)"
                + " join webhooks w on w.active and e.type = any(w.events) on conflict do nothing")
        .execute(
            Tuple.tuple()
                .addArrayOfString(strings(told.stream().map(WebhookEvent::id).toList()))
                .addArrayOfString(strings(told.stream().map(WebhookEvent::type).toList()))
                .addArrayOfString(strings(told.stream().map(WebhookEvent::payload).toList()))
                .addLong(nowMs))
        .mapEmpty();
  }

  private static String[] strings(List<String> list) {
    return list.toArray(String[]::new);
  }
}
