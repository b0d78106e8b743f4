package io.hexbeat.load.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.GatewayRegistry;
import io.hexbeat.ingest.door.DoorConfig;
import io.hexbeat.ingest.door.DoorStats;
import io.hexbeat.ingest.door.DoorSupplies;
import io.hexbeat.ingest.door.Sites;
import io.hexbeat.ingest.door.StreamStats;
import io.hexbeat.ingest.door.TcpConfig;
import io.hexbeat.ingest.door.TcpDoor;
import io.hexbeat.ingest.door.TcpSupplies;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GatewayClientTest {
  private static final long T0 = 1_760_000_000_000L;
  private static final int DEVICES = 3;
  private static final int RECORDS = 600;

  @TempDir Path dir;

  private final Vertx vertx = Vertx.vertx();
  private final DeviceRegistry devices = new DeviceRegistry();
  private final GatewayRegistry gateways = new GatewayRegistry();

  @Test
  void shouldBringEveryRecordIntoTheJournalOnceHoweverOftenItBreaksOff() throws Exception {
    for (int i = 1; i <= DEVICES; i++) {
      devices.put("h" + i, new DeviceIdentity(i, "dev-" + i, i, "m" + i, ZoneOffset.UTC));
    }
    gateways.put(
        DeviceRegistry.hash("hbg_x"), new GatewayIdentity(1, "x", Set.of(), List.of("dev-")));
    ShardRouter router =
        await(
            ShardRouter.start(
                vertx, ShardConfig.defaults(dir, 2), devices, FenceIndex.empty(), new LiveBoard()));
    DoorSupplies doors =
        new DoorSupplies(
            DoorConfig.of("127.0.0.1", 0, 1),
            devices,
            router,
            id -> Sites.UNKNOWN,
            new DoorStats());
    TcpDoor door =
        await(
            TcpDoor.open(
                vertx,
                new TcpSupplies(
                    TcpConfig.of("127.0.0.1", 0, 2), doors, gateways, new StreamStats()),
                null));

    CompletableFuture<Void> all = new CompletableFuture<>();
    vertx.runOnContext(
        now -> {
          GatewayClient[] client = new GatewayClient[1];
          client[0] =
              new GatewayClient(
                  vertx,
                  "127.0.0.1",
                  door.port(),
                  "hbg_x",
                  through -> {
                    if (through == RECORDS) {
                      client[0].close();
                      all.complete(null);
                    }
                  },
                  why -> all.completeExceptionally(new AssertionError(why)));
          for (int i = 1; i <= DEVICES; i++) {
            client[0].device("dev-" + i);
          }
          client[0].open();
          feed(client[0]);
        });
    all.get(60, TimeUnit.SECONDS);

    List<String> journaled = new ArrayList<>();
    for (int shard = 0; shard < 2; shard++) {
      journaled.addAll(pings(router, shard));
    }
    assertEquals(RECORDS, journaled.size());
    assertEquals(RECORDS, new HashSet<>(journaled).size());
    await(door.close());
    await(router.stop());
    await(vertx.close());
  }

  /** Offers as much as is taken, and breaks off right after sending, ten times. */
  private void feed(GatewayClient client) {
    int[] next = new int[1];
    int[] breaks = new int[1];
    vertx.setPeriodic(
        1,
        timer -> {
          while (next[0] < RECORDS && client.offer(1 + next[0] % DEVICES, record(next[0]))) {
            next[0]++;
          }
          client.flush();
          if (breaks[0]++ % 50 == 25 && breaks[0] < 500) {
            client.breakOff();
          }
          if (next[0] == RECORDS && client.unacknowledged() == 0) {
            vertx.cancelTimer(timer);
          }
        });
  }

  private static byte[] record(int i) {
    return GatewayClient.record()
        .fixTimeMs(T0 + i * 1_000L)
        .position(302_672_000 + i * 10, -977_431_000)
        .accuracyCm(500)
        .array();
  }

  private static List<String> pings(ShardRouter router, int shard) {
    List<String> pings = new ArrayList<>();
    PingRecord ping = new PingRecord();
    try (JournalTailer tailer = router.tailer(shard)) {
      while (tailer.next()) {
        if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PING) {
          ping.wrap(tailer.bytes(), 0);
          pings.add(ping.deviceHandle() + "@" + ping.fixTimeMs());
        }
      }
    }
    return pings;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
