package io.hexbeat.api.projection;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL server of the test's own, which may go away and come back at the same address. */
public final class OwnPostgres implements AutoCloseable {
  private static final long LIMIT_S = 60;

  private final Path dir;
  private EmbeddedPostgres server;

  private OwnPostgres(Path dir, EmbeddedPostgres server) {
    this.dir = dir;
    this.server = server;
  }

  public static OwnPostgres start(Path dir) throws IOException {
    return new OwnPostgres(dir, builder(dir).start());
  }

  /** Migrated and connected. */
  public Database open(Vertx vertx) {
    return open(vertx, Database.Timeouts.DEFAULT);
  }

  /** The same with timeouts that a test can wait for. */
  public Database open(Vertx vertx, Database.Timeouts timeouts) {
    String uri = "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/postgres";
    return await(Database.open(vertx, uri, 8, timeouts));
  }

  /** The server dies; its data stay. */
  public void goAway() throws IOException {
    server.close();
  }

  public void comeBack() throws IOException {
    server = builder(dir).setPort(server.getPort()).start();
  }

  /** Its processes stand still: connections stay open, and nothing answers. */
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Path pidFile = dir.resolve("cluster").resolve("postmaster.pid");
    ProcessHandle postmaster =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip())).orElseThrow();
    List<String> command = new ArrayList<>(List.of("kill", signal));
    command.add(Long.toString(postmaster.pid()));
    postmaster.descendants().forEach(process -> command.add(Long.toString(process.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** Waits for a future, up to a minute; not on an event loop. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await(LIMIT_S, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within " + LIMIT_S + " s", e);
    }
  }

  public static RowSet<Row> rows(Database database, String sql) {
    return await(database.pool().query(sql).execute());
  }

  /** The single number that a query gives. */
  public static long number(Database database, String sql) {
    return rows(database, sql).iterator().next().getLong(0);
  }

  private static EmbeddedPostgres.Builder builder(Path dir) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(dir.resolve("cluster"))
        .setOverrideWorkingDirectory(TestDatabase.programs().toFile())
        .setCleanDataDirectory(false)
        .setServerConfig("fsync", "off");
  }
}
