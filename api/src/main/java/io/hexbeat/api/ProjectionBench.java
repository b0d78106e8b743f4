package io.hexbeat.api;

import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.visits.VisitFollower;
import io.hexbeat.api.visits.VisitSettings;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat bench project}: how many journal records a second the projector stores in an
 * embedded PostgreSQL of its own, while records go on being journaled. Beside it the floor: the
 * same rows copied within PostgreSQL, which reads no client and parses nothing. Runs in the main
 * thread and one that appends; ends with 1 when a row is missing.
 */
final class ProjectionBench {
  private static final String HELP =
      """
      usage: hexbeat bench project [options]

        --rows N        records in the journal before the projector starts (default 1000000)
        --ingest R      records a second that are journaled meanwhile (default 5000)
        --json FILE     the figures for machines
        --help          this text

      Measures the projector's rate into an embedded PostgreSQL, and the rate of "insert into … select" over the same rows
      into a table with the same indexes. Then it projects the same journal with visits made of it meanwhile and once
      more without, and has visits made of all of it at once: how many members a second. Half of that time they rest.
      For one core run it under taskset -c 0. Nothing else should run on the machine.
      """;

  private static final int MEMBERS = 2_000;
  private static final int TRANSITION_EVERY = 50;
  private static final int FENCES = 100;
  private static final long LOOK_EVERY_MS = 5;
  private static final long LIMIT_S = 1_800;

  private final int rows;
  private final int ingestPerSecond;
  private final byte[] buffer = new byte[4_096];
  private final PingRecord ping = new PingRecord();
  private final PingDecision decision = new PingDecision();
  private final long firstMs = System.currentTimeMillis() - 3_600_000;
  private long written;

  /** Set by the main thread, read by the one that appends. */
  private volatile boolean done;

  private ProjectionBench(int rows, int ingestPerSecond) {
    this.rows = rows;
    this.ingestPerSecond = ingestPerSecond;
  }

  public static void main(String[] argv) throws Exception {
    Locale.setDefault(Locale.ROOT);
    int rows = 1_000_000;
    int ingest = 5_000;
    Path json = null;
    List<String> args = List.of(argv);
    for (int i = 0; i < args.size(); i += 2) {
      String option = args.get(i);
      String value = i + 1 < args.size() ? args.get(i + 1) : "";
      try {
        switch (option) {
          case "--help", "-h" -> {
            System.out.print(HELP);
            return;
          }
          case "--rows" -> rows = Math.max(1_000, Integer.parseInt(value));
          case "--ingest" -> ingest = Math.max(0, Integer.parseInt(value));
          case "--json" -> json = Path.of(value);
          default -> throw new IllegalArgumentException("unknown argument " + option);
        }
      } catch (IllegalArgumentException e) {
        System.err.println("hexbeat bench project: " + e.getMessage() + "; see --help");
        System.exit(2);
      }
    }
    System.exit(new ProjectionBench(rows, ingest).run(json));
  }

  private int run(@Nullable Path json) throws Exception {
    Instant started = Instant.now();
    Path dir = Files.createTempDirectory("hexbeat-bench-");
    Vertx vertx = Vertx.vertx();
    try (EmbeddedDatabase postgres = EmbeddedDatabase.open(dir);
        JournalDirectory journals = JournalDirectory.open(dir.resolve("journal"), 1);
        ShardJournal journal = journals.openShard(0)) {
      Database database = await(Database.open(vertx, postgres.uri(), 4));
      while (written < rows) {
        append(journal);
      }
      JsonObject row = measure(vertx, database, journal);
      await(database.close());
      report(row, started, json);
      return row.getLong("missing") == 0 ? 0 : 1;
    } finally {
      await(vertx.close());
      delete(dir);
    }
  }

