package io.hexbeat.api.visits;

import io.hexbeat.geofence.visit.PresenceStep;
import io.hexbeat.geofence.visit.Stay;
import io.hexbeat.geofence.visit.Visit;
import io.hexbeat.geofence.visit.VisitBuilder;
import io.hexbeat.geofence.visit.VisitPunch;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes one member's visits of what the projection has, and stores what has become of them, in the
 * transaction of its connection. One thread. Visits outside the time that the work names stand as
 * they are, whatever has been edited since.
 */
final class VisitMaker {
  /** A shift: how long somebody may have been in a larger site that their visit hides. */
  private static final long LOOK_BACK_MS = 12 * 3_600_000L;

  private static final String PUNCHES =
      "select p.journal_index, p.punch_id, p.kind, p.at_ms, p.site, p.verdict, p.place,"
          + " f.handle as near from punches p left join fences f"
          + " on f.id = p.receipt->'sites'->0->>'fence' and f.deleted_at is null"
          + " where p.member = $1 and p.at_ms >= $2 and p.kind <> 'clock_in'";

  private static final String STORED =
      "select "
          + StoredVisit.COLUMNS
          + " from visits v where v.member = $1 and v.arrived_ms <= $3"
          + " and (v.left_ms is null or v.left_ms >= $2)";

  private final VisitSettings settings;
  private final SiteBook sites;
  private final LateAmender late;
  private final Clock clock;

  /**
   * What was made of one member's work.
   *
   * @param sites of the visits that changed, by handle
   * @param quiet whether nobody is to be told live
   */
  record Made(int member, List<VisitChange> changes, Map<Integer, Site> sites, boolean quiet) {
    static Made nothing(int member) {
      return new Made(member, List.of(), Map.of(), true);
    }
  }

  /** The time to be looked at, and the devices whose fixes came late within it. */
  private static final class Work {
    long fromMs = Long.MAX_VALUE;
    long toMs = Long.MIN_VALUE;
    boolean quiet = true;
    final Map<Integer, long[]> late = new HashMap<>();

    /** In which presence is said anew. */
    final List<LateAmender.Span> spans = new ArrayList<>();

    void add(Row row, long oldestMs) {
      long from = row.getLong("from_ms");
      long to = row.getLong("to_ms");
      Integer device = row.getInteger("device");
      if (device != null && to < oldestMs) {
        return;
      }
      quiet &= row.getBoolean("quiet");
      if (device != null) {
        from = Math.max(from, oldestMs);
        long[] period = late.computeIfAbsent(device, each -> new long[] {Long.MAX_VALUE, 0});
        period[0] = Math.min(period[0], from);
        period[1] = Math.max(period[1], to);
      }
      cover(from, to);
    }

    void cover(long from, long to) {
      fromMs = Math.min(fromMs, from);
      toMs = Math.max(toMs, to);
    }

    void amended(LateAmender.Span span) {
      spans.add(span);
      cover(span.fromMs(), span.toMs());
    }

    boolean isEmpty() {
      return fromMs > toMs;
    }
  }

  VisitMaker(VisitSettings settings, SiteBook sites, LateAmender late, Clock clock) {
    this.settings = settings;
    this.sites = sites;
    this.late = late;
    this.clock = clock;
  }

  /** Does what is to be done for a member; nothing if somebody else has done it. */
  Future<Made> make(SqlConnection connection, int member) {
    long oldestMs = clock.millis() - settings.amendWithin().toMillis();
    return connection
        .query("set transaction isolation level repeatable read")
        .execute()
        .compose(v -> connection.query("set local synchronous_commit = off").execute())
        .compose(
            v ->
                connection
                    .preparedQuery(
                        "delete from visit_work where member = $1"
                            + " returning device, from_ms, to_ms, quiet")
                    .execute(Tuple.of(member)))
        .compose(
            rows -> {
              Work work = new Work();
              rows.forEach(row -> work.add(row, oldestMs));
              return work.isEmpty()
                  ? Future.succeededFuture(Made.nothing(member))
                  : amendLate(connection, member, work)
                      .compose(v -> rebuild(connection, member, work));
            });
  }

  private Future<Void> amendLate(SqlConnection connection, int member, Work work) {
    Future<Void> amended = Future.succeededFuture();
    for (Map.Entry<Integer, long[]> device : work.late.entrySet()) {
      long fromMs = device.getValue()[0];
      long toMs = device.getValue()[1];
      amended =
          amended
              .compose(v -> stored(connection, member, fromMs - LOOK_BACK_MS, toMs))
              .compose(
                  visits ->
                      StoredSteps.of(connection, member, earliest(visits, fromMs) - LOOK_BACK_MS))
              .compose(
                  steps -> late.amend(connection, member, device.getKey(), fromMs, toMs, steps))
              .map(
                  changed -> {
                    changed.ifPresent(work::amended);
                    return null;
                  });
    }
    return amended;
  }

