package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Real shards on real loops over a real journal, and a city centre with one customer. */
final class OpenShards implements AutoCloseable {
  static final int FENCE = 11;
  static final int LAT = E7.fromDegrees(30.2672);
  static final int LNG = E7.fromDegrees(-97.7431);
  static final int FAR_LAT = E7.fromDegrees(30.30);
  static final long T0 = 1_760_000_000_000L;
  static final FenceIndex CUSTOMER =
      FenceIndex.of(1, List.of(Fence.of(FENCE, "acme", new Circle(LAT, LNG, 100))));

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final LiveBoard board = new LiveBoard();
  final DeviceRegistry registry = new DeviceRegistry();
  final ShardRouter router;

  OpenShards(ShardConfig config, FenceIndex index) {
    registry.put("h1", who(1, 1));
    registry.put("h2", who(2, 2));
    router = await(ShardRouter.start(vertx, config, registry, index, board));
  }

  static OpenShards open(Path dir, int shards) {
    return new OpenShards(ShardConfig.defaults(dir, shards), CUSTOMER);
  }

  static DeviceIdentity who(int deviceHandle, int memberHandle) {
    return new DeviceIdentity(
        deviceHandle,
        "phone-" + deviceHandle,
        memberHandle,
        "member-" + memberHandle,
        ZoneId.of("America/Chicago"));
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** An event loop's context; the next call gives the other loop's. */
  Context loop() throws Exception {
    CompletableFuture<Context> created = new CompletableFuture<>();
    await(
        vertx.deployVerticle(
            context -> {
              created.complete(context);
              return Future.succeededFuture();
            }));
    return created.get();
  }

  /** Two contexts: the one of the member's shard, and one of another loop. */
  List<Context> homeAndAway(DeviceIdentity who) throws Exception {
    Context one = loop();
    Context other = loop();
    CompletableFuture<Boolean> inline = new CompletableFuture<>();
    CompletableFuture<Submission> completed = new CompletableFuture<>();
    one.runOnContext(
        v -> {
          router.submit(new Submission(64).reuse(who, completed::complete));
          inline.complete(completed.isDone());
        });
    completed.get(20, TimeUnit.SECONDS);
    return inline.get(20, TimeUnit.SECONDS) ? List.of(one, other) : List.of(other, one);
  }

  /** Submits from a loop; what comes back has been completed. */
  Submission submit(DeviceIdentity who, Consumer<Submission> records) throws Exception {
    return submit(loop(), who, records).get(20, TimeUnit.SECONDS);
  }

  CompletableFuture<Submission> submit(
      Context from, DeviceIdentity who, Consumer<Submission> records) {
    CompletableFuture<Submission> done = new CompletableFuture<>();
    from.runOnContext(
        v -> {
          Submission submission = new Submission(256).reuse(who, done::complete);
          records.accept(submission);
          if (!router.submit(submission)) {
            done.completeExceptionally(new IllegalStateException("refused"));
          }
        });
    return done;
  }

  static Consumer<Submission> ping(int latE7, int lngE7, long timeMs) {
    return submission -> {
      int offset = submission.reserve(PingRecord.HEADER_BYTES);
      new PingRecord()
          .wrapNew(
              submission.bytes(),
              offset,
              submission.who().deviceHandle(),
              submission.who().memberHandle(),
              timeMs + 100)
          .fixTimeMs(timeMs)
          .position(latE7, lngE7)
          .accuracyCm(500);
      submission.commit(PingRecord.HEADER_BYTES);
    };
  }

  static Consumer<Submission> punch(String id, int latE7, int lngE7, long timeMs) {
    return submission -> {
      int offset = submission.reserve(PunchRecord.MAX_CLAIM_BYTES);
      PunchRecord punch =
          new PunchRecord()
              .wrapNew(
                  submission.bytes(),
                  offset,
                  submission.who().deviceHandle(),
                  submission.who().memberHandle(),
                  timeMs + 100,
                  PunchKind.VISIT_IN,
                  timeMs)
              .position(latE7, lngE7)
              .accuracyCm(500)
              .siteHandle(FENCE)
              .texts(id, "", "");
      submission.commit(punch.lengthBytes());
    };
  }

  static Consumer<Submission> mockPunchWithoutFix(String id, long timeMs) {
    return submission -> {
      int offset = submission.reserve(PunchRecord.MAX_CLAIM_BYTES);
      PunchRecord punch =
          new PunchRecord()
              .wrapNew(
                  submission.bytes(),
                  offset,
                  submission.who().deviceHandle(),
                  submission.who().memberHandle(),
                  timeMs + 100,
                  PunchKind.VISIT_IN,
                  timeMs)
              .mock(true)
              .texts(id, "", "");
      submission.commit(punch.lengthBytes());
    };
  }

  int[] fencesOf(int memberHandle) {
    var position = board.of(memberHandle);
    return position == null ? new int[] {-1} : position.fenceHandles().clone();
  }

  long records(int shard) {
    long records = 0;
    try (var tailer = router.tailer(shard)) {
      while (tailer.next()) {
        records++;
      }
    }
    return records;
  }

  @Override
  public void close() {
    await(router.stop());
    await(vertx.close());
  }
}
