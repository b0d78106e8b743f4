package io.hexbeat.api.http;

import io.hexbeat.api.store.AuditLog;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Alerts and what people decided about them. Runs on the event loop of the request. An alert is the
 * journal's, its status is people's: it lives in PostgreSQL only and survives a new projection of
 * the same alert. An alert can be answered once it is projected, some milliseconds after the socket
 * has shown it.
 */
public final class AlertRoutes implements Routes {
  /** Told when a person has answered an alert, on the event loop of the request. */
  @FunctionalInterface
  public interface StatusListener {
    void changed(int memberHandle, String alertId, String severity, long raisedMs, String status);
  }

  private static final String COLUMNS =
      "raised_ms, id, member, severity, body, status, status_by, status_at, note";

  private final Pool pool;
  private final Directory directory;
  private final StatusListener listener;
  private final ReadLog reads;

  public AlertRoutes(Pool pool, Directory directory, StatusListener listener, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.listener = listener;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listAlerts").addHandler(Routes.json(this::list));
    builder.getRoute("updateAlert").addHandler(Routes.json(this::update));
  }

  /** Newest first. */
  private Future<JsonObject> list(Call call) {
    Period period = Period.of(call);
    Cursor cursor = Cursor.of(call, 2);
    int limit = call.limit();
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfInteger(
                call.access().memberHandles(HistoryRoutes.visibleTeam(call, directory)))
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addString(call.text("status"))
            .addString(call.text("kind"))
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(0))
            .addString(cursor == null ? "" : cursor.text(1))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select "
                + COLUMNS
                + " from alerts where member = any($1) and raised_ms >= $2 and raised_ms < $3"
                + " and ($4::text is null or status = $4) and ($5::text is null or kind = $5)"
                + " and (raised_ms, id) < ($6, $7) order by raised_ms desc, id desc limit $8")
        .execute(arguments)
        .map(
            rows -> {
              HistoryRoutes.noteRead(reads, call, "read.alerts", rows, period);
              return HistoryRoutes.page(
                  new JsonObject(),
                  "alerts",
                  rows,
                  limit,
                  this::alert,
                  last -> Cursor.after(last.getLong(0), last.getString(1)));
            });
  }

  private Future<JsonObject> update(Call call) {
    String id = call.path("id");
    JsonObject body = call.body();
    Tuple arguments =
        Tuple.of(
            id,
            call.access().memberHandles(null),
            body.getString("status"),
            call.access().userId(),
            body.getString("note"));
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        "with before as (select id, status, note from alerts where id = $1"
                            + " and member = any($2) for update)"
                            + " update alerts a set status = $3, status_by = $4,"
                            + " status_at = now(), note = coalesce($5, a.note) from before"
                            + " where a.id = before.id returning raised_ms, a.id, member,"
                            + " severity, body, a.status, status_by, status_at, a.note,"
                            + " before.status as status_before, before.note as note_before")
                    .execute(arguments)
                    .map(
                        rows -> {
                          if (rows.size() == 0) {
                            throw Problem.notFound("alert", id);
                          }
                          return rows.iterator().next();
                        })
                    .compose(
                        row ->
                            AuditLog.changed(
                                    connection,
                                    call.actor(),
                                    "alert.status",
                                    "alert:" + id,
                                    said(
                                        row.getString("status_before"),
                                        row.getString("note_before")),
                                    said(row.getString("status"), row.getString("note")))
                                .map(row)))
        .map(
            row -> {
              listener.changed(
                  row.getInteger("member"),
                  id,
                  row.getString("severity"),
                  row.getLong("raised_ms"),
                  row.getString("status"));
              return alert(row);
            });
  }

  private static JsonObject said(String status, @Nullable String note) {
    JsonObject said = new JsonObject().put("status", status);
    return note == null ? said : said.put("note", note);
  }

  private JsonObject alert(Row row) {
    JsonObject alert = row.getJsonObject("body").copy();
    Member member = directory.member(row.getInteger("member"));
    if (member != null) {
      alert.put("member", member.id()).put("team", member.teamId());
    }
    alert.put("status", row.getString("status"));
    OffsetDateTime statusAt = row.getOffsetDateTime("status_at");
    if (statusAt != null) {
      alert.put("status_by", row.getString("status_by")).put("status_at", Times.iso(statusAt));
    }
    String note = row.getString("note");
    if (note != null) {
      alert.put("note", note);
    }
    return alert;
  }
}
