package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamDoorTest {
  private static final long T0 = RawGateway.T0;
  private static final String PING = "{\"fix_time\":%d,\"lat\":30.25,\"lng\":-97.75}";
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path dir;

  /** A phone's end of a socket; what it is sent waits in a queue. */
  private static final class Phone {
    private final WebSocket socket;
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Short> closed = new CompletableFuture<>();

    private Phone(WebSocket socket) {
      this.socket = socket;
      socket.textMessageHandler(received::add);
      socket.binaryMessageHandler(received::add);
      socket.closeHandler(now -> closed.complete(socket.closeStatusCode()));
    }

    static Phone connect(OpenDoors doors, String token) throws Exception {
      WebSocketConnectOptions options =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(doors.port.port())
              .setURI("/v1/stream?token=" + token);
      return connect(doors, options);
    }

    static Phone connect(OpenDoors doors, WebSocketConnectOptions options) throws Exception {
      WebSocketClient client = doors.vertx.createWebSocketClient();
      CompletableFuture<Phone> phone = new CompletableFuture<>();
      client
          .connect(options)
          .onSuccess(socket -> phone.complete(new Phone(socket)))
          .onFailure(phone::completeExceptionally);
      return phone.get(20, TimeUnit.SECONDS);
    }

    JsonObject ack() throws Exception {
      return new JsonObject((String) received.poll(20, TimeUnit.SECONDS));
    }

    /** How many were journaled, and how many of them to quarantine. */
    List<Integer> binaryAck() throws Exception {
      Buffer ack = (Buffer) received.poll(20, TimeUnit.SECONDS);
      assertEquals(8, ack.length());
      return List.of(ack.getIntLE(0), ack.getIntLE(4));
    }

    int closeCode() throws Exception {
      return closed.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldRestWhileTheDeviceHasNoCredit() throws Exception {
    try (OpenDoors doors = open(new FairShare(10, 10, 50, 1))) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeBinaryMessage(
          records(RawGateway.ping(0, T0), RawGateway.ping(0, T0 + 1), RawGateway.ping(0, T0 + 2)));
      phone.socket.writeTextMessage(PING.formatted(T0 + 3));

      assertEquals(List.of(3, 0), phone.binaryAck());
      assertEquals(1, phone.ack().getInteger("journaled"));
      assertTrue(doors.stats.count(Door.STREAM, DoorOutcome.RATE_LIMITED) > 0);
    }
  }

  @Test
  void shouldKeepTheNewestOfADevicesSockets() throws Exception {
    try (OpenDoors doors = open(new FairShare(10, 1, 1_000, 1_000))) {
      Phone first = Phone.connect(doors, OpenDoors.TOKEN);
      Phone second = Phone.connect(doors, OpenDoors.TOKEN);

      assertEquals(1013, first.closeCode());
      second.socket.writeTextMessage(PING.formatted(T0));
      assertEquals(1, second.ack().getInteger("journaled"));
      assertEquals(1, doors.stats.closed(DoorClosure.DEVICE_FULL));
    }
  }

  @Test
  void shouldStoreNothingOfAnOlderSocketOnceANewerOneHasSent() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone broken = Phone.connect(doors, OpenDoors.TOKEN);
      broken.socket.writeTextMessage(PING.formatted(T0));
      assertEquals(1, broken.ack().getInteger("journaled"));
      Phone resumed = Phone.connect(doors, OpenDoors.TOKEN);
      resumed.socket.writeTextMessage(PING.formatted(T0 + 1));
      assertEquals(1, resumed.ack().getInteger("journaled"));

      broken.socket.writeTextMessage(PING.formatted(T0 + 2));

      assertEquals(1013, broken.closeCode());
      assertEquals(2, doors.journaled().size());
    }
  }

  @Test
  void shouldLetAnAddressInAgainWhenItsSocketIsClosed() throws Exception {
    try (OpenDoors doors = open(new FairShare(1, 10, 1_000, 1_000))) {
      for (int i = 0; i < 3; i++) {
        Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
        phone.socket.writeTextMessage(PING.formatted(T0 + i));
        assertEquals(1, phone.ack().getInteger("journaled"));
        phone.socket.close();
        phone.closeCode();
        OpenMqtt.await(() -> doors.stats.connections() == 0);
      }
      assertEquals(0, doors.stats.closed(DoorClosure.ADDRESS_FULL));
    }
  }

  @Test
  void shouldReadTextInTheCoordinatesOfItsDeviceAndWireRecordsAsTheyAre() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      doors.registry.put(
          DeviceRegistry.hash(OpenDoors.TOKEN),
          new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC, CoordType.GCJ02));
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeTextMessage("{\"fix_time\":%d,\"lat\":39.9,\"lng\":116.4}".formatted(T0));
      assertEquals(1, phone.ack().getInteger("accepted"));
      assertNotEquals(399_000_000, firstPing(doors).latE7());
    }
  }

  @Test
  void shouldReadAnOpenSocketByWhatItsDeviceHasBecome() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeTextMessage("{\"fix_time\":%d,\"lat\":39.9,\"lng\":116.4}".formatted(T0));
      phone.ack();
      assertEquals(399_000_000, firstPing(doors).latE7());

      doors.registry.put(
          DeviceRegistry.hash(OpenDoors.TOKEN),
          new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC, CoordType.GCJ02));
      phone.socket.writeTextMessage(
          "{\"fix_time\":%d,\"lat\":39.9,\"lng\":116.4}".formatted(T0 + 1));
      phone.ack();
      assertNotEquals(399_000_000, lastPing(doors).latE7());
    }
  }

  private OpenDoors open(FairShare share) {
    return new OpenDoors(ShardConfig.defaults(dir, 1), OpenDoors.limits(10, LONG, share));
  }

  @Test
  void shouldAcknowledgeTextOnceItIsInTheJournal() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeTextMessage(PING.formatted(T0));
      phone.socket.writeTextMessage(
          "[" + PING.formatted(T0 + 1) + ",{\"fix_time\":5}," + PING.formatted(T0 + 2) + "]");
      phone.socket.writeTextMessage("[]");

      JsonObject first = phone.ack();
      assertEquals("ack", first.getString("type"));
      assertEquals(1, first.getInteger("journaled"));
      JsonObject second = phone.ack();
      assertEquals(3, second.getInteger("journaled"));
      assertEquals(2, second.getInteger("accepted"));
      assertEquals(1, second.getInteger("quarantined"));
      assertEquals(
          "/fix_time", second.getJsonArray("rejected").getJsonObject(0).getString("pointer"));
      assertEquals(0, phone.ack().getInteger("journaled"));
      assertEquals(4, doors.journaled().size());
      assertEquals(3, doors.stats.count(Door.STREAM, DoorOutcome.RECORDS));
    }
  }

  @Test
  void shouldAcknowledgeWireRecordsByBytes() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeBinaryMessage(
          records(RawGateway.ping(0, T0), RawGateway.ping(12, T0 + 1), RawGateway.ping(0, 5)));

      assertEquals(List.of(3, 1), phone.binaryAck());
      assertEquals(
          List.of(RecordType.PING, RecordType.PING, RecordType.QUARANTINE), doors.journaled());
      PingRecord stored = firstPing(doors);
      assertEquals(7, stored.deviceHandle());
      assertEquals(21, stored.memberHandle());
      assertEquals(Door.STREAM.code(), stored.door());
    }
  }

  @Test
  void shouldTakeTheTokenFromTheHeaderToo() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone phone =
          Phone.connect(
              doors,
              new WebSocketConnectOptions()
                  .setHost("127.0.0.1")
                  .setPort(doors.port.port())
                  .setURI("/v1/stream")
                  .addHeader("Authorization", "Bearer " + OpenDoors.TOKEN));
      phone.socket.writeTextMessage(PING.formatted(T0));
      assertEquals(1, phone.ack().getInteger("journaled"));
    }
  }

  @Test
  void shouldRefuseWhoeverItDoesNotKnow() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> Phone.connect(doors, "hb_nobody"));
      assertEquals(401, ((UpgradeRejectedException) refused.getCause()).getStatus());
      assertEquals(426, doors.get("/v1/stream?token=" + OpenDoors.TOKEN).statusCode());
      assertEquals(1, doors.stats.count(Door.STREAM, DoorOutcome.UNAUTHORIZED));
    }
  }

  @Test
  void shouldCloseWithAReasonWhatItCanNotRead() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone text = Phone.connect(doors, OpenDoors.TOKEN);
      text.socket.writeTextMessage("{\"fix_time\":");
      assertEquals(1007, text.closeCode());
      assertTrue(text.socket.closeReason().startsWith("The body is not JSON"));

      Phone binary = Phone.connect(doors, OpenDoors.TOKEN);
      binary.socket.writeBinaryMessage(Buffer.buffer("garbage, and long enough for a header"));
      assertEquals(1007, binary.closeCode());

      Phone many = Phone.connect(doors, OpenDoors.TOKEN);
      byte[][] pings = new byte[1_001][];
      Arrays.fill(pings, RawGateway.ping(0, T0));
      many.socket.writeBinaryMessage(records(pings));
      assertEquals(1009, many.closeCode());

      assertEquals(List.of(), doors.journaled());
      OpenGateway.await(() -> doors.supplies.streamStats().connections() == 0);
      OpenGateway.await(() -> doors.stats.connections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4_000_000})
  void shouldCloseWithACodeHoweverFarAMessageIsBeyondItsLimit(int bytesTooMany) throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Buffer message = Buffer.buffer(new byte[StreamConfig.DEFAULT.maxFrameBytes() + bytesTooMany]);
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeFinalBinaryFrame(message);
      assertEquals(1009, phone.closeCode());

      Phone pieces = Phone.connect(doors, OpenDoors.TOKEN);
      pieces.socket.writeBinaryMessage(message);
      assertEquals(1009, pieces.closeCode());
      assertEquals(2, doors.stats.count(Door.STREAM, DoorOutcome.TOO_LARGE));
      assertEquals(List.of(), doors.journaled());
    }
  }

  @Test
  void shouldCloseWithACodeWhatIsNoFrame() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = upgraded(doors)) {
      // Bits of an extension, of which there is none: compressed messages could be bombs.
      phone.send(new byte[] {(byte) 0xF2, (byte) 0x80, 0, 0, 0, 0});
      OpenGateway.await(() -> doors.stats.connections() == 0);
      assertEquals(1, doors.supplies.streamStats().ended(StreamEnd.MALFORMED));
    }
  }

  @Test
  void shouldReadNoFurtherWhileItsAcksAreNotRead() throws Exception {
    DoorConfig plenty = OpenDoors.limits(10, LONG, new FairShare(10, 10, 1_000_000, 100_000_000));
    long mostBytes = 256L << 20;
    try (OpenDoors doors = new OpenDoors(ShardConfig.defaults(dir, 1), plenty);
        RawPhone phone = upgraded(doors)) {
      // Each of a thousand records that are none is told in the ack, which is 30 times as long.
      byte[] text = ("[" + "1,".repeat(999) + "1]").getBytes(StandardCharsets.UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(8 + text.length);
      frame.put((byte) 0x81).put((byte) (0x80 | 126)).putShort((short) text.length).putInt(0);
      long sentBytes = phone.sendUntilStuck(frame.put(text).array(), mostBytes);

      assertTrue(sentBytes < mostBytes, "the server took " + sentBytes + " bytes");
      assertTrue(doors.supplies.streamStats().pauses() > 0);
      assertEquals(0, doors.stats.count(Door.STREAM, DoorOutcome.RATE_LIMITED));
      assertEquals(0, doors.router.stats(0).inboxDepth());
    }
  }

  /** A socket that speaks the protocol by hand, and reads nothing of its own accord. */
  private static RawPhone upgraded(OpenDoors doors) throws Exception {
    RawPhone phone = new RawPhone(doors.port.port());
    phone.head(
        "GET /v1/stream?token=" + OpenDoors.TOKEN + " HTTP/1.1",
        "Host: x",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate, x-webkit-deflate-frame",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    RawPhone.Answer answer = phone.answer();
    assertEquals(101, answer.status());
    assertFalse(answer.head().toLowerCase(Locale.ROOT).contains("extensions"), answer.head());
    return phone;
  }

  @Test
  void shouldCloseAtOnceWhenTheTokenIsRevoked() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      phone.socket.writeTextMessage(PING.formatted(T0));
      phone.ack();
      doors.registry.revoke(DeviceRegistry.hash(OpenDoors.TOKEN));
      assertEquals(1008, phone.closeCode());
    }
  }

  @Test
  void shouldReadNoFurtherThanItsWindowAndAnswerInOrder() throws Exception {
    StreamConfig window = new StreamConfig(256 << 10, 2, LONG, LONG);
    try (OpenDoors doors = new OpenDoors(dir, window)) {
      CountDownLatch release = doors.holdShardLoop();
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      for (int i = 0; i < 50; i++) {
        byte[][] pings = new byte[1 + i % 3][];
        for (int j = 0; j < pings.length; j++) {
          pings[j] = RawGateway.ping(0, T0 + i * 10L + j);
        }
        phone.socket.writeBinaryMessage(records(pings));
      }
      OpenGateway.await(() -> doors.supplies.streamStats().pauses() > 0);
      assertEquals(2, doors.router.stats(0).inboxDepth());
      assertNull(phone.received.poll());
      release.countDown();

      for (int i = 0; i < 50; i++) {
        assertEquals(List.of(1 + i % 3, 0), phone.binaryAck());
      }
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
    try (OpenDoors doors = new OpenDoors(small, StreamConfig.DEFAULT)) {
      CountDownLatch release = doors.holdShardLoop();
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      for (int i = 0; i < 10; i++) {
        phone.socket.writeTextMessage(PING.formatted(T0 + i));
      }
      OpenGateway.await(() -> doors.router.stats(0).refused() > 1);
      release.countDown();
      for (int i = 0; i < 10; i++) {
        assertEquals(1, phone.ack().getInteger("journaled"));
      }
      assertEquals(11, doors.journaled().size());
    }
  }

  @Test
  void shouldPingAPhoneAndCloseItWhenItStaysSilent() throws Exception {
    StreamConfig config =
        new StreamConfig(256 << 10, 2, Duration.ofMillis(1), Duration.ofMillis(2_500));
    try (OpenDoors doors = new OpenDoors(dir, config);
        RawPhone silent = doors.phone()) {
      Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
      silent.head(
          "GET /v1/stream?token=" + OpenDoors.TOKEN + " HTTP/1.1",
          "Host: x",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Version: 13");
      assertEquals(101, silent.answer().status());
      // It never answers the pings, the other one does.
      OpenGateway.await(() -> doors.supplies.streamStats().ended(StreamEnd.IDLE) == 1);
      phone.socket.writeTextMessage(PING.formatted(T0));
      assertEquals(1, phone.ack().getInteger("journaled"));
    }
  }

  @Test
  void shouldSayThatItStops() throws Exception {
    OpenDoors doors = new OpenDoors(dir);
    Phone phone = Phone.connect(doors, OpenDoors.TOKEN);
    CountDownLatch release = doors.holdShardLoop();
    phone.socket.writeTextMessage(PING.formatted(T0));
    OpenGateway.await(() -> doors.router.stats(0).inboxDepth() == 1);
    Thread closing = new Thread(() -> OpenDoors.await(doors.port.close()));
    closing.start();
    release.countDown();

    assertEquals(1, phone.ack().getInteger("journaled"));
    assertEquals(1001, phone.closeCode());
    closing.join();
    doors.stopShards();
    OpenDoors.await(doors.vertx.close());
  }

  private static Buffer records(byte[]... records) {
    byte[] bytes = new byte[records.length * records[0].length];
    Unpooled.wrappedBuffer(records).readBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private static PingRecord firstPing(OpenDoors doors) {
    return pings(doors).get(0);
  }

  private static PingRecord lastPing(OpenDoors doors) {
    List<PingRecord> pings = pings(doors);
    return pings.get(pings.size() - 1);
  }

  private static List<PingRecord> pings(OpenDoors doors) {
    List<PingRecord> pings = new ArrayList<>();
    try (JournalTailer tailer = doors.router.tailer(0)) {
      while (tailer.next()) {
        if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PING) {
          pings.add(new PingRecord().wrap(tailer.bytes().clone(), 0));
        }
      }
    }
    return pings;
  }
}
