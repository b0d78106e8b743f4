package io.hexbeat.api.visits;

import static io.hexbeat.api.projection.OwnPostgres.await;
import static io.hexbeat.api.projection.OwnPostgres.number;
import static io.hexbeat.api.projection.OwnPostgres.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.TestJournal;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real journal, projector and PostgreSQL; a site of 100 m at the origin, minutes since noon. */
class VisitFollowerTest {
  private static final long NOON_MS = 1_795_262_400_000L;
  private static final long MIN = 60_000;
  private static final int LAT = 302_672_000;
  private static final int LNG = -977_431_000;

  /** A kilometre of latitude. */
  private static final int KM = 90_000;

  private static final int SITE = 1;
  private static final int DEPOT = 2;
  private static final int MEMBER = 7;

  private static Vertx vertx;
  private static Database database;

  @TempDir Path journalDir;
  private TestJournal journal;
  private Projector projector;
  private VisitFollower follower;
  private FenceIndex fences =
      FenceIndex.of(1, List.of(Fence.of(SITE, "shop", new Circle(LAT, LNG, 100))));

  @BeforeAll
  static void openDatabase() throws Exception {
    vertx = Vertx.vertx();
    database = await(Database.open(vertx, TestDatabase.uri(), 4));
    rows(
        database,
        "insert into fences (handle, id, name, geometry, radius_m, west, south, east, north,"
            + " index_version, updated_by) overriding system value values (1, 'shop', 'Shop',"
            + " '{\"type\":\"Point\",\"coordinates\":[-97.7431,30.2672]}', 100,"
            + " -97.75, 30.26, -97.74, 30.27, 1, 'test'), (2, 'depot', 'Depot',"
            + " '{\"type\":\"Point\",\"coordinates\":[-97.7431,30.2872]}', 300,"
            + " -97.75, 30.28, -97.74, 30.29, 1, 'test')");
  }

  @AfterAll
  static void closeDatabase() {
    await(database.close());
    await(vertx.close());
  }

  @BeforeEach
  void open() {
    rows(
        database,
        "truncate positions, transitions, punches, projection_progress, visit_work, visits,"
            + " visit_versions, late_spans, late_steps");
    journal = TestJournal.open(journalDir, 1);
    projector = new Projector(vertx, database.pool(), 1, journal::tailer, Clock.systemUTC());
    await(projector.start());
    startFollower();
  }

  @AfterEach
  void close() {
    await(follower.stop());
    await(projector.stop());
    journal.close();
  }

  @Test
  void shouldMakeTheSameVisitsAgain() {
    live(0, KM, VisitFollowerTest::none);
    live(10, 0, change(ChangeKind.ENTER, 10));
    live(15, 0, change(ChangeKind.DWELL, 15));
    live(41, KM, change(ChangeKind.EXIT, 40));
    journal.punch(0, MEMBER, NOON_MS + 12 * MIN, "p1", "{\"place\":\"inside\"}", "");
    settle();
    assertEquals(List.of("closed 10-40 v1"), visits());
    List<String> before = whole();
    again();
    assertEquals(before, whole());
    assertEquals(0, number(database, "select count(*) from visit_versions"));
  }

  @Test
  void shouldTakeAPunchFromTheVisitBeforeWhenANearerOneBegins() {
    live(0, 0, change(ChangeKind.ENTER, 0));
    live(10, KM, change(ChangeKind.EXIT, 10));
    journal.punch(
        0,
        MEMBER,
        NOON_MS + 14 * MIN,
        "p1",
        "{\"place\":\"inside\",\"sites\":[{\"fence\":\"shop\"}]}",
        "");
    settle();
    assertEquals(List.of("closed 0-10 v1 p1"), withPunches());
    live(16, 0, change(ChangeKind.ENTER, 16));
    settle();
    assertEquals(List.of("closed 0-10 v2", "open 16- v1 p1"), withPunches());
  }

  @Test
  void shouldGoOnWhereItWasWhenItIsStartedAgain() {
    await(follower.stop());
    live(10, 0, change(ChangeKind.ENTER, 10));
    await(projector.awaitCaughtUp());
    assertEquals(1, number(database, "select count(*) from visit_work"));
    assertEquals(List.of(), visits());
    startFollower();
    settle();
    assertEquals(List.of("open 10- v1"), visits());
  }

