package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed records through the doors, on real sockets, into a real journal. */
final class SignedRecordsTest {
  private static final long T0 = RawGateway.T0;
  private static final String PING =
      "{\"fix_time\":%d,\"lat\":30.2672,\"lng\":-97.7431%d,\"counter\":%d}";

  @TempDir Path dir;

  /** What the journal has of a phone: {@code signed 5}, {@code unsigned}, a reason, an alert. */
  private static List<String> journaled(ShardRouter router) {
    List<String> found = new ArrayList<>();
    try (JournalTailer tailer = router.tailer(0)) {
      while (tailer.next()) {
        byte[] bytes = tailer.bytes();
        switch (RecordEnvelope.type(bytes, 0)) {
          case PING -> {
            PingRecord ping = new PingRecord().wrap(bytes, 0);
            assertEquals(ping.lengthBytes(), RecordEnvelope.check(bytes, 0, ping.lengthBytes()));
            String alerts = new PingDecision().wrap(ping).alerts();
            found.add(ping.isSigned() ? "signed " + ping.counter() : "unsigned");
            new JsonArray(alerts.isEmpty() ? "[]" : alerts)
                .forEach(alert -> found.add(((JsonObject) alert).getString("kind")));
          }
          case PUNCH -> {
            PunchRecord punch = new PunchRecord().wrap(bytes, 0);
            RecordEnvelope.check(bytes, 0, punch.lengthBytes());
            found.add("punch " + punch.counter() + " by key " + punch.signingKey());
          }
          case QUARANTINE ->
              found.add(new QuarantineRecord().wrap(bytes, 0).reason().split(" ", 2)[0]);
          case FENCES -> {
            // The server's own.
          }
        }
      }
    }
    return found;
  }

