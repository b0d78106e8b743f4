package io.hexbeat.ingest.door;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.GatewayRegistry;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A TCP door on a free port before one real shard with its journal, on two loops. */
final class OpenGateway implements AutoCloseable {
  static final String FLEET = "hbg_fleet";
  static final String VAN = "hb_van";
  static final int DEVICES = 8;

  /** What the journal has of a client: a ping's fix time, or what was wrong. */
  record Journaled(RecordType type, int deviceHandle, long fixTimeMs, String reason) {}

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final DoorStats stats = new DoorStats();
  final StreamStats tcpStats = new StreamStats();
  final DeviceRegistry registry = new DeviceRegistry();
  final GatewayRegistry gateways = new GatewayRegistry();
  final ShardRouter router;
  final TcpDoor door;
  final Context shardLoop;
  private boolean doorOpen = true;
  private boolean shardsRun = true;

  private OpenGateway(
      ShardConfig shards,
      TcpConfig config,
      FairShare share,
      @Nullable TlsFiles tls,
      boolean sameLoop)
      throws Exception {
    for (int i = 1; i <= DEVICES; i++) {
      enrol(i, "dev-" + i, "hb_dev" + i);
    }
    enrol(21, "van", VAN);
    enrol(22, "other", "hb_other");
    gateways.put(
        DeviceRegistry.hash(FLEET),
        new GatewayIdentity(1, "fleet", Set.of("van"), List.of("dev-")));
    router = await(ShardRouter.start(vertx, shards, registry, FenceIndex.empty(), new LiveBoard()));
    Context one = nextLoop();
    Context other = nextLoop();
    shardLoop = isHome(one) ? one : other;
    if (shardLoop == one != sameLoop) {
      nextLoop();
    }
    door =
        await(
            TcpDoor.open(
                vertx,
                new TcpSupplies(
                    config,
                    new DoorSupplies(
                        OpenDoors.limits(100, Duration.ofSeconds(30), share),
                        registry,
                        router,
                        id -> Sites.UNKNOWN,
                        stats),
                    gateways,
                    tcpStats),
                tls));
  }

  /** The door on the shard's own loop. */
  static OpenGateway beside(Path dir) throws Exception {
    return beside(dir, FairShare.DEFAULT);
  }

  static OpenGateway beside(Path dir, FairShare share) throws Exception {
    return new OpenGateway(ShardConfig.defaults(dir, 1), config(), share, null, true);
  }

  static OpenGateway beside(Path dir, FairShare share, TcpConfig config) throws Exception {
    return new OpenGateway(ShardConfig.defaults(dir, 1), config, share, null, true);
  }

  static OpenGateway secured(Path dir, TlsFiles tls) throws Exception {
    return new OpenGateway(ShardConfig.defaults(dir, 1), config(), FairShare.DEFAULT, tls, true);
  }

  /** The door on another loop than the shard's. */
  static OpenGateway apart(ShardConfig shards, TcpConfig config) throws Exception {
    return new OpenGateway(shards, config, FairShare.DEFAULT, null, false);
  }

  static TcpConfig config() {
    return TcpConfig.of("127.0.0.1", 0, 1);
  }

  static TcpConfig config(
      int maxConnections, int windowRecords, Duration helloTimeout, Duration idleTimeout) {
    return new TcpConfig(
        "127.0.0.1", 0, 1, maxConnections, 64 << 10, windowRecords, 100, helloTimeout, idleTimeout);
  }

  void enrol(int handle, String id, String token) {
    registry.put(
        DeviceRegistry.hash(token),
        new DeviceIdentity(handle, id, handle, "member-" + handle, ZoneOffset.UTC));
  }

  RawGateway connect() throws IOException {
    return new RawGateway(door.port());
  }

  /** Connected as the fleet's gateway, with {@code dev-1} as number 1 and so on. */
  RawGateway fleet(int devices) throws IOException {
    RawGateway gateway = connect().hello(0, FLEET);
    gateway.welcome();
    for (int i = 1; i <= devices; i++) {
      gateway.device(i, "dev-" + i);
      gateway.deviceState();
    }
    return gateway;
  }

  List<Journaled> journaled() {
    List<Journaled> records = new ArrayList<>();
    PingRecord ping = new PingRecord();
    QuarantineRecord quarantine = new QuarantineRecord();
    try (JournalTailer tailer = router.tailer(0)) {
      while (tailer.next()) {
        byte[] bytes = tailer.bytes();
        RecordType type = RecordEnvelope.type(bytes, 0);
        int handle = RecordEnvelope.deviceHandle(bytes, 0);
        if (type == RecordType.PING) {
          records.add(new Journaled(type, handle, ping.wrap(bytes, 0).fixTimeMs(), ""));
        } else if (type == RecordType.QUARANTINE) {
          records.add(new Journaled(type, handle, 0, quarantine.wrap(bytes, 0).reason()));
        }
      }
    }
    return records;
  }

  /** Holds the shard's loop until the latch is counted down. */
  CountDownLatch holdShard() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    shardLoop.runOnContext(
        now -> {
          held.countDown();
          OpenDoors.awaitLatch(release);
        });
    OpenDoors.awaitLatch(held);
    return release;
  }

  static <T> T await(Future<T> future) {
    return OpenDoors.await(future);
  }

  /** Spins until another loop has done what it is about to do. */
  static void await(BooleanSupplier done) {
    long deadlineNs = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("waited too long");
      }
      Thread.onSpinWait();
    }
  }

  void closeDoor() {
    if (doorOpen) {
      doorOpen = false;
      await(door.close());
    }
  }

  void stopShards() {
    if (shardsRun) {
      shardsRun = false;
      await(router.stop());
    }
  }

  @Override
  public void close() {
    closeDoor();
    stopShards();
    await(vertx.close());
  }

  private Context nextLoop() throws Exception {
    CompletableFuture<Context> created = new CompletableFuture<>();
    await(
        vertx.deployVerticle(
            context -> {
              created.complete(context);
              return Future.succeededFuture();
            }));
    return created.get(20, TimeUnit.SECONDS);
  }

  /** Whether what is submitted there is done at once. */
  private boolean isHome(Context loop) throws Exception {
    CompletableFuture<Boolean> inline = new CompletableFuture<>();
    loop.runOnContext(
        now -> {
          boolean[] done = new boolean[1];
          DeviceIdentity who = registry.byToken(VAN);
          router.submit(new Submission(64).reuse(who, submission -> done[0] = true));
          inline.complete(done[0]);
        });
    return inline.get(20, TimeUnit.SECONDS);
  }
}
