package io.hexbeat.api.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.TrackShapes;
import io.hexbeat.geofence.trust.TrackShapes.Sketch;
import io.vertx.core.Future;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what {@link FraudWatch} knew before a restart: the tracks of the last month from
 * where they are kept, and the last day of fixes and punches from the projection. One thread of its
 * own, which reads half of the time at most; a chunk of rows in memory. Nothing waits for it but
 * the finders. If PostgreSQL fails, the finders go on with what they have got.
 */
final class FraudRefill implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FraudRefill.class);

  /** A finder's day is 20 hours at most, and a night of four lies before it. */
  private static final long WINDOW_MS = 24 * 3_600_000L;

  /** What is found so short before the end may not have been raised any more. */
  private static final long TELL_MS = 3_600_000L;

  /** Of another pass: phones that were behind others by no more. */
  private static final long OVERLAP_MS = 3_600_000L;

  private static final int CHUNK = 5_000;
  private static final long TELL_PROGRESS_NS = TimeUnit.SECONDS.toNanos(10);

  /** Sorting a day takes a while. */
  private static final long ANSWER_LIMIT_MS = 900_000;

  private static final long CLOSE_WAIT_MS = 2_000;

  private static final String FIXES =
      "select member, device, effective_ms, lat_e7, lng_e7, accuracy_cm from positions"
          + " where effective_ms >= $1 and fix_order = $2 and lat_e7 is not null and not mock"
          + " order by effective_ms, journal_index";

  private final Pool pool;
  private final FraudWatch watch;
  private final Thread thread = new Thread(this::run, "hexbeat-fraud-refill");
  private final Deque<Punch> punches = new ArrayDeque<>();
  private final long beganNs = System.nanoTime();
  private long toldNs = beganNs;
  private long fixes;
  private long newestFixMs;
  private long newestPunchMs;

  private record Punch(int member, PunchKind kind, long atMs, long receivedMs) {}

  FraudRefill(Pool pool, FraudWatch watch) {
    this.pool = pool;
    this.watch = watch;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends it where it is. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSE_WAIT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      Long lastMs =
          await(pool.query("select max(received_ms) from projection_progress").execute())
              .iterator()
              .next()
              .getLong(0);
      if (lastMs != null) {
        int tracks = tracks(lastMs);
        long fromMs = lastMs - WINDOW_MS;
        do {
          watch.awaitRefill();
          pass(fromMs, lastMs - TELL_MS);
          fromMs = Math.max(fromMs, newestFixMs - OVERLAP_MS);
        } while (!watch.goOn());
        LOG.info(
            "finders of fraud know again what they knew: {} tracks and {} fixes in {} ms",
            tracks,
            fixes,
            (System.nanoTime() - beganNs) / 1_000_000);
      } else {
        watch.goOnWithout();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn(
          "finders of fraud go on with what {} fixes say of the last day: {}", fixes, e.toString());
      watch.goOnWithout();
    }
  }

  /** The newest as many as are remembered, the oldest of them first. */
  private int tracks(long lastMs) throws Exception {
    RowSet<Row> rows =
        await(
            pool.preparedQuery(
                    "select * from (select member, start_ms, last_ms, cells, seconds"
                        + " from track_sketches where start_ms > $1 and layout = $2"
                        + " order by start_ms desc limit $3) as newest order by start_ms, member")
                .execute(
                    Tuple.of(
                        lastMs - TrackShapes.KEPT_MS,
                        TrackShapes.SKETCH_LAYOUT,
                        TrackShapes.TRACKS)));
    for (Row row : rows) {
      watch.remember(
          new Sketch(
              row.getInteger("member"),
              row.getLong("start_ms"),
              row.getLong("last_ms"),
              ints(row.getArrayOfIntegers("cells")),
              ints(row.getArrayOfIntegers("seconds"))));
    }
    return rows.size();
  }

  private static int[] ints(Integer[] boxed) {
    return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
  }

  /** Everything since then that PostgreSQL has by now, in the order of time. */
  private void pass(long fromMs, long tellFromMs) throws Exception {
    readPunches(fromMs);
    SqlConnection connection = await(pool.getConnection());
    try {
      Transaction transaction = await(connection.begin());
      await(connection.query("set local statement_timeout = 0").execute());
      Cursor cursor =
          await(connection.prepare(FIXES))
              .cursor(Tuple.of(fromMs, (short) FixOrder.APPLIED.code()));
      do {
        RowSet<Row> rows = await(cursor.read(CHUNK));
        long startNs = System.nanoTime();
        rows.forEach(this::take);
        watch.found(tellFromMs);
        tellProgress();
        TimeUnit.NANOSECONDS.sleep(System.nanoTime() - startNs);
      } while (cursor.hasMore());
      await(cursor.close());
      await(transaction.rollback());
    } finally {
      connection.close();
    }
    takePunches(Long.MAX_VALUE);
    watch.found(tellFromMs);
  }

  private void readPunches(long fromMs) throws Exception {
    RowSet<Row> rows =
        await(
            pool.preparedQuery(
                    "select member, kind, at_ms, received_ms from punches"
                        + " where at_ms >= $1 and received_ms > $2 order by received_ms")
                .execute(Tuple.of(fromMs, newestPunchMs)));
    for (Row row : rows) {
      PunchKind kind = PunchKind.ofText(row.getString("kind"));
      if (kind != null) {
        punches.add(
            new Punch(
                row.getInteger("member"), kind, row.getLong("at_ms"), row.getLong("received_ms")));
      }
    }
  }

  private void take(Row row) {
    long atMs = row.getLong("effective_ms");
    takePunches(atMs);
    Integer accuracyCm = row.getInteger("accuracy_cm");
    watch.fix(
        row.getInteger("member"),
        row.getInteger("device"),
        atMs,
        row.getInteger("lat_e7"),
        row.getInteger("lng_e7"),
        accuracyCm == null ? Fix.UNKNOWN : accuracyCm);
    newestFixMs = Math.max(newestFixMs, atMs);
    fixes++;
  }

  /** Those that had been received by then. */
  private void takePunches(long untilMs) {
    while (!punches.isEmpty() && punches.peek().receivedMs() <= untilMs) {
      Punch punch = punches.remove();
      watch.punch(punch.member(), punch.atMs(), punch.kind());
      newestPunchMs = punch.receivedMs();
    }
  }

  private void tellProgress() {
    long nowNs = System.nanoTime();
    if (nowNs - toldNs >= TELL_PROGRESS_NS) {
      toldNs = nowNs;
      LOG.info("finders of fraud have read {} fixes of the last day again", fixes);
    }
  }

  private static <T> T await(Future<T> future) throws InterruptedException, TimeoutException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return future.await(ANSWER_LIMIT_MS, TimeUnit.MILLISECONDS);
  }
}
