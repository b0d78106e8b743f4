package io.hexbeat.ingest.door;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The MQTT door on a free port, on one loop, with a real shard on the other and its journal. */
final class OpenMqtt implements AutoCloseable {
  static final String TOKEN = "hb_0123456789abcdefghijklmnopqrstuv";
  static final String TOPIC = "owntracks/member-21/phone-7";
  static final String PINGS = "hexbeat/phone-7/pings";

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final DoorStats doors = new DoorStats();
  final MqttStats stats = new MqttStats();
  final DeviceRegistry registry = new DeviceRegistry();
  final ShardRouter router;
  final int port;
  private final String deployment;
  private final Thread doorLoop;

  OpenMqtt(Path journalDir) {
    this(ShardConfig.defaults(journalDir, 1), MqttConfig.of("127.0.0.1", 0, 1));
  }

  OpenMqtt(ShardConfig shards, MqttConfig config) {
    this(shards, config, DoorConfig.of("127.0.0.1", 0, 1), null);
  }

  /**
   * @param tls null for plain text
   */
  OpenMqtt(ShardConfig shards, MqttConfig config, DoorConfig records, @Nullable TlsFiles tls) {
    registry.put(
        DeviceRegistry.hash(TOKEN),
        new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC));
    router =
        OpenDoors.await(
            ShardRouter.start(
                vertx, shards, registry, FenceIndex.of(1, List.of()), new LiveBoard()));
    DoorSupplies supplies = new DoorSupplies(records, registry, router, id -> Sites.UNKNOWN, doors);
    MqttVerticle verticle =
        new MqttVerticle(new MqttSupplies(config, supplies, stats), new MqttClients(), tls);
    deployment = OpenDoors.await(vertx.deployVerticle(verticle));
    port = verticle.port();
    CompletableFuture<Thread> loop = new CompletableFuture<>();
    verticle.run(() -> loop.complete(Thread.currentThread()));
    doorLoop = loop.join();
  }

  String uri() {
    return "tcp://127.0.0.1:" + port;
  }

  static String location(long fixTimeSeconds) {
    return "{\"_type\":\"location\",\"lat\":30.25,\"lon\":-97.75,\"tst\":" + fixTimeSeconds + "}";
  }

  /** The types of what devices sent, as the journal has them. */
  List<RecordType> journaled() {
    List<RecordType> types = new ArrayList<>();
    try (JournalTailer tailer = router.tailer(0)) {
      while (tailer.next()) {
        RecordType type = RecordEnvelope.type(tailer.bytes(), 0);
        if (type != RecordType.FENCES) {
          types.add(type);
        }
      }
    }
    return types;
  }

  long count(DoorOutcome outcome) {
    return doors.count(Door.MQTT, outcome);
  }

  /** Holds the shard's loop, which is not the door's, until the latch is counted down. */
  CountDownLatch holdShardLoop() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    for (int loop = 0; loop < 2; loop++) {
      // Each deployment gets the next loop in turn. Not waited for: it may be told on the held one.
      Deployable onNextLoop =
          context -> {
            context.runOnContext(
                turn -> {
                  if (Thread.currentThread() != doorLoop) {
                    held.countDown();
                    OpenDoors.awaitLatch(release);
                  }
                });
            return Future.succeededFuture();
          };
      vertx.deployVerticle(onNextLoop);
    }
    OpenDoors.awaitLatch(held);
    return release;
  }

  static void await(BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("did not come true");
      }
      Thread.onSpinWait();
    }
  }

  Future<Void> stopDoor() {
    return vertx.undeploy(deployment);
  }

  @Override
  public void close() {
    stopDoor().otherwiseEmpty().toCompletionStage().toCompletableFuture().join();
    OpenDoors.await(router.stop());
    OpenDoors.await(vertx.close());
  }
}
