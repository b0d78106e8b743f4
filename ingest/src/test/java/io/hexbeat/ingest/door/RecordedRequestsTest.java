package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What apps send, byte by byte over a socket to a running port: the answer is exactly what that app
 * waits for, and the journal holds the fix in the wire's units. The messages are recorded ones,
 * only that the phone's id is a token that we know.
 */
final class RecordedRequestsTest {
  private static final String TOKEN = OpenDoors.TOKEN;
  private static final String JSON = "Content-Type: application/json";
  private static final String BEARER = "Authorization: Bearer " + TOKEN;
  private static final String BASIC =
      "Authorization: Basic "
          + Base64.getEncoder()
              .encodeToString(("phone:" + TOKEN).getBytes(StandardCharsets.US_ASCII));

  @TempDir Path dir;
  private OpenDoors doors;

  @BeforeEach
  void open() {
    doors = new OpenDoors(dir);
  }

  @AfterEach
  void close() {
    doors.close();
  }

  @Test
  void shouldStoreWhatOsmAndAndItsKinAskFor() throws Exception {
    int expected = 0;
    for (Object each : new JsonArray(resource("osmand_query_messages.json"))) {
      JsonObject message = (JsonObject) each;
      boolean known = !message.getString("traccar_expects").equals("Null");
      String target =
          message.getString("target").replaceFirst("(\\b(?:device)?id)=[0-9]+", "$1=" + TOKEN);
      RawPhone.Answer answer = send("GET " + target, "");

      assertEquals(known ? 200 : 401, answer.status(), target);
      assertTrue(!known || answer.body().isEmpty(), target);
      expected += known ? 1 : 0;
    }

    List<PingRecord> pings = pings();
    // Without a time of its own each would be now; these two are the same fix but for a bearing.
    assertEquals(expected - 2, pings.size());
    PingRecord last = pings.get(pings.size() - 1);
    assertEquals(407_232_949, last.latE7());
    assertEquals(-740_061_409, last.lngE7());
    assertEquals(1_504_763_810_000L, last.fixTimeMs());
    assertEquals(2058, last.speedCmps());
    assertEquals(720, last.bearingCdeg());
    assertEquals("{\"ignition\":true,\"rpm\":933,\"fuel\":24}", last.attributes());
  }

  @Test
  void shouldStoreWhatTraccarClient9Posts() throws Exception {
    JsonArray messages = new JsonArray(resource("osmand_json_messages.json"));
    for (Object each : messages) {
      JsonObject message = (JsonObject) each;
      String body =
          message
              .getString("body")
              .replaceFirst("\"device_id\":\"[0-9]+\"", "\"device_id\":\"" + TOKEN + "\"");
      RawPhone.Answer answer = send("POST /", body, JSON);

      assertEquals(200, answer.status(), body);
      assertEquals("", answer.body());
    }

    List<PingRecord> pings = pings();
    // The second is the first again, with more extras.
    assertEquals(messages.size() - 1, pings.size());
    PingRecord last = pings.get(2);
    assertEquals(-61_148_096, last.latE7());
    assertEquals(1_066_837_015, last.lngE7());
    assertEquals(1_626_854_794_444L, last.fixTimeMs());
    assertEquals(1867, last.speedCmps());
    assertEquals(6300, last.bearingCdeg());
    assertEquals(380, last.accuracyCm());
    assertEquals(3570, last.altitudeCm());
    assertEquals(79, last.batteryPct());
    assertTrue(pings.get(1).mock());
    assertFalse(last.attributes().contains("hb_"));
  }

