package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.api.webhooks.WebhookEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where occurrences become alerts: one open alert a cause and person, whatever raises them. Any
 * thread. Occurrences of one member must come in their order, from one place at a time or in one
 * transaction each; PostgreSQL's unique index lets no second open alert of a cause through. A
 * failure raises nothing of the call.
 */
public final class AlertBook {
  private static final String RAISE =
      "select o.ordinality, r.alert_id, r.event, r.severity_now, r.occurrences_now, r.version_now"
          + " from unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::int[], $6::text[],"
          + " $7::text[], $8::text[], $9::int[], $10::bigint[], $11::text[]) with ordinality"
          + " as o(id, shard, journal_index, member, device, kind, cause, severity, score,"
          + " raised_ms, body, ordinality), lateral raise_alert(o.id, o.shard, o.journal_index,"
          + " o.member, o.device, o.kind, o.cause, o.severity, o.score, o.raised_ms,"
          + " o.body::jsonb, $12, $13) r order by o.ordinality";

  private final Pool pool;
  private final Directory directory;
  private final Outbox outbox;
  private final AlertLimits limits;
  private final Consumer<Raising> listener;

  /**
   * @param listener told of each occurrence that was new, after its commit
   */
  public AlertBook(
      Pool pool,
      Directory directory,
      Outbox outbox,
      AlertLimits limits,
      Consumer<Raising> listener) {
    this.pool = pool;
    this.directory = directory;
    this.outbox = outbox;
    this.limits = limits;
    this.listener = listener;
  }

  /** One that tells nobody. */
  public static AlertBook quiet(Pool pool) {
    return new AlertBook(
        pool,
        new Directory(ZoneOffset.UTC),
        new Outbox(Clock.systemUTC(), Duration.ZERO),
        AlertLimits.DEFAULT,
        raising -> {});
  }

  /** Raises in a transaction of its own and tells of it. */
  public Future<Raising> raise(Raised raised) {
    return pool.withTransaction(connection -> raise(connection, List.of(raised)))
        .map(
            raisings -> {
              announce(raisings);
              return raisings.get(0);
            });
  }

  /**
   * Raises in the caller's transaction, in order. After the commit the caller gives the result to
   * {@link #announce}.
   */
  public Future<List<Raising>> raise(SqlConnection in, List<Raised> raised) {
    if (raised.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Tuple arguments =
        Tuple.tuple()
            .addValue(column(raised, Raised::id, new String[0]))
            .addValue(column(raised, Raised::shard, new Integer[0]))
            .addValue(column(raised, Raised::journalIndex, new Long[0]))
            .addValue(column(raised, Raised::memberHandle, new Integer[0]))
            .addValue(column(raised, AlertBook::device, new Integer[0]))
            .addValue(column(raised, Raised::kind, new String[0]))
            .addValue(column(raised, Raised::cause, new String[0]))
            .addValue(column(raised, Raised::severity, new String[0]))
            .addValue(column(raised, Raised::score, new Integer[0]))
            .addValue(column(raised, Raised::raisedMs, new Long[0]))
            .addValue(column(raised, each -> each.body().encode(), new String[0]))
            .addInteger(limits.firstKept())
            .addInteger(limits.newestKept());
    return in.preparedQuery(RAISE)
        .execute(arguments)
        .map(
            rows -> {
              List<Raising> raisings = new ArrayList<>(raised.size());
              for (Row row : rows) {
                raisings.add(raising(raised.get(raisings.size()), row));
              }
              return raisings;
            })
        .compose(raisings -> outbox.add(in, opened(raisings)).map(raisings));
  }

  /** Tells whoever watches of what is committed. */
  public void announce(List<Raising> raisings) {
    for (Raising raising : raisings) {
      if (raising.event() != Raising.Event.KNOWN) {
        listener.accept(raising);
      }
    }
  }

  private List<WebhookEvent> opened(List<Raising> raisings) {
    if (!outbox.wants(WebhookEvent.ALERT_OPENED)) {
      return List.of();
    }
    return raisings.stream()
        .filter(raising -> raising.event() == Raising.Event.OPENED)
        .map(
            raising ->
                new WebhookEvent(
                    raising.alertId() + ".opened",
                    WebhookEvent.ALERT_OPENED,
                    raising.raised().raisedMs(),
                    raising.toJson(directory)))
        .toList();
  }

  private static Raising raising(Raised raised, Row row) {
    return new Raising(
        raised,
        Raising.Event.valueOf(row.getString("event").toUpperCase(Locale.ROOT)),
        row.getString("alert_id"),
        row.getString("severity_now"),
        row.getInteger("occurrences_now"),
        row.getInteger("version_now"));
  }

  private static @Nullable Integer device(Raised raised) {
    return raised.deviceHandle() == 0 ? null : (Integer) raised.deviceHandle();
  }

  private static <T extends @Nullable Object> T[] column(
      List<Raised> raised, Function<Raised, T> of, T[] array) {
    return raised.stream().map(of).toList().toArray(array);
  }
}
