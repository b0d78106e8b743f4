package io.hexbeat.api.projection;

import static io.hexbeat.api.projection.OwnPostgres.await;
import static io.hexbeat.api.projection.OwnPostgres.number;
import static io.hexbeat.api.projection.OwnPostgres.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.ingest.journal.JournalTailer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectorTest {
  private static final int SHARDS = 2;
  private static final long NOON_MS = 1_795_262_400_000L;
  private static final String ALERT =
      """
      {"id":"%s","device":"d1","kind":"TELEPORT","severity":"critical","score":80,\
      "raised_at":"2026-11-21T12:00:00.000Z","lat":1.5,"lng":2.5,"evidence":{"speed_mps":900}}""";

  private static Vertx vertx;
  private static String databaseUri;
  private static Database database;

  @TempDir Path journalDir;
  private TestJournal journal;
  private Projector projector;

  @BeforeAll
  static void openDatabase() throws Exception {
    vertx = Vertx.vertx();
    databaseUri = TestDatabase.uri();
    database = await(Database.open(vertx, databaseUri, 4));
  }

  @AfterAll
  static void closeDatabase() {
    await(database.close());
    await(vertx.close());
  }

  @BeforeEach
  void openJournal() {
    rows(
        database,
        "truncate positions, transitions, punches, alerts, alert_occurrences,"
            + " alert_history, quarantine, projection_progress");
    journal = TestJournal.open(journalDir, SHARDS);
    projector = newProjector();
  }

  @AfterEach
  void close() {
    await(projector.stop());
    journal.close();
  }

  @Test
  void shouldProjectEveryFieldOfAPing() {
    journal.ping(
        0,
        7,
        NOON_MS + 250,
        FixOrder.APPLIED,
        ping ->
            ping.fixTimeMs(NOON_MS)
                .position(302_000_001, -977_000_009)
                .accuracyCm(412)
                .altitudeCm(-150)
                .speedCmps(133)
                .bearingCdeg(27_050)
                .batteryPct(55)
                .mock(true)
                .door(3)
                .seq(99)
                .uptimeMs(123_456)
                .attributes(TestJournal.utf8("{\"wifi\":\"a\"}"), 12),
        decision ->
            decision
                .change(41, ChangeKind.ENTER.code(), true, NOON_MS)
                .change(42, ChangeKind.EXIT_PENDING.code(), false, NOON_MS)
                .change(43, ChangeKind.DWELL.code(), false, NOON_MS - 5)
                .alerts(TestJournal.utf8("[" + ALERT.formatted("al-1") + "]")));
    projectAll();

    Row position = only("select * from positions");
    assertEquals(NOON_MS, position.getLong("effective_ms"));
    assertEquals(0, position.getInteger("shard"));
    assertEquals(7, position.getInteger("member"));
    assertEquals(7, position.getInteger("device"));
    assertEquals(NOON_MS, position.getLong("fix_ms"));
    assertEquals(NOON_MS + 250, position.getLong("received_ms"));
    assertEquals(302_000_001, position.getInteger("lat_e7"));
    assertEquals(-977_000_009, position.getInteger("lng_e7"));
    assertEquals(412, position.getInteger("accuracy_cm"));
    assertEquals(-150, position.getInteger("altitude_cm"));
    assertEquals(133, position.getInteger("speed_cmps"));
    assertEquals(27_050, position.getInteger("bearing_cdeg"));
    assertEquals(55, position.getInteger("battery_pct"));
    assertTrue(position.getBoolean("mock"));
    assertEquals(3, position.getInteger("door"));
    assertEquals(99, position.getLong("seq"));
    assertEquals(123_456, position.getLong("uptime_ms"));
    assertEquals(FixOrder.APPLIED.code(), position.getInteger("fix_order").byteValue());
    assertEquals(new JsonObject().put("wifi", "a"), position.getJsonObject("attributes"));

    List<String> transitions = new ArrayList<>();
    rows(database, "select fence, kind, inferred, at_ms from transitions order by ordinal")
        .forEach(
            row ->
                transitions.add(
                    row.getInteger(0) + " " + row.getString(1) + " " + row.getBoolean(2)));
    assertEquals(List.of("41 enter true", "43 dwell false"), transitions);

    Row alert = only("select * from alerts");
    assertEquals("al-1", alert.getString("id"));
    assertEquals("open", alert.getString("status"));
    assertEquals("critical", alert.getString("severity"));
    assertEquals(1_795_262_400_000L, alert.getLong("raised_ms"));
    assertEquals(
        900, alert.getJsonObject("body").getJsonObject("evidence").getInteger("speed_mps"));
  }

  @Test
  void shouldKeepUnknownReadingsUnknown() {
    journal.ping(0, 2, NOON_MS, FixOrder.HEARTBEAT, ping -> {}, decision -> {});
    projectAll();
    Row position = only("select * from positions");
    for (String column :
        List.of(
            "lat_e7",
            "lng_e7",
            "accuracy_cm",
            "altitude_cm",
            "speed_cmps",
            "bearing_cdeg",
            "battery_pct",
            "seq",
            "uptime_ms",
            "attributes")) {
      assertNull(position.getValue(column), column);
    }
  }

  @Test
  void shouldProjectEveryFactOfAPunchAndItsReceipt() {
    String receipt = "{\"id\":\"p1\",\"verdict\":\"verified\",\"place\":\"inside\"}";
    journal.punch(1, 3, NOON_MS, "p1", receipt, "[" + ALERT.formatted("al-2") + "]");
    projectAll();
    Row punch = only("select * from punches");
    assertEquals("p1", punch.getString("punch_id"));
    assertEquals("phone", punch.getString("phone_id"));
    assertEquals("visit_in", punch.getString("kind"));
    assertEquals("verified", punch.getString("verdict"));
    assertEquals("inside", punch.getString("place"));
    assertEquals(12, punch.getInteger("score"));
    assertEquals(NOON_MS, punch.getLong("at_ms"));
    assertEquals(800, punch.getInteger("accuracy_cm"));
    assertEquals("hello", punch.getJsonObject("attributes").getString("note"));
    assertEquals(new JsonObject(receipt), punch.getJsonObject("receipt"));
    assertEquals(1, number(database, "select count(*) from alerts where id = 'al-2'"));
  }

  @Test
  void shouldHoldExactlyWhatTheJournalHolds() {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int member = 1 + random.nextInt(50);
      int shard = member % SHARDS;
      long fixMs = NOON_MS - random.nextInt(40 * 86_400) * 1000L;
      int latE7 = random.nextInt(1_800_000_000) - 900_000_000;
      long index = journal.ping(shard, member, fixMs, latE7, i);
      expected.add(shard + " " + index + " " + member + " " + fixMs + " " + latE7 + " " + i);
    }
    projectAll();
    List<String> projected = new ArrayList<>();
    rows(database, "select shard, journal_index, member, fix_ms, lat_e7, lng_e7 from positions")
        .forEach(
            row ->
                projected.add(
                    row.getInteger(0)
                        + " "
                        + row.getLong(1)
                        + " "
                        + row.getInteger(2)
                        + " "
                        + row.getLong(3)
                        + " "
                        + row.getInteger(4)
                        + " "
                        + row.getInteger(5)));
    expected.sort(null);
    projected.sort(null);
    assertEquals(expected, projected, "seed=" + seed);
    assertEquals(0, projector.lag().records());
    assertEquals(0, number(database, "select count(*) from positions_other"));
  }

  @Test
  void shouldGoOnWhereItStoodAfterARestart() {
    pings(0, 300);
    projectAll();
    await(projector.stop());
    pings(0, 200);
    projector = newProjector();
    projectAll();
    assertEquals(500, number(database, "select count(*) from positions"));
    assertEquals(200, projector.lags().get(0).projectedRecords());
  }

  @Test
  void shouldStoreEachRecordOnceWhenAPowerCutTookWhatPostgresHad(@TempDir Path lessDir)
      throws Exception {
    pings(0, 300);
    pings(1, 20);
    projectAll();
    await(projector.stop());
    journal.close();
    long[] stored = await(Projector.stored(database.pool(), SHARDS));

    journal = TestJournal.open(lessDir, stored);
    pings(0, 200);
    projector = newProjector();
    projectAll();
    assertEquals(520, number(database, "select count(*) from positions"));
    assertEquals(
        500,
        number(database, "select count(distinct journal_index) from positions where shard = 0"));
    assertEquals(200, projector.lags().get(0).projectedRecords());
  }

  @Test
  void shouldStoreNothingTwiceWhenTheConnectionDiesInTheMiddleOfABatch() {
    SqlConnection blocker = await(database.pool().getConnection());
    await(blocker.query("begin").execute());
    await(blocker.query("lock table alerts in access exclusive mode").execute());
    pings(0, 100);
    journal.ping(
        0,
        1,
        NOON_MS,
        FixOrder.APPLIED,
        ping -> ping.position(1, 1),
        decision -> decision.alerts(TestJournal.utf8("[" + ALERT.formatted("al-3") + "]")));
    await(projector.start());
    Future<Void> caughtUp = projector.awaitCaughtUp();
    String killStuckBatch =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            + " where wait_event_type = 'Lock' and query like 'select o.ordinality%'";
    until(() -> number(database, killStuckBatch) == 1);
    assertEquals(0, number(database, "select count(*) from positions"));
    await(blocker.query("commit").execute());
    await(blocker.close());
    await(caughtUp);
    assertEquals(101, number(database, "select count(*) from positions"));
    assertEquals(1, number(database, "select count(*) from alerts"));
  }

  @Test
  void shouldStoreNothingTwiceWhenTwoProcessesProject() {
    Projector rival = newProjector();
    pings(0, 3_000);
    pings(1, 3_000);
    await(Future.all(projector.start(), rival.start()));
    await(Future.all(projector.awaitCaughtUp(), rival.awaitCaughtUp()));
    assertEquals(6_000, number(database, "select count(*) from positions"));
    assertEquals(
        6_000, number(database, "select count(distinct (shard, journal_index)) from positions"));
    await(rival.stop());
  }

  @Test
  void shouldPutPoisonAsideAndGoOn() {
    pings(0, 10);
    journal.raw(0, TestJournal.utf8("this is no record of any version"));
    journal.raw(0, new byte[0]);
    attributes("{\"broken\":");
    attributes("{\"nul\":\"\\u0000\"}");
    journal.punch(0, 1, NOON_MS, "p-bad", "{\"id\":", "");
    journal.refused(0, 4, NOON_MS, "no format could read it", new byte[] {1, 0, 2});
    pings(0, 10);
    projectAll();
    assertEquals(20, number(database, "select count(*) from positions"));
    assertEquals(5, number(database, "select count(*) from quarantine where source = 'projector'"));
    assertEquals(0, number(database, "select count(*) from quarantine where length(reason) < 10"));
    Row refused = only("select * from quarantine where source = 'door'");
    assertEquals("no format could read it", refused.getString("reason"));
    assertEquals(3, refused.getBuffer("payload").length());
    assertEquals(5, projector.lag().quarantinedRecords());

    await(projector.stop());
    projector = newProjector();
    pings(0, 1);
    projectAll();
    assertEquals(21, number(database, "select count(*) from positions"));
  }

  @Test
  void shouldStandAfterPoisonAtTheEndOfTheJournal() {
    journal.raw(0, TestJournal.utf8("this is no record of any version"));
    projectAll();
    await(projector.stop());
    projector = newProjector();
    pings(0, 1);
    projectAll();
    assertEquals(1, number(database, "select count(*) from quarantine"));
    assertEquals(1, number(database, "select count(*) from positions"));
  }

  @Test
  void shouldKeepWeirdDatesInTheDefaultPartition() {
    for (long fixMs : new long[] {0, -5, Long.MIN_VALUE, NOON_MS - 400L * 86_400_000}) {
      journal.ping(
          0,
          1,
          NOON_MS,
          FixOrder.STALE,
          ping -> ping.fixTimeMs(fixMs).position(1, 1),
          decision -> {});
    }
    for (FixOrder order : List.of(FixOrder.FUTURE, FixOrder.INACCURATE)) {
      journal.ping(
          0,
          1,
          NOON_MS,
          order,
          ping -> ping.fixTimeMs(Long.MAX_VALUE).position(1, 1),
          decision -> {});
    }
    projectAll();
    assertEquals(6, number(database, "select count(*) from positions"));
    assertEquals(4, number(database, "select count(*) from positions_other"));
    assertEquals(
        2,
        number(
            database,
            "select count(*) from positions where fix_ms > effective_ms and effective_ms = "
                + NOON_MS));
  }

  @Test
  void shouldKeepWhatPeopleDecidedWhenItProjectsAgain() {
    journal.punch(
        0, 1, NOON_MS, "p", "{\"verdict\":\"invalid\"}", "[" + ALERT.formatted("al-4") + "]");
    projectAll();
    rows(database, "update alerts set status = 'resolved', resolution = 'honest'");
    await(projector.stop());
    rows(database, "truncate punches, projection_progress");
    projector = newProjector();
    projectAll();
    assertEquals("honest", only("select resolution from alerts").getString(0));
    assertEquals(1, number(database, "select count(*) from punches"));
  }

  @Test
  void shouldKeepOneOpenAlertOfACauseAndCountItsOccurrences() {
    for (int i = 0; i < 40; i++) {
      alert(1, NOON_MS + i, "al-" + i, i == 10 ? "critical" : "info");
    }
    alert(2, NOON_MS, "al-other", "info");
    projectAll();
    Row alert = only("select * from alerts where member = 1");
    assertEquals("al-0", alert.getString("id"));
    assertEquals(40, alert.getInteger("occurrences"));
    assertEquals("critical", alert.getString("severity"));
    assertEquals(2, alert.getInteger("version"));
    assertEquals(NOON_MS + 39, alert.getLong("last_ms"));
    assertEquals(
        25,
        number(
            database,
            "select count(*) from alert_occurrences where alert = 'al-0' and body is not null"));
    assertEquals(2, number(database, "select count(*) from alerts"));
  }

  @Test
  void shouldOpenAnotherAlertOnceOneIsResolvedAndSaySoAgainWhenItProjectsAgain() {
    alert(1, NOON_MS, "al-a", "info");
    alert(1, NOON_MS + 1, "al-b", "info");
    projectAll();
    rows(database, "update alerts set status = 'resolved', resolution = 'confirmed'");
    alert(1, NOON_MS + 2, "al-c", "info");
    alert(1, NOON_MS + 3, "al-d", "info");
    await(projector.awaitCaughtUp());
    String belongs =
        "select string_agg(alert || '<' || id, ' ' order by id) from alert_occurrences";
    String once = only(belongs).getString(0);
    assertEquals("al-a<al-a al-a<al-b al-c<al-c al-c<al-d", once);
    await(projector.stop());
    rows(database, "truncate positions, projection_progress");
    projector = newProjector();
    projectAll();
    assertEquals(once, only(belongs).getString(0));
    assertEquals(
        "al-a 2 resolved, al-c 2 open",
        only("select string_agg(id || ' ' || occurrences || ' ' || status, ', ' order by id) from alerts")
            .getString(0));
  }

  private void alert(int member, long receivedMs, String id, String severity) {
    JsonObject body =
        new JsonObject(ALERT.formatted(id))
            .put("severity", severity)
            .put("raised_at", java.time.Instant.ofEpochMilli(receivedMs).toString());
    journal.ping(
        0,
        member,
        receivedMs,
        FixOrder.HEARTBEAT,
        ping -> {},
        decision -> decision.alerts(TestJournal.utf8("[" + body.encode() + "]")));
  }

  @Test
  void shouldCatchUpWhenPostgresComesBack(@TempDir Path ownDir) throws Exception {
    try (OwnPostgres mortal = OwnPostgres.start(ownDir)) {
      Database own = mortal.open(vertx);
      Projector follower =
          new Projector(vertx, own.pool(), SHARDS, journal::tailer, Clock.systemUTC());
      pings(0, 50);
      await(follower.start());
      await(follower.awaitCaughtUp());
      assertFalse(follower.lag().failing());

      mortal.goAway();
      pings(0, 2_500);
      until(() -> follower.lag().failing() && follower.lag().records() == 2_500);
      assertTrue(follower.lag().seconds() > 0);
      Future<Void> caughtUp = follower.awaitCaughtUp();
      assertFalse(caughtUp.isComplete());

      mortal.comeBack();
      await(caughtUp);
      assertEquals(2_550, number(own, "select count(*) from positions"));
      assertFalse(follower.lag().failing());
      await(follower.stop());
      await(own.close());
    }
  }

  @Test
  void shouldPutAsideWhatATriggerRefusesAndStoreTheOthers() {
    rows(
        database,
        "create function refuse() returns trigger language plpgsql as $$ begin"
            + " if new.lat_e7 = 300000777 then raise exception 'not here'; end if;"
            + " return new; end $$");
    rows(
        database,
        "create trigger refuse before insert on positions for each row execute function refuse()");
    try {
      pings(0, 1_500);
      projectAll();
      assertEquals(1_499, number(database, "select count(*) from positions"));
      Row aside = only("select * from quarantine");
      assertEquals("projector", aside.getString("source"));
      assertTrue(aside.getString("reason").contains("not here"), aside.getString("reason"));
      assertTrue(aside.getBuffer("payload").length() > 0);
      assertEquals(1, projector.lag().quarantinedRecords());
      assertEquals(
          aside.getLong("journal_index"),
          journalIndexOf(0, 777),
          "the quarantine names another record");
    } finally {
      rows(database, "drop trigger refuse on positions");
      rows(database, "drop function refuse");
    }
  }

  @Test
  void shouldStoreSmallerBatchesWhenPostgresTakesTooLongForOne() {
    Database hasty =
        await(
            Database.open(
                vertx,
                databaseUri,
                4,
                new Database.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(1))));
    rows(
        database,
        "create function dawdle() returns trigger language plpgsql as $$ begin"
            + " perform pg_sleep(0.004); return new; end $$");
    rows(
        database,
        "create trigger dawdle before insert on positions for each row execute function dawdle()");
    Projector follower =
        new Projector(vertx, hasty.pool(), SHARDS, journal::tailer, Clock.systemUTC());
    try {
      pings(0, 600);
      await(follower.start());
      await(follower.awaitCaughtUp());
      assertEquals(600, number(database, "select count(*) from positions"));
      assertEquals(0, number(database, "select count(*) from quarantine"));
    } finally {
      await(follower.stop());
      rows(database, "drop trigger dawdle on positions");
      rows(database, "drop function dawdle");
      await(hasty.close());
    }
  }

  @Test
  void shouldMakeWayForALateLineAndCatchUpOnceItRests() {
    AtomicLong loopDelayNs = new AtomicLong(Duration.ofSeconds(1).toNanos());
    Courtesy courtesy = new Courtesy(100, shard -> Future.succeededFuture(loopDelayNs.get()));
    Projector polite =
        new Projector(
            vertx,
            database.pool(),
            SHARDS,
            journal::tailer,
            Clock.systemUTC(),
            Duration.ofSeconds(45),
            courtesy,
            Followers.quiet(database.pool()));
    pings(0, 3 * ShardProjector.BATCH_RECORDS);
    await(polite.start());
    until(() -> polite.lags().get(0).restedSeconds() > 0);
    loopDelayNs.set(0);
    await(polite.awaitCaughtUp());
    assertEquals(0, polite.lag().records());
    await(polite.stop());
  }

  @Test
  void shouldGoOnWhenAFrozenPostgresThaws(@TempDir Path ownDir) throws Exception {
    try (OwnPostgres frozen = OwnPostgres.start(ownDir)) {
      Database own =
          frozen.open(vertx, new Database.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(9)));
      Duration patience = Duration.ofMillis(500);
      Projector follower =
          new Projector(
              vertx,
              own.pool(),
              SHARDS,
              journal::tailer,
              Clock.systemUTC(),
              patience,
              Courtesy.NONE,
              Followers.quiet(own.pool()));
      pings(0, 50);
      await(follower.start());
      await(follower.awaitCaughtUp());

      frozen.freeze();
      try {
        pings(0, 2_500);
        until(() -> follower.lag().failing() && follower.lag().records() == 2_500);
      } finally {
        frozen.thaw();
      }
      await(follower.awaitCaughtUp());
      assertEquals(2_550, number(own, "select count(*) from positions"));
      assertEquals(2_550, number(own, "select count(distinct journal_index) from positions"));
      await(follower.stop());
      await(own.close());
    }
  }

  /** Where the journal has the n-th ping of {@link #pings}. */
  private long journalIndexOf(int shard, int n) {
    try (JournalTailer tailer = journal.tailer(shard)) {
      for (int i = 0; i <= n; i++) {
        assertTrue(tailer.next());
      }
      return tailer.index();
    }
  }

  private Projector newProjector() {
    return new Projector(vertx, database.pool(), SHARDS, journal::tailer, Clock.systemUTC());
  }

  private void projectAll() {
    await(projector.start());
    await(projector.awaitCaughtUp());
  }

  private void pings(int shard, int count) {
    for (int i = 0; i < count; i++) {
      journal.ping(shard, shard + 1, NOON_MS + i * 1000L, 300_000_000 + i, -970_000_000);
    }
  }

  private void attributes(String json) {
    byte[] bytes = TestJournal.utf8(json);
    journal.ping(
        0,
        1,
        NOON_MS,
        FixOrder.APPLIED,
        ping -> ping.position(1, 1).attributes(bytes, bytes.length),
        decision -> {});
  }

  private static Row only(String sql) {
    List<Row> found = new ArrayList<>();
    rows(database, sql).forEach(found::add);
    assertEquals(1, found.size(), sql);
    return found.get(0);
  }

  private static void until(BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "not within a minute");
      Thread.onSpinWait();
    }
  }
}