  private Future<Made> rebuild(SqlConnection connection, int member, Work work) {
    long slackMs = Math.max(settings.rules().passingMs(), settings.rules().punchToleranceMs()) + 1;
    long fromMs = work.fromMs - slackMs;
    long toMs = work.toMs + slackMs;
    return stored(connection, member, fromMs - LOOK_BACK_MS, toMs + LOOK_BACK_MS)
        .compose(
            stored -> {
              List<StoredVisit> concerned =
                  stored.stream().filter(visit -> visit.touches(fromMs, toMs)).toList();
              long beginMs = earliest(concerned, fromMs) - LOOK_BACK_MS;
              return StoredSteps.of(connection, member, beginMs)
                  .compose(
                      steps ->
                          connection
                              .preparedQuery(PUNCHES)
                              .execute(Tuple.of(member, beginMs))
                              .compose(
                                  punches ->
                                      rebuild(
                                          connection,
                                          member,
                                          work,
                                          fromMs,
                                          toMs,
                                          slackMs,
                                          stored,
                                          steps,
                                          punches)));
            });
  }

  private Future<Made> rebuild(
      SqlConnection connection,
      int member,
      Work work,
      long fromMs,
      long toMs,
      long slackMs,
      List<StoredVisit> stored,
      List<PresenceStep> steps,
      RowSet<Row> punchRows) {
    List<VisitPunch> punches = new ArrayList<>();
    Map<Long, JsonObject> told = new HashMap<>();
    Set<Integer> handles = new TreeSet<>();
    for (Row row : punchRows) {
      VisitPunch punch = punch(row);
      punches.add(punch);
      handles.add(punch.fenceHandle());
      told.put(
          punch.journalIndex(),
          new JsonObject()
              .put("id", row.getString("punch_id"))
              .put("kind", row.getString("kind"))
              .put("at_ms", row.getLong("at_ms"))
              .put("verdict", row.getString("verdict"))
              .put("place", row.getString("place")));
    }
    steps.forEach(step -> handles.add(step.fenceHandle()));
    stored.forEach(visit -> handles.add(visit.fence()));
    return sites
        .of(connection, handles)
        .compose(
            known -> {
              Set<Integer> visited = new TreeSet<>();
              stored.forEach(visit -> visited.add(visit.fence()));
              List<Visit> made =
                  VisitBuilder.build(
                      Stay.of(steps),
                      punches,
                      handle -> size(known.get(handle), visited.contains(handle)),
                      settings.rules());
              List<VisitChange> changes =
                  VisitChange.of(
                      member,
                      made,
                      stored,
                      fromMs,
                      toMs,
                      slackMs,
                      work.spans,
                      clock.millis(),
                      visit -> new JsonArray(visit.punches().stream().map(told::get).toList()));
              return store(connection, changes)
                  .map(v -> new Made(member, changes, known, work.quiet));
            });
  }

  /** What became an area after it was visited stays the customer that it was. */
  private static double size(@Nullable Site site, boolean visited) {
    if (site == null) {
      return Double.NaN;
    }
    return Double.isNaN(site.squareMeters()) && visited ? 0 : site.squareMeters();
  }

  private static VisitPunch punch(Row row) {
    Integer claimed = row.getInteger("site");
    boolean inside = "inside".equals(row.getString("place"));
    Integer near = inside ? row.getInteger("near") : null;
    int fence = claimed != null && claimed > 0 ? claimed : near == null ? 0 : near;
    VisitPunch.Kind kind =
        switch (row.getString("kind")) {
          case "visit_in" -> VisitPunch.Kind.VISIT_IN;
          case "visit_out" -> VisitPunch.Kind.VISIT_OUT;
          default -> VisitPunch.Kind.CLOCK_OUT;
        };
    return new VisitPunch(
        row.getLong("journal_index"),
        kind,
        row.getLong("at_ms"),
        fence,
        inside && !"invalid".equals(row.getString("verdict")));
  }

  private static Future<List<StoredVisit>> stored(
      SqlConnection connection, int member, long fromMs, long toMs) {
    return connection
        .preparedQuery(STORED)
        .execute(Tuple.of(member, fromMs, toMs))
        .map(
            rows -> {
              List<StoredVisit> visits = new ArrayList<>();
              rows.forEach(row -> visits.add(StoredVisit.of(row)));
              return visits;
            });
  }

  private static long earliest(List<StoredVisit> visits, long fromMs) {
    return Math.min(fromMs, visits.stream().mapToLong(StoredVisit::arrivedMs).min().orElse(fromMs));
  }

  private static Future<Void> store(SqlConnection connection, List<VisitChange> changes) {
    List<Tuple> rows = new ArrayList<>();
    List<Tuple> versions = new ArrayList<>();
    for (VisitChange change : changes) {
      rows.add(change.after().tuple());
      StoredVisit before = change.before();
      if (before != null && change.keepsBefore()) {
        versions.add(
            Tuple.of(
                before.id(),
                before.version(),
                before.facts(),
                change.after().changedMs(),
                change.cause().text()));
      }
    }
    Future<Void> stored =
        rows.isEmpty()
            ? Future.succeededFuture()
            : connection.preparedQuery(StoredVisit.UPSERT).executeBatch(rows).mapEmpty();
    return versions.isEmpty()
        ? stored
        : stored.compose(
            v ->
                connection
                    .preparedQuery(
                        "insert into visit_versions (id, version, body, replaced_ms, cause)"
                            + " values ($1, $2, $3, $4, $5)")
                    .executeBatch(versions)
                    .mapEmpty());
  }
}
