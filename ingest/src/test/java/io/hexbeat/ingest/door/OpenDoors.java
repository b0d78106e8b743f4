package io.hexbeat.ingest.door;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.Fence;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A device port on a free port, with real shards and journals behind it, and phones' sockets. */
final class OpenDoors implements AutoCloseable {
  static final String TOKEN = "hb_0123456789abcdefghijklmnopqrstuv";
  static final int SITE_HANDLE = 301;

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final DoorStats stats = new DoorStats();
  final DeviceRegistry registry = new DeviceRegistry();
  final ShardRouter router;
  final DoorSupplies supplies;
  final DevicePort port;

  /** Written by the door's loop when it looks up a site. */
  private volatile Thread doorLoop = Thread.currentThread();

  private boolean shardsRun = true;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  OpenDoors(Path journalDir) {
    this(ShardConfig.defaults(journalDir, 1), DoorConfig.of("127.0.0.1", 0, 1));
  }

  OpenDoors(ShardConfig shards, DoorConfig doors) {
    this(shards, doors, null);
  }

  OpenDoors(Path journalDir, StreamConfig stream) {
    this(ShardConfig.defaults(journalDir, 1), stream);
  }

  OpenDoors(ShardConfig shards, StreamConfig stream) {
    this(shards, DoorConfig.of("127.0.0.1", 0, 1), stream, null);
  }

  OpenDoors(ShardConfig shards, DoorConfig doors, @Nullable TlsFiles tls) {
    this(shards, doors, StreamConfig.DEFAULT, tls);
  }

  private OpenDoors(
      ShardConfig shards, DoorConfig doors, StreamConfig stream, @Nullable TlsFiles tls) {
    registry.put(
        DeviceRegistry.hash(TOKEN),
        new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC));
    Fence shop = Fence.of(SITE_HANDLE, "shop-1", new Circle(302_500_000, -977_500_000, 150));
    router =
        await(
            ShardRouter.start(
                vertx, shards, registry, FenceIndex.of(1, List.of(shop)), new LiveBoard()));
    supplies =
        new DoorSupplies(
            doors,
            registry,
            router,
            this::site,
            stats,
            new DoorGuard(doors.share()),
            stream,
            new StreamStats());
    port = await(DevicePort.open(vertx, supplies, tls));
  }

  /** The usual limits, but for those that a test meets. */
  static DoorConfig limits(int maxConnections, Duration patience, FairShare share) {
    DoorConfig usual = DoorConfig.of("127.0.0.1", 0, 1);
    return new DoorConfig(
        usual.host(),
        usual.port(),
        usual.loops(),
        maxConnections,
        usual.maxBodyBytes(),
        usual.maxFormBytes(),
        usual.maxBatchRecords(),
        usual.maxAttributes(),
        usual.maxHeadBytes(),
        usual.maxInflationRatio(),
        patience,
        patience,
        patience.multipliedBy(3),
        share,
        usual.coordTypes());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("did not complete", e);
    }
  }

  URI uri(String target) {
    return URI.create("http://127.0.0.1:" + port.port() + target);
  }

  HttpResponse<String> get(String target) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(target)));
  }

  /** Posts as a native phone does. */
  HttpResponse<String> post(String target, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(target))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Another device; returns its token. */
  String enrol(int deviceHandle, int memberHandle) {
    String token = TOKEN.substring(0, TOKEN.length() - 4) + (1_000 + deviceHandle);
    registry.put(
        DeviceRegistry.hash(token),
        new DeviceIdentity(
            deviceHandle,
            "phone-" + deviceHandle,
            memberHandle,
            "member-" + memberHandle,
            ZoneOffset.UTC));
    return token;
  }

  RawPhone phone() throws IOException {
    return new RawPhone(port.port());
  }

  /** A phone at another address of this machine. */
  RawPhone phoneFrom(String address) throws IOException {
    return new RawPhone(port.port(), InetAddress.getByName(address));
  }

  /** The types of what phones sent, as the journal has them. */
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

  /**
   * Holds the loop on which the doors do not run, which is the shard's, until the latch is counted
   * down.
   */
  CountDownLatch holdShardLoop() throws Exception {
    post(
        "/v1/punches", "{\"id\":\"find-loop\",\"kind\":\"clock_in\",\"at\":1,\"site\":\"shop-1\"}");
    Thread door = doorLoop;
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    for (int loop = 0; loop < 2; loop++) {
      // Each deployment gets the next loop in turn. Not waited for: it may be told on the held one.
      Deployable onNextLoop =
          context -> {
            context.runOnContext(
                turn -> {
                  if (Thread.currentThread() != door) {
                    held.countDown();
                    awaitLatch(release);
                  }
                });
            return Future.succeededFuture();
          };
      vertx.deployVerticle(onNextLoop);
    }
    awaitLatch(held);
    return release;
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("not counted down");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
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
    await(port.close());
    stopShards();
    await(vertx.close());
  }

  private int site(String fenceId) {
    doorLoop = Thread.currentThread();
    return fenceId.equals("shop-1") ? SITE_HANDLE : Sites.UNKNOWN;
  }
}
