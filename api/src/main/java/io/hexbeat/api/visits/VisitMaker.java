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
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes members' visits of what the projection has, and stores what has become of them, in the
 * transaction of its connection; the number of its questions does not hang on that of the members.
 * One thread. Visits outside the time that the work names stand as they are, whatever has been
 * edited since.
 */
final class VisitMaker {
  /** A shift: how long somebody may have been in a larger site that their visit hides. */
  private static final long LOOK_BACK_MS = 12 * 3_600_000L;

  private static final String TAKE =
      "delete from visit_work where member = any($1) returning member, device, from_ms, to_ms,"
          + " quiet";

  /** "offset 0" as in {@link StoredSteps}; the fence is the one that had the name then. */
  private static final String PUNCHES =
      "select p.member, p.journal_index, p.punch_id, p.kind, p.at_ms, p.site, p.verdict, p.place,"
          + " f.handle as near from unnest($1::int[], $2::bigint[]) as w (member, from_ms)"
          + " cross join lateral (select * from punches p where p.member = w.member"
          + " and p.at_ms >= w.from_ms and p.kind <> 'clock_in' offset 0) p left join lateral"
          + " (select handle from fences where id = p.receipt->'sites'->0->>'fence' and"
          + " (deleted_at is null or deleted_at >= to_timestamp(p.received_ms / 1000.0))"
          + " order by handle limit 1) f on true";

  /** "+ 0" has them found by when they were left: of what lies far back there is the most. */
  private static final String STORED =
      "select v.* from unnest($1::int[], $2::bigint[], $3::bigint[]) as w (member, from_ms, to_ms)"
          + " cross join lateral (select "
          + StoredVisit.COLUMNS
          + " from visits v where v.member = w.member and v.arrived_ms + 0 <= w.to_ms and "
          + StoredVisit.LEFT
          + " >= w.from_ms offset 0) v";

  private final VisitSettings settings;
  private final SiteBook sites;
  private final LateAmender late;
  private final Clock clock;

  /** How far a visit may have moved and still be the same one. */
  private final long slackMs;

  /**
   * How far from a step or punch a visit may be that it changes: an arrival can draw a punch to it
   * from a visit that is as far away on the other side of the punch.
   */
  private final long reachMs;

  /**
   * What was made of one member's work.
   *
   * @param sites of the visits that changed, by handle
   * @param quiet whether nobody is to be told live
   */
  record Made(int member, List<VisitChange> changes, Map<Integer, Site> sites, boolean quiet) {}

  /** Of one member: the time to be looked at, the devices whose fixes came late, what is stored. */
  private final class Work {
    final int member;
    long fromMs = Long.MAX_VALUE;
    long toMs = Long.MIN_VALUE;
    boolean quiet = true;
    final Map<Integer, long[]> late = new HashMap<>();

    /** In which presence is said anew. */
    final List<LateAmender.Span> spans = new ArrayList<>();

    List<StoredVisit> stored = List.of();
    List<PresenceStep> steps = List.of();
    final List<VisitPunch> punches = new ArrayList<>();

    /** Punches as visits tell them, by their place in the journal. */
    final Map<Long, JsonObject> told = new HashMap<>();

    Work(int member) {
      this.member = member;
    }

    void addRow(Row row, long oldestMs) {
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

    /** What lies outside of these two stands as it is. */
    long concernedFromMs() {
      return fromMs - reachMs;
    }

    long concernedToMs() {
      return toMs + reachMs;
    }

    /** From where on steps and punches are needed. */
    long beginMs() {
      List<StoredVisit> concerned =
          stored.stream()
              .filter(visit -> visit.touches(concernedFromMs(), concernedToMs()))
              .toList();
      return earliest(concerned, concernedFromMs()) - LOOK_BACK_MS;
    }

    void addPunch(Row row) {
      VisitPunch punch = punch(row);
      punches.add(punch);
      told.put(
          punch.journalIndex(),
          new JsonObject()
              .put("id", row.getString("punch_id"))
              .put("kind", row.getString("kind"))
              .put("at_ms", row.getLong("at_ms"))
              .put("verdict", row.getString("verdict"))
              .put("place", row.getString("place")));
    }

    void addFencesTo(Set<Integer> handles) {
      punches.forEach(punch -> handles.add(punch.fenceHandle()));
      steps.forEach(step -> handles.add(step.fenceHandle()));
      stored.forEach(visit -> handles.add(visit.fence()));
    }
  }

  VisitMaker(VisitSettings settings, SiteBook sites, LateAmender late, Clock clock) {
    this.settings = settings;
    this.sites = sites;
    this.late = late;
    this.clock = clock;
    long passingMs = settings.rules().passingMs();
    long toleranceMs = settings.rules().punchToleranceMs();
    this.slackMs = Math.max(passingMs, toleranceMs) + 1;
    this.reachMs = Math.max(passingMs, 2 * toleranceMs) + 1;
  }

  /**
   * Does what is to be done for the members, all or nothing; nothing for those that somebody else
   * has done.
   */
  Future<List<Made>> make(SqlConnection connection, List<Integer> members) {
    return connection
        .query(
            "set transaction isolation level repeatable read; set local synchronous_commit = off")
        .execute()
        .compose(
            v -> connection.preparedQuery(TAKE).execute(Tuple.of(members.toArray(Integer[]::new))))
        .compose(
            rows -> {
              Collection<Work> works = works(rows);
              return works.isEmpty()
                  ? Future.succeededFuture(List.of())
                  : amendLate(connection, works).compose(v -> rebuild(connection, works));
            });
  }

