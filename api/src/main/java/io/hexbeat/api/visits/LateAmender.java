package io.hexbeat.api.visits;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.visit.LateReplay;
import io.hexbeat.geofence.visit.PresenceStep;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Takes fixes that came late into account: replays the device's stored positions from before the
 * first of them until presence agrees again with what was said live, and keeps the steps between.
 * One thread; within the transaction of its connection; a page of positions in memory. After {@link
 * #MAX_FIXES} it takes what was said live to be true from there on.
 */
final class LateAmender {
  /** A day of a phone that sends twice a second. */
  static final int MAX_FIXES = 200_000;

  private static final int PAGE = 2_000;

  /** Enough for a leaving that was about to be told. */
  private static final long RUN_UP_MS = 900_000;

  private static final String FIXES =
      "select effective_ms, journal_index, lat_e7, lng_e7, accuracy_cm, speed_cmps, bearing_cdeg"
          + " from positions where member = $1 and device = $2 and lat_e7 is not null"
          + " and fix_order in (0, 1, 4, 5) and (effective_ms, journal_index) > ($3, $4)"
          + " order by effective_ms, journal_index limit "
          + PAGE;

  private final Supplier<FenceIndex> fences;
  private final PresencePolicy policy;

  /** A period in which visits may have changed. */
  record Span(long fromMs, long toMs) {}

  /** One replay while its pages are read. */
  private static final class Run {
    final LateReplay replay;
    long lastMs;
    long lastIndex = Long.MAX_VALUE;
    int taken;
    boolean agreed;

    Run(LateReplay replay, long fromMs) {
      this.replay = replay;
      this.lastMs = fromMs - 1;
    }

    void take(RowSet<Row> rows) {
      for (Row row : rows) {
        StoredFix fix = StoredFix.of(row);
        lastMs = fix.fixTimeMs();
        lastIndex = fix.journalIndex();
        taken++;
        if (replay.take(fix, lastIndex)) {
          agreed = true;
          return;
        }
      }
    }
  }

  LateAmender(Supplier<FenceIndex> fences, PresencePolicy policy) {
    this.fences = fences;
    this.policy = policy;
  }

  /**
   * @param fromMs of the first late fix
   * @param toMs of the last one
   * @param steps of the member, from long before
   * @return the time in which presence is now said anew, if anything has changed
   */
  Future<Optional<Span>> amend(
      SqlConnection connection,
      int member,
      int device,
      long fromMs,
      long toMs,
      List<PresenceStep> steps) {
    List<PresenceStep> own = steps.stream().filter(step -> step.deviceHandle() == device).toList();
    long uptoIndex =
        own.stream().mapToLong(PresenceStep::journalIndex).max().orElse(Long.MIN_VALUE);
    LateReplay replay =
        new LateReplay(fences.get(), new PresenceEngine(policy, 0), device, own, toMs);
    return page(connection, member, device, new Run(replay, fromMs - RUN_UP_MS))
        .compose(
            v -> {
              replay.end();
              if (!replay.begun() || saysTheSame(replay, own)) {
                return Future.succeededFuture(Optional.empty());
              }
              return StoredSteps.replace(
                      connection,
                      member,
                      device,
                      replay.fromMs(),
                      replay.toMs(),
                      uptoIndex,
                      replay.steps())
                  .map(w -> Optional.of(new Span(replay.fromMs(), replay.toMs())));
            });
  }

  /** A phone whose records overtake each other sends late fixes all day that change nothing. */
  private static boolean saysTheSame(LateReplay replay, List<PresenceStep> known) {
    return told(replay.steps())
        .equals(
            told(
                known.stream()
                    .filter(step -> step.atMs() >= replay.fromMs() && step.atMs() < replay.toMs())
                    .toList()));
  }

  private static List<String> told(List<PresenceStep> steps) {
    return steps.stream()
        .map(step -> step.atMs() + " " + step.fenceHandle() + " " + step.kind())
        .sorted()
        .toList();
  }

  private static Future<Void> page(SqlConnection connection, int member, int device, Run run) {
    return connection
        .preparedQuery(FIXES)
        .execute(Tuple.of(member, device, run.lastMs, run.lastIndex))
        .compose(
            rows -> {
              run.take(rows);
              boolean done = run.agreed || rows.size() < PAGE || run.taken >= MAX_FIXES;
              return done ? Future.<Void>succeededFuture() : page(connection, member, device, run);
            });
  }
}
