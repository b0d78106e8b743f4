package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.GatewayRegistry;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.wire.GatewayFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the TCP door tells the same however its bytes were cut on their way: the states
 * of the devices, the counts of the last ack, why it ended. Every record of a frame is counted
 * once, whatever is in it, and none of them stops the shard. The handler stands in Netty's embedded
 * channel before a real shard with its journal, on the shard's own loop. The journal is begun anew
 * now and then, so that it stays small.
 */
final class GatewayLaw implements Law {
  private static final int INPUTS_PER_JOURNAL = 50_000;

  /** So that no device ever has to wait for credit. */
  private static final FairShare PLENTY = new FairShare(100, 100, 1_000_000, 100_000_000);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final WireRecords wire = new WireRecords(BatchLaw.CONFIG.maxAttributes());
  private final DeviceRegistry registry = new DeviceRegistry();
  private final GatewayRegistry gateways = new GatewayRegistry();
  private final ContextInternal loop = (ContextInternal) vertx.getOrCreateContext();
  private @Nullable Path dir;
  private @Nullable ShardRouter router;
  private @Nullable TcpSupplies supplies;
  private int inputs;

  GatewayLaw() {
    enrol(1, "dev-1", "hb_dev1");
    enrol(2, "dev-2", "hb_dev2");
    enrol(21, "van", OpenGateway.VAN);
    gateways.put(
        DeviceRegistry.hash(OpenGateway.FLEET),
        new GatewayIdentity(1, "fleet", Set.of("van"), List.of("dev-")));
    Runtime.getRuntime().addShutdownHook(new Thread(this::deleteJournal));
  }

  @Override
  public void check(byte[] input) throws Exception {
    if (inputs++ % INPUTS_PER_JOURNAL == 0) {
      beginJournal();
    }
    CompletableFuture<Void> checked = new CompletableFuture<>();
    loop.runOnContext(
        now -> {
          try {
            checkOnLoop(input);
            checked.complete(null);
          } catch (Throwable e) {
            checked.completeExceptionally(e);
          }
        });
    try {
      checked.get();
    } catch (ExecutionException e) {
      throw new AssertionError("in the loop: " + e.getCause(), e.getCause());
    }
  }

  private void checkOnLoop(byte[] input) {
    Heard whole = send(input, Math.max(1, input.length));
    int piece = input.length == 0 ? 1 : 1 + (input[input.length - 1] & 0x3F);
    Heard cut = send(input, piece);
    assertEquals(whole, cut, () -> "in pieces of " + piece);
    assertNotEquals(StreamEnd.NOT_JOURNALED.code(), whole.endCode);
    assertTrue(whole.quarantined <= whole.journaled);
    if (whole.welcomed) {
      assertEquals(whole.sequence - whole.firstSequence, whole.journaled + whole.refused);
    }
  }

  /** What a client was told, apart from how often. */
  private record Heard(
      boolean welcomed,
      long firstSequence,
      long sequence,
      long journaled,
      long quarantined,
      long refused,
      int endCode,
      List<Long> states) {}

  private Heard send(byte[] input, int pieceBytes) {
    if (supplies == null) {
      throw new IllegalStateException("no journal");
    }
    TcpConnection connection = new TcpConnection(supplies, wire, loop, System.nanoTime());
    EmbeddedChannel channel = new EmbeddedChannel(connection);
    for (int at = 0; at < input.length; at += pieceBytes) {
      int length = Math.min(pieceBytes, input.length - at);
      channel.writeInbound(Unpooled.copiedBuffer(input, at, length));
    }
    channel.runPendingTasks();
    long first = input.length < 16 ? 0 : Unpooled.wrappedBuffer(input).getLongLE(8);
    Heard heard = read(channel, first);
    channel.finishAndReleaseAll();
    channel.checkException();
    return heard;
  }

  private static Heard read(EmbeddedChannel channel, long firstSequence) {
    boolean welcomed = false;
    long[] ack = {firstSequence, 0, 0, 0};
    int endCode = 0;
    List<Long> states = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      while (out.isReadable()) {
        assertEquals(0, endCode, "a frame after the END");
        int at = out.readerIndex();
        int length = out.getIntLE(at);
        int code = out.getUnsignedShortLE(at + 6);
        switch (out.getByte(at + 4)) {
          case GatewayFrames.WELCOME -> welcomed = true;
          case GatewayFrames.DEVICE_STATE -> states.add(((long) code << 32) | out.getIntLE(at + 8));
          case GatewayFrames.ACK -> {
            for (int i = 0; i < ack.length; i++) {
              long value = out.getLongLE(at + 8 + 8 * i);
              assertTrue(value - ack[i] >= 0, "an ack that takes back");
              ack[i] = value;
            }
          }
          case GatewayFrames.END -> endCode = code;
          default -> throw new AssertionError("frame type=" + out.getByte(at + 4));
        }
        out.skipBytes(length);
      }
      out.release();
    }
    return new Heard(welcomed, firstSequence, ack[0], ack[1], ack[2], ack[3], endCode, states);
  }

  private void enrol(int handle, String id, String token) {
    registry.put(
        DeviceRegistry.hash(token),
        new DeviceIdentity(handle, id, handle, "member-" + handle, ZoneOffset.UTC));
  }

  private void beginJournal() throws IOException {
    if (router != null) {
      await(router.stop());
    }
    deleteJournal();
    dir = Files.createTempDirectory("hexbeat-fuzz");
    router =
        await(
            ShardRouter.start(
                vertx,
                ShardConfig.defaults(dir, 1),
                registry,
                FenceIndex.empty(),
                new LiveBoard()));
    DoorConfig limits = OpenDoors.limits(100, java.time.Duration.ofSeconds(30), PLENTY);
    supplies =
        new TcpSupplies(
            OpenGateway.config(),
            new DoorSupplies(limits, registry, router, id -> Sites.UNKNOWN, new DoorStats()),
            gateways,
            new StreamStats());
  }

  private static <T> T await(Future<T> future) {
    return OpenDoors.await(future);
  }

  private void deleteJournal() {
    Path old = dir;
    if (old == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(old)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
