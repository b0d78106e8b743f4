package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to PostgreSQL: migrates its schema at opening, on a worker, then hands out a pool.
 * Any thread. Waiting requests are bounded; past the bound the Future fails. While PostgreSQL is
 * down requests fail after ten seconds and the pool reconnects by itself.
 */
public final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /** Requests that may wait for a connection: a minute's worth of slow ones. */
  private static final int WAITING_MAX = 1_000;

  private static final int CONNECT_TIMEOUT_S = 10;
  private static final String UNIQUE_VIOLATION = "23505";

  private final Pool pool;

  private Database(Pool pool) {
    this.pool = pool;
  }

  /**
   * Migrates and connects.
   *
   * @param uri {@code postgresql://user:password@host:port/database}
   * @param connections most connections at a time
   */
  public static Future<Database> open(Vertx vertx, String uri, int connections) {
    PgConnectOptions server = PgConnectOptions.fromUri(uri);
    server.setCachePreparedStatements(true);
    server.addProperty("application_name", "hexbeat");
    return vertx
        .executeBlocking(() -> migrate(server))
        .map(
            migrated ->
                new Database(
                    PgBuilder.pool()
                        .with(
                            new PoolOptions()
                                .setMaxSize(connections)
                                .setMaxWaitQueueSize(WAITING_MAX)
                                .setConnectionTimeout(CONNECT_TIMEOUT_S)
                                .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                        .connectingTo(server)
                        .using(vertx)
                        .build()));
  }

  /** Whether the text is the address of a PostgreSQL server, as {@link #open} takes it. */
  public static boolean isUri(String text) {
    try {
      PgConnectOptions.fromUri(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  public Pool pool() {
    return pool;
  }

  public Future<Void> close() {
    return pool.close();
  }

  /** Whether the failure says that a row with this key is there already. */
  static boolean isDuplicate(Throwable failure) {
    return failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState());
  }

  static String jdbcUrl(PgConnectOptions server) {
    return "jdbc:postgresql://"
        + server.getHost()
        + ":"
        + server.getPort()
        + "/"
        + server.getDatabase()
        + (server.getSslMode() == SslMode.DISABLE ? "" : "?sslmode=" + server.getSslMode().value);
  }

  private static int migrate(PgConnectOptions server) {
    MigrateResult result =
        Flyway.configure(Database.class.getClassLoader())
            .dataSource(jdbcUrl(server), server.getUser(), server.getPassword())
            .locations("classpath:db/migration")
            .load()
            .migrate();
    LOG.info(
        "schema at version {} after {} migrations",
        result.targetSchemaVersion == null
            ? result.initialSchemaVersion
            : result.targetSchemaVersion,
        result.migrationsExecuted);
    return result.migrationsExecuted;
  }
}
