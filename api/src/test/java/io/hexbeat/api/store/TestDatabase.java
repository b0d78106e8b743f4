package io.hexbeat.api.store;

import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Real databases for tests: one PostgreSQL server a JVM, started on first use and gone with it, and
 * a database of its own for whoever asks. Each is a copy of one that has been migrated already, so
 * asking takes tens of milliseconds. Any thread.
 */
public final class TestDatabase {
  private static final String TEMPLATE = "hexbeat_template";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static EmbeddedPostgres server;

  private TestDatabase() {}

  /** The URI of a database with the schema and nothing else. */
  public static String uri() {
    return copy();
  }

  /** The URI of a database with nothing in it. */
  public static synchronized String emptyUri() throws SQLException {
    String schema = uri();
    String name = "hexbeat_empty_" + COUNT.incrementAndGet();
    run("create database " + name);
    return schema.substring(0, schema.lastIndexOf('/') + 1) + name;
  }

  /** An opened one. */
  public static Database open(Vertx vertx) throws Exception {
    return Database.open(vertx, uri(), 4)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static synchronized String copy() {
    try {
      if (server == null) {
        server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("max_connections", "100")
                .start();
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
      }
      String name = "hexbeat_" + COUNT.incrementAndGet();
      run("create database " + name + " template " + TEMPLATE);
      return uri(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("no database for tests", e);
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
