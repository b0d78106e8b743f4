package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NativeFormatTest {
  private static final String GOOD = "{\"fix_time\":1700000000000,\"lat\":30.25,\"lng\":-97.75}";

  @Test
  void shouldReadEveryField() throws Exception {
    PingRecord ping =
        ReadRequest.pings(
                """
                {"device":"other","fix_time":"2023-11-14T22:13:20.250Z","lat":30.2672712,
                 "lng":-97.7430608,"coord_type":"wgs84","accuracy_m":4.5,"altitude_m":-12.25,
                 "speed_mps":13.9,"bearing_deg":359.99,"battery_pct":81,"mock":true,
                 "wifi":[{"bssid":"aa:bb","rssi":-60},{}],"uptime_ms":123456789,"seq":42,
                 "floor":-2,"deep":{"a":[1,null,true,1.5e3,NaN],"b":"ü\\n"}}
                """)
            .ping(0);

    assertEquals(1_700_000_000_250L, ping.fixTimeMs());
    assertEquals(302_672_712, ping.latE7());
    assertEquals(-977_430_608, ping.lngE7());
    assertEquals(450, ping.accuracyCm());
    assertEquals(-1225, ping.altitudeCm());
    assertEquals(1390, ping.speedCmps());
    assertEquals(35999, ping.bearingCdeg());
    assertEquals(81, ping.batteryPct());
    assertTrue(ping.mock());
    assertEquals(42, ping.seq());
    assertEquals(123_456_789, ping.uptimeMs());
    assertEquals(Door.NATIVE.code(), ping.door());
    assertEquals(
        "{\"device\":\"other\",\"wifi\":[{\"bssid\":\"aa:bb\",\"rssi\":-60},{}],\"floor\":-2,"
            + "\"deep\":{\"a\":[1,null,true,1.5e3,null],\"b\":\"ü\\u000a\"}}",
        ping.attributes());
  }

  @Test
  void shouldTakeNullForMissing() throws Exception {
    PingRecord ping =
        ReadRequest.pings(
                "{\"fix_time\":1700000000000,\"lat\":null,\"lng\":null,\"speed_mps\":null}")
            .ping(0);

    assertFalse(ping.hasPosition());
    assertEquals(Fix.UNKNOWN, ping.speedCmps());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[%s,%s,%s]", "%s\n%s\n%s", "%s\r\n\n%s\n  %s\n", " [ %s , %s\n,%s ] "})
  void shouldReadArraysAndLines(String shape) throws Exception {
    ReadRequest read = ReadRequest.pings(shape.formatted(GOOD, GOOD, GOOD));

    assertEquals(3, read.size());
    assertEquals(302_500_000, read.ping(2).latE7());
  }

  @Test
  void shouldTakeAnEmptyArrayForNoRecords() throws Exception {
    assertEquals(0, ReadRequest.pings("[]").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"fix_time\":1700000000000,\"lat\":90.1,\"lng\":1}|/lat",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":-180.5}|/lng",
        "{\"fix_time\":1700000000000,\"lat\":NaN,\"lng\":1}|/lat",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":Infinity}|/lng",
        "{\"fix_time\":1700000000000,\"lat\":1e999,\"lng\":1}|/lat",
        "{\"fix_time\":1700000000000,\"lat\":\"30.2\",\"lng\":1}|/lat",
        "{\"fix_time\":1700000000000,\"lat\":{\"x\":[1]},\"lng\":1}|/lat",
        "{\"fix_time\":1700000000000,\"lat\":1}|/lng",
        "{\"fix_time\":1700000000000,\"lng\":1}|/lat",
        "{\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":\"2023-11-14T22:13:20\",\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":true,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":[1,{}],\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":-1,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":0,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":1700000000,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":946684799999,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":4133980800000,\"lat\":1,\"lng\":1}|/fix_time",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"accuracy_m\":NaN}|/accuracy_m",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"speed_mps\":\"x\"}|/speed_mps",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"bearing_deg\":400}|/bearing_deg",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"battery_pct\":150}|/battery_pct",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"mock\":1}|/mock",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"seq\":1.5}|/seq",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"seq\":99999999999999999999}|/seq",
        "{\"fix_time\":1700000000000,\"lat\":1,\"lng\":1,\"coord_type\":\"mars\"}|/coord_type",
        "17|''",
        "\"text\"|''",
        "[1,2]|''",
        "null|''"
      })
  void shouldQuarantineOneBadRecordOfAGoodBatch(String bad, String pointer) throws Exception {
    ReadRequest read = ReadRequest.pings("[" + GOOD + ", " + bad + " ," + GOOD + "]");

    assertEquals(3, read.size());
    assertEquals(302_500_000, read.ping(2).latE7());
    assertEquals(bad, new String(read.quarantine(1).raw(), StandardCharsets.UTF_8));
    JsonObject rejected = new JsonArray("[" + read.batch.rejectedJson() + "]").getJsonObject(0);
    assertEquals(1, rejected.getInteger("index"));
    assertEquals(pointer, rejected.getString("pointer"));
    assertFalse(rejected.getString("reason").isEmpty());
  }

  @Test
  void shouldKeepAttributesThatADatabaseWouldRefuse() throws Exception {
    PingRecord ping =
        ReadRequest.pings(
                "{\"fix_time\":1700000000000,\"a\":\"x\\u0000y\",\"b\\u0000\":1.5,\"c\":1e999999,"
                    + "\"d\":1e-999999,\"e\":[-2e10,0]}")
            .ping(0);

    assertEquals(
        "{\"a\":\"x\\ufffdy\",\"b\\ufffd\":1.5,\"c\":\"1e999999\",\"d\":\"1e-999999\","
            + "\"e\":[-2e10,0]}",
        ping.attributes());
  }

  @ParameterizedTest
  @ValueSource(longs = {946_684_800_000L, 2_087_942_400_000L, 4_133_980_799_999L})
  void shouldAcceptTimesThatOnlyTheEngineCanJudge(long fixTimeMs) throws Exception {
    PingRecord ping =
        ReadRequest.pings("{\"fix_time\":" + fixTimeMs + ",\"lat\":0,\"lng\":0}").ping(0);

    assertEquals(fixTimeMs, ping.fixTimeMs());
  }

  @Test
  void shouldConvertChineseCoordinates() throws Exception {
    PingRecord ping =
        ReadRequest.pings(
                "{\"coord_type\":\"gcj02\",\"lat\":31.17530398364597,\"lng\":121.531541859215,"
                    + "\"fix_time\":1700000000000}")
            .ping(0);

    assertEquals(311_774_276, ping.latE7(), 1);
    assertEquals(1_215_272_106, ping.lngE7(), 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  \n",
        "17",
        "\"x\"",
        "{",
        "[",
        "{\"fix_time\":1700000000000,",
        "{\"fix_time\":1} x",
        "[{\"fix_time\":1}] {}",
        "[{\"fix_time\":1},]",
        "{'fix_time':1}",
        "{\"a\":\"\u0001\"}",
        "{\"fix_time\":1}\n{\"fix_time\":",
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"
      })
  void shouldRefuseABodyThatIsNotJsonAsAWhole(String body) {
    RefusedBodyException refused =
        assertThrows(RefusedBodyException.class, () -> ReadRequest.pings(body));

    assertEquals(400, refused.problem().status());
    assertEquals(1, refused.problem().errors().size());
    assertFalse(refused.problem().errors().get(0).reason().contains("Source"));
  }

  @Test
  void shouldTellWhereABodyBreaks() {
    RefusedBodyException refused =
        assertThrows(
            RefusedBodyException.class, () -> ReadRequest.pings(GOOD + "\n{\"fix_time\" 1}"));

    assertTrue(refused.problem().detail().contains("line 2, column 13"), refused.getMessage());
    assertEquals("/1", refused.problem().errors().get(0).pointer());
  }

  @Test
  void shouldRefuseMoreRecordsThanABatchMayHold() throws Exception {
    String thousand = (GOOD + "\n").repeat(1000);

    assertEquals(1000, ReadRequest.pings(thousand).size());
    RefusedBodyException refused =
        assertThrows(RefusedBodyException.class, () -> ReadRequest.pings(thousand + GOOD));
    assertEquals(413, refused.problem().status());
  }

  @Test
  void shouldRefuseABodyInUtf16() {
    byte[] utf16 = ("[" + GOOD + "]").getBytes(StandardCharsets.UTF_16BE);
    String body = new String(utf16, StandardCharsets.ISO_8859_1);

    assertThrows(RefusedBodyException.class, () -> ReadRequest.pings(body));
  }
}
