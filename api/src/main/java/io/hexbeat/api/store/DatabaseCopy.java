package io.hexbeat.api.store;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The content of the whole database at one moment, table by table, and back into an empty one. One
 * thread that may wait. Reads in one REPEATABLE READ transaction beside a running server; restores
 * in one transaction, so that a database is whole or still empty.
 */
public final class DatabaseCopy implements AutoCloseable {
  private static final String TABLES =
      """
      select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and c.relname <> 'flyway_schema_history'
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by c.relname order by c.relname
      """;

  private static final String REFERENCES =
      """
      select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
      where contype = 'f' and conrelid <> confrelid
        and connamespace = 'public'::regnamespace and conparentid = 0
      """;

  private static final String PARTITIONS =
      """
      select p.relname, c.relname, pg_get_expr(c.relpartbound, c.oid)
      from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind = 'r'
      order by c.relname
      """;

  private static final String SEQUENCES =
      "select sequencename, last_value from pg_sequences where schemaname = 'public'"
          + " and last_value is not null order by sequencename";

  private final Connection connection;

  private DatabaseCopy(Connection connection) {
    this.connection = connection;
  }

  /**
   * Begins the transaction of a copy.
   *
   * @param uri {@code postgresql://user:password@host:port/database}
   */
  public static DatabaseCopy of(String uri) throws IOException {
    try {
      PgConnectOptions server = PgConnectOptions.fromUri(uri);
      Connection connection =
          DriverManager.getConnection(
              Database.jdbcUrl(server, Database.Timeouts.DEFAULT),
              server.getUser(),
              server.getPassword());
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      return new DatabaseCopy(connection);
    } catch (SQLException e) {
      throw failed("can't be reached", e);
    }
  }

  /** What there is: schema version, tables in an order that references allow, and their columns. */
  public JsonObject describe() throws IOException {
    try (Statement statement = connection.createStatement()) {
      return new JsonObject()
          .put("schema", version(statement))
          .put("tables", tables(statement))
          .put("partitions", partitions(statement))
          .put("sequences", sequences(statement));
    } catch (SQLException e) {
      throw failed("can't be read", e);
    }
  }

