package io.hexbeat.api.visits;

import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.visit.PresenceStep;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A member's changes of presence as they are known now: what was told live, but for the times in
 * which late fixes are taken into account; there what presence would have said. Stateless; reads
 * within the transaction of its connection.
 */
final class StoredSteps {
  private static final String LIVE =
      "select device, fence, kind, at_ms, inferred, journal_index, ordinal from transitions t"
          + " where member = $1 and at_ms >= $2 and not exists (select 1 from late_spans s"
          + " where s.member = t.member and s.device = t.device and t.at_ms >= s.from_ms"
          + " and t.at_ms < s.to_ms and t.journal_index <= s.upto_index)";

  private static final String LATE =
      "select device, fence, kind, at_ms, inferred, journal_index, ordinal from late_steps"
          + " where member = $1 and at_ms >= $2";

  private static final String KEEP_LATE =
      "insert into late_steps (member, device, fence, kind, at_ms, inferred, journal_index,"
          + " ordinal) values ($1, $2, $3, $4, $5, $6, $7, $8)";

  private StoredSteps() {}

  /** All from a time on. */
  static Future<List<PresenceStep>> of(SqlConnection connection, int member, long fromMs) {
    Tuple of = Tuple.of(member, fromMs);
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
                          List<PresenceStep> steps = new ArrayList<>();
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

  private static void addAll(List<PresenceStep> steps, RowSet<Row> rows) {
    for (Row row : rows) {
      steps.add(
          new PresenceStep(
              row.getInteger(0),
              row.getInteger(1),
              ChangeKind.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
              row.getLong(3),
              row.getBoolean(4),
              row.getLong(5),
              row.getInteger(6)));
    }
  }
}
