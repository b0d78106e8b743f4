package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.door.DevicePort;
import io.hexbeat.ingest.door.DoorConfig;
import io.hexbeat.ingest.door.DoorGuard;
import io.hexbeat.ingest.door.DoorStats;
import io.hexbeat.ingest.door.DoorSupplies;
import io.hexbeat.ingest.door.FairShare;
import io.hexbeat.ingest.door.MqttConfig;
import io.hexbeat.ingest.door.MqttPort;
import io.hexbeat.ingest.door.MqttStats;
import io.hexbeat.ingest.door.MqttSupplies;
import io.hexbeat.ingest.door.Sites;
import io.hexbeat.ingest.door.StreamConfig;
import io.hexbeat.ingest.door.StreamStats;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.load.IdlePlan.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against real doors, whose own count says what is open. */
@Timeout(60)
final class IdleCrowdTest {
  private static final int PER_ADDRESS = 200;
  private static final Duration STREAM_PING_EVERY = Duration.ofMillis(500);
  private static final Duration STREAM_IDLE = Duration.ofSeconds(3);
  private static final IdlePlan PLAN = new IdlePlan(100, 100, 200, 2, 1_000);

  @TempDir Path dir;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final DeviceRegistry registry = new DeviceRegistry();
  private final DoorStats stats = new DoorStats();
  private final MqttStats mqttStats = new MqttStats();
  private final List<IdlePhone> phones = new ArrayList<>();
  private ShardRouter router;
  private DevicePort port;
  private MqttPort mqtt;

  @BeforeEach
  void open() throws Exception {
    for (int i = 1; i <= PLAN.total(); i++) {
      phones.add(new IdlePhone(i, "dev-" + i, "hb_" + i));
      registry.put(
          DeviceRegistry.hash("hb_" + i),
          new DeviceIdentity(i, "dev-" + i, i, "m" + i, ZoneOffset.UTC));
    }
    router =
        await(
            ShardRouter.start(
                vertx,
                ShardConfig.defaults(dir, 2),
                registry,
                FenceIndex.empty(),
                new LiveBoard()));
    DoorGuard guard = new DoorGuard(new FairShare(PER_ADDRESS, 16, 1_000, 60_000));
    StreamConfig stream = new StreamConfig(256 << 10, 16, STREAM_PING_EVERY, STREAM_IDLE);
    DoorSupplies doors =
        new DoorSupplies(
            DoorConfig.of("127.0.0.1", 0, 1),
            registry,
            router,
            id -> Sites.UNKNOWN,
            stats,
            guard,
            stream,
            new StreamStats());
    port = await(DevicePort.open(vertx, doors));
    mqtt =
        await(
            MqttPort.open(
                vertx, new MqttSupplies(MqttConfig.of("127.0.0.1", 0, 1), doors, mqttStats), null));
  }

  @AfterEach
  void close() throws Exception {
    await(router.stop());
    await(vertx.close());
  }

  @Test
  void shouldHoldEveryConnectionFromSeveralAddresses() throws Exception {
    IdleCrowd crowd = crowd(PLAN);
    ServerFigures before = figures();
    IdleReport report = new IdleReport(PLAN, new Latencies(), before);

    int from = 0;
    for (Kind kind : Kind.values()) {
      List<IdlePhone> ofKind = phones.subList(from, from += PLAN.of(kind));
      await(() -> crowd.open(kind, ofKind));
      report.opened(kind, crowd.tally(kind), figures());
    }
    // a WebSocket whose pings nobody answered would be closed by then
    passes(STREAM_IDLE.plusSeconds(1));
    report.ended(figures());

    // more than one address may have: they did come from both
    assertEquals(200, stats.connections());
    assertEquals(200, mqttStats.connections());
    JsonObject json = report.json(new Latencies());
    assertEquals(0, json.getInteger("lost"), json.encodePrettily());
    for (int i = 0; i < 3; i++) {
      JsonObject row = json.getJsonArray("kinds").getJsonObject(i);
      int asked = PLAN.of(Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)));
      assertEquals(asked, row.getInteger("asked"));
      assertEquals(asked, row.getInteger("opened"));
      assertEquals(asked, row.getInteger("open"));
      assertTrue(row.getJsonObject("losses").isEmpty(), row.encode());
      assertTrue(row.containsKey("heap_bytes_per_connection"), row.encode());
    }
    assertTrue(report.text(new Latencies()).contains("400 connections from 2 addresses"));
  }

  @Test
  void shouldSayWhyAConnectionIsNotThere() throws Exception {
    IdlePlan fromOne = new IdlePlan(0, 0, 0, 1, 1_000);
    IdleCrowd crowd = crowd(fromOne);
    List<IdlePhone> withAStranger = new ArrayList<>(phones.subList(0, PER_ADDRESS - 1));
    withAStranger.add(new IdlePhone(0, "nobody", "hb_unknown"));

    await(() -> crowd.open(Kind.HTTP, withAStranger));
    await(() -> crowd.open(Kind.MQTT, phones.subList(200, 205)));
    IdleCrowd.Tally http = crowd.tally(Kind.HTTP);

    assertEquals(PER_ADDRESS - 1, http.open());
    assertEquals(Map.of("not opened: answered 401", 1), http.losses());
    assertEquals(0, crowd.tally(Kind.MQTT).open());
    assertEquals(5, crowd.tally(Kind.MQTT).lost());

    await(port.close());
    while (http.open() > 0) {
      passes(Duration.ofMillis(10));
    }
    assertEquals(PER_ADDRESS - 1, http.losses().get("closed by the server"));
  }

  private IdleCrowd crowd(IdlePlan plan) {
    IdleDoors doors =
        new IdleDoors(
            vertx,
            URI.create("http://127.0.0.1:" + port.port()),
            URI.create("mqtt://127.0.0.1:" + mqtt.port()),
            PLAN.total());
    return new IdleCrowd(vertx, doors, plan, line -> {});
  }

  private ServerFigures figures() {
    return ServerFigures.of(
        "jvm_memory_used_bytes{area=\"heap\",id=\"x\"} 1.0E6\n", 1, ServerFigures.UNKNOWN, false);
  }

  private void passes(Duration time) throws Exception {
    Promise<Void> passed = Promise.promise();
    vertx.setTimer(time.toMillis(), timer -> passed.complete());
    await(passed.future());
  }

  private <T> T await(Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(go -> action.get().onComplete(done));
    return await(done.future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(30, TimeUnit.SECONDS);
  }
}