  @Test
  void shouldAmendByLateFixesAndLoseNoLeavingThatIsToldAfterwards() {
    live(0, KM, VisitFollowerTest::none);
    live(10, 0, change(ChangeKind.ENTER, 10));
    live(20, KM, decision -> decision.change(SITE, ChangeKind.EXIT_PENDING.code(), false, at(20)));
    settle();
    late(8, 0);
    settle();
    assertEquals(List.of("open 8- v2"), visits());
    live(21, KM, change(ChangeKind.EXIT, 20));
    settle();
    assertEquals(List.of("closed 8-20 v2"), visits());
    again();
    assertEquals(List.of("closed 8-20 v2"), visits());
  }

  @Test
  void shouldWithdrawAVisitThatLateFixesDeny() {
    live(0, KM, VisitFollowerTest::none);
    live(
        4,
        2 * KM,
        decision ->
            decision
                .change(SITE, ChangeKind.ENTER.code(), true, at(1))
                .change(SITE, ChangeKind.EXIT.code(), true, at(2)));
    settle();
    assertEquals(List.of("closed 1-2 v1"), visits());
    late(1, 3 * KM);
    late(2, 3 * KM);
    settle();
    assertEquals(List.of("withdrawn 1-2 v2"), visits());
    assertEquals(
        1, number(database, "select count(*) from visit_versions where cause = 'late_fixes'"));
  }

  @Test
  void shouldLeaveVisitsAsTheyWereWhenTheFenceIsEditedOrGone() {
    live(10, 0, change(ChangeKind.ENTER, 10));
    live(41, KM, change(ChangeKind.EXIT, 40));
    settle();
    rows(database, "update fences set kind = 'area', deleted_at = now() where handle = 1");
    try {
      fences = FenceIndex.of(2, List.of());
      live(100, KM, VisitFollowerTest::none);
      again();
      assertEquals(List.of("closed 10-40 v1"), visits());
    } finally {
      rows(database, "update fences set kind = 'site', deleted_at = null where handle = 1");
    }
  }

  @Test
  void shouldKeepAVisitOfAFenceThatIsGoneAndItsPunchWhenFixesComeLate() {
    live(10, 0, change(ChangeKind.ENTER, 10));
    live(41, KM, change(ChangeKind.EXIT, 40));
    journal.punch(
        0,
        MEMBER,
        NOON_MS + 12 * MIN,
        "p1",
        "{\"place\":\"inside\",\"sites\":[{\"fence\":\"shop\"}]}",
        "");
    settle();
    assertEquals(List.of("closed 10-40 v1 p1"), withPunches());
    rows(database, "update fences set deleted_at = to_timestamp(" + at(90) / 1000 + ")");
    try {
      fences = FenceIndex.of(2, List.of());
      late(30, 0);
      settle();
      again();
      assertEquals(List.of("closed 10-40 v1 p1"), withPunches());
    } finally {
      rows(database, "update fences set deleted_at = null");
    }
  }

  @Test
  void shouldMakeTheVisitsThatAPhoneThatWasPutAwayHasHidden() {
    live(0, 0, change(ChangeKind.ENTER, 0));
    newPhone(10, SITE, ChangeKind.ENTER, 10);
    newPhone(20, SITE, ChangeKind.EXIT, 20);
    newPhone(30, DEPOT, ChangeKind.ENTER, 30);
    newPhone(50, DEPOT, ChangeKind.EXIT, 50);
    settle();
    assertEquals(List.of("open 0- v1"), visits());
    journal.ping(
        0,
        MEMBER,
        at(65),
        FixOrder.HEARTBEAT,
        PingRecord::serverMade,
        decision -> decision.change(SITE, ChangeKind.EXIT.code(), true, at(8)));
    settle();
    assertEquals(List.of("closed 0-8 v1", "closed 10-20 v1", "closed 30-50 v1"), visits());
  }

  @Test
  void shouldLetAVisitGoOnWhereAPhoneThatWasGivenUpSpeaksAgain() {
    live(0, 0, change(ChangeKind.ENTER, 0));
    journal.ping(
        0,
        MEMBER,
        at(300),
        FixOrder.HEARTBEAT,
        PingRecord::serverMade,
        decision -> decision.change(SITE, ChangeKind.EXIT.code(), true, at(5)));
    settle();
    assertEquals(List.of("closed 0-5 v1"), visits());
    live(400, 0, change(ChangeKind.ENTER, 5));
    settle();
    assertEquals(List.of("open 0- v2"), visits());
  }

  private void newPhone(int minute, int fence, ChangeKind kind, int atMinute) {
    journal.ping(
        0,
        MEMBER,
        at(minute) + 100,
        FixOrder.APPLIED,
        ping ->
            ping.stamp(MEMBER + 1, MEMBER, at(minute) + 100, 1)
                .fixTimeMs(at(minute))
                .position(LAT, LNG)
                .accuracyCm(500),
        decision -> decision.change(fence, kind.code(), false, at(atMinute)));
  }

