package io.hexbeat.api.http;

import io.hexbeat.api.alerts.AlertDesk;
import io.hexbeat.api.alerts.MemberAlerts;
import io.hexbeat.api.alerts.Step;
import io.hexbeat.api.alerts.StoredAlert;
import io.hexbeat.api.auth.Access;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.BitSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Alerts and what people do with them. Runs on the event loop of the request; a page of rows in
 * memory. What was found is the journal's, what was decided is people's and survives a new
 * projection. An alert can be answered once it is projected, some milliseconds after the socket has
 * shown it. Whoever sends the version that they have seen, as {@code If-Match} or in the body, is
 * refused with 412 if somebody was quicker.
 */
public final class AlertRoutes implements Routes {
  /** Occurrences of one answer; the newest that are kept with their evidence are among them. */
  private static final int MAX_OCCURRENCES = 200;

  private final Pool pool;
  private final Directory directory;
  private final AlertDesk desk;
  private final ReadLog reads;

  public AlertRoutes(Pool pool, Directory directory, AlertDesk desk, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.desk = desk;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listAlerts").addHandler(Routes.json(this::list));
    builder.getRoute("getAlert").addHandler(Routes.json(this::get));
    builder.getRoute("alertStatistics").addHandler(Routes.json(this::statistics));
    builder.getRoute("updateAlert").addHandler(Routes.json(call -> take(call, this::update)));
    builder.getRoute("assignAlert").addHandler(Routes.json(call -> take(call, this::assign)));
    builder
        .getRoute("commentAlert")
        .addHandler(Routes.json(call -> take(call, AlertRoutes::comment)));
    builder
        .getRoute("resolveAlert")
        .addHandler(Routes.json(call -> take(call, AlertRoutes::resolve)));
    builder.getRoute("appealAlert").addHandler(Routes.json(call -> take(call, this::appeal)));
    builder
        .getRoute("reopenAlert")
        .addHandler(Routes.json(call -> take(call, AlertRoutes::reopen)));
  }

