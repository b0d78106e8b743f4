package io.hexbeat.api.store;

import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Real databases for tests: one PostgreSQL server a JVM, started on first use and gone with it, and
 * a database of its own for whoever asks. Each is a copy of one that has been migrated already, so
 * asking takes tens of milliseconds. Any thread.
 */
public final class TestDatabase {
  private static final String TEMPLATE = "hexbeat_template";

  /** Unpacked once a machine, not once a server: that takes seconds. */
  private static final Path PROGRAMS =
      Path.of(System.getProperty("java.io.tmpdir"), "hexbeat-test-postgres");

  private static final long STOP_LIMIT_NS = 10_000_000_000L;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static EmbeddedPostgres server;

  private TestDatabase() {}

  /** The URI of a database with the schema and nothing else. */
  public static String uri() {
    started();
    try {
      String name = "hexbeat_" + COUNT.incrementAndGet();
      run("create database " + name + " template " + TEMPLATE);
      return uri(name);
    } catch (SQLException e) {
      throw new IllegalStateException("no database for tests", e);
    }
  }

  /** The URI of a database with nothing in it. */
  public static String emptyUri() throws SQLException {
    started();
    String name = "hexbeat_empty_" + COUNT.incrementAndGet();
    run("create database " + name);
    return uri(name);
  }

  /** Where the programs of PostgreSQL are unpacked, for servers that would unpack their own. */
  public static Path programs() {
    started();
    return PROGRAMS;
  }

  /** An opened one. */
  public static Database open(Vertx vertx) throws Exception {
    return Database.open(vertx, uri(), 4)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static synchronized void started() {
    if (server != null) {
      return;
    }
    try {
      Path directory = TestDirectory.create();
      server =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(PROGRAMS.toFile())
              .setDataDirectory(directory.resolve("cluster"))
              .setRegisterShutdownHook(false)
              .setServerConfig("fsync", "off")
              .setServerConfig("synchronous_commit", "off")
              .setServerConfig("full_page_writes", "off")
              .setServerConfig("max_connections", "100")
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(directory)));
      run("create database " + TEMPLATE);
      Vertx vertx = Vertx.vertx();
      try {
        Database.open(vertx, uri(TEMPLATE), 1)
            .compose(Database::close)
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
      } finally {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      }
    } catch (Exception e) {
      throw new IllegalStateException("no database for tests", e);
    }
  }

  /** At once: nobody needs what is in it, and to write it down may take long. */
  private static void stop(Path directory) {
    Path pidFile = directory.resolve("cluster").resolve("postmaster.pid");
    try {
      String pid = Files.readAllLines(pidFile).get(0).strip();
      new ProcessBuilder("kill", "-QUIT", pid).start().waitFor();
      long untilNs = System.nanoTime() + STOP_LIMIT_NS;
      while (Files.exists(pidFile) && System.nanoTime() < untilNs) {
        LockSupport.parkNanos(10_000_000);
      }
      TestDirectory.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String uri(String database) {
    return "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/" + database;
  }
}
