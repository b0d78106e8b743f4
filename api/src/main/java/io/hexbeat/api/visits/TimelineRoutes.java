package io.hexbeat.api.visits;

import io.hexbeat.api.http.Call;
import io.hexbeat.api.http.HistoryRoutes;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.http.Routes;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Role;
import io.hexbeat.geofence.timeline.DayTimeline;
import io.hexbeat.geofence.timeline.TimelineRules;
import io.hexbeat.geofence.timeline.TrackFix;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One day of one person: stops, legs, visits and gaps. The day is that of the member's time zone
 * and has 23 or 25 hours where the clocks are changed. Made of stored data on a worker; at most
 * {@link #MAX_FIXES} fixes in memory, of a day with more the first ones, and the answer says so.
 */
public final class TimelineRoutes implements Routes {
  /** One a second. */
  static final int MAX_FIXES = 86_400 + 3_600;

  private static final String FIXES =
      "select effective_ms, lat_e7, lng_e7, accuracy_cm, device from positions where member = $1"
          + " and effective_ms >= $2 and effective_ms < $3 and lat_e7 is not null"
          + " and fix_order in (0, 1, 4, 5) order by effective_ms, journal_index limit $4";

  private static final String VISITS =
      "select "
          + StoredVisit.COLUMNS
          + ", "
          + Site.COLUMNS
          + " from visits v join fences f on f.handle = v.fence where v.member = $1"
          + " and v.status <> 'withdrawn' and v.arrived_ms < $3"
          + " and "
          + StoredVisit.LEFT
          + " >= $2 order by v.arrived_ms, v.id limit 1000";

  private static final String PUNCHES =
      "select punch_id, kind, at_ms, verdict, place, lat_e7, lng_e7 from punches where member = $1"
          + " and at_ms >= $2 and at_ms < $3 order by at_ms, shard, journal_index limit 1000";

  private static final String ALERTS =
      "select id, kind, severity, score, raised_ms, status from alerts where member = $1"
          + " and raised_ms >= $2 and raised_ms < $3 order by raised_ms, id limit 1000";

  private final Vertx vertx;
  private final Pool pool;
  private final Directory directory;
  private final ReadLog reads;
  private final Clock clock;

  public TimelineRoutes(Vertx vertx, Pool pool, Directory directory, ReadLog reads, Clock clock) {
    this.vertx = vertx;
    this.pool = pool;
    this.directory = directory;
    this.reads = reads;
    this.clock = clock;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("getTimeline").addHandler(this::timeline);
  }

  private void timeline(RoutingContext context) {
    Call call = new Call(context);
    String format = VisitRoutes.format(call);
    Future<MemberDay> day;
    try {
      day = day(call);
    } catch (RuntimeException e) {
      context.fail(e);
      return;
    }
    day.onSuccess(
            made -> {
              String type =
                  switch (format) {
                    case "csv" -> "text/csv; charset=utf-8";
                    case "geojson" -> "application/geo+json";
                    case "gpx" -> "application/gpx+xml";
                    default -> "application/json";
                  };
              if (!format.equals("json")) {
                context
                    .response()
                    .putHeader(
                        "Content-Disposition",
                        "attachment; filename=" + made.fileName() + "." + format);
              }
              context
                  .response()
                  .putHeader(HttpHeaders.CONTENT_TYPE, type)
                  .end(
                      switch (format) {
                        case "csv" -> made.csv();
                        case "geojson" -> made.geoJson().encode();
                        case "gpx" -> made.gpx();
                        default -> made.json().encode();
                      });
            })
        .onFailure(context::fail);
  }

  private Future<MemberDay> day(Call call) {
    Member member = HistoryRoutes.visibleMember(call, directory);
    ZoneId zone = directory.zoneOf(member);
    LocalDate date = date(call, zone);
    long fromMs = date.atStartOfDay(zone).toInstant().toEpochMilli();
    long toMs = date.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli();
    BitSet one = new BitSet();
    one.set(member.handle());
    call.noteRead(reads, "read.timeline", one, fromMs, toMs);
    Tuple of = Tuple.of(member.handle(), fromMs, toMs);
    Future<RowSet<Row>> fixes =
        pool.preparedQuery(FIXES).execute(Tuple.of(member.handle(), fromMs, toMs, MAX_FIXES + 1));
    Future<RowSet<Row>> visits = pool.preparedQuery(VISITS).execute(of);
    Future<RowSet<Row>> punches = pool.preparedQuery(PUNCHES).execute(of);
    Future<RowSet<Row>> alerts =
        call.access().role() == Role.MEMBER
            ? pool.preparedQuery(ALERTS).execute(Tuple.of(-1, fromMs, toMs))
            : pool.preparedQuery(ALERTS).execute(of);
    return Future.all(fixes, visits, punches, alerts)
        .compose(
            all ->
                vertx.executeBlocking(
                    () ->
                        new MemberDay(
                            member,
                            date,
                            zone,
                            fromMs,
                            toMs,
                            DayTimeline.of(track(fixes.result()), TimelineRules.DEFAULT),
                            fixes.result().size() > MAX_FIXES,
                            visits.result(),
                            punches.result(),
                            alerts.result(),
                            directory),
                    false));
  }

  private LocalDate date(Call call, ZoneId zone) {
    String text = call.text("date");
    if (text == null) {
      return LocalDate.ofInstant(clock.instant(), zone);
    }
    try {
      LocalDate date = LocalDate.parse(text);
      if (date.getYear() >= 1970 && date.getYear() < 2200) {
        return date;
      }
    } catch (DateTimeException e) {
      throw Problem.invalid("/query/date", "'" + text + "' is not a date as YYYY-MM-DD");
    }
    throw Problem.invalid("/query/date", "must be between 1970 and 2199");
  }

  private static List<TrackFix> track(RowSet<Row> rows) {
    List<TrackFix> fixes = new ArrayList<>();
    for (Row row : rows) {
      if (fixes.size() == MAX_FIXES) {
        break;
      }
      Integer accuracy = row.getInteger("accuracy_cm");
      fixes.add(
          new TrackFix(
              row.getLong("effective_ms"),
              row.getInteger("lat_e7"),
              row.getInteger("lng_e7"),
              accuracy == null || accuracy == 0 ? -1 : accuracy,
              row.getInteger("device")));
    }
    return fixes;
  }
}