  /** Newest first. */
  private Future<JsonObject> list(Call call) {
    Period period = Period.of(call);
    Cursor cursor = Cursor.of(call, 2);
    int limit = call.limit();
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfInteger(members(call))
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addString(call.text("status"))
            .addString(call.text("kind"))
            .addString(call.text("severity"))
            .addString(call.text("assignee"))
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(0))
            .addString(cursor == null ? "" : cursor.text(1))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select "
                + StoredAlert.COLUMNS
                + " from alerts where member = any($1) and raised_ms >= $2 and raised_ms < $3"
                + " and ($4::text is null or status = $4"
                + " or $4 = 'unresolved' and status <> 'resolved')"
                + " and ($5::text is null or kind = $5) and ($6::text is null or severity = $6)"
                + " and ($7::text is null or assignee = $7)"
                + " and (raised_ms, id) < ($8, $9) order by raised_ms desc, id desc limit $10")
        .execute(arguments)
        .map(
            rows -> {
              HistoryRoutes.noteRead(reads, call, "read.alerts", rows, period);
              return HistoryRoutes.page(
                  new JsonObject(),
                  "alerts",
                  rows,
                  limit,
                  row -> StoredAlert.of(row).toJson(directory),
                  last ->
                      Cursor.after(
                          last.getLong("raised_ms"), String.valueOf(last.getString("id"))));
            });
  }

  /** Those of the team and the member that the query names, within what the asker may see. */
  private Integer[] members(Call call) {
    String team = HistoryRoutes.visibleTeam(call, directory);
    String id = call.text("member");
    if (id == null) {
      return call.access().memberHandles(team);
    }
    Member member = directory.member(id);
    if (member == null || !call.access().sees(member)) {
      throw Problem.invalid("/query/member", "there is no member '" + id + "'");
    }
    return team == null || directory.isWithin(member.teamId(), team)
        ? new Integer[] {member.handle()}
        : new Integer[0];
  }

  /** The alert with its occurrences, the newest first, remarks and history, the oldest first. */
  private Future<JsonObject> get(Call call) {
    return visible(pool, call)
        .compose(
            alert ->
                occurrences(pool, alert.id(), MAX_OCCURRENCES)
                    .compose(
                        occurrences ->
                            pool.preparedQuery(
                                    "select at_ms, user_id, action, detail from alert_history"
                                        + " where alert = $1 order by seq")
                                .execute(Tuple.of(alert.id()))
                                .map(history -> detailed(call, alert, occurrences, history))));
  }

  private JsonObject detailed(
      Call call, StoredAlert alert, JsonArray occurrences, RowSet<Row> history) {
    BitSet one = new BitSet();
    one.set(alert.memberHandle());
    call.noteRead(reads, "read.alerts", one, alert.raisedMs(), alert.lastMs() + 1);
    JsonArray steps = new JsonArray();
    JsonArray comments = new JsonArray();
    for (Row row : history) {
      JsonObject step =
          row.getJsonObject("detail")
              .copy()
              .put("at", Times.iso(row.getLong("at_ms")))
              .put("action", row.getString("action"));
      String user = row.getString("user_id");
      steps.add(user == null ? step : step.put("user", user));
      if (step.containsKey("text")) {
        comments.add(step);
      }
    }
    call.context().response().putHeader(HttpHeaders.ETAG, "\"" + alert.version() + "\"");
    return alert
        .toJson(directory)
        .put("occurrences", occurrences)
        .put("comments", comments)
        .put("history", steps);
  }

  /** An alert that the asker may see; of others it isn't told that they are there. */
  static Future<StoredAlert> visible(Pool pool, Call call) {
    String id = call.path("id");
    return pool.preparedQuery(
            "select " + StoredAlert.COLUMNS + " from alerts where id = $1 and member = any($2)")
        .execute(Tuple.tuple().addString(id).addArrayOfInteger(call.access().memberHandles(null)))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw Problem.notFound("alert", id);
              }
              return StoredAlert.of(rows.iterator().next());
            });
  }

  /** The newest occurrences first; those whose evidence is no longer kept are short. */
  static Future<JsonArray> occurrences(Pool pool, String alertId, int limit) {
    return pool.preparedQuery(
            "select id, number, severity, score, raised_ms, body from alert_occurrences"
                + " where alert = $1 and (number <= $2 / 4 or number > (select max(number)"
                + " from alert_occurrences where alert = $1) - $2 * 3 / 4)"
                + " order by number desc limit $2")
        .execute(Tuple.of(alertId, limit))
        .map(
            rows -> {
              JsonArray occurrences = new JsonArray();
              for (Row row : rows) {
                JsonObject body = row.getJsonObject("body");
                JsonObject occurrence = body == null ? new JsonObject() : body.copy();
                occurrences.add(
                    occurrence
                        .put("id", row.getString("id"))
                        .put("number", row.getInteger("number"))
                        .put("severity", row.getString("severity"))
                        .put("score", row.getInteger("score"))
                        .put("raised_at", Times.iso(row.getLong("raised_ms"))));
              }
              return occurrences;
            });
  }

  private Future<JsonObject> take(Call call, BiFunction<Call, JsonObject, Step> read) {
    JsonObject body = call.body();
    Integer version = version(call, body);
    return desk.take(
            call.path("id"),
            call.access().memberHandles(null),
            version,
            read.apply(call, body),
            call.actor())
        .map(
            alert -> {
              call.context().response().putHeader(HttpHeaders.ETAG, "\"" + alert.version() + "\"");
              return call.access().role() == Role.MEMBER
                  ? MemberAlerts.shown(alert)
                  : alert.toJson(directory);
            });
  }

  /** The version that the asker has seen, or null. */
  private static @Nullable Integer version(Call call, JsonObject body) {
    String match = call.context().request().getHeader(HttpHeaders.IF_MATCH);
    if (match == null || match.strip().equals("*")) {
      return body.getInteger("version");
    }
    try {
      return Integer.valueOf(match.strip().replace("\"", ""));
    } catch (NumberFormatException e) {
      throw Problem.of(412, "If-Match is the ETag of an earlier answer, such as \"3\".");
    }
  }

  /** The words of the API before there was a workflow. */
  private Step update(Call call, JsonObject body) {
    String note = body.getString("note");
    return switch (body.getString("status")) {
      case "acknowledged" -> new Step.Assign(call.access().userId(), note, member -> true);
      case "dismissed" -> new Step.Resolve("honest", note);
      case "confirmed" -> new Step.Resolve("confirmed", note);
      case "open" -> new Step.Reopen(note);
      default -> throw new IllegalStateException("the contract lets no other status through");
    };
  }

  private Step assign(Call call, JsonObject body) {
    String user = body.getString("user");
    return new Step.Assign(user, body.getString("note"), member -> mayTake(user, member));
  }

  /** Whether the user leads the member, or leads everything. */
  private boolean mayTake(@Nullable String userId, int memberHandle) {
    if (userId == null) {
      return true;
    }
    User user = directory.user(userId);
    return user != null
        && user.role() != Role.MEMBER
        && new Access(directory, user).seesMember(memberHandle);
  }

  private static Step comment(Call call, JsonObject body) {
    return new Step.Comment(body.getString("text"));
  }

  private static Step resolve(Call call, JsonObject body) {
    return new Step.Resolve(body.getString("resolution"), body.getString("note"));
  }

  private Step appeal(Call call, JsonObject body) {
    boolean own = call.access().role() == Role.MEMBER;
    return new Step.Appeal(body.getString("text"), own ? "member" : "manager");
  }

  private static Step reopen(Call call, JsonObject body) {
    return new Step.Reopen(body.getString("note"));
  }

  /** How many alerts there were, and how right they were, by signal and team. */
  private Future<JsonObject> statistics(Call call) {
    Period period = Period.of(call);
    return pool.preparedQuery(
            "select member, kind, status, severity, resolution, count(*)::int as alerts,"
                + " sum(occurrences)::bigint as occurrences from alerts"
                + " where member = any($1) and raised_ms >= $2 and raised_ms < $3"
                + " group by member, kind, status, severity, resolution")
        .execute(
            Tuple.tuple()
                .addArrayOfInteger(members(call))
                .addLong(period.fromMs())
                .addLong(period.toMs()))
        .map(
            rows -> {
              HistoryRoutes.noteRead(reads, call, "read.alerts", rows, period);
              return AlertFigures.of(rows, directory).toJson();
            });
  }
}