  /** Up to where each shard's journal is projected in this copy; -1 where nothing is. */
  public long progress(int shard) throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select journal_index from projection_progress where shard = " + shard)) {
      return rows.next() ? rows.getLong(1) : -1;
    } catch (SQLException e) {
      throw failed("can't be read", e);
    }
  }

  /** Writes all rows of a table and returns how many. */
  public long write(JsonObject table, OutputStream to) throws IOException {
    String columns = table.getString("columns");
    String name = table.getString("name");
    try {
      return copies().copyOut("copy (select " + columns + " from \"" + name + "\") to stdout", to);
    } catch (SQLException e) {
      throw failed("table " + name + " can't be read", e);
    }
  }

  /**
   * Makes the schema of a description in an empty database and begins the transaction of a restore,
   * which {@link #commit} ends.
   */
  public static DatabaseCopy into(String uri, JsonObject description) throws IOException {
    PgConnectOptions server = PgConnectOptions.fromUri(uri);
    try (Connection connection =
            DriverManager.getConnection(
                Database.jdbcUrl(server, Database.Timeouts.DEFAULT),
                server.getUser(),
                server.getPassword());
        Statement statement = connection.createStatement();
        ResultSet tables = statement.executeQuery(TABLES)) {
      if (tables.next()) {
        throw new IOException("the database isn't empty: it has a table " + tables.getString(1));
      }
    } catch (SQLException e) {
      throw failed("can't be reached", e);
    }
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(
            Database.jdbcUrl(server, Database.Timeouts.DEFAULT),
            server.getUser(),
            server.getPassword())
        .locations("classpath:db/migration")
        .target(description.getString("schema"))
        .load()
        .migrate();
    DatabaseCopy copy = of(uri);
    copy.prepare(description);
    return copy;
  }

  /** Reads all rows of a table and returns how many. */
  public long read(JsonObject table, InputStream from) throws IOException {
    String name = table.getString("name");
    try {
      return copies()
          .copyIn("copy \"" + name + "\" (" + table.getString("columns") + ") from stdin", from);
    } catch (SQLException e) {
      throw failed("table " + name + " can't be restored", e);
    }
  }

  /** All tables are read. */
  public void commit(JsonObject description) throws IOException {
    try (Statement statement = connection.createStatement()) {
      for (Object each : description.getJsonArray("tables")) {
        String name = ((JsonObject) each).getString("name");
        statement.execute("alter table \"" + name + "\" enable trigger user");
      }
      for (Object each : description.getJsonArray("sequences")) {
        JsonObject sequence = (JsonObject) each;
        statement.execute(
            "select setval('public.\"%s\"', %d)"
                .formatted(sequence.getString("name"), sequence.getLong("value")));
      }
      connection.commit();
    } catch (SQLException e) {
      throw failed("can't be restored", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("can't be closed", e);
    }
  }

  private void prepare(JsonObject description) throws IOException {
    try (Statement statement = connection.createStatement()) {
      Set<String> there = new LinkedHashSet<>();
      try (ResultSet rows = statement.executeQuery(PARTITIONS)) {
        while (rows.next()) {
          there.add(rows.getString(2));
        }
      }
      for (Object each : description.getJsonArray("tables")) {
        String table = "\"" + ((JsonObject) each).getString("name") + "\"";
        // What a trigger made of a row when it was first written is among its columns.
        statement.execute("alter table " + table + " disable trigger user");
        if (hasRows(statement, table)) {
          statement.execute("truncate " + table + " cascade");
        }
      }
      for (Object each : description.getJsonArray("partitions")) {
        JsonObject partition = (JsonObject) each;
        if (!there.contains(partition.getString("name"))) {
          statement.execute(
              "create table \"%s\" partition of \"%s\" %s"
                  .formatted(
                      partition.getString("name"),
                      partition.getString("of"),
                      partition.getString("bound")));
        }
      }
    } catch (SQLException e) {
      throw failed("can't be prepared", e);
    }
  }

  private static boolean hasRows(Statement statement, String table) throws SQLException {
    try (ResultSet rows = statement.executeQuery("select 1 from " + table + " limit 1")) {
      return rows.next();
    }
  }

  private CopyManager copies() throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  private static String version(Statement statement) throws SQLException {
    String query =
        "select version from flyway_schema_history where success and version is not null"
            + " order by installed_rank desc limit 1";
    try (ResultSet rows = statement.executeQuery(query)) {
      if (!rows.next()) {
        throw new SQLException("no schema of Hexbeat is in it");
      }
      return rows.getString(1);
    }
  }

  /** Referenced tables before those that refer to them. */
  private static JsonArray tables(Statement statement) throws SQLException {
    Map<String, Set<String>> needs = new HashMap<>();
    try (ResultSet rows = statement.executeQuery(REFERENCES)) {
      while (rows.next()) {
        needs.computeIfAbsent(rows.getString(1), t -> new LinkedHashSet<>()).add(rows.getString(2));
      }
    }
    List<JsonObject> left = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        left.add(new JsonObject().put("name", rows.getString(1)).put("columns", rows.getString(2)));
      }
    }
    JsonArray ordered = new JsonArray();
    Set<String> done = new LinkedHashSet<>();
    while (!left.isEmpty()) {
      int before = left.size();
      left.removeIf(
          table -> {
            String name = table.getString("name");
            boolean ready = done.containsAll(needs.getOrDefault(name, Set.of()));
            if (ready) {
              ordered.add(table);
              done.add(name);
            }
            return ready;
          });
      if (left.size() == before) {
        throw new SQLException("tables refer to each other in a circle: " + left);
      }
    }
    return ordered;
  }

  private static JsonArray partitions(Statement statement) throws SQLException {
    JsonArray partitions = new JsonArray();
    try (ResultSet rows = statement.executeQuery(PARTITIONS)) {
      while (rows.next()) {
        partitions.add(
            new JsonObject()
                .put("of", rows.getString(1))
                .put("name", rows.getString(2))
                .put("bound", rows.getString(3)));
      }
    }
    return partitions;
  }

  private static JsonArray sequences(Statement statement) throws SQLException {
    JsonArray sequences = new JsonArray();
    try (ResultSet rows = statement.executeQuery(SEQUENCES)) {
      while (rows.next()) {
        sequences.add(
            new JsonObject().put("name", rows.getString(1)).put("value", rows.getLong(2)));
      }
    }
    return sequences;
  }

  private static IOException failed(String what, SQLException e) {
    return new IOException("PostgreSQL " + what + " (" + e.getMessage() + ")", e);
  }
}
