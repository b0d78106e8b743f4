package io.hexbeat.api.projection;

import static io.hexbeat.api.projection.OwnPostgres.await;
import static io.hexbeat.api.projection.OwnPostgres.number;
import static io.hexbeat.api.projection.OwnPostgres.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QuarantineSweeperTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static Vertx vertx;
  private static Database database;

  @BeforeAll
  static void openDatabase() throws Exception {
    vertx = Vertx.vertx();
    database = TestDatabase.open(vertx);
  }

  @AfterAll
  static void closeDatabase() {
    await(database.close());
    await(vertx.close());
  }

  @BeforeEach
  void empty() {
    rows(database, "truncate quarantine");
  }

  @Test
  void shouldForgetWhatIsOlderThanItsTime() {
    put(1, 7, NOW.minus(Duration.ofDays(8)), NOW);
    put(2, 7, NOW.minus(Duration.ofDays(6)), NOW);
    put(3, 7, NOW.plus(Duration.ofDays(40_000)), NOW.minus(Duration.ofDays(8)));

    QuarantineSweeper sweeper = sweep(new QuarantineLimits(Duration.ofDays(7), 100, 100));

    assertEquals(2, number(database, "select sum(journal_index)::bigint from quarantine"));
    assertEquals(2, sweeper.expired());
    assertEquals(1, sweeper.rows());
  }

  @Test
  void shouldKeepTheNewestOfADeviceAndAllOfTheOthers() {
    for (int i = 0; i < 10; i++) {
      put(i, 7, NOW.minusSeconds(100 - i), NOW);
    }
    put(100, 8, NOW.minusSeconds(1_000), NOW);

    QuarantineSweeper sweeper = sweep(new QuarantineLimits(Duration.ofDays(7), 100, 3));

    assertEquals(7 + 8 + 9, number(database, sum("device = 7")));
    assertEquals(100, number(database, sum("device = 8")));
    assertEquals(7, sweeper.trimmed());
  }

  @Test
  void shouldKeepTheNewestOfAll() {
    for (int i = 0; i < 10; i++) {
      put(i, i, NOW.minusSeconds(100 - i), NOW);
    }
    QuarantineSweeper sweeper = sweep(new QuarantineLimits(Duration.ofDays(7), 4, 3));

    assertEquals(6 + 7 + 8 + 9, number(database, sum("true")));
    assertEquals(6, sweeper.trimmed());
    assertEquals(4, sweeper.rows());
  }

  private static QuarantineSweeper sweep(QuarantineLimits limits) {
    QuarantineSweeper sweeper =
        new QuarantineSweeper(vertx, database.pool(), limits, Clock.fixed(NOW, ZoneOffset.UTC));
    await(sweeper.sweep());
    return sweeper;
  }

  private static String sum(String condition) {
    return "select sum(journal_index)::bigint from quarantine where " + condition;
  }

  private static void put(long index, int device, Instant received, Instant putAside) {
    rows(
        database,
        "insert into quarantine (shard, journal_index, source, member, device, received_ms, reason,"
            + " sent_bytes, payload, put_aside_at) values (0, %d, 'door', 1, %d, %d, 'why', 1, 'x', '%s')"
                .formatted(index, device, received.toEpochMilli(), putAside));
  }
}
