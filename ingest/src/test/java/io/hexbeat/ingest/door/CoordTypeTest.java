package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CoordTypeTest {
  private record Degrees(double lat, double lng) {}

  @Test
  void shouldBendAsTheKnownAnswersDo() throws Exception {
    for (Object each :
        new JsonObject(resource("gcj02_cases.json")).getJsonArray("wgs84_to_gcj02")) {
      JsonObject known = (JsonObject) each;
      Degrees wgs = degrees(known.getJsonArray("wgs84"));
      Degrees gcj = degrees(known.getJsonArray("gcj02"));
      double tolerance = known.getDouble("tolerance_deg", 1e-11);

      assertEquals(gcj.lat, CoordType.gcjLat(wgs.lat, wgs.lng), tolerance);
      assertEquals(gcj.lng, CoordType.gcjLng(wgs.lat, wgs.lng), tolerance);
    }
  }

  @Test
  void shouldBendAsBaiduDoes() throws Exception {
    JsonObject known =
        new JsonObject(resource("gcj02_cases.json")).getJsonArray("gcj02_to_bd09").getJsonObject(0);
    Degrees gcj = degrees(known.getJsonArray("gcj02"));
    Degrees bd = degrees(known.getJsonArray("bd09"));

    assertEquals(bd.lat, CoordType.bdLat(gcj.lat, gcj.lng), 1e-11);
    assertEquals(bd.lng, CoordType.bdLng(gcj.lat, gcj.lng), 1e-11);
  }

  @Test
  void shouldFindEveryChineseCityAgain() throws Exception {
    JsonArray cities = new JsonArray(resource("gcoord_china_cities.json"));
    assertEquals(664, cities.size());
    for (Object each : cities) {
      JsonObject city = ((JsonObject) each).getJsonObject("coords");
      Degrees wgs = degrees(city.getJsonArray("WGS84"));

      // The table's own answers differ from the formula by up to 7.4e-6 degrees, 0.8 m.
      assertNear(wgs, CoordType.GCJ02, degrees(city.getJsonArray("GCJ02")), 200);
      assertNear(wgs, CoordType.BD09, degrees(city.getJsonArray("BD09")), 200);
    }
  }

  @Test
  void shouldInvertExactlyWhatBends() {
    long seed = 20260101;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Degrees wgs = new Degrees(18 + random.nextDouble() * 35, 74 + random.nextDouble() * 60);
      Degrees gcj =
          new Degrees(CoordType.gcjLat(wgs.lat, wgs.lng), CoordType.gcjLng(wgs.lat, wgs.lng));
      Degrees bd =
          new Degrees(CoordType.bdLat(gcj.lat, gcj.lng), CoordType.bdLng(gcj.lat, gcj.lng));

      assertNear(wgs, CoordType.GCJ02, gcj, 1);
      assertNear(wgs, CoordType.BD09, bd, 1);
    }
  }

  @Test
  void shouldLeaveTheRestOfTheWorldAlone() {
    assertNear(new Degrees(30.25, -97.75), CoordType.GCJ02, new Degrees(30.25, -97.75), 0);
    assertNear(new Degrees(48.85, 2.35), CoordType.WGS84, new Degrees(48.85, 2.35), 0);
  }

  private static void assertNear(Degrees wgs, CoordType type, Degrees bent, int toleranceE7) {
    type.toWgs84(
        bent.lat,
        bent.lng,
        (latE7, lngE7) -> {
          assertEquals(wgs.lat * 1e7, latE7, toleranceE7 + 0.51, () -> type + " lat of " + wgs);
          assertEquals(wgs.lng * 1e7, lngE7, toleranceE7 + 0.51, () -> type + " lng of " + wgs);
          return wgs;
        });
  }

  /** Both files write the longitude first. */
  private static Degrees degrees(JsonArray lngLat) {
    return new Degrees(lngLat.getDouble(1), lngLat.getDouble(0));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = CoordTypeTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