  private Collection<Work> works(RowSet<Row> rows) {
    long oldestMs = clock.millis() - settings.amendWithin().toMillis();
    Map<Integer, Work> works = new TreeMap<>();
    for (Row row : rows) {
      works.computeIfAbsent(row.getInteger("member"), Work::new).addRow(row, oldestMs);
    }
    return works.values().stream().filter(work -> !work.isEmpty()).toList();
  }

  private Future<Void> amendLate(SqlConnection connection, Collection<Work> works) {
    Future<Void> amended = Future.succeededFuture();
    for (Work work : works) {
      for (Map.Entry<Integer, long[]> device : work.late.entrySet()) {
        amended = amended.compose(v -> amendLate(connection, work, device));
      }
    }
    return amended;
  }

  private Future<Void> amendLate(
      SqlConnection connection, Work work, Map.Entry<Integer, long[]> device) {
    long fromMs = device.getValue()[0];
    long toMs = device.getValue()[1];
    return stored(connection, List.of(work), each -> fromMs - LOOK_BACK_MS, each -> toMs)
        .compose(
            v -> {
              long beginMs = earliest(work.stored, fromMs) - LOOK_BACK_MS;
              return StoredSteps.of(connection, Map.of(work.member, beginMs));
            })
        .compose(
            steps ->
                late.amend(
                    connection,
                    work.member,
                    device.getKey(),
                    fromMs,
                    toMs,
                    steps.getOrDefault(work.member, List.of())))
        .map(
            changed -> {
              changed.ifPresent(work::amended);
              return null;
            });
  }

  private Future<List<Made>> rebuild(SqlConnection connection, Collection<Work> works) {
    return stored(
            connection,
            works,
            work -> work.concernedFromMs() - LOOK_BACK_MS,
            work -> work.concernedToMs() + LOOK_BACK_MS)
        .compose(v -> read(connection, works))
        .compose(
            v -> {
              Set<Integer> handles = new TreeSet<>();
              works.forEach(work -> work.addFencesTo(handles));
              return sites.of(connection, handles);
            })
        .compose(
            known -> {
              List<Made> made = works.stream().map(work -> made(work, known)).toList();
              List<VisitChange> changes =
                  made.stream().flatMap(each -> each.changes().stream()).toList();
              return store(connection, changes).map(made);
            });
  }

  /** The steps and punches of which visits are made. */
  private Future<Void> read(SqlConnection connection, Collection<Work> works) {
    Map<Integer, Work> byMember = new HashMap<>();
    Map<Integer, Long> fromMs = new LinkedHashMap<>();
    for (Work work : works) {
      byMember.put(work.member, work);
      fromMs.put(work.member, work.beginMs());
    }
    return StoredSteps.of(connection, fromMs)
        .compose(
            steps -> {
              works.forEach(work -> work.steps = steps.getOrDefault(work.member, List.of()));
              return connection
                  .preparedQuery(PUNCHES)
                  .execute(
                      Tuple.tuple()
                          .addArrayOfInteger(fromMs.keySet().toArray(Integer[]::new))
                          .addArrayOfLong(fromMs.values().toArray(Long[]::new)));
            })
        .map(
            rows -> {
              rows.forEach(
                  row ->
                      Objects.requireNonNull(byMember.get(row.getInteger("member"))).addPunch(row));
              return null;
            });
  }

  private Made made(Work work, Map<Integer, Site> known) {
    Set<Integer> visited = new TreeSet<>();
    work.stored.forEach(visit -> visited.add(visit.fence()));
    List<Visit> made =
        VisitBuilder.build(
            Stay.of(work.steps),
            work.punches,
            handle -> size(known.get(handle), visited.contains(handle)),
            settings.rules());
    List<VisitChange> changes =
        VisitChange.of(
            work.member,
            made,
            work.stored,
            work.concernedFromMs(),
            work.concernedToMs(),
            slackMs,
            work.spans,
            clock.millis(),
            visit -> new JsonArray(visit.punches().stream().map(work.told::get).toList()));
    return new Made(work.member, changes, known, work.quiet);
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

  private Future<Void> stored(
      SqlConnection connection,
      Collection<Work> works,
      ToLongFunction<Work> fromMs,
      ToLongFunction<Work> toMs) {
    Map<Integer, List<StoredVisit>> visits = new HashMap<>();
    return connection
        .preparedQuery(STORED)
        .execute(
            Tuple.of(
                works.stream().map(work -> work.member).toArray(Integer[]::new),
                works.stream().map(fromMs::applyAsLong).toArray(Long[]::new),
                works.stream().map(toMs::applyAsLong).toArray(Long[]::new)))
        .map(
            rows -> {
              for (Row row : rows) {
                StoredVisit visit = StoredVisit.of(row);
                visits.computeIfAbsent(visit.member(), first -> new ArrayList<>()).add(visit);
              }
              works.forEach(work -> work.stored = visits.getOrDefault(work.member, List.of()));
              return null;
            });
  }

  private static long earliest(List<StoredVisit> visits, long fromMs) {
    return Math.min(fromMs, visits.stream().mapToLong(StoredVisit::arrivedMs).min().orElse(fromMs));
  }

  private static Future<Void> store(SqlConnection connection, List<VisitChange> changes) {
    Map<String, JsonObject> rows = new LinkedHashMap<>();
    List<Tuple> versions = new ArrayList<>();
    for (VisitChange change : changes) {
      rows.put(change.after().id(), change.after().row());
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
            : connection
                .preparedQuery(StoredVisit.UPSERT)
                .execute(Tuple.of(new JsonArray(List.copyOf(rows.values()))))
                .mapEmpty();
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