  private JsonObject measure(Vertx vertx, Database database, ShardJournal journal)
      throws Exception {
    Pool pool = database.pool();
    Thread ingest = new Thread(() -> ingest(journal), "bench-ingest");
    long cpuStartNs = cpuNs();
    ingest.start();
    Projected plain = project(vertx, pool, journal, null);
    double cpuSeconds = (cpuNs() - cpuStartNs) / 1e9;
    long storedForFloor = count(pool, "select count(*) from positions");
    double floorPerSecond = storedForFloor / (floor(pool) / 1e9);
    insertFences(pool);
    VisitFollower beside = follower(vertx, pool);
    forget(pool);
    Projected withVisits = project(vertx, pool, journal, beside);
    await(beside.stop());
    forget(pool);
    Projected again = project(vertx, pool, journal, null);
    done = true;
    ingest.join();
    Projector last = projector(vertx, pool, journal);
    await(last.start());
    await(last.awaitCaughtUp());
    await(last.stop());
    long stored = count(pool, "select count(*) from positions");
    JsonObject row =
        new JsonObject()
            .put("records", plain.records)
            .put("seconds", plain.seconds)
            .put("ingest_per_s", ingestPerSecond)
            .put("records_per_s", Math.round(plain.perSecond()))
            .put("floor_per_s", Math.round(floorPerSecond))
            .put("ratio_to_floor", plain.perSecond() / floorPerSecond)
            .put("jvm_cpu_s", cpuSeconds)
            .put("missing", written - stored)
            .put("with_visits_per_s", Math.round(withVisits.perSecond()))
            .put("without_again_per_s", Math.round(again.perSecond()))
            .put("ratio_with_visits", withVisits.perSecond() / again.perSecond());
    makeVisits(vertx, pool, row);
    return row;
  }

  /** Until what was there at the end of the journal is stored. */
  private record Projected(long records, double seconds) {
    double perSecond() {
      return records / seconds;
    }
  }

  private static Projected project(
      Vertx vertx, Pool pool, ShardJournal journal, @Nullable VisitFollower visits)
      throws Exception {
    Projector projector = projector(vertx, pool, journal);
    if (visits != null) {
      projector.onVisitWork(visits::wake);
      await(visits.start());
    }
    long startNs = System.nanoTime();
    await(projector.start());
    await(projector.awaitCaughtUp());
    double seconds = (System.nanoTime() - startNs) / 1e9;
    long projected = projector.lag().projectedRecords();
    await(projector.stop());
    return new Projected(projected, seconds);
  }

  private static Projector projector(Vertx vertx, Pool pool, ShardJournal journal) {
    return new Projector(vertx, pool, 1, shard -> journal.tailer(), Clock.systemUTC());
  }

  private static VisitFollower follower(Vertx vertx, Pool pool) {
    return new VisitFollower(
        vertx,
        pool,
        VisitSettings.DEFAULT,
        PresencePolicy.DEFAULT,
        () -> FenceIndex.of(1, List.of()),
        new LiveBoard(),
        new Outbox(Clock.systemUTC(), Duration.ZERO),
        new Directory(ZoneOffset.UTC),
        Clock.systemUTC(),
        () -> Future.succeededFuture(0L));
  }

