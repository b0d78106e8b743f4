package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnTracksMessageTest {
  @Test
  void shouldReadEveryMessageAsTraccarDoes() throws Exception {
    JsonArray messages = messages();
    for (Object each : messages) {
      String body = ((JsonObject) each).getString("body");
      JsonObject sent = new JsonObject(body);
      PingRecord ping = ReadRequest.ownTracks(body).ping(0);

      assertTrue(ping.hasPosition(), body);
      assertEquals(sent.getDouble("lat"), ping.latE7() / 1e7, 1e-7, body);
      assertEquals(sent.getDouble("lon"), ping.lngE7() / 1e7, 1e-7, body);
      assertEquals(sent.getLong("tst") * 1000, ping.fixTimeMs(), body);
    }
    assertEquals(6, messages.size());
  }

  @Test
  void shouldConvertEachUnitToThatOfTheWire() throws Exception {
    PingRecord ping =
        ReadRequest.ownTracks(
                "{\"cog\":271,\"lon\":2.29513,\"acc\":5,\"vel\":61,\"vac\":21,\"lat\":48.85833,"
                    + "\"tst\":1497349316,\"alt\":167,\"_type\":\"location\",\"tid\":\"JJ\","
                    + "\"t\":\"u\",\"batt\":67,\"p\":101.3,\"inregions\":[\"home\"],"
                    + "\"topic\":\"owntracks/jj/phone\",\"_id\":\"a1\"}")
            .ping(0);

    assertEquals(488_583_300, ping.latE7());
    assertEquals(22_951_300, ping.lngE7());
    assertEquals(1_497_349_316_000L, ping.fixTimeMs());
    assertEquals(1694, ping.speedCmps());
    assertEquals(27_100, ping.bearingCdeg());
    assertEquals(500, ping.accuracyCm());
    assertEquals(16_700, ping.altitudeCm());
    assertEquals(67, ping.batteryPct());
    assertEquals(Door.OWNTRACKS.code(), ping.door());
    assertEquals(
        "{\"vac\":21,\"tid\":\"JJ\",\"t\":\"u\",\"p\":101.3,\"inregions\":[\"home\"],"
            + "\"topic\":\"owntracks/jj/phone\",\"_id\":\"a1\"}",
        ping.attributes());
  }

  @Test
  void shouldLeaveMissingReadingsUnknown() throws Exception {
    PingRecord ping =
        ReadRequest.ownTracks(
                "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":1497476456,\"batt\":-1,"
                    + "\"vel\":-1,\"cog\":null}")
            .ping(0);

    assertEquals(Fix.UNKNOWN, ping.speedCmps());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Fix.UNKNOWN, ping.accuracyCm());
    assertEquals(Fix.UNKNOWN, ping.batteryPct());
    assertEquals(Fix.UNKNOWN_ALTITUDE, ping.altitudeCm());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"_type\":\"transition\",\"event\":\"enter\",\"lat\":1,\"lon\":2,\"tst\":1497476456}",
        "{\"_type\":\"lwt\",\"tst\":1497476456}",
        "{\"tst\":1497476456,\"_type\":\"status\"}",
        "{\"_type\":\"waypoints\",\"waypoints\":[{\"_type\":\"waypoint\",\"lat\":1}]}",
        "{\"_type\":\"something new\"}",
        ""
      })
  void shouldStoreNothingOfAMessageThatIsNoLocation(String body) throws Exception {
    assertEquals(0, ReadRequest.ownTracks(body).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"_type\":\"location\",\"lat\":91,\"lon\":2,\"tst\":1497476456}|position /lat",
        "{\"_type\":\"location\",\"lat\":1,\"tst\":1497476456}|position /lon",
        "{\"_type\":\"location\",\"lat\":1,\"lon\":2}|fix_time /tst",
        "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":\"now\"}|fix_time /tst",
        "{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":1497476456,\"vel\":true}|reading /vel",
        "{\"_type\":\"encrypted\",\"data\":\"c2VjcmV0\"}|encrypted /data",
        "{\"lat\":1,\"lon\":2,\"tst\":1497476456}|not_a_record /_type",
        "{\"_type\":7}|not_a_record /_type",
        "[]|not_a_record /_type",
        "{\"_type\":\"location\",\"lat\":1,|not_json",
        "hello|not_json"
      })
  void shouldKeepWhatCannotBeUsedInQuarantine(String body, String reason) throws Exception {
    ReadRequest read = ReadRequest.ownTracks(body);

    assertEquals(1, read.size());
    QuarantineRecord record = read.quarantine(0);
    assertEquals(Door.OWNTRACKS.code(), record.door());
    assertTrue(record.reason().startsWith(reason), record.reason());
    assertEquals(body, new String(record.raw(), StandardCharsets.UTF_8));
  }

  private static JsonArray messages() throws IOException {
    try (InputStream in =
        OwnTracksMessageTest.class.getResourceAsStream("owntracks_http_messages.json")) {
      return new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
