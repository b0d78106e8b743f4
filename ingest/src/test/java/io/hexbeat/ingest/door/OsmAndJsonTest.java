package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
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

final class OsmAndJsonTest {
  private static final String ITEM =
      "{\"timestamp\":\"2021-07-21T08:06:34.444Z\",\"coords\":{\"latitude\":-6.1148096,"
          + "\"longitude\":106.6837015,\"speed\":18.67}}";

  @Test
  void shouldPreferATokenToAnIdWhereverItStands() throws Exception {
    ReadRequest read =
        ReadRequest.osmAndForm(
            "{\"id\":\"nexus\",\"lat\":1,\"lon\":2,\"timestamp\":1700000000,\"token\":\"T\"}");

    assertEquals("T", read.token);
    assertEquals("{\"device\":\"nexus\"}", read.ping(0).attributes());
  }

  @Test
  void shouldReadEveryMessageAsTraccarDoes() throws Exception {
    JsonArray messages = messages();
    for (Object each : messages) {
      String body = ((JsonObject) each).getString("body");
      JsonObject sent = new JsonObject(body);
      JsonObject coords = sent.getJsonObject("location").getJsonObject("coords");
      ReadRequest read = ReadRequest.osmAndForm(body);
      PingRecord ping = read.ping(0);

      assertEquals(sent.getString("device_id"), read.token);
      assertEquals(coords.getDouble("latitude"), ping.latE7() / 1e7, 1e-7, body);
      assertEquals(coords.getDouble("longitude"), ping.lngE7() / 1e7, 1e-7, body);
      assertFalse(ping.attributes().contains(sent.getString("device_id")), body);
    }
    assertEquals(4, messages.size());
  }

  @Test
  void shouldConvertEachUnitOfALocation() throws Exception {
    PingRecord ping = ReadRequest.osmAndForm(messages().getJsonObject(3).getString("body")).ping(0);

    assertEquals(-61_148_096, ping.latE7());
    assertEquals(1_066_837_015, ping.lngE7());
    assertEquals(1_626_854_794_444L, ping.fixTimeMs());
    assertEquals(1867, ping.speedCmps());
    assertEquals(6300, ping.bearingCdeg());
    assertEquals(380, ping.accuracyCm());
    assertEquals(3570, ping.altitudeCm());
    assertEquals(79, ping.batteryPct());
    assertFalse(ping.mock());
    assertEquals(Door.OSMAND.code(), ping.door());
    assertEquals(
        "{\"event\":\"motionchange\",\"is_moving\":false,"
            + "\"uuid\":\"0e9a2473-a9a7-4c00-997b-fb97d2154e75\",\"odometer\":0,"
            + "\"speed_accuracy\":0.26,\"heading_accuracy\":0.28,\"altitude_accuracy\":3.8,"
            + "\"activity\":{\"type\":\"still\",\"confidence\":100},\"charge\":false,"
            + "\"extras\":{}}",
        ping.attributes());
  }

