package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.RecordType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broken or hostile client meets at the device port, and what the others don't notice. */
final class DoorLimitsTest {
  private static final String TOKEN = OpenDoors.TOKEN;
  private static final String OTHER_TOKEN = "hb_other";
  private static final String PING = "{\"fix_time\":%d,\"lat\":30.25,\"lng\":-97.75}";
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration IMPATIENT = Duration.ofMillis(50);

  @TempDir Path dir;

  @Test
  void shouldCloseAPhoneThatDripsItsHeadOrItsBodyOrRests() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(10, IMPATIENT, FairShare.DEFAULT));
        RawPhone body = doors.phone();
        RawPhone head = doors.phone();
        RawPhone idle = doors.phone()) {
      body.send(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
              + "Content-Type: application/x-www-form-urlencoded\r\n\r\nid=");
      head.send("GET /?id=");
      assertTrue(body.isClosedByServer());
      assertTrue(head.isClosedByServer());
      assertTrue(idle.isClosedByServer());
      assertEquals(1, doors.stats.closed(DoorClosure.BODY_TIME));
      assertEquals(1, doors.stats.closed(DoorClosure.HEAD_TIME));
      assertEquals(1, doors.stats.closed(DoorClosure.IDLE));
    }
  }

  @Test
  void shouldTimeTheHeadOfALaterRequestFromItsFirstByte() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(10, IMPATIENT, FairShare.DEFAULT));
        RawPhone phone = doors.phone()) {
      assertEquals(200, phone.send(LIVE).answer().status());
      phone.send("GET /?id=");
      assertTrue(phone.isClosedByServer());
      assertEquals(1, doors.stats.closed(DoorClosure.HEAD_TIME));
    }
  }

  @Test
  void shouldBoundItsConnections() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(2, PATIENT, FairShare.DEFAULT));
        RawPhone first = doors.phone();
        RawPhone second = doors.phone()) {
      assertEquals(200, first.send(LIVE).answer().status());
      assertEquals(200, second.send(LIVE).answer().status());
      try (RawPhone third = doors.phone()) {
        assertTrue(third.isClosedByServer());
      }
      assertEquals(1, doors.stats.closed(DoorClosure.PORT_FULL));
      assertEquals(2, doors.stats.connections());
    }
  }

  @Test
  void shouldBoundTheConnectionsOfOneAddressOnly() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(10, PATIENT, new FairShare(1, 10, 1_000, 1_000)));
        RawPhone first = doors.phone()) {
      assertEquals(200, first.send(LIVE).answer().status());
      try (RawPhone second = doors.phone()) {
        assertTrue(second.isClosedByServer());
      }
      assertEquals(1, doors.stats.closed(DoorClosure.ADDRESS_FULL));
      try (RawPhone elsewhere = doors.phoneFrom("127.0.0.2")) {
        assertEquals(200, elsewhere.send(LIVE).answer().status());
      }
    }
  }

  @Test
  void shouldLetAnAddressInAgainWhenItHasLeft() throws Exception {
    try (OpenDoors doors =
        open(OpenDoors.limits(10, PATIENT, new FairShare(1, 10, 1_000, 1_000)))) {
      for (int i = 0; i < 3; i++) {
        try (RawPhone phone = doors.phone()) {
          assertEquals(200, phone.send(LIVE).answer().status());
        }
        await(() -> doors.stats.connections() == 0);
      }
    }
  }

  @Test
  void shouldCountTheAddressesOfOneIpv6NetworkTogether() {
    assertEquals("10.0.0.1", DoorGuard.network("10.0.0.1"));
    assertEquals("2001:db8:0:1", DoorGuard.network("2001:db8:0:1:0:0:0:5"));
    assertEquals("0:0:0:0", DoorGuard.network("0:0:0:0:0:0:0:1"));
  }

  @Test
  void shouldCloseTheOldestConnectionOfADeviceForItsNewest() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(10, PATIENT, new FairShare(10, 2, 1_000, 1_000)));
        RawPhone oldest = doors.phone();
        RawPhone older = doors.phone();
        RawPhone newest = doors.phone()) {
      for (RawPhone phone : List.of(oldest, older, newest)) {
        assertEquals(200, phone.send(heartbeat(TOKEN)).answer().status());
      }

      assertTrue(oldest.isClosedByServer());
      assertEquals(200, older.send(heartbeat(TOKEN)).answer().status());
      assertEquals(1, doors.stats.closed(DoorClosure.DEVICE_FULL));
    }
  }

  @Test
  void shouldNotCloseTheConnectionsOfAProxyForOneOfItsDevices() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(10, PATIENT, new FairShare(10, 1, 1_000, 1_000)));
        RawPhone proxy = doors.phone();
        RawPhone phone = doors.phone()) {
      doors.registry.put(
          DeviceRegistry.hash(OTHER_TOKEN),
          new DeviceIdentity(8, "phone-8", 22, "member-22", ZoneOffset.UTC));
      assertEquals(200, proxy.send(heartbeat(TOKEN)).answer().status());
      assertEquals(200, proxy.send(heartbeat(OTHER_TOKEN)).answer().status());
      assertEquals(200, phone.send(heartbeat(TOKEN)).answer().status());

      assertEquals(200, proxy.send(heartbeat(TOKEN)).answer().status());
      assertEquals(0, doors.stats.closed(DoorClosure.DEVICE_FULL));
    }
  }

  @Test
  void shouldTellADeviceThatSendsTooMuchWhenToGoOn() throws Exception {
    FairShare slow = new FairShare(10, 10, 1, 2);
    try (OpenDoors doors = open(OpenDoors.limits(10, PATIENT, slow));
        RawPhone phone = doors.phone();
        RawPhone other = doors.phone()) {
      doors.registry.put(
          DeviceRegistry.hash(OTHER_TOKEN),
          new DeviceIdentity(8, "phone-8", 22, "member-22", ZoneOffset.UTC));
      // Larger than the bucket, and let in all the same.
      phone.post("/v1/pings", "application/json", TOKEN, pings(4));
      assertEquals(200, phone.answer().status());

      phone.post("/v1/pings", "application/json", TOKEN, pings(1));
      RawPhone.Answer refused = phone.answer();

      assertEquals(429, refused.status());
      assertTrue(refused.head().toLowerCase(Locale.ROOT).contains("retry-after: 3\r\n"));
      assertEquals(1, doors.stats.count(Door.NATIVE, DoorOutcome.RATE_LIMITED));
      other.post("/v1/pings", "application/json", OTHER_TOKEN, pings(1));
      assertEquals(200, other.answer().status());
      assertEquals(Collections.nCopies(5, RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldLetADeviceGoOnOnceItsBucketHasFilled() {
    long nowNs = 5_000;
    DeviceShare share = new DeviceShare(new FairShare(1, 1, 10, 20), nowNs);
    long perRecordNs = TimeUnit.MILLISECONDS.toNanos(100);

    share.spend(20, nowNs);
    assertEquals(perRecordNs, share.waitNs(nowNs));
    for (int refused = 0; refused < 1_000; refused++) {
      assertEquals(perRecordNs, share.waitNs(nowNs), "being refused costs nothing");
    }
    nowNs += perRecordNs;
    assertEquals(0, share.waitNs(nowNs));

    share.spend(1_000, nowNs);
    nowNs += 1_000 * perRecordNs;
    assertEquals(0, share.waitNs(nowNs));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", "deflate bare", "identity"})
  void shouldReadCompressedBodies(String encoding) throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.post(
          "/v1/pings", TOKEN, encoding.replace(" bare", ""), compressed(encoding, pings(300)));

      assertEquals(200, phone.answer().status());
      assertEquals(Collections.nCopies(300, RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldReadALargeBodyOnTheRootPathOnceItsHeadHasACredential() throws Exception {
    String body = "[" + "{\"lat\":1,\"lon\":2,\"timestamp\":1700000000},".repeat(2_000) + "{}]";
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.post("/", "application/json", TOKEN, "[" + " ".repeat(100_000) + "]");
      assertEquals(200, phone.answer().status());
      phone.post("/", "application/json", "hb_nobody", body);
      assertEquals(413, phone.answer().status());
    }
  }

  @Test
  void shouldReadACompressedFormWithItsCredential() throws Exception {
    byte[] form = compressed("gzip", "id=" + TOKEN + "&lat=1&lon=2&timestamp=1700000000");
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.head(
          "POST / HTTP/1.1",
          "Host: x",
          "Content-Type: application/x-www-form-urlencoded",
          "Content-Encoding: gzip",
          "Content-Length: " + form.length);
      assertEquals(200, phone.send(form).answer().status());
      assertEquals(List.of(RecordType.PING), doors.journaled());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {80 << 10, 900 << 10, 1 << 30})
  void shouldRefuseABombAndKeepTheConnection(int inflatedBytes) throws Exception {
    byte[] bomb = compressed("gzip", " ", inflatedBytes);
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.post("/v1/pings", TOKEN, "gzip", bomb);
      assertEquals(413, phone.answer().status());
      assertEquals(1, doors.stats.count(Door.NATIVE, DoorOutcome.TOO_LARGE));
      assertEquals(200, phone.send(heartbeat(TOKEN)).answer().status());
    }
  }

  @Test
  void shouldRefuseWhatIsNotCompressedAsItSays() throws Exception {
    byte[] whole = compressed("gzip", pings(300));
    byte[] half = new byte[whole.length / 2];
    System.arraycopy(whole, 0, half, 0, half.length);
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      for (byte[] body : List.of("{}".getBytes(StandardCharsets.UTF_8), half, new byte[0])) {
        phone.post("/v1/pings", TOKEN, "gzip", body);
        assertEquals(400, phone.answer().status());
        phone.post("/v1/pings", TOKEN, "deflate", body);
        assertEquals(400, phone.answer().status());
      }
      phone.post("/v1/pings", TOKEN, "br", whole);
      RawPhone.Answer unsupported = phone.answer();
      assertEquals(415, unsupported.status());
      assertTrue(
          unsupported.head().toLowerCase(Locale.ROOT).contains("accept-encoding: gzip, deflate"));
      assertEquals(List.of(), doors.journaled());
    }
  }

  @Test
  void shouldStopReadingAConnectionThatSendsRequestsAheadOfItsAnswers() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone flood = doors.phone()) {
      CountDownLatch release = doors.holdShardLoop();
      flood.post("/v1/pings", "application/json", TOKEN, pings(1));
      await(() -> doors.router.stats(0).inboxDepth() == 1);
      byte[] requests = heartbeat(TOKEN).repeat(1_000).getBytes(StandardCharsets.UTF_8);

      long taken = flood.sendUntilStuck(requests, 64 << 20);
      release.countDown();

      assertTrue(taken < 32 << 20, () -> "the server took " + taken + " bytes");
      assertEquals(200, flood.answer().status());
    }
  }

  @Test
  void shouldCountHeadsThatAreTooLongOrNone() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      for (String head :
          List.of(
              "GET /?x=" + "a".repeat(9000),
              "GET / HTTP/1.1\r\nX: " + "a".repeat(9000),
              "GET / %20 X")) {
        try (RawPhone phone = doors.phone()) {
          phone.send(head + "\r\n\r\n").answer();
          assertTrue(phone.isClosedByServer());
        }
      }
      assertEquals(2, doors.stats.closed(DoorClosure.HEAD_SIZE));
      assertEquals(1, doors.stats.closed(DoorClosure.MALFORMED));
    }
  }

  @Test
  void shouldServeOthersWhileOneIsHostile() throws Exception {
    try (OpenDoors doors = open(OpenDoors.limits(100, PATIENT, FairShare.DEFAULT))) {
      List<RawPhone> lorises = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        lorises.add(doors.phone().send("POST /v1/pings HTTP/1.1\r\nHos"));
      }
      assertEquals(200, doors.post("/v1/pings", pings(10)).statusCode());
      for (RawPhone loris : lorises) {
        loris.close();
      }
      assertFalse(doors.journaled().isEmpty());
    }
  }

  private OpenDoors open(DoorConfig config) {
    return new OpenDoors(ShardConfig.defaults(dir, 1), config);
  }

  private static String heartbeat(String token) {
    return "GET /?id=" + token + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  private static String pings(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(PING.formatted(1_700_000_000_000L + i * 1000L)).append('\n');
    }
    return lines.toString();
  }

  private static byte[] compressed(String encoding, String text) throws IOException {
    return compressed(encoding, text, 1);
  }

  private static byte[] compressed(String encoding, String text, int times) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] block = text.repeat(times == 1 ? 1 : 1024).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out =
        switch (encoding.toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> new GZIPOutputStream(bytes);
          case "deflate" -> new DeflaterOutputStream(bytes);
          case "deflate bare" ->
              new DeflaterOutputStream(bytes, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
          default -> bytes;
        }) {
      for (int written = 0; written < times; written += times == 1 ? 1 : 1024) {
        out.write(block);
      }
    }
    return bytes.toByteArray();
  }

  /** Spins until a loop has done what it is about to do. */
  private static void await(BooleanSupplier done) {
    long deadlineNs = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "waited too long");
      Thread.onSpinWait();
    }
  }
}
