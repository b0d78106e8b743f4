package io.hexbeat.api.visits;

import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.visit.PresenceStep;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Members' changes of presence as they are known now: what was told live, but for the times in
 * which late fixes are taken into account; there what presence would have said. Stateless; reads
 * within the transaction of its connection.
 */
final class StoredSteps {
  private static final String COLUMNS =
      "select t.member, t.device, t.fence, t.kind, t.at_ms, t.inferred, t.journal_index, t.ordinal";

  /** "offset 0" keeps each member's look-up by the index, whatever the tables are thought to be. */
  private static final String OF_MEMBERS =
      " from unnest($1::int[], $2::bigint[]) as w (member, from_ms) cross join lateral ("
          + COLUMNS
          + " from %s t where t.member = w.member and t.at_ms >= w.from_ms offset 0) t";

  private static final String LIVE =
      COLUMNS
          + OF_MEMBERS.formatted("transitions")
          + " where not exists (select from late_spans s"
          + " where s.member = t.member and s.device = t.device and t.at_ms >= s.from_ms"
          + " and t.at_ms < s.to_ms and t.journal_index <= s.upto_index)";

  private static final String LATE = COLUMNS + OF_MEMBERS.formatted("late_steps");

  private static final String KEEP_LATE =
      "insert into late_steps (member, device, fence, kind, at_ms, inferred, journal_index,"
          + " ordinal) values ($1, $2, $3, $4, $5, $6, $7, $8)";

  private StoredSteps() {}

  /**
   * All of each member from a time on.
   *
   * @param fromMs by member
   */
  static Future<Map<Integer, List<PresenceStep>>> of(
      SqlConnection connection, Map<Integer, Long> fromMs) {
    Tuple of =
        Tuple.tuple()
            .addArrayOfInteger(fromMs.keySet().toArray(Integer[]::new))
            .addArrayOfLong(fromMs.values().toArray(Long[]::new));
    return connection
        .preparedQuery(LIVE)
        .execute(of)
        .compose(
            live ->
                connection
                    .preparedQuery(LATE)
                    .execute(of)
                    .map(
                        late -> {
                          Map<Integer, List<PresenceStep>> steps = new HashMap<>();
                          fromMs.keySet().forEach(member -> steps.put(member, new ArrayList<>()));
                          addAll(steps, live);
                          addAll(steps, late);
                          return steps;
                        }));
  }

  /**
   * From now on these steps are what a device did between the two times.
   *
   * @param uptoIndex of the last record that was taken into account
   */
  static Future<Void> replace(
      SqlConnection connection,
      int member,
      int device,
      long fromMs,
      long toMs,
      long uptoIndex,
      List<PresenceStep> steps) {
    List<Tuple> rows = new ArrayList<>();
    for (PresenceStep step : steps) {
      rows.add(
          Tuple.of(
              member,
              device,
              step.fenceHandle(),
              step.kind().name().toLowerCase(Locale.ROOT),
              step.atMs(),
              step.inferred(),
              step.journalIndex(),
              step.ordinal()));
    }
    Tuple span = Tuple.of(member, device, fromMs, toMs);
    return connection
        .preparedQuery(
            "delete from late_steps where member = $1 and device = $2 and at_ms >= $3"
                + " and at_ms < $4")
        .execute(span)
        .compose(
            v ->
                connection
                    .preparedQuery(
                        "delete from late_spans where member = $1 and device = $2"
                            + " and from_ms >= $3 and to_ms <= $4")
                    .execute(span))
        .compose(
            v ->
                connection
                    .preparedQuery(
                        "insert into late_spans (member, device, from_ms, to_ms, upto_index)"
                            + " values ($1, $2, $3, $4, $5)")
                    .execute(Tuple.of(member, device, fromMs, toMs, uptoIndex)))
        .compose(
            v ->
                rows.isEmpty()
                    ? Future.<Void>succeededFuture()
                    : connection.preparedQuery(KEEP_LATE).executeBatch(rows).<Void>mapEmpty());
  }

  private static void addAll(Map<Integer, List<PresenceStep>> steps, RowSet<Row> rows) {
    for (Row row : rows) {
      Objects.requireNonNull(steps.get(row.getInteger(0)))
          .add(
              new PresenceStep(
                  row.getInteger(1),
                  row.getInteger(2),
                  ChangeKind.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                  row.getLong(4),
                  row.getBoolean(5),
                  row.getLong(6),
                  row.getInteger(7)));
    }
  }
}