  @Test
  void shouldStoreWhatOwnTracksPosts() throws Exception {
    JsonArray messages = new JsonArray(resource("owntracks_http_messages.json"));
    for (Object each : messages) {
      RawPhone.Answer answer =
          send("POST /owntracks", ((JsonObject) each).getString("body"), JSON, BASIC);

      assertEquals(200, answer.status());
      assertEquals("[]", answer.body());
    }

    List<PingRecord> pings = pings();
    // The third is the second's place and time again.
    assertEquals(messages.size() - 1, pings.size());
    PingRecord first = pings.get(0);
    assertEquals(460_681_247, first.latE7());
    assertEquals(111_512_805, first.lngE7());
    assertEquals(1_551_874_878_000L, first.fixTimeMs());
    assertEquals(1500, first.accuracyCm());
    assertEquals(44_000, first.altitudeCm());
    assertEquals(0, first.speedCmps());
    assertEquals(46, first.batteryPct());
    assertEquals(Door.OWNTRACKS.code(), first.door());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /owntracks?token=" + TOKEN,
        "POST /owntracks?u=phone&d=" + TOKEN,
        "POST /owntracks"
      })
  void shouldKnowAnOwnTracksPhoneByItsAddressOrItsDeviceId(String target) throws Exception {
    String header = target.contains("?") ? "X-Limit-D: nexus" : "X-Limit-D: " + TOKEN;

    assertEquals("[]", send(target, "", header).body());
    assertEquals(401, send("POST /owntracks?u=phone&d=x", "", "X-Limit-U: phone").status());
  }

  @Test
  void shouldTakeAnEmptyBodyAndAGoodbyeOfOwnTracks() throws Exception {
    assertEquals("[]", send("POST /owntracks", "", BASIC).body());
    assertEquals(
        "[]",
        send("POST /owntracks", "{\"_type\":\"lwt\",\"tst\":1551874878}", JSON, BASIC).body());
    assertEquals(List.of(), doors.journaled());
    assertEquals(1, doors.stats.count(Door.OWNTRACKS, DoorOutcome.IGNORED));
  }

  @Test
  void shouldStoreTheBatchOfOverlandsDocuments() throws Exception {
    RawPhone.Answer answer =
        send("POST /overland", resource("overland_batch_example.json"), JSON, BEARER);

    assertEquals(200, answer.status());
    assertEquals("{\"result\":\"ok\"}", answer.body());
    assertTrue(answer.head().toLowerCase(java.util.Locale.ROOT).contains("application/json"));
    PingRecord ping = pings().get(0);
    assertEquals(373_318_000, ping.latE7());
    assertEquals(-1_220_305_810, ping.lngE7());
    assertEquals(1_443_711_600_000L, ping.fixTimeMs());
    assertEquals(400, ping.speedCmps());
    assertEquals(3000, ping.accuracyCm());
    assertEquals(89, ping.batteryPct());
  }

  @Test
  void shouldTakeOverlandsTokenFromTheAddress() throws Exception {
    String body = resource("overland_batch_example.json");

    assertEquals("{\"result\":\"ok\"}", send("POST /overland?token=" + TOKEN, body, JSON).body());
    assertEquals(401, send("POST /overland?token=x", body, JSON).status());
  }

  @Test
  void shouldStoreWhatGpsLoggersTemplateAsksFor() throws Exception {
    RawPhone.Answer answer =
        send(
            "GET /?lat=51.5007&lon=-0.1246&timestamp=1700000000&altitude=35.1&accuracy=6.2"
                + "&speed_mps=1.5&bearing=90.0&batt=77.0&hdop=0.9&provider=gps",
            "",
            BASIC);

    assertEquals(200, answer.status());
    PingRecord ping = pings().get(0);
    assertEquals(515_007_000, ping.latE7());
    assertEquals(150, ping.speedCmps());
    assertEquals(9000, ping.bearingCdeg());
    assertEquals(620, ping.accuracyCm());
    assertEquals(3510, ping.altitudeCm());
    assertEquals(77, ping.batteryPct());
    assertEquals("{\"hdop\":0.9,\"provider\":\"gps\"}", ping.attributes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/owntracks", "/overland"})
  void shouldNeverBlockAPhoneThatSendsWhatNobodyCanRead(String path) throws Exception {
    RawPhone.Answer answer = send("POST " + path, "{\"broken\":", JSON, BEARER);

    assertEquals(200, answer.status());
    assertEquals(List.of(RecordType.QUARANTINE), doors.journaled());
  }

  private RawPhone.Answer send(String methodAndTarget, String body, String... headers)
      throws IOException {
    List<String> head = new ArrayList<>();
    head.add(methodAndTarget + " HTTP/1.1");
    head.add("Host: phones.example");
    head.addAll(List.of(headers));
    head.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
    try (RawPhone phone = doors.phone()) {
      return phone.head(head.toArray(String[]::new)).send(body).answer();
    }
  }

  private List<PingRecord> pings() {
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

  private static String resource(String name) throws IOException {
    try (InputStream in = RecordedRequestsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
