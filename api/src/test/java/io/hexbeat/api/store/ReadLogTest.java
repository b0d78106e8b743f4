package io.hexbeat.api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadLogTest {
  private static final Actor MIA = new Actor("mia", Role.MANAGER, "s-1", "10.0.0.1", "r-1");

  private final Vertx vertx = Vertx.vertx();
  private String uri;
  private Database database;
  private ReadLog log;
  private long nowMs = 1_700_000_000_000L;

  @BeforeEach
  void open() throws Exception {
    uri = TestDatabase.uri();
    database = get(Database.open(vertx, uri, 4));
    log = ReadLog.open(vertx, database, Duration.ofHours(1), () -> nowMs);
  }

  @AfterEach
  void close() throws Exception {
    get(log.close());
    get(database.close());
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static BitSet members(int... handles) {
    BitSet members = new BitSet();
    for (int handle : handles) {
      members.set(handle);
    }
    return members;
  }

  private List<JsonObject> rows() throws Exception {
    List<JsonObject> rows = new ArrayList<>();
    get(database.pool().query("select entry from audit order by seq").execute())
        .forEach(row -> rows.add(new JsonObject(row.getString(0))));
    return rows;
  }

  @Test
  void shouldWriteNewFacesAtOnceAndRepeatsOnceAnHour() throws Exception {
    log.note(MIA, "read.live", members(1, 2));
    get(log.write(false));
    for (int i = 0; i < 359; i++) {
      nowMs += 10_000;
      log.note(MIA, "read.live", members(1, 2));
      get(log.write(false));
    }
    assertEquals(1, rows().size());
    nowMs += 10_000;
    log.note(MIA, "read.live", members(2));
    get(log.write(false));
    assertEquals(2, rows().size());
    assertEquals(360, rows().get(1).getJsonObject("detail").getInteger("reads"));
    log.note(MIA, "read.live", members(3));
    get(log.write(false));
    assertEquals(3, rows().size());
    assertEquals(1, rows().get(2).getInteger("members"));
  }

  @Test
  void shouldTellSessionsAndWaysToReadApart() throws Exception {
    Actor elsewhere = new Actor("mia", Role.MANAGER, "s-2", "10.0.0.2", "r-2");
    log.note(MIA, "read.live", members(1));
    log.note(MIA, "read.track", members(1), 1_000, 2_000);
    log.note(MIA, "read.track", members(1), 500, 1_500);
    log.note(elsewhere, "read.live", members(1));
    get(log.write(false));
    assertEquals(3, rows().size());
    JsonObject track =
        rows().stream()
            .filter(row -> row.getString("action").equals("read.track"))
            .findFirst()
            .orElseThrow();
    assertEquals("1970-01-01T00:00:00.500Z", track.getJsonObject("detail").getString("from"));
    assertEquals("1970-01-01T00:00:02.000Z", track.getJsonObject("detail").getString("to"));
    assertEquals(3, log.rows());
  }

  @Test
  void shouldStoreTheSameMembersOnce() throws Exception {
    for (String session : List.of("s-1", "s-2", "s-3")) {
      Actor actor = new Actor("mia", Role.MANAGER, session, "10.0.0.1", "r-1");
      log.note(actor, "read.positions", members(7, 8, 9));
    }
    get(log.write(false));
    long sets =
        get(database.pool().query("select count(*) from audit_members").execute())
            .iterator()
            .next()
            .getLong(0);
    assertEquals(1, sets);
  }

  @Test
  void shouldWriteRepeatsThatWaitWhenItCloses() throws Exception {
    log.note(MIA, "read.live", members(1));
    get(log.write(false));
    log.note(MIA, "read.live", members(1));
    get(log.close());
    assertEquals(2, rows().size());
  }

  @Test
  void shouldKeepReadsWhilePostgresIsAway() throws Exception {
    get(database.pool().query("alter table audit rename to away").execute());
    log.note(MIA, "read.track", members(1), 1_000, 2_000);
    get(log.write(false));
    log.note(MIA, "read.track", members(2), 3_000, 4_000);
    get(database.pool().query("alter table away rename to audit").execute());
    get(log.write(false));
    JsonObject row = rows().get(0);
    assertEquals(2, row.getInteger("members"));
    assertEquals(2, row.getJsonObject("detail").getInteger("reads"));
    assertEquals("1970-01-01T00:00:01.000Z", row.getJsonObject("detail").getString("from"));
  }

  @Test
  void shouldRefuseWhatItCannotHold() {
    BitSet one = members(1);
    // Never written, so never closed; its timer ends with Vert.x.
    ReadLog full = ReadLog.open(vertx, database, Duration.ofHours(1), () -> nowMs);
    for (int i = 0; i < 20_000; i++) {
      assertTrue(full.note(new Actor("u", Role.ADMIN, "u-" + i, "a", "r"), "read.live", one));
    }
    assertFalse(full.note(MIA, "read.live", one));
    assertTrue(full.note(MIA, "read.live", new BitSet()));
    assertEquals(1, full.refused());
  }
}
