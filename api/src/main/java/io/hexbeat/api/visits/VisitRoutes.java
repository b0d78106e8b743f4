package io.hexbeat.api.visits;

import io.hexbeat.api.http.Call;
import io.hexbeat.api.http.CsvText;
import io.hexbeat.api.http.Cursor;
import io.hexbeat.api.http.HistoryRoutes;
import io.hexbeat.api.http.Period;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.http.Routes;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who visited whom: lists, one visit with its versions, and files. Runs on the event loop of the
 * request; a page of rows in memory, files are written page by page and end at {@link
 * #EXPORT_MAX_ROWS}. Each answer is noted in the read log with whose visits it has.
 */
public final class VisitRoutes implements Routes {
  /** A year of a hundred people with ten visits a day is a third of it. */
  static final int EXPORT_MAX_ROWS = 1_000_000;

  private static final int EXPORT_PAGE_ROWS = 1_000;
  private static final String ACTION = "read.visits";
  private static final List<String> CSV_COLUMNS =
      List.of(
          "id",
          "member",
          "member_name",
          "team",
          "fence",
          "name",
          "customer",
          "status",
          "arrived_at",
          "left_at",
          "dwell_at",
          "duration_s",
          "source",
          "arrived_inferred",
          "left_inferred",
          "late",
          "version",
          "punches",
          "lat",
          "lng");

  private static final String LIST =
      "select "
          + StoredVisit.COLUMNS
          + ", "
          + Site.COLUMNS
          + " from visits v join fences f on f.handle = v.fence"
          + " where v.member = any($1) and v.arrived_ms < $3"
          + " and "
          + StoredVisit.LEFT
          + " >= $2"
          + " and ($4::text is null or f.id = $4)"
          + " and ($5::text is null or f.name ilike $5 or f.customer ilike $5 or f.id ilike $5)"
          + " and v.status = any($6) and (not $7 or v.dwell_ms is not null or v.punch_only)"
          + " and (v.arrived_ms, v.id) < ($8, $9)"
          + " order by v.arrived_ms desc, v.id desc limit $10";

  private final Pool pool;
  private final Directory directory;
  private final ReadLog reads;

  /** What is asked for, but for the page. */
  private record Query(
      List<Integer> members,
      Period period,
      @Nullable String fence,
      @Nullable String text,
      List<String> statuses,
      boolean dwelt) {
    Tuple page(long arrivedMs, String id, int limit) {
      return Tuple.tuple()
          .addArrayOfInteger(members.toArray(Integer[]::new))
          .addLong(period.fromMs())
          .addLong(period.toMs())
          .addString(fence)
          .addString(text == null ? null : "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%")
          .addArrayOfString(statuses.toArray(String[]::new))
          .addBoolean(dwelt)
          .addLong(arrivedMs)
          .addString(id)
          .addInteger(limit);
    }
  }

  public VisitRoutes(Pool pool, Directory directory, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listVisits").addHandler(context -> list(context, this::ofAll));
    builder.getRoute("listMemberVisits").addHandler(context -> list(context, this::ofMember));
    builder.getRoute("getVisit").addHandler(Routes.json(this::visit));
  }

  private Query ofAll(Call call) {
    String id = call.text("member");
    String team = HistoryRoutes.visibleTeam(call, directory);
    if (id == null) {
      return query(call, List.of(call.access().memberHandles(team)));
    }
    Member member = directory.member(id);
    if (member == null || !call.access().sees(member)) {
      throw Problem.invalid("/query/member", "there is no member '" + id + "'");
    }
    boolean within = team == null || directory.isWithin(member.teamId(), team);
    return query(call, within ? List.of(member.handle()) : List.of());
  }

  private Query ofMember(Call call) {
    return query(call, List.of(HistoryRoutes.visibleMember(call, directory).handle()));
  }

  private static Query query(Call call, List<Integer> members) {
    String open = call.text("open");
    List<String> statuses;
    if (call.flag("withdrawn", false)) {
      statuses = List.of("withdrawn");
    } else if (open == null) {
      statuses = List.of("open", "closed");
    } else {
      statuses = List.of(Boolean.parseBoolean(open) ? "open" : "closed");
    }
    return new Query(
        members,
        Period.of(call),
        call.text("fence"),
        call.text("q"),
        statuses,
        call.flag("dwelt", false));
  }

  /** What the client can read, by name or else by what it accepts. */
  static String format(Call call) {
    String format = call.text("format");
    if (format != null) {
      return format;
    }
    String accept = String.valueOf(call.context().request().getHeader(HttpHeaders.ACCEPT));
    return accept.contains("text/csv")
        ? "csv"
        : accept.contains("application/geo+json")
            ? "geojson"
            : accept.contains("application/gpx+xml") ? "gpx" : "json";
  }

  private void list(RoutingContext context, Function<Call, Query> asked) {
    Call call = new Call(context);
    String format = format(call);
    if (format.equals("json")) {
      Routes.json(each -> page(each, asked.apply(each))).handle(context);
      return;
    }
    try {
      export(context, call, asked.apply(call), format.equals("csv"));
    } catch (RuntimeException e) {
      context.fail(e);
    }
  }

  private Future<JsonObject> page(Call call, Query query) {
    Cursor cursor = Cursor.of(call, 2);
    int limit = call.limit();
    return rows(query, cursor, limit + 1)
        .map(
            rows -> {
              HistoryRoutes.noteRead(reads, call, ACTION, rows, query.period());
              return HistoryRoutes.page(
                  new JsonObject(),
                  "visits",
                  rows,
                  limit,
                  this::json,
                  last -> Cursor.after(last.getLong("arrived_ms"), last.getString("id")));
            });
  }

  private Future<RowSet<Row>> rows(Query query, @Nullable Cursor after, int limit) {
    return pool.preparedQuery(LIST)
        .execute(
            query.page(
                after == null ? Long.MAX_VALUE : after.number(0),
                after == null ? "" : after.text(1),
                limit));
  }

  private JsonObject json(Row row) {
    return VisitJson.withWhose(directory, StoredVisit.of(row), Site.named(row));
  }

  private Future<JsonObject> visit(Call call) {
    String id = call.path("id");
    return pool.preparedQuery(
            "select "
                + StoredVisit.COLUMNS
                + ", "
                + Site.COLUMNS
                + " from visits v join fences f on f.handle = v.fence where v.id = $1")
        .execute(Tuple.of(id))
        .compose(
            rows -> {
              Row row = rows.size() == 0 ? null : rows.iterator().next();
              if (row == null || !call.access().seesMember(row.getInteger("member"))) {
                return Future.failedFuture(Problem.notFound("visit", id));
              }
              StoredVisit visit = StoredVisit.of(row);
              BitSet one = new BitSet();
              one.set(visit.member());
              call.noteRead(reads, ACTION, one, visit.arrivedMs(), visit.endMs());
              return versions(visit, Site.named(row));
            });
  }

  private Future<JsonObject> versions(StoredVisit visit, Site site) {
    return pool.preparedQuery(
            "select version, body, replaced_ms, cause from visit_versions where id = $1"
                + " order by version")
        .execute(Tuple.of(visit.id()))
        .map(
            rows -> {
              JsonArray versions = new JsonArray();
              for (Row row : rows) {
                StoredVisit then =
                    visit.asItWas(
                        row.getInteger("version"),
                        row.getJsonObject("body"),
                        row.getLong("replaced_ms"));
                JsonObject json = VisitJson.of(then, site);
                json.remove("id");
                json.remove("changed_at");
                versions.add(
                    json.put("replaced_at", Times.iso(row.getLong("replaced_ms")))
                        .put("replaced_for", row.getString("cause")));
              }
              return VisitJson.withWhose(directory, visit, site).put("versions", versions);
            });
  }

  private void export(RoutingContext context, Call call, Query query, boolean csv) {
    Cursor cursor = Cursor.of(call, 2);
    rows(query, cursor, EXPORT_PAGE_ROWS)
        .compose(
            rows -> {
              HistoryRoutes.noteRead(reads, call, ACTION, rows, query.period());
              HttpServerResponse response =
                  context
                      .response()
                      .setChunked(true)
                      .putHeader(
                          HttpHeaders.CONTENT_TYPE,
                          csv ? "text/csv; charset=utf-8" : "application/geo+json")
                      .putHeader(
                          "Content-Disposition",
                          "attachment; filename=visits." + (csv ? "csv" : "geojson"));
              return response
                  .write(
                      csv
                          ? CsvText.line(CSV_COLUMNS)
                          : "{\"type\":\"FeatureCollection\",\"features\":[")
                  .compose(v -> send(response, call, query, csv, rows, 0))
                  .compose(v -> csv ? response.end() : response.end("]}"));
            })
        .onFailure(
            e -> {
              if (context.response().headWritten()) {
                context.response().reset(); // half a file must not look like a whole one
              } else {
                context.fail(e);
              }
            });
  }

  private Future<Void> send(
      HttpServerResponse response,
      Call call,
      Query query,
      boolean csv,
      RowSet<Row> rows,
      int sent) {
    StringBuilder text = new StringBuilder();
    Row last = null;
    int total = sent;
    for (Row row : rows) {
      text.append(csv ? csvLine(row) : (total == 0 ? "" : ",\n") + feature(row).encode());
      last = row;
      total++;
    }
    if (last == null) {
      return Future.succeededFuture();
    }
    Cursor next = Cursor.after(last.getLong("arrived_ms"), last.getString("id"));
    int done = total;
    return response
        .write(text.toString())
        .compose(
            v -> {
              if (rows.size() < EXPORT_PAGE_ROWS || done >= EXPORT_MAX_ROWS) {
                return Future.succeededFuture();
              }
              return rows(query, next, EXPORT_PAGE_ROWS)
                  .compose(
                      more -> {
                        HistoryRoutes.noteRead(reads, call, ACTION, more, query.period());
                        return send(response, call, query, csv, more, done);
                      });
            });
  }

  private String csvLine(Row row) {
    JsonObject visit = json(row);
    Member member = directory.member(row.getInteger("member"));
    visit
        .put("member_name", member == null ? null : member.name())
        .put("punches", visit.getJsonArray("punches").size());
    List<@Nullable Object> cells = new ArrayList<>();
    CSV_COLUMNS.forEach(column -> cells.add(visit.getValue(column)));
    return CsvText.line(cells);
  }

  private JsonObject feature(Row row) {
    JsonObject visit = json(row);
    Object lng = visit.remove("lng");
    JsonArray place = new JsonArray().add(lng).add(visit.remove("lat"));
    return new JsonObject()
        .put("type", "Feature")
        .put("id", visit.getString("id"))
        .put("geometry", new JsonObject().put("type", "Point").put("coordinates", place))
        .put("properties", visit);
  }
}
