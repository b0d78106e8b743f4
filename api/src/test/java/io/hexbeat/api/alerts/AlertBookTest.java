package io.hexbeat.api.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.api.alerts.Raising.Event;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.webhooks.Outbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What jobs beside the line raise, against a real PostgreSQL. */
final class AlertBookTest {
  private static final List<String> TOLD = new CopyOnWriteArrayList<>();
  private static Vertx vertx;
  private static Database database;
  private static AlertBook book;

  @BeforeAll
  static void open() throws Exception {
    vertx = Vertx.vertx();
    database = get(Database.open(vertx, TestDatabase.uri(), 8));
    book =
        new AlertBook(
            database.pool(),
            new Directory(ZoneOffset.UTC),
            new Outbox(Clock.systemUTC(), Duration.ZERO),
            AlertLimits.DEFAULT,
            raising -> TOLD.add(raising.raised().id() + " " + raising.event()));
  }

  @AfterAll
  static void close() throws Exception {
    get(database.close());
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.await(30, TimeUnit.SECONDS);
  }

  private static Raised tandem(String id, int member, String severity) {
    return Raised.beside(
        id,
        member,
        "TANDEM",
        "with-7",
        severity,
        50,
        Instant.ofEpochMilli(1_795_262_400_000L),
        new JsonObject().put("share", 0.97));
  }

  @Test
  void shouldTakeTheSameFindingOnce() throws Exception {
    assertEquals(Event.OPENED, get(book.raise(tandem("t-1", 1, "warning"))).event());
    assertEquals(Event.KNOWN, get(book.raise(tandem("t-1", 1, "warning"))).event());
    Raising second = get(book.raise(tandem("t-2", 1, "info")));
    assertEquals(Event.OCCURRENCE, second.event());
    assertEquals("t-1", second.alertId());
    assertEquals("warning", second.severity(), "severity never falls");
    assertEquals(2, second.occurrences());
    List<String> told = TOLD.stream().filter(each -> each.startsWith("t-")).toList();
    assertEquals(List.of("t-1 OPENED", "t-2 OCCURRENCE"), told);
  }

  @Test
  void shouldLeaveOneOpenAlertWhoeverComesFirst() throws Exception {
    List<Future<Raising>> raised = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      raised.add(book.raise(tandem("race-" + i, 2, "info")));
    }
    get(Future.all(raised));
    Row alert =
        get(database
                .pool()
                .query("select count(*)::int, max(occurrences) from alerts where member = 2")
                .execute())
            .iterator()
            .next();
    assertEquals(1, alert.getInteger(0));
    assertEquals(40, alert.getInteger(1));
  }
}
