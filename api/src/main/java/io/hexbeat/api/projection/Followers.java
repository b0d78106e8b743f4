package io.hexbeat.api.projection;

import io.hexbeat.api.alerts.AlertBook;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.webhooks.Outbox;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is told of what the projection stores, in the same transaction. Immutable; its parts may be
 * used by any thread.
 *
 * @param alerts makes alerts of what the journal says
 * @param outbox where punches, arrivals and departures wait for webhooks
 * @param directory names of members for those
 * @param committed told of the records of each batch once it is committed, on the projecting thread
 *     of their shard and in its order, once each; keeps the bytes if it likes
 */
public record Followers(
    AlertBook alerts, Outbox outbox, Directory directory, Consumer<List<byte[]>> committed) {
  /** Alerts alone, and nobody is told. */
  public static Followers quiet(Pool pool) {
    return new Followers(
        AlertBook.quiet(pool),
        new Outbox(Clock.systemUTC(), Duration.ZERO),
        new Directory(ZoneOffset.UTC),
        committed -> {});
  }
}
