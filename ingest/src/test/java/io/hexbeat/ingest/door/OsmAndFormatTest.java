package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.E7;
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

final class OsmAndFormatTest {
  @Test
  void shouldReadEveryMessageAsTraccarDoes() throws Exception {
    int positions = 0;
    for (Object each : messages()) {
      JsonObject message = (JsonObject) each;
      String query = message.getString("target").substring("/?".length());
      ReadRequest read = ReadRequest.osmAnd(query);
      switch (message.getString("traccar_expects")) {
        case "Position" -> {
          assertTrue(read.ping(0).hasPosition(), query);
          positions++;
        }
        case "NotNull" -> assertFalse(read.ping(0).hasPosition(), query);
        default -> assertNull(read.token, query);
      }
    }
    assertEquals(9, positions);
  }

  @Test
  void shouldConvertEachUnitToThatOfTheWire() throws Exception {
    PingRecord ping =
        ReadRequest.osmAnd(
                "id=T&lat=49.60688&lon=-6.15788&timestamp=1504763810&speed=40&bearing=7.19889"
                    + "&altitude=384.7&accuracy=12.345&batt=87.4&mock=true")
            .ping(0);

    assertEquals(496068800, ping.latE7());
    assertEquals(-61578800, ping.lngE7());
    assertEquals(1_504_763_810_000L, ping.fixTimeMs());
    assertEquals(2058, ping.speedCmps());
    assertEquals(720, ping.bearingCdeg());
    assertEquals(38470, ping.altitudeCm());
    assertEquals(1235, ping.accuracyCm());
    assertEquals(87, ping.batteryPct());
    assertTrue(ping.mock());
    assertEquals(Door.OSMAND.code(), ping.door());
    assertEquals(ReadRequest.WHO.deviceHandle(), ping.deviceHandle());
    assertEquals(ReadRequest.WHO.memberHandle(), ping.memberHandle());
    assertEquals(ReadRequest.RECEIVED_MS, ping.receivedTimeMs());
  }

