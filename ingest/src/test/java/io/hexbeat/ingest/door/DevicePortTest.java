package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class DevicePortTest {
  private static final String TOKEN = OpenDoors.TOKEN;
  private static final String PING = "{\"fix_time\":%d,\"lat\":30.25,\"lng\":-97.75}";
  private static final String PUNCH =
      "{\"id\":\"punch-1\",\"kind\":\"visit_in\",\"at\":1700000000000,\"lat\":30.25,"
          + "\"lng\":-97.75,\"accuracy_m\":8,\"site\":\"shop-1\"}";

  @TempDir Path dir;

  @Test
  void shouldAcknowledgeAnOsmAndPingThatIsInTheJournal() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer =
          doors.get("/?id=" + TOKEN + "&lat=30.25&lon=-97.75&timestamp=1700000000");

      assertEquals(200, answer.statusCode());
      assertEquals(List.of(RecordType.PING), doors.journaled());
      assertEquals(1, doors.stats.count(Door.OSMAND, DoorOutcome.RECORDS));
    }
  }

  @Test
  void shouldAcknowledgeAnOsmAndForm() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer =
          doors.send(
              HttpRequest.newBuilder(doors.uri("/"))
                  .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                  .POST(BodyPublishers.ofString("id=" + TOKEN + "&lat=30.25&lon=-97.75")));

      assertEquals(200, answer.statusCode());
      assertEquals(List.of(RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldAcknowledgeAndQuarantineWhatAPhoneWouldSendForEver() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer = doors.get("/?id=" + TOKEN + "&lat=NaN&lon=-97.75");

      assertEquals(200, answer.statusCode());
      assertEquals(List.of(RecordType.QUARANTINE), doors.journaled());
      assertEquals(1, doors.stats.quarantined(Door.OSMAND, QuarantineReason.POSITION));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Bearer nobody", "Bearer ", "Digest x", "Basic ###", "Basic bm9ib2R5"})
  void shouldRefuseWhoeverItDoesNotKnow(String authorization) throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      for (String target : List.of("/?lat=1&lon=2", "/v1/pings", "/v1/punches")) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(doors.uri(target)).POST(BodyPublishers.ofString(""));
        if (!authorization.isEmpty()) {
          request.header("Authorization", authorization);
        }
        HttpResponse<String> answer = doors.send(request);

        assertProblem(401, answer);
        assertEquals("Bearer", answer.headers().firstValue("www-authenticate").orElse(""));
      }
      assertEquals(1, doors.stats.count(Door.PUNCHES, DoorOutcome.UNAUTHORIZED));
      assertEquals(List.of(), doors.journaled());
    }
  }

  @Test
  void shouldRefuseATokenOnceItIsRevoked() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      assertEquals(200, doors.get("/?id=" + TOKEN).statusCode());
      doors.registry.revoke(DeviceRegistry.hash(TOKEN));

      assertProblem(401, doors.get("/?id=" + TOKEN));
    }
  }

  @Test
  void shouldTakeTheTokenFromBearerBasicOrQuery() throws Exception {
    String basic =
        Base64.getEncoder().encodeToString(("anybody:" + TOKEN).getBytes(StandardCharsets.UTF_8));
    try (OpenDoors doors = new OpenDoors(dir)) {
      assertEquals(200, doors.get("/?token=" + TOKEN + "&id=my-phone").statusCode());
      for (String authorization : List.of("Bearer " + TOKEN, "bearer " + TOKEN, "Basic " + basic)) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(doors.uri("/?id=my-phone"))
                .header("Authorization", authorization);
        assertEquals(200, doors.send(request).statusCode());
      }
    }
  }

  @Test
  void shouldStoreAThousandRecordsOfOneBatch() throws Exception {
    StringBuilder batch = new StringBuilder("[");
    for (int i = 0; i < 1000; i++) {
      batch.append(i == 0 ? "" : ",").append(PING.formatted(1_700_000_000_000L + i * 1000L));
    }
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer = doors.post("/v1/pings", batch + "]");

      assertEquals(
          new JsonObject("{\"accepted\":1000,\"quarantined\":0,\"rejected\":[]}"),
          new JsonObject(answer.body()));
      assertEquals(Collections.nCopies(1000, RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldNameTheBadRecordsOfABatchAndStoreTheOthers() throws Exception {
    String lines =
        PING.formatted(1_700_000_000_000L)
            + "\n{\"fix_time\":1700000001000,\"lat\":NaN,\"lng\":1}\n"
            + PING.formatted(1_700_000_002_000L)
            + "\n";
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer =
          doors.send(
              HttpRequest.newBuilder(doors.uri("/v1/pings"))
                  .header("Authorization", "Bearer " + TOKEN)
                  .header("Content-Type", "application/x-ndjson")
                  .POST(BodyPublishers.ofString(lines)));

      assertEquals(200, answer.statusCode());
      JsonObject body = new JsonObject(answer.body());
      assertEquals(2, body.getInteger("accepted"));
      assertEquals(1, body.getInteger("quarantined"));
      JsonObject rejected = body.getJsonArray("rejected").getJsonObject(0);
      assertEquals(1, rejected.getInteger("index"));
      assertEquals("/lat", rejected.getString("pointer"));
      assertEquals(
          List.of(RecordType.PING, RecordType.QUARANTINE, RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldStoreNothingOfABodyThatIsNotJson() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer =
          doors.post("/v1/pings", "[" + PING.formatted(1_700_000_000_000L) + ", {");

      JsonObject problem = assertProblem(400, answer);
      assertTrue(problem.getString("detail").contains("line 1"));
      assertEquals("/1", problem.getJsonArray("errors").getJsonObject(0).getString("pointer"));
      assertEquals(List.of(), doors.journaled());
    }
  }

  @Test
  void shouldAnswerARepeatedPunchWithItsFirstReceipt() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> first = doors.post("/v1/punches", PUNCH);
      HttpResponse<String> second = doors.post("/v1/punches", PUNCH);

      assertEquals(201, first.statusCode());
      assertEquals(200, second.statusCode());
      assertEquals(first.body(), second.body());
      JsonObject receipt = new JsonObject(first.body());
      assertEquals("punch-1", receipt.getString("id"));
      assertEquals(true, receipt.getBoolean("journaled"));
      assertEquals(1, doors.journaled().stream().filter(type -> type == RecordType.PUNCH).count());
    }
  }

  @Test
  void shouldRefuseAMalformedPunchWithEveryReason() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      HttpResponse<String> answer =
          doors.post("/v1/punches", "{\"id\":\"\",\"kind\":\"x\",\"site\":\"nowhere\"}");

      JsonObject problem = assertProblem(400, answer);
      assertEquals(4, problem.getJsonArray("errors").size());
      assertEquals(List.of(), doors.journaled());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404",
    "GET, /v1/members, 404",
    "GET, /openapi.json, 404",
    "GET, /v1/pings, 405",
    "DELETE, /v1/punches, 405",
    "PUT, /, 405"
  })
  void shouldOfferNothingButTheDoors(String method, String target, int status) throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      assertProblem(
          status,
          doors.send(
              HttpRequest.newBuilder(doors.uri(target)).method(method, BodyPublishers.noBody())));
    }
  }

  @Test
  void shouldTellThatItLives() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      assertEquals(200, doors.get("/health/live").statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/pings, text/csv",
    "/v1/punches, application/x-ndjson",
    "/overland, text/plain",
    "/, multipart/form-data"
  })
  void shouldRefuseContentThatADoorDoesNotRead(String target, String type) throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      assertEquals(415, phone.post(target, type, TOKEN, "x").answer().status());
      assertEquals(List.of(), doors.journaled());
    }
  }

  @Test
  void shouldKeepAConnectionHealthyAfterEachError() throws Exception {
    String ping = PING.formatted(1_700_000_000_000L);
    String oversize = " ".repeat((1 << 20) + 1);
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.post("/v1/pings", "application/json", TOKEN, "{");
      assertEquals(400, phone.answer().status());
      phone.post("/v1/pings", "application/json", "nobody", ping);
      assertEquals(401, phone.answer().status());
      phone.post("/nothing", "application/json", TOKEN, ping);
      assertEquals(404, phone.answer().status());
      phone.post("/v1/pings", "text/plain", TOKEN, ping);
      assertEquals(415, phone.answer().status());
      phone.post("/v1/pings", "application/json", TOKEN, oversize);
      assertEquals(413, phone.answer().status());
      phone.post("/v1/pings", "application/json", TOKEN, (ping + "\n").repeat(1001));
      assertEquals(413, phone.answer().status());
      phone.post("/v1/pings", "application/json", TOKEN, ping);
      assertEquals(200, phone.answer().status());

      assertEquals(2, doors.stats.count(Door.NATIVE, DoorOutcome.TOO_LARGE));
      assertEquals(List.of(RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldAnswerAClientThatReadsNothingBeforeItHasSentAll() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.post("/", "application/x-www-form-urlencoded", TOKEN, "a".repeat(3 << 20));
      assertEquals(413, phone.answer().status());
      phone.post("/v1/pings", "application/json", TOKEN, " ".repeat(20 << 20));
      assertEquals(413, phone.answer().status());
    }
  }

  @Test
  void shouldRefuseAnOversizeBodyThatNamesNoLength() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.head(
          "POST / HTTP/1.1",
          "Host: x",
          "Transfer-Encoding: chunked",
          "Content-Type: application/x-www-form-urlencoded");
      for (int i = 0; i < 9; i++) {
        phone.send("2000\r\n" + "a".repeat(0x2000) + "\r\n");
      }
      phone.send("0\r\n\r\n");
      assertEquals(413, phone.answer().status());
      phone.send("GET /?id=" + TOKEN + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals(200, phone.answer().status());
    }
  }

  @Test
  void shouldCloseRatherThanReadABodyBeyondAllBounds() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.send(
          "POST /v1/pings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TOKEN
              + "\r\nContent-Length: 999999999\r\n\r\n");

      RawPhone.Answer answer = phone.answer();
      assertEquals(413, answer.status());
      assertTrue(phone.isClosedByServer());
    }
  }

  @Test
  void shouldAnswerPipelinedRequestsInOrder() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests.append("GET /?id=").append(i % 2 == 0 ? TOKEN : "nobody");
        requests.append("&timestamp=").append(1_700_000_000 + i);
        requests.append("&lat=1&lon=2 HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      phone.send(requests.toString());
      for (int i = 0; i < 50; i++) {
        assertEquals(i % 2 == 0 ? 200 : 401, phone.answer().status());
      }
      assertEquals(Collections.nCopies(25, RecordType.PING), doors.journaled());
    }
  }

  @Test
  void shouldAskToComeBackWhenTheInboxIsFull() throws Exception {
    ShardConfig small = smallInbox(dir);
    try (OpenDoors doors = new OpenDoors(small, DoorConfig.of("127.0.0.1", 0, 1));
        RawPhone waiting = doors.phone();
        RawPhone refused = doors.phone()) {
      CountDownLatch release = doors.holdShardLoop();
      waiting.post("/v1/pings", "application/json", TOKEN, PING.formatted(1_700_000_000_000L));
      await(() -> doors.router.stats(0).inboxDepth() == 1);
      refused.post("/v1/pings", "application/json", TOKEN, PING.formatted(1_700_000_001_000L));

      RawPhone.Answer busy = refused.answer();
      release.countDown();

      assertEquals(503, busy.status());
      assertTrue(busy.head().toLowerCase(Locale.ROOT).contains("retry-after: 1\r\n"));
      assertEquals(200, waiting.answer().status());
      refused.post("/v1/pings", "application/json", TOKEN, PING.formatted(1_700_000_001_000L));
      assertEquals(200, refused.answer().status());
      assertEquals(1, doors.stats.count(Door.NATIVE, DoorOutcome.REFUSED));
    }
  }

  @Test
  void shouldAskToComeBackWhenTheShardsHaveStopped() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir)) {
      doors.stopShards();

      assertProblem(503, doors.get("/?id=" + TOKEN + "&lat=1&lon=2"));
      assertProblem(503, doors.post("/v1/punches", PUNCH));
    }
  }

  @Test
  void shouldSurviveAPhoneThatHangsUpBeforeItsAnswer() throws Exception {
    try (OpenDoors doors = new OpenDoors(smallInbox(dir), DoorConfig.of("127.0.0.1", 0, 1))) {
      CountDownLatch release = doors.holdShardLoop();
      try (RawPhone phone = doors.phone()) {
        phone.post("/v1/pings", "application/json", TOKEN, PING.formatted(1_700_000_000_000L));
        await(() -> doors.router.stats(0).inboxDepth() == 1);
      }
      release.countDown();
      await(() -> doors.stats.count(Door.NATIVE, DoorOutcome.ACCEPTED) == 1);

      assertTrue(doors.journaled().contains(RecordType.PING));
    }
  }

  @Test
  void shouldShareItsPortAmongLoops() throws Exception {
    try (OpenDoors doors =
        new OpenDoors(ShardConfig.defaults(dir, 2), DoorConfig.of("127.0.0.1", 0, 2))) {
      for (int i = 0; i < 6; i++) {
        try (RawPhone phone = doors.phone()) {
          phone.send("GET /?id=" + TOKEN + " HTTP/1.1\r\nHost: x\r\n\r\n");
          assertEquals(200, phone.answer().status());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"GET / %20 NONSENSE, 400", "GET /?x=%s HTTP/1.1, 414", "GET / HTTP/1.1~X: %s, 431"})
  void shouldAnswerAHeadThatIsNoneOrTooLong(String head, int status) throws Exception {
    String filled = head.replace("%s", "a".repeat(9000)).replace("~", "\r\n");
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      phone.send(filled + "\r\n\r\n");
      assertEquals(status, phone.answer().status());
      assertEquals(200, doors.get("/health/live").statusCode());
    }
  }

  @Test
  void shouldNeverLogAToken() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.list = Collections.synchronizedList(logged.list);
    logged.start();
    root.addAppender(logged);
    root.setLevel(Level.DEBUG);
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone phone = doors.phone()) {
      doors.get("/?id=" + TOKEN + "&lat=1&lon=2");
      doors.get("/?id=" + TOKEN + "&lat=x&lon=2");
      doors.get("/nothing?id=" + TOKEN);
      doors.get("/?id=" + TOKEN + "x");
      doors.post("/v1/pings", "{");
      doors.post("/v1/punches", "{}");
      phone.send("GET /?id=" + TOKEN + "&x=" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n");
      phone.answer();
    } finally {
      root.setLevel(before);
      root.detachAppender(logged);
    }
    for (ILoggingEvent event : logged.list) {
      String throwable =
          event.getThrowableProxy() == null ? "" : event.getThrowableProxy().getMessage();
      assertFalse((event.getFormattedMessage() + throwable).contains(TOKEN), event::getMessage);
    }
  }

  private static JsonObject assertProblem(int status, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("content-type").orElse(""));
    JsonObject problem = new JsonObject(answer.body());
    assertEquals(status, problem.getInteger("status"));
    assertEquals("about:blank", problem.getString("type"));
    assertFalse(problem.getString("title").isEmpty());
    assertFalse(problem.getString("detail").isEmpty());
    return problem;
  }

  private static ShardConfig smallInbox(Path dir) {
    ShardConfig usual = ShardConfig.defaults(dir, 1);
    return new ShardConfig(
        dir,
        1,
        usual.sync(),
        1,
        usual.inboxBytes(),
        usual.defaultPresence(),
        usual.trust(),
        usual.punchIdsKept(),
        usual.maxPhones());
  }

  /** Spins until another loop has done what it is about to do. */
  private static void await(BooleanSupplier done) {
    long deadlineNs = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "waited too long");
      Thread.onSpinWait();
    }
  }
}
