package io.hexbeat.api.visits;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.visit.LateReplay;
import io.hexbeat.geofence.visit.PresenceStep;
import io.hexbeat.geofence.visit.Stay;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
      "select effective_ms, journal_index, lat_e7, lng_e7, accuracy_cm from positions"
          + " where member = $1 and device = $2 and lat_e7 is not null"
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
    final List<Stay> live;
    final long lateToMs;
    final FenceIndex index;
    long lastMs;
    long lastIndex;
    int taken;
    boolean agreed;

    Run(LateReplay replay, List<Stay> live, long fromMs, long lateToMs, FenceIndex index) {
      this.replay = replay;
      this.live = live;
      this.lateToMs = lateToMs;
      this.index = index;
      this.lastMs = fromMs - 1;
      this.lastIndex = Long.MAX_VALUE;
    }

    List<Stay> liveAt(long atMs) {
      return live.stream()
          .filter(stay -> stay.fromMs() <= atMs && atMs < stay.toMs())
          .filter(stay -> index.byHandle(stay.fenceHandle()) != null)
          .toList();
    }

    void take(RowSet<Row> rows) {
      for (Row row : rows) {
        StoredFix fix = StoredFix.of(row);
        replay.take(fix, fix.journalIndex());
        lastMs = fix.fixTimeMs();
        lastIndex = fix.journalIndex();
        taken++;
        if (lastMs > lateToMs && replay.agreesWith(handles(liveAt(lastMs)))) {
          agreed = true;
          return;
        }
      }
    }

    private static Set<Integer> handles(List<Stay> stays) {
      return stays.stream().map(Stay::fenceHandle).collect(Collectors.toCollection(TreeSet::new));
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
   * @return the time in which presence is now said anew
   */
  Future<Span> amend(
      SqlConnection connection,
      int member,
      int device,
      long fromMs,
      long toMs,
      List<PresenceStep> steps) {
    long beginMs = fromMs - RUN_UP_MS;
    FenceIndex index = fences.get();
    List<PresenceStep> own = steps.stream().filter(step -> step.deviceHandle() == device).toList();
    long uptoIndex =
        own.stream().mapToLong(PresenceStep::journalIndex).max().orElse(Long.MIN_VALUE);
    LateReplay replay = new LateReplay(index, new PresenceEngine(policy, 0), device);
    Stay.of(own.stream().filter(step -> step.atMs() < beginMs).toList()).stream()
        .filter(Stay::open)
        .forEach(replay::begin);
    Run run = new Run(replay, Stay.of(own), beginMs, toMs, index);
    return page(connection, member, device, run)
        .compose(
            v -> {
              if (!run.agreed) {
                replay.settle(run.liveAt(run.lastMs), run.lastMs);
              }
              Span span = new Span(beginMs, run.lastMs + 1);
              return StoredSteps.replace(
                      connection,
                      member,
                      device,
                      span.fromMs(),
                      span.toMs(),
                      uptoIndex,
                      replay.steps())
                  .map(w -> span);
            });
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