  @Test
  void shouldLeaveMissingReadingsUnknown() throws Exception {
    PingRecord ping = ReadRequest.osmAnd("id=T&lat=1&lon=2&speed=&accuracy=").ping(0);

    assertEquals(Fix.UNKNOWN, ping.speedCmps());
    assertEquals(Fix.UNKNOWN, ping.accuracyCm());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Fix.UNKNOWN, ping.batteryPct());
    assertEquals(Fix.UNKNOWN_ALTITUDE, ping.altitudeCm());
    assertEquals(ReadRequest.RECEIVED_MS, ping.fixTimeMs());
    assertFalse(ping.mock());
    assertEquals("", ping.attributes());
  }

  @Test
  void shouldTakeNegativeReadingsForUnknown() throws Exception {
    PingRecord ping =
        ReadRequest.osmAnd("id=T&lat=1&lon=2&speed=-1&bearing=-1&accuracy=-1&batt=-1").ping(0);

    assertEquals(Fix.UNKNOWN, ping.speedCmps());
    assertEquals(Fix.UNKNOWN, ping.accuracyCm());
    assertEquals(Fix.UNKNOWN, ping.bearingCdeg());
    assertEquals(Fix.UNKNOWN, ping.batteryPct());
  }

  @Test
  void shouldReadSpeedInMetersPerSecondWhereTheNameSaysSo() throws Exception {
    assertEquals(1250, ReadRequest.osmAnd("id=T&lat=1&lon=2&speed_mps=12.5").ping(0).speedCmps());
  }

  @Test
  void shouldReadLocationAsLatitudeThenLongitude() throws Exception {
    PingRecord ping = ReadRequest.osmAnd("id=T&location=60.5,%2030.25").ping(0);

    assertEquals(605_000_000, ping.latE7());
    assertEquals(302_500_000, ping.lngE7());
  }

  @Test
  void shouldFoldLongitude180IntoMinus180() throws Exception {
    assertEquals(E7.MIN_LNG, ReadRequest.osmAnd("id=T&lat=1&lon=180").ping(0).lngE7());
  }

  @ParameterizedTest
  @CsvSource({
    "1377177267, 1377177267000",
    "1377177267.25, 1377177267250",
    "2147483646, 2147483646000",
    "1442068686579, 1442068686579",
    "2016-01-27T18%3A55%3A47Z, 1453920947000",
    "2016-01-27T18:55:47.123Z, 1453920947123",
    "2016-01-27T18:55:47.5%2B02:00, 1453913747500",
    "2016-01-27T18:55:47+0200, 1453913747000",
    "2016-01-27T18:55:47-05, 1453938947000",
    "2014-06-04+09%3A10%3A11, 1401873011000",
    "946684800, 946684800000",
    "2087942400, 2087942400000",
  })
  void shouldReadEachFormOfTime(String text, long expectedMs) throws Exception {
    assertEquals(
        expectedMs, ReadRequest.osmAnd("id=T&lat=1&lon=2&timestamp=" + text).ping(0).fixTimeMs());
  }

  @Test
  void shouldReadAForm() throws Exception {
    PingRecord ping =
        ReadRequest.osmAndForm("id=T&timestamp=1700000000&lat=30.25&lon=-97.75&batt=50").ping(0);

    assertEquals(302_500_000, ping.latE7());
    assertEquals(50, ping.batteryPct());
  }

  @Test
  void shouldBeAHeartbeatWithoutAPosition() throws Exception {
    assertFalse(ReadRequest.osmAnd("id=T&batt=50").ping(0).hasPosition());
  }

  @Test
  void shouldKeepAPositionThatThePhoneDisownsAsAnAttributeOnly() throws Exception {
    PingRecord ping = ReadRequest.osmAnd("id=T&valid=false&lat=1.5&lon=2.5").ping(0);

    assertFalse(ping.hasPosition());
    assertEquals("{\"valid\":false,\"lat\":1.5,\"lon\":2.5}", ping.attributes());
  }

  @Test
  void shouldKeepEveryOtherFieldAsAnAttribute() throws Exception {
    PingRecord ping =
        ReadRequest.osmAnd(
                "id=T&lat=1&lon=2&ignition=true&rpm=933&driverUniqueId=0042&alarm=sos"
                    + "&note=%C3%A4%22%F0%9F%9A%97&cell=257,02,16,2224&wifi=00-14,-80&cell=1,2,3,4")
            .ping(0);

    assertEquals(
        "{\"ignition\":true,\"rpm\":933,\"driverUniqueId\":\"0042\",\"alarm\":\"sos\","
            + "\"note\":\"ä\\\"🚗\",\"cell\":[\"257,02,16,2224\",\"1,2,3,4\"],"
            + "\"wifi\":[\"00-14,-80\"]}",
        ping.attributes());
  }

  @Test
  void shouldKeepThePositionWhenAttributesDoNotFit() throws Exception {
    String query = "id=T&lat=1&lon=2&long=" + "x".repeat(4000) + "&short=1";
    ReadRequest read = ReadRequest.osmAnd(query);

    assertTrue(read.ping(0).hasPosition());
    assertEquals("{\"short\":1}", read.ping(0).attributes());
  }

  @Test
  void shouldBoundTheNumberOfAttributes() throws Exception {
    StringBuilder query = new StringBuilder("id=T&lat=1&lon=2");
    for (int i = 0; i < 500; i++) {
      query.append("&k").append(i).append("=1");
    }
    PingRecord ping = ReadRequest.osmAnd(query.toString()).ping(0);

    assertEquals(
        ReadRequest.CONFIG.maxAttributes(), new JsonObject(ping.attributes()).fieldNames().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lat=91&lon=2",
        "lat=1&lon=181",
        "lat=NaN&lon=2",
        "lat=0x1p3&lon=2",
        "lat=1",
        "lon=1",
        "lat=abc&lon=2",
        "lat=%zz&lon=2",
        "location=60",
        "location=,",
        "lat=1&lon=2&timestamp=yesterday",
        "lat=1&lon=2&timestamp=-5",
        "lat=1&lon=2&timestamp=9999999999999",
        "lat=1&lon=2&timestamp=2016-13-27T18:55:47Z",
        "lat=1&lon=2&speed=fast",
        "lat=1&lon=2&accuracy=NaN",
        "lat=1&lon=2&bearing=361",
        "lat=1&lon=2&batt=101",
        "lat=1&lon=2&coord_type=mars"
      })
  void shouldKeepWhatCannotBeUsedInQuarantine(String fields) throws Exception {
    ReadRequest read = ReadRequest.osmAnd("id=T&" + fields);

    assertEquals(1, read.size());
    QuarantineRecord record = read.quarantine(0);
    assertEquals(Door.OSMAND.code(), record.door());
    assertFalse(record.reason().isEmpty());
    assertTrue(new String(record.raw(), StandardCharsets.UTF_8).startsWith("id=***&"));
  }

  @Test
  void shouldFindTheTokenInEachPlace() throws Exception {
    assertEquals("T", ReadRequest.osmAnd("id=T&lat=1&lon=2").token);
    assertEquals("T", ReadRequest.osmAnd("deviceid=T").token);
    assertEquals("T", ReadRequest.osmAndForm("token=T&id=other").token);
    assertNull(ReadRequest.osmAnd("lat=1&lon=2").token);
  }

  @Test
  void shouldKeepAnotherIdAsAClaimAndNeverTheToken() throws Exception {
    PingRecord claimed = ReadRequest.osmAnd("token=T&id=my-phone&x=T&lat=1&lon=2").ping(0);
    PingRecord own = ReadRequest.osmAnd("token=T&id=phone-7&lat=1&lon=2").ping(0);

    assertEquals("{\"device\":\"my-phone\"}", claimed.attributes());
    assertEquals("", own.attributes());
  }

  private static JsonArray messages() throws IOException {
    try (InputStream in =
        OsmAndFormatTest.class.getResourceAsStream("osmand_query_messages.json")) {
      return new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
