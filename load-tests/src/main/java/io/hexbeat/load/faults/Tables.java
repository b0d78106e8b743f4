package io.hexbeat.load.faults;

import io.hexbeat.load.faults.Truth.Stored;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The tables of the embedded PostgreSQL, read past the server. The run's thread only; each question
 * waits for its answer, at most a minute.
 */
final class Tables implements AutoCloseable {
  private static final long WITHIN_SECONDS = 60;

  /** Which line of postmaster.pid holds the port. */
  private static final int PORT_LINE = 3;

  /** A table and what of a row is compared. */
  enum Table {
    POSITIONS("positions", "device || ' ' || fix_ms || ' ' || lat_e7 || ' ' || lng_e7"),
    TRANSITIONS("transitions", "fence || ' ' || kind || ' ' || at_ms"),
    PUNCHES("punches", "punch_id"),
    ALERTS("alert_occurrences", "id");

    private final String table;
    private final String row;

    Table(String table, String row) {
      this.table = table;
      this.row = row;
    }
  }

  private final PgConnection connection;

  private Tables(PgConnection connection) {
    this.connection = connection;
  }

  static Tables open(Vertx vertx, Path dataDir) throws Exception {
    PgConnectOptions to =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(port(dataDir))
            .setUser("postgres")
            .setPassword("postgres")
            .setDatabase("postgres");
    return new Tables(PgConnection.connect(vertx, to).await(WITHIN_SECONDS, TimeUnit.SECONDS));
  }

  @Override
  public void close() {
    connection.close().await();
  }

  Map<String, Integer> deviceHandles() throws Exception {
    Map<String, Integer> handles = new HashMap<>();
    for (Row row : ask("select id, handle from devices", Tuple.tuple())) {
      handles.put(row.getString(0), row.getInteger(1));
    }
    return handles;
  }

  /** All fences there ever were, in the order of their handles; all of them are circles. */
  List<FenceHistory.Row> fences() throws Exception {
    List<FenceHistory.Row> fences = new ArrayList<>();
    String sql =
        "select handle, id, name, geometry, radius_m, index_version, deleted_at is not null"
            + " from fences order by handle";
    for (Row row : ask(sql, Tuple.tuple())) {
      JsonArray lngLat = ((JsonObject) row.getValue(3)).getJsonArray("coordinates");
      fences.add(
          new FenceHistory.Row(
              row.getInteger(0),
              new Site(
                  row.getString(1),
                  row.getString(2),
                  lngLat.getDouble(1),
                  lngLat.getDouble(0),
                  row.getDouble(4)),
              row.getLong(5),
              row.getBoolean(6)));
    }
    return fences;
  }

  /** How often the fences were edited. */
  long fenceVersion() throws Exception {
    return ask("select version from fence_index", Tuple.tuple()).iterator().next().getLong(0);
  }

  /** Up to which record a shard's journal is in the tables; -1 for none. */
  long progress(int shard) throws Exception {
    RowSet<Row> rows =
        ask("select journal_index from projection_progress where shard = $1", Tuple.of(shard));
    return rows.size() == 0 ? -1 : rows.iterator().next().getLong(0);
  }

  long count(Table table) throws Exception {
    return ask("select count(*) from " + table.table, Tuple.tuple()).iterator().next().getLong(0);
  }

  /** Rows of a shard's records after the index, in no order. */
  List<Stored> after(Table table, int shard, long index) throws Exception {
    List<Stored> rows = new ArrayList<>();
    String sql =
        "select journal_index, %s from %s where shard = $1 and journal_index > $2"
            .formatted(table.row, table.table);
    for (Row row : ask(sql, Tuple.of(shard, index))) {
      rows.add(new Stored(shard, row.getLong(0), row.getString(1)));
    }
    return rows;
  }

  /** Whether visits are still to be looked at again. */
  boolean visitsWait() throws Exception {
    return ask("select exists (select from visit_work)", Tuple.tuple())
        .iterator()
        .next()
        .getBoolean(0);
  }

  /** What is said of the members' visits, in all their versions, by id. */
  Map<String, String> visits(List<String> members) throws Exception {
    String sql =
        "select v.id, (to_jsonb(v) - 'id' - 'changed_ms')::text || coalesce((select"
            + " string_agg(o.version || o.cause || o.body, ' ' order by o.version) from"
            + " visit_versions o where o.id = v.id), '') from visits v join members m"
            + " on m.handle = v.member where m.id = any($1)";
    Map<String, String> visits = new HashMap<>();
    for (Row row : ask(sql, Tuple.of(members.toArray(String[]::new)))) {
      visits.put(row.getString(0), row.getString(1));
    }
    return visits;
  }

  /** Has all visits of the members made again from the first record on. */
  void makeVisitsAgain(List<String> members) throws Exception {
    String sql =
        "insert into visit_work (member, from_ms, to_ms, quiet) select member, min(at_ms),"
            + " max(at_ms), true from (select member, at_ms from transitions union all select"
            + " member, at_ms from punches) said join members m on m.handle = member"
            + " where m.id = any($1) group by member";
    ask(sql, Tuple.of(members.toArray(String[]::new)));
  }

  private RowSet<Row> ask(String sql, Tuple parameters) throws Exception {
    return connection
        .preparedQuery(sql)
        .execute(parameters)
        .await(WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  static int port(Path dataDir) throws IOException {
    Path file = dataDir.resolve("postgres").resolve("postmaster.pid");
    return Integer.parseInt(Files.readAllLines(file).get(PORT_LINE).strip());
  }
}
