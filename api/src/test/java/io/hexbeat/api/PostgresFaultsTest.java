package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL and the projector under fire: real processes, stopped, killed and started again while
 * phones go on.
 */
final class PostgresFaultsTest {
  private static final int SHARDS = 2;
  private static final int KILLS = 3;

  /** Far above what a ping takes, far below what one would wait for PostgreSQL. */
  private static final double MOST_SECONDS = 5;

  @Test
  void shouldServePhonesWhilePostgresIsFrozenOrDeadAndCatchUp(@TempDir Path data) throws Exception {
    try (ServerProcess server = ServerProcess.start(data, "--set", "pg.statement_timeout=2s")) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      String token = admin.enrol("field", "rep", "phone");
      SteadyPhone phone = new SteadyPhone(server.device(), token, hourAgoMs());
      try (phone) {
        phone.awaitAcks(200);
        assertEquals("ready", awaitStatus(server, "ready").getString("status"));

        signal("-STOP", postgres(data));
        JsonObject frozen = awaitStatus(server, "degraded");
        assertEquals(
            "down", frozen.getJsonObject("checks").getJsonObject("postgres").getString("status"));
        HttpResponse<String> history =
            ApiClient.bearer(server.api(), admin.token())
                .send("GET", "/v1/members/rep/track", null);
        assertEquals(503, history.statusCode(), history.body());
        assertEquals("5", history.headers().firstValue("Retry-After").orElseThrow());
        phone.awaitAcks(100);
        JsonObject map = get(server, admin, "/v1/positions");
        assertEquals(1, map.getJsonArray("positions").size(), "the live map needs no PostgreSQL");
        signal("-CONT", postgres(data));
        awaitStatus(server, "ready");

        signal("-KILL", List.of(postgres(data).get(0)));
        awaitStatus(server, "degraded");
        phone.awaitAcks(300);
        awaitStatus(server, "ready");
        assertTrue(metric(server, "hexbeat_postgres_restarts_total") >= 1);
        phone.awaitAcks(100);
      }
      assertEquals(0, phone.refused(), "a phone was sent away");
      assertTrue(phone.slowestSeconds() < MOST_SECONDS, "slowest=" + phone.slowestSeconds());
      assertEquals(phone.acked(), fixTimes(server, admin));
    }
  }

  @Test
  void shouldStoreEachRecordOnceHoweverOftenItIsKilled(@TempDir Path data) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String uri = TestDatabase.uri();
    String[] options = {"--pg-uri", uri, "--set", "shards=" + SHARDS};
    Set<Long> acked = new HashSet<>();
    String[] tokens = new String[3];
    long firstMs = hourAgoMs() / 1_000 * 1_000;
    for (int kill = 0; kill <= KILLS; kill++) {
      try (ServerProcess server = ServerProcess.start(data, options)) {
        ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
        List<SteadyPhone> phones = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
          if (tokens[i] == null) {
            tokens[i] = admin.enrol("field", "rep-" + i, "phone-" + i);
          }
          // each phone and round has milliseconds of its own, so that a fix time names a ping
          long mine = firstMs + kill * 10L + i;
          phones.add(new SteadyPhone(server.device(), tokens[i], mine));
        }
        phones.get(0).awaitAcks(50);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(700)));
        if (kill < KILLS) {
          server.kill();
        }
        for (SteadyPhone phone : phones) {
          phone.close();
          acked.addAll(phone.acked());
        }
        if (kill == KILLS) {
          awaitProjected(server);
        }
      }
    }
    Set<String> journaled = new HashSet<>();
    Set<Long> journaledFixes = new HashSet<>();
    try (JournalDirectory journals = JournalDirectory.open(data.resolve("journal"), SHARDS)) {
      for (int shard = 0; shard < SHARDS; shard++) {
        try (ShardJournal journal = journals.openShard(shard);
            JournalTailer tailer = journal.tailer()) {
          while (tailer.next()) {
            if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PING) {
              long fixMs = new PingRecord().wrap(tailer.bytes(), 0).fixTimeMs();
              journaled.add(shard + " " + tailer.index() + " " + fixMs);
              journaledFixes.add(fixMs);
            }
          }
        }
      }
    }
    List<String> stored = rows(uri);
    assertEquals(stored.size(), new HashSet<>(stored).size(), "stored twice, seed=" + seed);
    assertEquals(journaled, new HashSet<>(stored), "journal and tables differ, seed=" + seed);
    acked.removeAll(journaledFixes);
    assertEquals(Set.of(), acked, "acknowledged and lost, seed=" + seed);
  }

  /** The first is the postmaster. */
  private static List<ProcessHandle> postgres(Path data) throws IOException {
    Path pidFile = data.resolve("postgres").resolve("postmaster.pid");
    ProcessHandle postmaster =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip())).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    postmaster.descendants().forEach(all::add);
    return all;
  }

  private static void signal(String signal, List<ProcessHandle> processes) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  private static JsonObject awaitStatus(ServerProcess server, String status) throws Exception {
    ApiClient nobody = ApiClient.bearer(server.api(), "");
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      JsonObject ready = nobody.get("/health/ready"); // 200 in either state
      if (status.equals(ready.getString("status"))) {
        return ready;
      }
      assertTrue(System.nanoTime() < deadlineNs, () -> "not " + status + ": " + ready);
      LockSupport.parkNanos(50_000_000);
    }
  }

  private static void awaitProjected(ServerProcess server) throws Exception {
    ApiClient nobody = ApiClient.bearer(server.api(), "");
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    JsonObject projection;
    do {
      projection = nobody.get("/health/ready").getJsonObject("checks").getJsonObject("projection");
      assertTrue(System.nanoTime() < deadlineNs, projection::encode);
      LockSupport.parkNanos(50_000_000);
    } while (projection.getLong("lag_records") > 0 || projection.getDouble("lag_s") > 0);
  }

  private static double metric(ServerProcess server, String name) throws Exception {
    HttpResponse<String> text = ApiClient.bearer(server.api(), "").send("GET", "/metrics", null);
    for (String line : text.body().split("\n", -1)) {
      if (line.startsWith(name + " ")) {
        return Double.parseDouble(line.substring(name.length() + 1));
      }
    }
    throw new AssertionError("no " + name);
  }

  private static List<Long> fixTimes(ServerProcess server, ApiClient admin) throws Exception {
    awaitProjected(server);
    List<Long> times = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page = get(server, admin, "/v1/members/rep/track?limit=500" + cursor);
      for (Object feature : page.getJsonArray("features")) {
        times.add(
            java.time.Instant.parse(
                    ((JsonObject) feature).getJsonObject("properties").getString("fix_time"))
                .toEpochMilli());
      }
      cursor = page.containsKey("next_cursor") ? "&cursor=" + page.getString("next_cursor") : "";
    } while (!cursor.isEmpty());
    times.sort(null);
    return times;
  }

  private static JsonObject get(ServerProcess server, ApiClient admin, String path)
      throws Exception {
    return ApiClient.bearer(server.api(), admin.token()).get(path);
  }

  private static List<String> rows(String uri) throws Exception {
    Vertx vertx = Vertx.vertx();
    Pool pool = PgBuilder.pool().connectingTo(PgConnectOptions.fromUri(uri)).using(vertx).build();
    List<String> rows = new ArrayList<>();
    pool.query("select shard, journal_index, fix_ms from positions")
        .execute()
        .await(30, TimeUnit.SECONDS)
        .forEach(row -> rows.add(row.getInteger(0) + " " + row.getLong(1) + " " + row.getLong(2)));
    pool.close().await(30, TimeUnit.SECONDS);
    vertx.close().await(30, TimeUnit.SECONDS);
    return rows;
  }

  private static long hourAgoMs() {
    return System.currentTimeMillis() - 3_600_000;
  }
}
