package io.hexbeat.api.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of alerts as they grow old, against a real PostgreSQL. */
final class AlertSweeperTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static Vertx vertx;
  private static Database database;
  private static AlertBook book;

  @BeforeAll
  static void open() throws Exception {
    vertx = Vertx.vertx();
    database = get(Database.open(vertx, TestDatabase.uri(), 4));
    book = AlertBook.quiet(database.pool());
  }

  @AfterAll
  static void close() throws Exception {
    get(database.close());
    get(vertx.close());
  }

  @Test
  void shouldDeleteWhatWasResolvedLongAgoWithAllThatBelongsToIt() throws Exception {
    raise("old", 1, 500, 450);
    raise("open", 2, 500, 450);
    raise("lasting", 3, 500, 399);
    raise("pondered", 4, 500, 450);
    for (int i = 0; i < 1_200; i++) {
      raise("many-" + i, 100 + i, 420);
    }
    resolve("id in ('old', 'lasting') or id like 'many-%'", 410);
    resolve("id = 'pondered'", 30);
    AlertSweeper sweeper =
        new AlertSweeper(
            vertx, database.pool(), AlertLimits.DEFAULT, Clock.fixed(NOW, ZoneOffset.UTC));
    assertEquals(1_201, get(sweeper.sweep()));
    assertEquals(0, get(sweeper.sweep()));
    assertEquals(1_201, sweeper.expired());
    assertEquals(List.of("lasting", "open", "pondered"), ids("select id from alerts"));
    assertEquals(
        List.of("lasting", "open", "pondered"),
        ids("select distinct alert as id from alert_occurrences"));
    assertEquals(
        List.of("lasting", "open", "pondered"),
        ids("select distinct alert as id from alert_history"));
  }

  /** An alert with an occurrence so many days ago each. */
  private static void raise(String id, int member, int... daysAgo) throws Exception {
    for (int i = 0; i < daysAgo.length; i++) {
      get(
          book.raise(
              Raised.beside(
                  i == 0 ? id : id + "-" + i,
                  member,
                  "TANDEM",
                  "with-7",
                  "warning",
                  50,
                  NOW.minus(Duration.ofDays(daysAgo[i])),
                  new JsonObject())));
    }
  }

  private static void resolve(String which, int daysAgo) throws Exception {
    get(
        database
            .pool()
            .query(
                "update alerts set status = 'resolved', resolution = 'honest', status_at = '"
                    + NOW.minus(Duration.ofDays(daysAgo))
                    + "' where "
                    + which)
            .execute());
  }

  private static List<String> ids(String sql) throws Exception {
    List<String> ids = new ArrayList<>();
    get(database.pool().query(sql + " order by id").execute())
        .forEach(row -> ids.add(row.getString("id")));
    return ids;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.await(60, TimeUnit.SECONDS);
  }
}