  private static void enrol(OpenDoors doors, @Nullable SigningKey key) {
    doors.registry.put(
        DeviceRegistry.hash(OpenDoors.TOKEN),
        new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC, null, key));
  }

  private static String ping(int i, long counter) {
    return PING.formatted(T0 + i * 1_000L, i, counter);
  }

  private static Signer signer(String algorithm) {
    return algorithm.equals("HS256") ? Signer.hs256() : Signer.ed25519();
  }

  private static String tampered(String item) {
    // The first letter of the signature.
    int at = item.lastIndexOf('.') + 1;
    return item.substring(0, at) + (item.charAt(at) == 'A' ? 'B' : 'A') + item.substring(at + 1);
  }

  private static JsonObject json(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response::body);
    return new JsonObject(response.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "EdDSA"})
  void shouldPutOnlyTheBadRecordsOfABatchAside(String algorithm) throws Exception {
    Signer signer = signer(algorithm);
    Signer another = signer(algorithm.equals("HS256") ? "EdDSA" : "HS256");
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(3, true));
      String body =
          String.join(
              "\n",
              signer.item(ping(0, 1)),
              tampered(signer.item(ping(1, 2))),
              ping(2, 3),
              another.item(ping(3, 4)),
              "{\"jws\":\"" + signer.jws("{\"alg\":\"none\"}", ping(4, 5)) + "\"}",
              signer.item("{\"fix_time\":%d}".formatted(T0 + 5)),
              signer.item("[1]"),
              signer.item("{"),
              signer.item(ping(6, 7)));
      JsonObject answer = json(200, doors.post("/v1/pings", body));

      assertEquals(2, answer.getInteger("accepted"));
      assertEquals(7, answer.getInteger("quarantined"));
      assertEquals(
          List.of(
              "signed 1",
              "bad_signature",
              "unsigned",
              "signature_alg",
              "signature_alg",
              "reading",
              "not_a_record",
              "not_json",
              "signed 7"),
          journaled(doors.router));
      assertEquals(2, doors.stats.count(Door.NATIVE, DoorOutcome.SIGNED));
      assertEquals(2, doors.stats.count(Door.NATIVE, DoorOutcome.RECORDS));
      assertEquals(1, doors.stats.quarantined(Door.NATIVE, QuarantineReason.BAD_SIGNATURE));
    }
  }

  @Test
  void shouldTakeUnsignedRecordsUnlessTheyMustBeSigned() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      String signed = Signer.hs256().item(ping(0, 1));
      enrol(doors, null);
      assertEquals(1, json(200, doors.post("/v1/pings", signed)).getInteger("quarantined"));
      enrol(doors, Signer.hs256().key(1, false));
      json(200, doors.post("/v1/pings", "[" + signed + "," + ping(1, 9) + "]"));
      enrol(doors, Signer.hs256().key(1, true));
      doors.get("/?id=" + OpenDoors.TOKEN + "&lat=30.25&lon=-97.75&timestamp=" + T0);

      assertEquals(
          List.of("no_signing_key", "signed 1", "unsigned", "unsigned"), journaled(doors.router));
      assertEquals(1, doors.stats.quarantined(Door.OSMAND, QuarantineReason.UNSIGNED));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "EdDSA"})
  void shouldSayInTheReceiptThatAPunchIsSigned(String algorithm) throws Exception {
    Signer signer = signer(algorithm);
    long now = System.currentTimeMillis();
    String punch =
        "{\"id\":\"p-%d\",\"kind\":\"clock_in\",\"at\":%d,\"lat\":30.25,\"lng\":-97.75,"
            + "\"accuracy_m\":10,\"counter\":%d}";
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(2, true));
      String first = signer.item(punch.formatted(1, now, 10));
      assertTrue(json(201, doors.post("/v1/punches", first)).getBoolean("signed"));
      assertTrue(json(200, doors.post("/v1/punches", first)).getBoolean("signed"));

      JsonObject refused =
          json(422, doors.post("/v1/punches", tampered(signer.item(punch.formatted(2, now, 11)))));
      assertTrue(refused.getString("detail").contains(Jws.WRONG), refused::encode);
      json(422, doors.post("/v1/punches", punch.formatted(3, now, 12)));
      json(400, doors.post("/v1/punches", signer.item("{\"id\":\"p-4\",\"counter\":12}")));

      JsonObject old =
          json(201, doors.post("/v1/punches", signer.item(punch.formatted(5, now, 9))));
      JsonObject counter = old.getJsonArray("reasons").getJsonObject(0);
      assertEquals("COUNTER", counter.getString("code"));
      assertEquals(9, counter.getInteger("counter"));
      assertEquals(10, counter.getInteger("earlier_counter"));
      assertEquals(
          List.of("punch 10 by key 2", "bad_signature", "unsigned", "punch 9 by key 2"),
          journaled(doors.router));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "EdDSA"})
  void shouldKeepTheOrderOfASocketWhateverItsSignaturesTake(String algorithm) throws Exception {
    Signer signer = signer(algorithm);
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(1, false));
      BlockingQueue<Object> acks = new LinkedBlockingQueue<>();
      // Held, since a client that nobody holds closes its sockets.
      WebSocketClient client = doors.vertx.createWebSocketClient();
      WebSocket socket = connect(client, doors);
      socket.textMessageHandler(acks::add).binaryMessageHandler(acks::add);
      byte[] wrong = signer.ping(0, T0 + 4_000, 5);
      wrong[40] ^= 1;
      socket.writeTextMessage("[" + signer.item(ping(0, 1)) + "," + signer.item(ping(1, 2)) + "]");
      socket.writeTextMessage(ping(2, 0));
      socket.writeBinaryMessage(
          records(
              signer.ping(12, T0 + 3_000, 4),
              wrong,
              signer.record(Signer.heartbeat(T0 + 6_000), 7),
              RawGateway.ping(0, T0 + 7_000)));
      socket.writeTextMessage(ping(8, 0));

      assertEquals(2, new JsonObject((String) next(acks)).getInteger("accepted"));
      assertEquals(1, new JsonObject((String) next(acks)).getInteger("accepted"));
      Buffer binary = (Buffer) next(acks);
      assertEquals(List.of(4, 1), List.of(binary.getIntLE(0), binary.getIntLE(4)));
      assertEquals(1, new JsonObject((String) next(acks)).getInteger("accepted"));
      assertEquals(
          List.of(
              "signed 1",
              "signed 2",
              "unsigned",
              "signed 4",
              "bad_signature",
              "signed 7",
              "unsigned",
              "unsigned"),
          journaled(doors.router));
      OpenDoors.await(client.close());
    }
  }

  /** The bytes of docs/wire.md. */
  @Test
  void shouldTakeTheExampleOfTheDocument() throws Exception {
    String example =
        """
        01 01 1100 78000000 01000000 00000000 0000000000000000
        0102a7ca98010000 00a3e111 40cf0bc6 b0040000 00000080
        ffffffff ffff 55 00 ffffffffffffffff ffffffffffffffff
        0000 0000 00 000000 0700000000000000
        aff6e44270a12ded850d12c0cfa52957ba04b1498b10f8faf5461683defebb94
        """;
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) i;
    }
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, Signer.hs256(secret).key(1, true));
      BlockingQueue<Object> acks = new LinkedBlockingQueue<>();
      WebSocketClient client = doors.vertx.createWebSocketClient();
      WebSocket socket = connect(client, doors);
      socket.binaryMessageHandler(acks::add);
      byte[] record = HexFormat.of().parseHex(example.replaceAll("\\s", ""));
      for (int i = -1; i < record.length; i++) {
        if (i == -1 || isSigned(i)) {
          byte[] sent = record.clone();
          if (i >= 0) {
            sent[i] ^= 1;
          }
          socket.writeBinaryMessage(Buffer.buffer(sent));
          Buffer ack = (Buffer) next(acks);
          assertEquals(i == -1 ? 0 : 1, ack.getIntLE(4), "byte " + i);
        }
      }
      assertEquals("signed 7", journaled(doors.router).get(0));
      OpenDoors.await(client.close());
    }
  }

  /** Not the length, and not what the server writes. */
  private static boolean isSigned(int at) {
    return !(at >= 4 && at < 24) && at != 55;
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "EdDSA"})
  void shouldVerifyWhatAGatewayForwards(String algorithm) throws Exception {
    Signer signer = signer(algorithm);
    try (OpenGateway server = OpenGateway.beside(dir)) {
      server.registry.put(
          "signing",
          new DeviceIdentity(1, "dev-1", 1, "m", ZoneOffset.UTC, null, signer.key(4, true)));
      try (RawGateway gateway = server.fleet(2)) {
        byte[] cut = signer.ping(1, T0 + 3_000, 4);
        byte[] shorter = Arrays.copyOf(cut, cut.length - 30);
        shorter[4] = (byte) shorter.length;
        gateway.records(
            0,
            signer.ping(1, T0, 1),
            RawGateway.ping(2, T0),
            RawGateway.ping(1, T0 + 1_000),
            shorter,
            signer.ping(2, T0 + 1_000, 1),
            signer.ping(1, T0 + 2_000, 2));
        RawGateway.Ack ack = gateway.ackThrough(6);
        assertEquals(6, ack.journaled());
        assertEquals(3, ack.quarantined());
      }
      assertEquals(
          List.of(
              "signed 1", "unsigned", "unsigned", "signature_alg", "no_signing_key", "signed 2"),
          journaled(server.router));
    }
  }

  @Test
  void shouldRememberTheCounterOverARestartAndTellOneThatFalls() throws Exception {
    Signer signer = Signer.hs256();
    String batch = signer.item(ping(0, 100)) + signer.item(ping(1, 101));
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(1, true));
      json(200, doors.post("/v1/pings", batch));
      assertEquals(List.of("signed 100", "signed 101"), journaled(doors.router));
    }
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(1, true));
      // Sent again because the answer was lost: known, and no fraud.
      json(200, doors.post("/v1/pings", batch));
      assertEquals(2, journaled(doors.router).size());

      json(200, doors.post("/v1/pings", signer.item(ping(2, 101))));
      enrol(doors, signer.key(2, true));
      json(200, doors.post("/v1/pings", signer.item(ping(3, 1))));
      assertEquals(
          List.of("signed 100", "signed 101", "signed 101", "COUNTER", "signed 1"),
          journaled(doors.router));
    }
  }

  @Test
  void shouldKnowAHeartbeatAgainWhetherItIsSignedOrNot() throws Exception {
    Signer signer = Signer.hs256();
    String signed = signer.item("{\"fix_time\":%d,\"counter\":1}".formatted(T0));
    String unsigned = "{\"fix_time\":%d}".formatted(T0 + 1_000);
    try (OpenDoors doors = new OpenDoors(dir)) {
      enrol(doors, signer.key(1, false));
      for (int i = 0; i < 2; i++) {
        json(200, doors.post("/v1/pings", signed + unsigned));
      }
      assertEquals(List.of("signed 1", "unsigned"), journaled(doors.router));
      assertFalse(journaled(doors.router).contains("COUNTER"));
    }
  }

  private static WebSocket connect(WebSocketClient client, OpenDoors doors) {
    return OpenDoors.await(
        client.connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(doors.port.port())
                .setURI("/v1/stream?token=" + OpenDoors.TOKEN)));
  }

  private static Object next(BlockingQueue<Object> acks) throws InterruptedException {
    Object ack = acks.poll(20, TimeUnit.SECONDS);
    assertTrue(ack != null, "no ack");
    return ack;
  }

  private static Buffer records(byte[]... records) {
    Buffer all = Buffer.buffer();
    for (byte[] record : records) {
      all.appendBytes(record);
    }
    return all;
  }
}
