package io.hexbeat.api.projection;

import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.metrics.Counter;
import io.hexbeat.ingest.wire.InvalidRecordException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one shard's journal into PostgreSQL. A worker verticle with a thread of its own: all
 * fields belong to that thread, but for the volatile figures that {@link #lag} reads. Holds at most
 * {@link #BATCH_RECORDS} records in memory, and little more than {@link #BATCH_BYTES}.
 *
 * <p>{@code read -> decode -> one transaction {progress, rows}}. The progress row moves from the
 * index this projector believes in to the batch's last, or the transaction fails; so a commit whose
 * answer got lost, or a second process on the same database, can't store a record twice. After any
 * failure the projector asks the database where it stands and reads the journal again from there,
 * with growing pauses. While the line is short of time it rests between batches, see {@link
 * Courtesy}. A batch that PostgreSQL refuses for what is in it is halved until the one bad record
 * is alone, and that goes to the quarantine. One that takes PostgreSQL too long makes the next ones
 * smaller, until they get through.
 */
final class ShardProjector extends VerticleBase {
  static final int BATCH_RECORDS = 2_000;

  /** Reached by records far larger than pings. */
  static final int BATCH_BYTES = 4 << 20;

  /** Rest between batches that weren't full: bounds the commits per second of a slow stream. */
  private static final long PACE_MS = 50;

  private static final long BACKOFF_FIRST_MS = 100;
  private static final long BACKOFF_LAST_MS = 5_000;
  private static final long STOP_WAIT_MS = 5_000;
  private static final long COMPLAIN_EVERY_MS = 60_000;

  /** Records counted ahead in one cycle, so that counting doesn't hold up projecting. */
  private static final int SCOUT_RECORDS = 100_000;

  private static final long NO_TIMER = -1;

  /** PostgreSQL's statement timeout, or somebody who cancelled the statement. */
  private static final String QUERY_CANCELED = "57014";

  /** Progress of a shard of which nothing is projected. */
  static final long NOTHING = -1;

  private static final Logger log = LoggerFactory.getLogger(ShardProjector.class);

  private static final class ProgressMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProgressMovedException(int shard, long expected) {
      super("projection progress shard=" + shard + " is no longer " + expected);
    }
  }

  private final int shard;
  private final Pool pool;
  private final Partitions partitions;
  private final IntFunction<JournalTailer> openTailer;
  private final Clock clock;
  private final long patienceMs;
  private final Courtesy courtesy;
  private final Runnable onVisitWork;
  private final Followers followers;

  private @Nullable JournalTailer tailer;

  /** Runs ahead to the journal's end and only counts, so that the lag is known. */
  private @Nullable JournalTailer scout;

  /** Written by the worker, read by whoever deletes what is projected. */
  private volatile long progress = NOTHING;

  private boolean positioned;
  private boolean scouting;
  private boolean stopping;
  private int batchRecords = BATCH_RECORDS;
  private long timer = NO_TIMER;
  private long backoffMs = BACKOFF_FIRST_MS;
  private long cycleBeganNs;

  /** Records of the batch in this cycle. */
  private int taken;

  /** Records that the scout found in this cycle. */
  private long arrived;

  /** Of the shard's loop, the newest weighing a quarter. */
  private long usualDelayNs;

  private long complainedAtMs;
  private Future<Void> inFlight = Future.succeededFuture();
  private List<Promise<Void>> waiting = new ArrayList<>();

  // Written by the worker, read by whoever asks how far it is.
  private volatile long waitingSinceMs;
  private volatile boolean failing;
  private final AtomicLong scoutedRecords = new AtomicLong();
  private final Counter projectedRecords = new Counter();
  private final Counter quarantinedRecords = new Counter();
  private final Counter restedMs = new Counter();
  private volatile boolean caughtUp;

  ShardProjector(
      int shard,
      Pool pool,
      Partitions partitions,
      IntFunction<JournalTailer> openTailer,
      Clock clock,
      Duration patience,
      Courtesy courtesy,
      Followers followers,
      Runnable onVisitWork) {
    this.shard = shard;
    this.pool = pool;
    this.partitions = partitions;
    this.openTailer = openTailer;
    this.clock = clock;
    this.patienceMs = patience.toMillis();
    this.courtesy = courtesy;
    this.followers = followers;
    this.onVisitWork = onVisitWork;
  }

  @Override
  public Future<?> start() {
    tailer = openTailer.apply(shard);
    scout = openTailer.apply(shard);
    cycle();
    return Future.succeededFuture();
  }

  /** Lets the batch in flight end, for a while, and closes the tailer. */
  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return inFlight
        .timeout(STOP_WAIT_MS, TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .onComplete(
            done -> {
              opened(tailer).close();
              opened(scout).close();
              waiting.forEach(w -> w.tryFail("projector shard=" + shard + " stopped"));
              waiting.clear();
            });
  }

  /** The index of the last record whose projection is known to be committed, -1 before any. */
  long progress() {
    return progress;
  }

  /** Completes when all that was journaled before the call is committed. Any thread. */
  Future<Void> awaitCaughtUp() {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        v -> {
          if (stopping) {
            promise.fail("projector shard=" + shard + " stopped");
            return;
          }
          waiting.add(promise);
          if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            cycle();
          }
        });
    return promise.future();
  }

  /** Any thread. */
  ShardLag lag() {
    long since = waitingSinceMs;
    double seconds = since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1000.0;
    long projected = projectedRecords.get();
    long behind = Math.max(0, scoutedRecords.get() - projected);
    return new ShardLag(
        shard,
        behind,
        seconds,
        projected,
        quarantinedRecords.get(),
        restedMs.get() / 1000.0,
        failing,
        caughtUp);
  }

  private void cycle() {
    timer = NO_TIMER;
    cycleBeganNs = System.nanoTime();
    inFlight =
        Future.<Void>succeededFuture()
            .compose(
                v -> {
                  scout();
                  return position();
                })
            .compose(v -> projectNext());
    inFlight.onComplete(
        done -> {
          if (stopping) {
            return;
          }
          if (done.failed()) {
            backOff(done.cause());
          } else if (caughtUp && waiting.isEmpty()) {
            rest(PACE_MS);
          } else if (arrived > 0 && waiting.isEmpty() && courtesy.makesWay()) {
            makeWay();
          } else {
            context.runOnContext(v -> cycleUnlessStopping());
          }
        });
  }

  /** Rests after a full batch if the line is late, and goes on at once if not. */
  private void makeWay() {
    long workedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cycleBeganNs);
    courtesy
        .delayNs(shard)
        .onSuccess(
            delayNs ->
                context.runOnContext(
                    v -> {
                      usualDelayNs = (3 * usualDelayNs + delayNs) / 4;
                      long restMs =
                          Courtesy.isLate(usualDelayNs) ? courtesy.restMs(taken, workedMs) : 0;
                      if (restMs > 0 && waiting.isEmpty() && !stopping) {
                        restedMs.add(restMs);
                        rest(restMs);
                      } else {
                        cycleUnlessStopping();
                      }
                    }));
  }

  private void cycleUnlessStopping() {
    if (!stopping) {
      cycle();
    }
  }

  private void rest(long delayMs) {
    timer = vertx.setTimer(delayMs, id -> cycleUnlessStopping());
  }

  /** Asks the database where this shard stands and moves the tailer there. */
  private Future<Void> position() {
    if (positioned) {
      return Future.succeededFuture();
    }
    return pool.preparedQuery(
            "insert into projection_progress (shard, journal_index) values ($1, $2)"
                + " on conflict do nothing")
        .execute(Tuple.of(shard, NOTHING))
        .compose(
            v ->
                pool.preparedQuery("select journal_index from projection_progress where shard = $1")
                    .execute(Tuple.of(shard)))
        .timeout(patienceMs, TimeUnit.MILLISECONDS)
        .map(
            rows -> {
              moveTo(rows.iterator().next().getLong(0));
              positioned = true;
              return null;
            });
  }

  private void moveTo(long index) {
    move(opened(tailer), index);
    if (!scouting || index != progress) {
      move(opened(scout), index);
      scoutedRecords.set(projectedRecords.get());
      scouting = true;
      progress = index;
      scout();
    }
  }

  private void move(JournalTailer moved, long index) {
    if (index == NOTHING) {
      moved.toStart();
      return;
    }
    boolean found;
    try {
      found = moved.moveAfter(index);
    } catch (JournalException e) {
      found = isUnreadable(e); // it stands after a record that was put aside
    }
    if (!found) {
      throw new IllegalStateException(
          "the journal of shard="
              + shard
              + " has no record at the projected index="
              + index
              + ": database and journal are not from the same data directory");
    }
  }

  private void scout() {
    if (!scouting) {
      return;
    }
    arrived = 0;
    while (arrived < SCOUT_RECORDS && read(opened(scout))) {
      arrived++;
    }
    scoutedRecords.addAndGet(arrived);
  }

  /** Whether there was a record; one that can't be read is a record too. */
  private static boolean read(JournalTailer from) {
    try {
      return from.next();
    } catch (JournalException e) {
      if (isUnreadable(e)) {
        return true;
      }
      throw e;
    }
  }

  private static boolean isUnreadable(JournalException e) {
    return e.getCause() instanceof InvalidRecordException;
  }

  private Future<Void> projectNext() {
    List<JournalRecord> records = new ArrayList<>();
    JournalTailer from = opened(tailer);
    boolean reachedEnd = false;
    long bytes = 0;
    while (records.size() < batchRecords && bytes < BATCH_BYTES) {
      if (!read(from)) {
        reachedEnd = true;
        break;
      }
      records.add(JournalRecord.copyOf(from.index(), from.bytes(), from.length()));
      bytes += from.length();
    }
    taken = records.size();
    List<Promise<Void>> answered = List.of();
    if (reachedEnd) {
      answered = waiting;
      waiting = new ArrayList<>();
    }
    return project(records, reachedEnd, answered);
  }

  private Future<Void> project(
      List<JournalRecord> records, boolean reachedEnd, List<Promise<Void>> answered) {
    if (!records.isEmpty()) {
      caughtUp = false;
      waitingSinceMs = records.get(0).receivedTimeMs();
    }
    return store(records)
        .onSuccess(
            v -> {
              caughtUp = reachedEnd;
              waitingSinceMs = 0;
              if (failing) {
                log.info("projection of shard {} goes on", shard);
                failing = false;
              }
              backoffMs = BACKOFF_FIRST_MS;
              batchRecords = Math.min(BATCH_RECORDS, batchRecords * 2);
              answered.forEach(Promise::tryComplete);
            })
        .onFailure(e -> waiting.addAll(answered));
  }

  /** Stores the records, halving them when PostgreSQL refuses what is in them. */
  private Future<Void> store(List<JournalRecord> records) {
    if (records.isEmpty()) {
      return Future.succeededFuture();
    }
    return store(Batch.of(shard, records))
        .onSuccess(stored -> tell(records))
        .recover(
            e -> {
              if (!refusesContent(e)) {
                return Future.failedFuture(e);
              }
              if (records.size() == 1) {
                return store(Batch.poisoned(shard, records.get(0), String.valueOf(e.getMessage())));
              }
              int half = records.size() / 2;
              return store(records.subList(0, half))
                  .compose(v -> store(records.subList(half, records.size())));
            });
  }

  /** What somebody makes of committed records is no reason to project them again. */
  private void tell(List<JournalRecord> records) {
    try {
      followers
          .committed()
          .accept(
              records.stream()
                  .filter(JournalRecord::hasEnvelope)
                  .map(JournalRecord::bytes)
                  .toList());
    } catch (RuntimeException e) {
      log.warn("records of shard {} are stored, and were not looked at further", shard, e);
    }
  }

  /**
   * In one transaction. One that is given up here may still be committed when PostgreSQL is there
   * again; so what it expects is what is known now, and its end is nobody's any more.
   */
  private Future<Void> store(Batch batch) {
    long expected = progress;
    return partitions
        .ensure(batch.days())
        .compose(
            v ->
                inTransaction(
                    connection ->
                        moveProgress(connection, expected, batch)
                            .compose(w -> batch.insert(connection, followers))))
        .timeout(patienceMs, TimeUnit.MILLISECONDS)
        .map(
            raisings -> {
              progress = batch.lastIndex();
              projectedRecords.add(batch.records());
              quarantinedRecords.add(batch.poisonedRecords());
              if (batch.concernsVisits()) {
                onVisitWork.run();
              }
              followers.alerts().announce(raisings);
              return null;
            });
  }

  /**
   * Done when the connection is back too. The pool's own way is done before, and its last word
   * would come to a thread that has been stopped, out of the mouth of whoever asks the pool next.
   */
  private <T> Future<T> inTransaction(Function<SqlConnection, Future<T>> work) {
    return pool.getConnection()
        .compose(
            connection ->
                connection
                    .begin()
                    .compose(
                        transaction ->
                            work.apply(connection)
                                .compose(
                                    done -> transaction.commit().map(done),
                                    e -> transaction.rollback().transform(v -> failed(e))))
                    .eventually(connection::close));
  }

  private static <T> Future<T> failed(Throwable cause) {
    return Future.failedFuture(cause);
  }

  /** First in the transaction, so that a rival waits here and then fails here. */
  private Future<Void> moveProgress(SqlConnection connection, long expected, Batch batch) {
    return connection
        .preparedQuery(
            "update projection_progress set journal_index = $3, received_ms = $4,"
                + " projected_at = now() where shard = $1 and journal_index = $2")
        .execute(Tuple.of(shard, expected, batch.lastIndex(), batch.lastReceivedMs()))
        .map(
            rows -> {
              if (rows.rowCount() != 1) {
                throw new ProgressMovedException(shard, expected);
              }
              return null;
            });
  }

  /**
   * SQL states of data (22), constraints (23), limits (54) and of what an operator's trigger raises
   * (P0): trying again can't help.
   */
  private static boolean refusesContent(Throwable e) {
    String state = sqlState(e);
    return state.startsWith("22")
        || state.startsWith("23")
        || state.startsWith("54")
        || state.startsWith("P0");
  }

  private static String sqlState(Throwable e) {
    return e instanceof PgException pg && pg.getSqlState() != null ? pg.getSqlState() : "";
  }

  private void backOff(Throwable cause) {
    positioned = false;
    if (QUERY_CANCELED.equals(sqlState(cause)) || cause instanceof TimeoutException) {
      batchRecords = Math.max(1, batchRecords / 2);
    }
    long nowMs = clock.millis();
    if (!failing || nowMs - complainedAtMs >= COMPLAIN_EVERY_MS) {
      complainedAtMs = nowMs;
      log.warn("projection of shard {} waits, nothing is lost: {}", shard, cause.toString());
    }
    failing = true;
    rest(backoffMs);
    backoffMs = Math.min(backoffMs * 2, BACKOFF_LAST_MS);
  }

  private JournalTailer opened(@Nullable JournalTailer opened) {
    if (opened == null) {
      throw new IllegalStateException("projector shard=" + shard + " is not started");
    }
    return opened;
  }
}
