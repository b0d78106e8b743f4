package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.door.OpenGateway.Journaled;
import io.hexbeat.ingest.door.RawGateway.Ack;
import io.hexbeat.ingest.door.RawGateway.Frame;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TcpDoorTest {
  private static final long T0 = RawGateway.T0;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  /** So that what is measured is never held up. */
  private static final FairShare PLENTY = new FairShare(10, 10, 1_000_000, 10_000_000);

  @TempDir Path dir;

  @Test
  void shouldLetADeviceWithoutCreditHoldUpNoOther() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir, new FairShare(10, 10, 5, 1));
        RawGateway gateway = open.fleet(2)) {
      byte[] spent = records(0, 1, T0, T0 + 1, T0 + 2);
      gateway.send(
          out -> {
            out.writeBytes(spent);
            out.writeBytes(records(3, 1, T0 + 3));
            out.writeBytes(records(4, 2, T0));
            out.writeBytes(records(5, 1, T0 + 4));
          });

      assertEquals(6, gateway.ackThrough(6).journaled());
      assertEquals(
          List.of(
              ping(1, T0),
              ping(1, T0 + 1),
              ping(1, T0 + 2),
              ping(2, T0),
              ping(1, T0 + 3),
              ping(1, T0 + 4)),
          open.journaled());
      assertTrue(open.stats.count(Door.TCP, DoorOutcome.RATE_LIMITED) >= 1);
    }
  }

  @Test
  void shouldHoldNoMoreThanItsWindowForADeviceWithoutCredit() throws Exception {
    TcpConfig narrow = OpenGateway.config(10, 4, LONG, LONG);
    try (OpenGateway open = OpenGateway.beside(dir, new FairShare(10, 10, 2, 1), narrow);
        RawGateway gateway = open.fleet(2)) {
      gateway.send(
          out -> {
            out.writeBytes(records(0, 1, T0, T0 + 1));
            out.writeBytes(records(2, 1, T0 + 2));
            out.writeBytes(records(3, 2, T0, T0 + 1, T0 + 2));
            out.writeBytes(records(6, 2, T0 + 3));
          });

      OpenGateway.await(() -> open.tcpStats.pauses() > 0);
      assertEquals(5, open.journaled().size());
      assertEquals(7, gateway.ackThrough(7).journaled());
      assertEquals(ping(2, T0 + 3), open.journaled().get(6));
    }
  }

  @Test
  void shouldReadNoMoreOfADeviceOnItsOwnConnectionThanItHasCreditFor() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir, new FairShare(10, 10, 5, 1));
        RawGateway van = open.connect().hello(0, OpenGateway.VAN)) {
      van.welcome();
      van.send(
          out -> {
            out.writeBytes(records(0, 0, T0, T0 + 1));
            out.writeBytes(records(2, 0, T0 + 2));
          });
      assertEquals(3, van.ackThrough(3).journaled());
      assertTrue(open.tcpStats.pauses() > 0);
    }
  }

  /** A frame of one device's pings. */
  private static byte[] records(long sequence, int number, long... fixTimesMs) {
    ByteBuf records = Unpooled.buffer();
    for (long fixTimeMs : fixTimesMs) {
      records.writeBytes(RawGateway.ping(number, fixTimeMs));
    }
    byte[] bytes = ByteBufUtil.getBytes(records);
    ByteBuf frame = Unpooled.buffer();
    GatewayFrames.records(frame, sequence, fixTimesMs.length, bytes, bytes.length);
    return ByteBufUtil.getBytes(frame);
  }

  @Test
  void shouldKeepTheNewestOfADevicesConnections() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir, new FairShare(10, 1, 1_000, 1_000));
        RawGateway first = open.connect().hello(0, OpenGateway.VAN)) {
      first.welcome();
      try (RawGateway second = open.connect().hello(0, OpenGateway.VAN)) {
        second.welcome();
        assertEquals(StreamEnd.TOO_MANY.code(), first.end().code());
        assertEquals(1, open.stats.closed(DoorClosure.DEVICE_FULL));
      }
    }
  }

  @Test
  void shouldStoreNothingOfAnOlderConnectionOnceANewerOneHasSentForTheDevice() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway broken = open.fleet(2);
        RawGateway resumed = open.fleet(2)) {
      broken.send(out -> out.writeBytes(records(0, 1, T0)));
      assertEquals(1, broken.ackThrough(1).journaled());
      resumed.send(out -> out.writeBytes(records(0, 1, T0 + 1)));
      assertEquals(1, resumed.ackThrough(1).journaled());

      broken.send(out -> out.writeBytes(records(1, 1, T0 + 2)));

      assertEquals(StreamEnd.TOO_MANY.code(), broken.end().code());
      resumed.send(out -> out.writeBytes(records(1, 2, T0)));
      assertEquals(2, resumed.ackThrough(2).journaled());
      assertEquals(List.of(ping(1, T0), ping(1, T0 + 1), ping(2, T0)), open.journaled());
    }
  }

  @Test
  void shouldBoundTheConnectionsOfAnAddress() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir, new FairShare(1, 10, 1_000, 1_000));
        RawGateway first = open.connect().hello(0, OpenGateway.VAN)) {
      first.welcome();
      try (RawGateway second = open.connect()) {
        assertEquals(StreamEnd.TOO_MANY.code(), second.end().code());
        assertEquals(1, open.stats.closed(DoorClosure.ADDRESS_FULL));
      }
    }
  }

  @Test
  void shouldAcknowledgeTheRecordsOfSeveralDevices() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(2)) {
      gateway.records(
          0, RawGateway.ping(1, T0), RawGateway.ping(2, T0 + 1), RawGateway.ping(1, T0 + 2));

      assertEquals(new Ack(3, 3, 0, 0), gateway.ackThrough(3));
      assertEquals(List.of(ping(1, T0), ping(2, T0 + 1), ping(1, T0 + 2)), open.journaled());
      assertEquals(3, open.stats.count(Door.TCP, DoorOutcome.RECORDS));
    }
  }

  @Test
  void shouldSayWhatTheClientMustKeepTo() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.connect().hello(0, OpenGateway.FLEET)) {
      ByteBuf body = gateway.welcome().body();

      assertEquals(OpenGateway.config().windowRecords(), body.readIntLE());
      assertEquals(OpenGateway.config().maxFrameBytes(), body.readIntLE());
      assertEquals(OpenGateway.config().maxDevices(), body.readIntLE());
      assertEquals(OpenGateway.config().idleTimeout().toMillis(), body.readIntLE());
    }
  }

  @Test
  void shouldStampWhatOnlyTheServerKnows() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(3)) {
      long beforeMs = System.currentTimeMillis();
      byte[] sent = new byte[512];
      PingRecord record =
          new PingRecord()
              .wrapNew(sent, 0, 3, 99, 17)
              .fixTimeMs(T0)
              .position(1, 1_800_000_000)
              .bearingCdeg(36_000)
              .door(200);
      byte[] attributes = utf8("{\"a\":1,\"text\":\"\\u0000\"}");
      record.attributes(attributes, attributes.length).phoneId(utf8("idfv-1"), 6);

      gateway.records(0, Arrays.copyOf(sent, record.lengthBytes()));
      gateway.ackThrough(1);

      PingRecord stored = lastPing(open);
      assertEquals(3, stored.deviceHandle());
      assertEquals(3, stored.memberHandle());
      assertTrue(stored.receivedTimeMs() >= beforeMs);
      assertEquals(Door.TCP.code(), stored.door());
      assertEquals(-1_800_000_000, stored.lngE7());
      assertEquals(0, stored.bearingCdeg());
      assertEquals("{\"a\":1,\"text\":\"\\ufffd\"}", stored.attributes());
      assertEquals("idfv-1", stored.phoneId());
    }
  }

  @Test
  void shouldLetADeviceSendForItselfOnly() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway van = open.connect().hello(5, OpenGateway.VAN)) {
      van.welcome();
      van.records(5, RawGateway.ping(0, T0), RawGateway.ping(4, T0 + 1));
      assertEquals(new Ack(7, 2, 0, 0), van.ackThrough(7));
      assertEquals(List.of(ping(21, T0), ping(21, T0 + 1)), open.journaled());

      van.device(1, "dev-1");
      assertEnd(StreamEnd.MALFORMED, van);
    }
  }

  @Test
  void shouldRefuseWhoeverItDoesNotKnow() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway stranger = open.connect().hello(0, "hb_nobody")) {
      assertEnd(StreamEnd.UNAUTHORIZED, stranger);
      assertEquals(1, open.stats.count(Door.TCP, DoorOutcome.UNAUTHORIZED));
      assertEquals(1, open.tcpStats.ended(StreamEnd.UNAUTHORIZED));
    }
  }

  @Test
  void shouldRefuseTheRecordsOfADeviceThatIsNotTheGatewaysAndTakeTheOthers() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      gateway.device(2, "other");
      assertEquals(GatewayFrames.DEVICE_NOT_YOURS, gateway.deviceState());
      gateway.device(3, "van");
      assertEquals(GatewayFrames.DEVICE_OK, gateway.deviceState());

      gateway.records(0, RawGateway.ping(1, T0), RawGateway.ping(2, T0), RawGateway.ping(3, T0));

      assertEquals(new Ack(3, 2, 0, 1), gateway.ackThrough(3));
      assertEquals(List.of(ping(1, T0), ping(21, T0)), open.journaled());
      assertEquals(1, open.tcpStats.refusedRecords());
    }
  }

  @Test
  void shouldTakeADeviceAsSoonAsItIsEnrolled() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.connect().hello(0, OpenGateway.FLEET)) {
      gateway.welcome();
      gateway.device(1, "dev-new");
      assertEquals(GatewayFrames.DEVICE_UNKNOWN, gateway.deviceState());
      gateway.records(0, RawGateway.ping(1, T0));
      assertEquals(new Ack(1, 0, 0, 1), gateway.ackThrough(1));

      open.enrol(31, "dev-new", "hb_new");
      gateway.records(1, RawGateway.ping(1, T0 + 1));
      assertEquals(new Ack(2, 1, 0, 1), gateway.ackThrough(2));
      assertEquals(List.of(ping(31, T0 + 1)), open.journaled());
    }
  }

  @Test
  void shouldGoOnWithoutADeviceThatIsRevoked() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(2)) {
      gateway.records(0, RawGateway.ping(1, T0));
      gateway.ackThrough(1);

      open.registry.revoke(DeviceRegistry.hash("hb_dev1"));
      assertEquals(GatewayFrames.DEVICE_UNKNOWN, gateway.deviceState());
      gateway.records(1, RawGateway.ping(1, T0 + 1), RawGateway.ping(2, T0 + 1));

      assertEquals(new Ack(3, 2, 0, 1), gateway.ackThrough(3));
      assertEquals(List.of(ping(1, T0), ping(2, T0 + 1)), open.journaled());
    }
  }

  @Test
  void shouldEndTheConnectionOfARevokedGatewayOrDeviceAtOnce() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1);
        RawGateway van = open.connect().hello(0, OpenGateway.VAN)) {
      van.welcome();

      open.gateways.revoke(DeviceRegistry.hash(OpenGateway.FLEET));
      assertEnd(StreamEnd.REVOKED, gateway);
      open.registry.revoke(DeviceRegistry.hash(OpenGateway.VAN));
      assertEnd(StreamEnd.REVOKED, van);
    }
  }

  @Test
  void shouldQuarantineRecordsThatItCanNotUse() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      byte[] tooEarly = RawGateway.ping(1, 5);
      byte[] offEarth = RawGateway.ping(1, T0);
      new PingRecord().wrap(offEarth, 0).position(900_000_001, 0);
      byte[] punch = RawGateway.ping(1, T0);
      punch[0] = RecordType.PUNCH.code();
      byte[] serverMade = RawGateway.ping(1, T0);
      new PingRecord().wrap(serverMade, 0).serverMade();
      byte[] absurd = RawGateway.ping(1, T0);
      new PingRecord().wrap(absurd, 0).speedCmps(Integer.MAX_VALUE);
      byte[] later = RawGateway.ping(1, T0);
      later[1] = 2;

      gateway.records(
          0, tooEarly, offEarth, punch, RawGateway.ping(1, T0 + 1), serverMade, absurd, later);

      assertEquals(new Ack(7, 7, 6, 0), gateway.ackThrough(7));
      List<Journaled> journaled = open.journaled();
      assertTrue(journaled.get(0).reason().startsWith("fix_time /fixTimeMs"));
      assertTrue(journaled.get(1).reason().startsWith("position /latE7"));
      assertEquals(ping(1, T0 + 1), journaled.get(3));
      assertEquals(6, journaled.stream().filter(r -> r.type() == RecordType.QUARANTINE).count());
      assertEquals(3, open.stats.quarantined(Door.TCP, QuarantineReason.NOT_A_RECORD));
    }
  }

  @Test
  void shouldEndWithAReasonWhatItCanNotRead() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir)) {
      byte[] http = utf8("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEnds(open.connect().bytes(http, http.length), StreamEnd.MALFORMED);
      assertEnds(open.connect().keepAlive(), StreamEnd.MALFORMED);
      assertEnds(open.connect().hello(0, ""), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).hello(0, OpenGateway.FLEET), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).device(0, "dev-1"), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).device(10_001, "dev-1"), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).records(7, RawGateway.ping(1, T0)), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).records(0, RawGateway.ping(2, T0)), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).records(0, RawGateway.ping(0, T0)), StreamEnd.MALFORMED);
      assertEnds(open.fleet(1).records(0, utf8("this is no record")), StreamEnd.MALFORMED);
      assertEnds(
          open.fleet(1).send(out -> GatewayFrames.records(out, 0, 9, RawGateway.ping(1, T0), 80)),
          StreamEnd.MALFORMED);
      assertEnds(
          open.fleet(1).send(out -> GatewayFrames.welcome(out, 1, 1, 1, 1)), StreamEnd.MALFORMED);
      byte[] large = {0, 0, 0, 1, GatewayFrames.RECORDS, 1, 0, 0};
      assertEnds(open.fleet(1).bytes(large, large.length), StreamEnd.TOO_LARGE);

      assertEquals(List.of(), open.journaled());
      OpenGateway.await(() -> open.tcpStats.connections() == 0);
    }
  }

  @Test
  void shouldReadFramesThatComeByteByByte() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      ByteBuf out = Unpooled.buffer();
      GatewayFrames.records(out, 0, 1, RawGateway.ping(1, T0), 80);
      GatewayFrames.records(out, 1, 1, RawGateway.ping(1, T0 + 1), 80);
      while (out.isReadable()) {
        gateway.bytes(new byte[] {out.readByte()}, 1);
      }

      gateway.ackThrough(2);
      assertEquals(List.of(ping(1, T0), ping(1, T0 + 1)), open.journaled());
    }
  }

  @Test
  void shouldResumeWithoutLossOrDuplicatesAfterTheConnectionBroke() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir)) {
      try (RawGateway gateway = open.fleet(2)) {
        gateway.records(0, pings(1, T0, 20));
        gateway.ackThrough(20);
        gateway.records(20, pings(1, T0 + 100, 32));
        gateway.records(52, pings(2, T0 + 100, 32));
        OpenGateway.await(() -> open.stats.count(Door.TCP, DoorOutcome.RECORDS) == 84);
      }
      try (RawGateway again = open.connect().hello(20, OpenGateway.FLEET)) {
        again.welcome();
        again.device(1, "dev-2").deviceState();
        again.device(2, "dev-1").deviceState();
        again.records(20, pings(2, T0 + 100, 32));
        again.records(52, pings(1, T0 + 100, 32));
        again.records(84, pings(1, T0 + 200, 1));

        assertEquals(new Ack(85, 65, 0, 0), again.ackThrough(85));
        assertEquals(85, open.journaled().size());
        assertEquals(85, open.journaled().stream().distinct().count());
      }
    }
  }

  @Test
  void shouldResumeWithoutLossOrDuplicatesAfterTheServerDied() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      gateway.records(0, pings(1, T0, 40));
      OpenGateway.await(() -> open.stats.count(Door.TCP, DoorOutcome.RECORDS) == 40);
    }
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      gateway.records(0, pings(1, T0, 64));

      gateway.ackThrough(64);
      assertEquals(64, open.journaled().size());
      assertEquals(64, open.journaled().stream().distinct().count());
    }
  }

  @Test
  void shouldReadNoFurtherThanItsWindow() throws Exception {
    TcpConfig config = OpenGateway.config(10, 8, LONG, LONG);
    try (OpenGateway open = OpenGateway.apart(ShardConfig.defaults(dir, 1), config);
        RawGateway gateway = open.fleet(1)) {
      CountDownLatch release = open.holdShard();
      for (int i = 0; i < 50; i++) {
        gateway.records(i * 4L, pings(1, T0 + i * 4L, 4));
      }
      OpenGateway.await(() -> open.tcpStats.pauses() > 0);
      assertEquals(2, open.router.stats(0).inboxDepth());
      release.countDown();

      assertEquals(new Ack(200, 200, 0, 0), gateway.ackThrough(200));
      assertEquals(pingsOf(1, T0, 200), open.journaled());
    }
  }

  @Test
  void shouldWaitForAShardWhoseInboxIsFull() throws Exception {
    ShardConfig usual = ShardConfig.defaults(dir, 1);
    ShardConfig small =
        new ShardConfig(
            dir,
            1,
            usual.sync(),
            2,
            usual.inboxBytes(),
            usual.defaultPresence(),
            usual.trust(),
            usual.punchIdsKept(),
            usual.maxPhones());
    try (OpenGateway open = OpenGateway.apart(small, OpenGateway.config());
        RawGateway gateway = open.fleet(1)) {
      CountDownLatch release = open.holdShard();
      for (int i = 0; i < 20; i++) {
        gateway.records(i, RawGateway.ping(1, T0 + i));
      }
      OpenGateway.await(() -> open.router.stats(0).refused() > 1);
      assertEquals(2, open.router.stats(0).inboxDepth());
      release.countDown();

      assertEquals(new Ack(20, 20, 0, 0), gateway.ackThrough(20));
      assertEquals(pingsOf(1, T0, 20), open.journaled());
    }
  }

  @Test
  void shouldTellASlowReaderAllAtOnce() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.fleet(1)) {
      for (int i = 0; i < 2_000; i++) {
        gateway.records(i, RawGateway.ping(1, T0 + i));
      }
      assertEquals(new Ack(2_000, 2_000, 0, 0), gateway.ackThrough(2_000));
    }
  }

  @Test
  void shouldEndAConnectionWhoseRecordsNoShardTakes() throws Exception {
    TcpConfig config = OpenGateway.config(10, 8, LONG, SHORT);
    try (OpenGateway open = OpenGateway.apart(ShardConfig.defaults(dir, 1), config);
        RawGateway gateway = open.fleet(1)) {
      open.stopShards();
      gateway.records(0, RawGateway.ping(1, T0));

      assertEnd(StreamEnd.NOT_JOURNALED, gateway);
    }
  }

  @Test
  void shouldAllocateNothingForARecord() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir, PLENTY);
        RawGateway gateway = open.fleet(2)) {
      long[] sent = new long[1];
      sendRecords(gateway, sent, 250);
      long before = allocatedBytes(open);
      sendRecords(gateway, sent, 250);
      long bytes = allocatedBytes(open) - before;

      // A turn of the loop and a frame have their share; a record has none.
      assertTrue(bytes < 64_000, () -> bytes + " bytes for 64000 records");
    }
  }

  @Test
  void shouldAcknowledgeWhatIsUnderWayBeforeItStops() throws Exception {
    try (OpenGateway open = OpenGateway.apart(ShardConfig.defaults(dir, 1), OpenGateway.config());
        RawGateway gateway = open.fleet(1)) {
      CountDownLatch release = open.holdShard();
      gateway.records(0, pings(1, T0, 10));
      OpenGateway.await(() -> open.router.stats(0).inboxDepth() == 1);
      Thread closing = new Thread(open::closeDoor);
      closing.start();
      release.countDown();

      gateway.ackThrough(10);
      assertEnd(StreamEnd.STOPPING, gateway);
      closing.join();
    }
  }

  @Test
  void shouldEndConnectionsThatAreTooManyOrSilent() throws Exception {
    TcpConfig config = OpenGateway.config(2, 8, SHORT, SHORT);
    try (OpenGateway open = OpenGateway.apart(ShardConfig.defaults(dir, 1), config);
        RawGateway silent = open.connect();
        RawGateway idle = open.connect().hello(0, OpenGateway.FLEET)) {
      idle.welcome();
      OpenGateway.await(() -> open.tcpStats.connections() == 2);
      try (RawGateway third = open.connect()) {
        assertEnd(StreamEnd.TOO_MANY, third);
      }
      assertEnd(StreamEnd.IDLE, silent);
      assertEnd(StreamEnd.IDLE, idle);
    }
  }

  @Test
  void shouldAnswerASignOfLifeWithAnAck() throws Exception {
    try (OpenGateway open = OpenGateway.beside(dir);
        RawGateway gateway = open.connect().hello(42, OpenGateway.FLEET)) {
      gateway.welcome();
      gateway.keepAlive();
      assertEquals(new Ack(42, 0, 0, 0), gateway.ack());
    }
  }

  /** Frames of 256 records of two devices in turn, each frame acknowledged before the next. */
  private static void sendRecords(RawGateway gateway, long[] sent, int frames) throws Exception {
    for (int frame = 0; frame < frames; frame++) {
      byte[][] records = new byte[256][];
      for (int i = 0; i < records.length; i++) {
        records[i] = RawGateway.ping(1 + i % 2, T0 + sent[0] + i);
      }
      gateway.records(sent[0], records);
      sent[0] += records.length;
      gateway.ackThrough(sent[0]);
    }
  }

  private static long allocatedBytes(OpenGateway open) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    CompletableFuture<Long> loop = new CompletableFuture<>();
    open.shardLoop.runOnContext(now -> loop.complete(threads.getCurrentThreadAllocatedBytes()));
    return loop.get(20, TimeUnit.SECONDS);
  }

  private static Journaled ping(int deviceHandle, long fixTimeMs) {
    return new Journaled(RecordType.PING, deviceHandle, fixTimeMs, "");
  }

  private static byte[][] pings(int number, long fromMs, int count) {
    byte[][] pings = new byte[count][];
    for (int i = 0; i < count; i++) {
      pings[i] = RawGateway.ping(number, fromMs + i);
    }
    return pings;
  }

  private static List<Journaled> pingsOf(int deviceHandle, long fromMs, int count) {
    return LongStream.range(fromMs, fromMs + count).mapToObj(ms -> ping(deviceHandle, ms)).toList();
  }

  private static PingRecord lastPing(OpenGateway open) {
    PingRecord last = new PingRecord();
    try (JournalTailer tailer = open.router.tailer(0)) {
      while (tailer.next()) {
        if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PING) {
          last.wrap(tailer.bytes().clone(), 0);
        }
      }
    }
    return last;
  }

  private static void assertEnds(RawGateway gateway, StreamEnd end) throws Exception {
    try (gateway) {
      assertEnd(end, gateway);
    }
  }

  private static void assertEnd(StreamEnd end, RawGateway gateway) throws Exception {
    Frame frame = gateway.end();
    assertEquals(end.code(), frame.code(), frame::text);
    assertTrue(!frame.text().isEmpty());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