  @Test
  void shouldLeaveOutOnlyTheMemberWhoseVisitsCanNotBeMade() {
    rows(
        database,
        "alter table visits add constraint poison check (member <> " + (MEMBER + 1) + ")");
    try {
      await(follower.stop());
      for (int member = MEMBER; member < MEMBER + 3; member++) {
        ping(member, 10, 0, FixOrder.APPLIED, change(ChangeKind.ENTER, 10));
        ping(member, 41, KM, FixOrder.APPLIED, change(ChangeKind.EXIT, 40));
      }
      startFollower();
      settle();
      assertEquals(List.of("closed 10-40 v1", "closed 10-40 v1"), visits());
      assertEquals(1, follower.stats().failed());
    } finally {
      rows(database, "alter table visits drop constraint poison");
    }
  }

  @Test
  void shouldTellHowMuchWaitsAndSinceWhen() {
    VisitLag lag = new VisitLag();
    lag.look(1L, 10L, seconds(5));
    lag.look(1L, 40L, seconds(8));
    assertEquals(40, lag.waiting());
    assertEquals(5, lag.seconds(seconds(10)));
    lag.look(11L, 60L, seconds(12));
    assertEquals(4, lag.seconds(seconds(12)));
    lag.look(null, null, seconds(13));
    assertEquals(0, lag.waiting());
    assertEquals(0, lag.seconds(seconds(14)));
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private void startFollower() {
    follower =
        new VisitFollower(
            vertx,
            database.pool(),
            VisitSettings.DEFAULT,
            PresencePolicy.DEFAULT,
            () -> fences,
            new LiveBoard(),
            new Outbox(Clock.systemUTC(), Duration.ZERO),
            new Directory(ZoneOffset.UTC),
            Clock.fixed(Instant.ofEpochMilli(at(600)), ZoneOffset.UTC),
            () -> Future.succeededFuture(0L));
    await(follower.start());
    projector.onVisitWork(follower::wake);
  }

  /** All that was journaled is in the visits; each question is a fresh look. */
  private void settle() {
    await(projector.awaitCaughtUp());
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (number(database, "select count(*) from visit_work") > 0) {
      assertTrue(System.nanoTime() < untilNs, "work is left");
    }
  }

  private void again() {
    rows(
        database,
        "insert into visit_work (member, from_ms, to_ms, quiet)"
            + " select member, min(at_ms), max(at_ms), true from transitions group by member");
    follower.wake();
    settle();
  }

  private void live(int minute, int northE7, Consumer<PingDecision> decision) {
    ping(MEMBER, minute, northE7, FixOrder.APPLIED, decision);
  }

  private void late(int minute, int northE7) {
    ping(MEMBER, minute, northE7, FixOrder.STALE, VisitFollowerTest::none);
  }

  private void ping(
      int member, int minute, int northE7, FixOrder order, Consumer<PingDecision> decision) {
    journal.ping(
        0,
        member,
        at(minute) + 100,
        order,
        ping -> ping.fixTimeMs(at(minute)).position(LAT + northE7, LNG).accuracyCm(500),
        decision);
  }

  private static void none(PingDecision unused) {}

  private static Consumer<PingDecision> change(ChangeKind kind, int minute) {
    return decision -> decision.change(SITE, kind.code(), false, at(minute));
  }

  private static long at(int minute) {
    return NOON_MS + minute * MIN;
  }

  private static List<String> visits() {
    List<String> told = new ArrayList<>();
    for (Row row :
        rows(database, "select status, arrived_ms, left_ms, version from visits order by 2")) {
      Long left = row.getLong(2);
      told.add(
          row.getString(0)
              + " "
              + (row.getLong(1) - NOON_MS) / MIN
              + "-"
              + (left == null ? "" : (left - NOON_MS) / MIN)
              + " v"
              + row.getInteger(3));
    }
    return told;
  }

  private static List<String> withPunches() {
    List<String> punches = new ArrayList<>();
    rows(
            database,
            "select coalesce(' ' || string_agg(p->>'id', ' '), '') from visits left join"
                + " jsonb_array_elements(punches) p on true group by id, arrived_ms"
                + " order by arrived_ms")
        .forEach(row -> punches.add(row.getString(0)));
    List<String> told = visits();
    told.replaceAll(visit -> visit + punches.get(told.indexOf(visit)));
    return told;
  }

  private static List<String> whole() {
    List<String> told = new ArrayList<>();
    rows(database, "select * from visits order by id").forEach(row -> told.add(row.deepToString()));
    return told;
  }
}
