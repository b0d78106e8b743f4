package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to PostgreSQL: migrates its schema at opening, on a worker, then hands out a pool.
 * Any thread. Waiting requests are bounded; past the bound the Future fails. While PostgreSQL is
 * down requests fail after the connect timeout and the pool reconnects by itself. PostgreSQL ends
 * statements that take too long; one that is frozen or cut off can't, and keeps what it was asked,
 * at most the pool's connections, until it is there again or the socket breaks.
 */
public final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /** Requests that may wait for a connection: a minute's worth of slow ones. */
  private static final int WAITING_MAX = 1_000;

  private static final String UNIQUE_VIOLATION = "23505";

  private final Pool pool;

  /**
   * How long PostgreSQL may take.
   *
   * @param connect to give a connection, its own or one of the pool
   * @param statement to run one statement, migrations excepted
   */
  public record Timeouts(Duration connect, Duration statement) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

    public Timeouts {
      if (connect.toMillis() < 1 || statement.toMillis() < 1) {
        throw new IllegalArgumentException("connect=" + connect + " statement=" + statement);
      }
    }
  }

  private Database(Pool pool) {
    this.pool = pool;
  }

  /** With the usual timeouts. */
  public static Future<Database> open(Vertx vertx, String uri, int connections) {
    return open(vertx, uri, connections, Timeouts.DEFAULT);
  }

  /**
   * Migrates and connects.
   *
   * @param uri {@code postgresql://user:password@host:port/database}
   * @param connections most connections at a time
   */
  public static Future<Database> open(Vertx vertx, String uri, int connections, Timeouts timeouts) {
    PgConnectOptions server = PgConnectOptions.fromUri(uri);
    server.setCachePreparedStatements(true);
    server.addProperty("application_name", "hexbeat");
    long statementMs = timeouts.statement().toMillis();
    server.addProperty("statement_timeout", Long.toString(statementMs));
    return vertx
        .executeBlocking(() -> migrate(server, timeouts))
        .map(
            migrated ->
                new Database(
                    PgBuilder.pool()
                        .with(
                            new PoolOptions()
                                .setMaxSize(connections)
                                .setMaxWaitQueueSize(WAITING_MAX)
                                .setConnectionTimeout((int) timeouts.connect().toMillis())
                                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
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

  static String jdbcUrl(PgConnectOptions server, Timeouts timeouts) {
    long connectSeconds = Math.max(1, timeouts.connect().toSeconds());
    return "jdbc:postgresql://"
        + server.getHost()
        + ":"
        + server.getPort()
        + "/"
        + server.getDatabase()
        + "?connectTimeout="
        + connectSeconds
        + "&loginTimeout="
        + connectSeconds
        + (server.getSslMode() == SslMode.DISABLE ? "" : "&sslmode=" + server.getSslMode().value);
  }

  private static int migrate(PgConnectOptions server, Timeouts timeouts) {
    Flyway flyway =
        Flyway.configure(Database.class.getClassLoader())
            .dataSource(jdbcUrl(server, timeouts), server.getUser(), server.getPassword())
            .locations("classpath:db/migration")
            .load();
    refuseNewer(flyway.info());
    MigrateResult result = flyway.migrate();
    LOG.info(
        "schema at version {} after {} migrations",
        result.targetSchemaVersion == null
            ? result.initialSchemaVersion
            : result.targetSchemaVersion,
        result.migrationsExecuted);
    return result.migrationsExecuted;
  }

  /** What a newer Hexbeat has made of the tables, this one would read and write wrongly. */
  private static void refuseNewer(MigrationInfoService schema) {
    MigrationInfo current = schema.current();
    if (current == null) {
      return;
    }
    MigrationVersion known = MigrationVersion.EMPTY;
    for (MigrationInfo migration : schema.all()) {
      MigrationVersion version = migration.getVersion();
      if (version != null
          && migration.getResolvedChecksum() != null
          && version.compareTo(known) > 0) {
        known = version;
      }
    }
    if (current.getVersion().compareTo(known) > 0) {
      throw new IllegalStateException(
          "database schema version="
              + current.getVersion()
              + " is newer than version="
              + known
              + ", the newest that this Hexbeat knows: start the newer Hexbeat again, or restore the"
              + " backup that was made before it");
    }
  }
}
