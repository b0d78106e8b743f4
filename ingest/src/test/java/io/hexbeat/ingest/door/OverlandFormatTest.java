package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OverlandFormatTest {
  private static final String POINT =
      "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[-122.5,37.25]},"
          + "\"properties\":{\"timestamp\":\"2015-10-01T08:00:00Z\"}}";

  @Test
  void shouldReadTheExampleOfItsDocuments() throws Exception {
    ReadRequest read = ReadRequest.overland(example());
    PingRecord ping = read.ping(0);

    assertEquals(1, read.size());
    assertEquals(373_318_000, ping.latE7());
    assertEquals(-1_220_305_810, ping.lngE7());
    assertEquals(1_443_711_600_000L, ping.fixTimeMs());
    assertEquals(400, ping.speedCmps());
    assertEquals(3000, ping.accuracyCm());
    assertEquals(0, ping.altitudeCm());
    assertEquals(89, ping.batteryPct());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Door.OVERLAND.code(), ping.door());
    assertEquals(
        "{\"vertical_accuracy\":-1,\"motion\":[\"driving\",\"stationary\"],\"pauses\":false,"
            + "\"activity\":\"other_navigation\",\"desired_accuracy\":100,\"deferred\":1000,"
            + "\"significant_change\":\"disabled\",\"locations_in_payload\":1,"
            + "\"battery_state\":\"charging\"}",
        ping.attributes());
  }

  @Test
  void shouldTakeMinusOneForUnknown() throws Exception {
    PingRecord ping =
        ReadRequest.overland(
                locations(
                    POINT.replace(
                        "\"properties\":{",
                        "\"properties\":{\"speed\":-1,\"course\":-1,\"horizontal_accuracy\":-1,"
                            + "\"battery_level\":-1,")))
            .ping(0);

    assertEquals(Fix.UNKNOWN, ping.speedCmps());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Fix.UNKNOWN, ping.accuracyCm());
    assertEquals(Fix.UNKNOWN, ping.batteryPct());
  }

  @Test
  void shouldKeepAnotherDeviceIdAsAClaim() throws Exception {
    String named = POINT.replace("\"properties\":{", "\"properties\":{\"device_id\":\"%s\",");
    ReadRequest read =
        ReadRequest.overland(locations(named.formatted("mine") + "," + named.formatted("phone-7")));

    assertEquals("{\"device\":\"mine\"}", read.ping(0).attributes());
    assertEquals("", read.ping(1).attributes());
  }

  @Test
  void shouldReadABatchWithATripBesideIt() throws Exception {
    ReadRequest read =
        ReadRequest.overland(
            "{\"trip\":{\"mode\":\"car\",\"start_location\":"
                + POINT
                + "},\"locations\":["
                + (POINT + ",").repeat(999)
                + POINT
                + "],\"current\":{}}");

    assertEquals(1000, read.size());
    assertEquals(372_500_000, read.ping(999).latE7());
  }

  @Test
  void shouldTakeAnEmptyBatch() throws Exception {
    assertEquals(0, ReadRequest.overland("{\"locations\":[]}").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17|not_a_record",
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}|fix_time /timestamp",
        "{\"geometry\":{\"coordinates\":[1,91]},\"properties\":{\"timestamp\":\"2015-10-01T08:00:00Z\"}}|position /coordinates",
        "{\"geometry\":{\"coordinates\":[1]},\"properties\":{\"timestamp\":\"2015-10-01T08:00:00Z\"}}|position /coordinates",
        "{\"geometry\":{\"coordinates\":[1,2]},\"properties\":{\"timestamp\":\"yesterday\"}}|fix_time /timestamp",
        "{\"properties\":{\"timestamp\":\"2015-10-01T08:00:00Z\",\"speed\":\"fast\"}}|reading /speed"
      })
  void shouldQuarantineOneBadRecordOfAGoodBatch(String bad, String reason) throws Exception {
    ReadRequest read = ReadRequest.overland(locations(POINT + "," + bad + "," + POINT));

    assertEquals(3, read.size());
    assertTrue(read.ping(2).hasPosition());
    QuarantineRecord record = read.quarantine(1);
    assertTrue(record.reason().startsWith(reason), record.reason());
    assertEquals(bad, new String(record.raw(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|not_a_record /locations",
        "[]|not_a_record /locations",
        "{\"locations\":{}}|not_a_record /locations",
        "{\"locations\":[|not_json",
        "{\"locations\":[]} x|not_json",
        "hello|not_json",
        "''|not_json"
      })
  void shouldQuarantineABodyThatIsNoBatch(String body, String reason) throws Exception {
    ReadRequest read = ReadRequest.overland(body);

    assertEquals(1, read.size());
    assertTrue(read.quarantine(0).reason().startsWith(reason), read.quarantine(0).reason());
  }

  @Test
  void shouldStoreTheRecordsBeforeABodyBreaks() throws Exception {
    ReadRequest read = ReadRequest.overland("{\"locations\":[" + POINT + ",{\"type\":\"Fea");

    assertEquals(2, read.size());
    assertTrue(read.ping(0).hasPosition());
    assertEquals("{\"type\":\"Fea", new String(read.quarantine(1).raw(), StandardCharsets.UTF_8));
  }

  @Test
  void shouldRefuseMoreRecordsThanABatchMayHold() {
    String tooMany = locations((POINT + ",").repeat(1000) + POINT);
    RefusedBodyException refused =
        assertThrows(RefusedBodyException.class, () -> ReadRequest.overland(tooMany));

    assertEquals(413, refused.problem().status());
  }

  private static String locations(String features) {
    return "{\"locations\":[" + features + "]}";
  }

  private static String example() throws IOException {
    try (InputStream in =
        OverlandFormatTest.class.getResourceAsStream("overland_batch_example.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
