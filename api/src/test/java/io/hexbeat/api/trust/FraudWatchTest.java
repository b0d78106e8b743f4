package io.hexbeat.api.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two phones in one pocket, as the projector tells of them. */
class FraudWatchTest {
  private static final long T = 1_790_000_000_000L;
  private static final long MIN = 60_000;

  private static Vertx vertx;
  private static Database database;

  private final BlockingQueue<String> raised = new LinkedBlockingQueue<>();

  @BeforeAll
  static void open() throws Exception {
    vertx = Vertx.vertx();
    database = Database.open(vertx, TestDatabase.uri(), 4).await(1, TimeUnit.MINUTES);
  }

  @AfterAll
  static void close() throws Exception {
    database.close().await(1, TimeUnit.MINUTES);
    vertx.close().await(1, TimeUnit.MINUTES);
  }

  @Test
  void shouldRaiseATandemForBothOnceAndNeverAgain() throws Exception {
    tellDay();
    List<String> ids = List.of(next(), next());
    assertTrue(ids.stream().allMatch(id -> id.startsWith("al-tandem-")), ids::toString);
    for (String id : ids) {
      database
          .pool()
          .preparedQuery(
              "insert into alert_occurrences (id, alert, number, severity, score, raised_ms)"
                  + " values ($1, $1, 1, 'warning', 60, 0)")
          .execute(Tuple.of(id))
          .await(1, TimeUnit.MINUTES);
    }
    tellDay();
    day(watch(3, 4), 3, 4);
    List<String> later = List.of(next(), next());
    assertTrue(
        later.stream().allMatch(id -> id.contains("-3-4-") || id.contains("-4-3-")),
        later::toString);
    assertEquals(0, raised.size());
  }

  @Test
  void shouldKnowTheTracksOfBeforeARestart() throws Exception {
    FraudWatch watch = watch(5, 6);
    watch.committed(town(5, T, 1));
    watch.committed(List.of(at(6, T + 6 * 60 * MIN, 0, 0)));
    await("select 1 from track_sketches where member = 5");
    query(
        "insert into projection_progress (shard, journal_index, received_ms) values (0, 7, "
            + T
            + ")");

    FraudWatch restarted = watch(5, 6);
    restarted.refill();
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!restarted.upToDate()) {
      assertTrue(System.nanoTime() < untilNs, "the memory does not come back");
    }
    restarted.committed(town(5, T + 24 * 60 * MIN, 2));
    assertEquals("al-replay-5-" + (T + 24 * 60 * MIN) / MIN, next());
    restarted.close();
  }

  private static void await(String sql) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (query(sql) == 0) {
      assertTrue(System.nanoTime() < untilNs, sql);
    }
  }

  private static int query(String sql) throws Exception {
    return database.pool().query(sql).execute().await(1, TimeUnit.MINUTES).rowCount();
  }

  /** Forty kilometres of streets in always the same rhythm, with other jitter. */
  private static List<byte[]> town(int member, long fromMs, long jitterSeed) {
    Random speeds = new Random(7);
    Random jitter = new Random(jitterSeed);
    List<byte[]> pings = new ArrayList<>();
    double meters = 0;
    long now = fromMs;
    while (meters < 40_000) {
      double north = meters / 4_000 % 2 < 1 ? meters % 4_000 : 4_000 - meters % 4_000;
      double east = meters / 4_000 * 300;
      pings.add(at(member, now, north + jitter.nextGaussian(), east + jitter.nextGaussian()));
      now += 10_000 + (speeds.nextInt(12) == 0 ? speeds.nextInt(60_000) : 0);
      meters += 60 + speeds.nextInt(80);
    }
    return pings;
  }

  private String next() throws InterruptedException {
    String id = raised.poll(30, TimeUnit.SECONDS);
    return id == null ? "nothing was raised" : id;
  }

  private FraudWatch tellDay() {
    FraudWatch watch = watch(1, 2);
    day(watch, 1, 2);
    return watch;
  }

  private FraudWatch watch(int... members) {
    DeviceRegistry devices = new DeviceRegistry();
    for (int member : members) {
      devices.put(
          DeviceRegistry.hash("token-" + member),
          new DeviceIdentity(
              member, "phone-" + member, member, "m" + member, ZoneOffset.UTC, null, null));
    }
    return new FraudWatch(
        database.pool(),
        devices,
        TrustPolicy.DEFAULT,
        (who, finding, id, version) -> {
          raised.add(id);
          return Future.succeededFuture();
        });
  }

  /** Ten minutes at a customer, ten on the way, for five hours. */
  private static void day(FraudWatch watch, int one, int two) {
    for (int minute = 0; minute < 300; minute++) {
      List<byte[]> batch = new ArrayList<>();
      double km = Math.floorDiv(minute, 20) * 4.0 + Math.max(0, minute % 20 - 10) * 0.4;
      for (int member : new int[] {one, two}) {
        batch.add(ping(member, T + minute * MIN + member * 5_000L, km));
        if (minute % 20 == 2) {
          batch.add(punch(member, T + minute * MIN + member * 9_000L));
        }
      }
      watch.committed(batch);
    }
  }

  private static byte[] ping(int member, long atMs, double km) {
    return at(member, atMs, km * 1_000, 0);
  }

  private static byte[] at(int member, long atMs, double north, double east) {
    byte[] bytes = new byte[1_024];
    PingRecord ping =
        new PingRecord()
            .wrapNew(bytes, 0, member, member, atMs)
            .fixTimeMs(atMs)
            .position(300_000_000 + (int) (north * 90), -970_000_000 + (int) (east * 104))
            .accuracyCm(800);
    PingDecision decision = new PingDecision().wrapNew(ping, FixOrder.APPLIED.code());
    decision.alerts(new byte[0]);
    ping.decided(decision);
    return Arrays.copyOf(bytes, ping.lengthBytes());
  }

  private static byte[] punch(int member, long atMs) {
    byte[] bytes = new byte[PunchRecord.MAX_CLAIM_BYTES];
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(bytes, 0, member, member, atMs, PunchKind.VISIT_IN, atMs)
            .texts("p" + member + "-" + atMs, "", "");
    return Arrays.copyOf(bytes, punch.lengthBytes());
  }
}