  /** All that the last projection has left to do. */
  private static void makeVisits(Vertx vertx, Pool pool, JsonObject row) throws Exception {
    long workRows = count(pool, "select count(*) from visit_work");
    long members = count(pool, "select count(distinct member) from visit_work");
    await(pool.query("vacuum analyze").execute());
    VisitFollower follower = follower(vertx, pool);
    long startNs = System.nanoTime();
    await(follower.start());
    while (count(pool, "select count(*) from (select from visit_work limit 1) w") > 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
    double seconds = (System.nanoTime() - startNs) / 1e9;
    await(follower.stop());
    row.put("visit_rows", workRows)
        .put("visit_members", members)
        .put("visit_seconds", seconds)
        .put("visits", count(pool, "select count(*) from visits"))
        .put("visit_rows_per_s", Math.round(workRows / seconds))
        .put("visit_members_per_s", Math.round(members / seconds));
  }

  private static void insertFences(Pool pool) throws Exception {
    await(
        pool.query(
                "insert into fences (handle, id, name, geometry, radius_m, west, south, east, north,"
                    + " index_version, updated_by) overriding system value select n, 'f' || n, 'f',"
                    + " '{\"type\":\"Point\",\"coordinates\":[-97.7,30.2]}', 100, -97.8, 30.1, -97.6,"
                    + " 30.3, 1, 'bench' from generate_series(1, "
                    + FENCES
                    + ") n")
            .execute());
  }

  /** Of all that was projected. */
  private static void forget(Pool pool) throws Exception {
    await(
        pool.query(
                "truncate positions, transitions, punches, projection_progress, visit_work, visits,"
                    + " visit_versions, late_spans, late_steps")
            .execute());
  }

  /** The same rows into a table of the same shape, without a client. */
  private static long floor(Pool pool) throws Exception {
    await(pool.query("create table floor (like positions including all)").execute());
    long startNs = System.nanoTime();
    await(pool.query("insert into floor select * from positions").execute());
    return System.nanoTime() - startNs;
  }

  private static void report(JsonObject row, Instant started, @Nullable Path json)
      throws IOException {
    String jvm = System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    int cores = Runtime.getRuntime().availableProcessors();
    System.out.printf(
        "Hexbeat %s, %s, %d cores%n"
            + "projected %,d records in %.1f s: %,d records/s while %,d/s were journaled, %.1f s of"
            + " JVM time%n"
            + "floor, insert .. select of the same rows within PostgreSQL: %,d rows/s (ratio"
            + " %.2f)%nwith visits made meanwhile: %,d records/s, without again %,d (ratio %.2f)%n"
            + "visits of all at once: %,d rows of work of %,d members in %.1f s, %,d visits:"
            + " %,d rows/s, %,d members/s%nmissing rows: %d%n",
        Server.VERSION,
        jvm,
        cores,
        row.getLong("records"),
        row.getDouble("seconds"),
        row.getLong("records_per_s"),
        row.getInteger("ingest_per_s"),
        row.getDouble("jvm_cpu_s"),
        row.getLong("floor_per_s"),
        row.getDouble("ratio_to_floor"),
        row.getLong("with_visits_per_s"),
        row.getLong("without_again_per_s"),
        row.getDouble("ratio_with_visits"),
        row.getLong("visit_rows"),
        row.getLong("visit_members"),
        row.getDouble("visit_seconds"),
        row.getLong("visits"),
        row.getLong("visit_rows_per_s"),
        row.getLong("visit_members_per_s"),
        row.getLong("missing"));
    if (json != null) {
      JsonObject all =
          new JsonObject()
              .put("command", "bench project")
              .put("version", Server.VERSION)
              .put("jvm", jvm)
              .put("cores", cores)
              .put("started_at", started.truncatedTo(ChronoUnit.MILLIS).toString())
              .put("rows", new JsonArray().add(row));
      Files.writeString(json, all.encodePrettily() + "\n");
    }
  }

  private void ingest(ShardJournal journal) {
    if (ingestPerSecond == 0) {
      return;
    }
    long intervalNs = TimeUnit.SECONDS.toNanos(1) / ingestPerSecond;
    long dueNs = System.nanoTime();
    while (!done) {
      append(journal);
      dueNs += intervalNs;
      long aheadNs = dueNs - System.nanoTime();
      if (aheadNs > 1_000_000) {
        LockSupport.parkNanos(aheadNs);
      }
    }
  }

  /** A phone's ping as its shard journals it, now and then with a transition. */
  private void append(ShardJournal journal) {
    int n = (int) written++;
    int member = 1 + n % MEMBERS;
    long fixMs = firstMs + n / MEMBERS * 5_000L % 3_600_000;
    ping.wrapNew(buffer, 0, member, member, fixMs + 400)
        .fixTimeMs(fixMs)
        .position(302_000_000 + n % 100_000, -977_000_000 + n % 77_777)
        .accuracyCm(500 + n % 3_000)
        .speedCmps(n % 2_000)
        .bearingCdeg(n % 36_000)
        .batteryPct(n % 100)
        .door(1);
    decision.wrapNew(ping, FixOrder.APPLIED.code());
    int step = n / MEMBERS + member;
    if (step % TRANSITION_EVERY == 0) {
      int times = step / TRANSITION_EVERY;
      ChangeKind kind = times % 2 == 0 ? ChangeKind.ENTER : ChangeKind.EXIT;
      decision.change(1 + (member + times / 2) % FENCES, kind.code(), false, fixMs);
    }
    ping.decided(decision);
    journal.append(buffer, 0, ping.lengthBytes());
  }

  private static long count(Pool pool, String sql) throws Exception {
    return await(pool.query(sql).execute()).iterator().next().getLong(0);
  }

  private static long cpuNs() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(LIMIT_S, TimeUnit.SECONDS);
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