  @Test
  void shouldTakeMinusOneForUnknown() throws Exception {
    PingRecord ping = ReadRequest.osmAndForm(messages().getJsonObject(2).getString("body")).ping(0);

    assertEquals(Fix.UNKNOWN, ping.speedCmps());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Fix.UNKNOWN, ping.batteryPct());
    assertTrue(ping.mock());
  }

  @Test
  void shouldReadTheFieldsOfTheProtocolFromAnArray() throws Exception {
    ReadRequest read =
        ReadRequest.osmAndForm(
            "[{\"id\":\"T\",\"timestamp\":1504763810,\"lat\":49.60688,\"lon\":-6.15788,"
                + "\"speed\":40,\"bearing\":7.19889,\"altitude\":384.7,\"accuracy\":12.345,"
                + "\"batt\":87.4,\"mock\":true,\"charge\":true,\"battery_temp\":31.5},"
                + "{\"id\":\"T\",\"timestamp\":\"1504763811500\",\"lat\":\"49.5\",\"lon\":\"6\"},"
                + "{\"id\":\"other\",\"timestamp\":1504763812}]");
    PingRecord first = read.ping(0);
    PingRecord second = read.ping(1);
    PingRecord third = read.ping(2);

    assertEquals("T", read.token);
    assertEquals(3, read.size());
    assertEquals(1_504_763_810_000L, first.fixTimeMs());
    assertEquals(496_068_800, first.latE7());
    assertEquals(-61_578_800, first.lngE7());
    assertEquals(2058, first.speedCmps());
    assertEquals(720, first.bearingCdeg());
    assertEquals(38_470, first.altitudeCm());
    assertEquals(1235, first.accuracyCm());
    assertEquals(87, first.batteryPct());
    assertTrue(first.mock());
    assertEquals("{\"charge\":true,\"battery_temp\":31.5}", first.attributes());
    assertEquals(1_504_763_811_500L, second.fixTimeMs());
    assertEquals(495_000_000, second.latE7());
    assertFalse(third.hasPosition());
    assertEquals("{\"device\":\"other\"}", third.attributes());
  }

  @Test
  void shouldReadABatchWhoseCredentialComesLast() throws Exception {
    ReadRequest read =
        ReadRequest.osmAndForm(
            "{\"location\":["
                + ITEM
                + ","
                + ITEM.replace("34.444", "35.444")
                + "],"
                + "\"token\":\"T\",\"device_id\":\"my-phone\"}");

    assertEquals("T", read.token);
    assertEquals(2, read.size());
    assertEquals(1_626_854_794_444L, read.ping(0).fixTimeMs());
    assertEquals(1_626_854_795_444L, read.ping(1).fixTimeMs());
    assertEquals(1867, read.ping(1).speedCmps());
    assertEquals("{\"device\":\"my-phone\"}", read.ping(1).attributes());
  }

  @Test
  void shouldNeverTakeTheIdOfTheRepeatedQuery() throws Exception {
    ReadRequest read =
        ReadRequest.osmAndForm(
            "{\"location\":" + ITEM.replace("}}", "},\"_\":\"&id=X&\"}") + ",\"device_id\":\"T\"}");

    assertEquals("T", read.token);
    assertEquals("", read.ping(0).attributes());
  }

  @Test
  void shouldFindNoCredentialWhereThereIsNone() throws Exception {
    assertNull(ReadRequest.osmAndForm("{\"location\":" + ITEM + "}").token);
    assertNull(ReadRequest.osmAndForm("[]").token);
    assertNull(ReadRequest.osmAndForm("{").token);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"device_id\":\"T\",\"location\":{\"timestamp\":\"2021-07-21T08:06:34Z\"}}|position /coords",
        "{\"device_id\":\"T\",\"location\":{\"coords\":{\"latitude\":1,\"longitude\":2}}}|fix_time /timestamp",
        "{\"device_id\":\"T\",\"location\":[17]}|not_a_record /location",
        "{\"device_id\":\"T\",\"lat\":91,\"lon\":2}|position /lat",
        "[{\"device_id\":\"T\",\"lat\":{},\"lon\":2}]|position /lat",
        "{\"device_id\":\"T\",\"lat\":1,\"lon\":2|not_json",
        "{\"device_id\":\"T\",\"lat\":1,\"lon\":2}]|not_json"
      })
  void shouldKeepWhatCannotBeUsedInQuarantine(String body, String reason) throws Exception {
    ReadRequest read = ReadRequest.osmAndForm(body);
    QuarantineRecord record = read.quarantine(read.size() - 1);

    assertEquals("T", read.token);
    assertTrue(record.reason().startsWith(reason), record.reason());
    assertFalse(new String(record.raw(), StandardCharsets.UTF_8).contains("\"T\""));
  }

  @Test
  void shouldStoreTheRecordsBeforeABodyBreaks() throws Exception {
    ReadRequest read =
        ReadRequest.osmAndForm("[{\"id\":\"T\",\"lat\":1,\"lon\":2},{\"id\":\"T\",\"lat\":1,");

    assertEquals(2, read.size());
    assertTrue(read.ping(0).hasPosition());
    assertEquals(
        "{\"id\":\"***\",\"lat\":1,", new String(read.quarantine(1).raw(), StandardCharsets.UTF_8));
  }

  @Test
  void shouldRefuseMoreRecordsThanABatchMayHold() {
    String record = "{\"id\":\"T\",\"lat\":1,\"lon\":2},";
    RefusedBodyException refused =
        assertThrows(
            RefusedBodyException.class,
            () -> ReadRequest.osmAndForm("[" + record.repeat(1000) + "{}]"));

    assertEquals(413, refused.problem().status());
  }

  private static JsonArray messages() throws IOException {
    try (InputStream in = OsmAndJsonTest.class.getResourceAsStream("osmand_json_messages.json")) {
      return new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
