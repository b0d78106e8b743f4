package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CoordTypeTest {
  private static final Map<String, Object> CASES = Vectors.json("gcj02/gcj02_cases.json");

  private record Degrees(double lat, double lng) {}

  @Test
  void shouldBendAsTheKnownAnswersDo() {
    for (Map<String, Object> known : Vectors.maps(CASES.get("wgs84_to_gcj02"))) {
      Degrees wgs = degrees(known.get("wgs84"));
      Degrees gcj = degrees(known.get("gcj02"));
      double tolerance = Vectors.number(known.getOrDefault("tolerance_deg", 1e-11));

      assertEquals(gcj.lat, CoordType.gcjLat(wgs.lat, wgs.lng), tolerance);
      assertEquals(gcj.lng, CoordType.gcjLng(wgs.lat, wgs.lng), tolerance);
      if (tolerance < 1e-9) {
        assertNear(wgs, CoordType.GCJ02, gcj, 0.5);
      }
    }
  }

  @Test
  void shouldBendAsBaiduDoes() {
    Map<String, Object> known = Vectors.maps(CASES.get("gcj02_to_bd09")).get(0);
    Degrees gcj = degrees(known.get("gcj02"));
    Degrees bd = degrees(known.get("bd09"));

    assertEquals(bd.lat, CoordType.bdLat(gcj.lat, gcj.lng), 1e-11);
    assertEquals(bd.lng, CoordType.bdLng(gcj.lat, gcj.lng), 1e-11);
  }

  @Test
  void shouldFindEveryChineseCityAgain() {
    List<Map<String, Object>> cities = Vectors.objects("gcj02/gcoord_china_cities.json");
    assertEquals(664, cities.size());
    for (Map<String, Object> each : cities) {
      Map<String, Object> city = Vectors.map(each.get("coords"));
      Degrees wgs = degrees(city.get("WGS84"));
      if (wgs.lat < 17) {
        continue; // an island 300 km from Hainan is no mainland
      }
      // The table's own answers differ from the formula by up to 7.4e-6 degrees, 0.8 m.
      assertNear(wgs, CoordType.GCJ02, degrees(city.get("GCJ02")), 200);
      assertNear(wgs, CoordType.BD09, degrees(city.get("BD09")), 200);
    }
  }

  @Test
  void shouldInvertWhatBendsToAnE7UnitOrOneCentimetre() {
    long seed = 20260101;
    Random random = new Random(seed);
    int bent = 0;
    while (bent < 20_000) {
      Degrees wgs = new Degrees(18 + random.nextDouble() * 35, 74 + random.nextDouble() * 60);
      if (!ChinaMainland.contains(wgs.lat, wgs.lng)) {
        continue;
      }
      bent++;
      Degrees gcj =
          new Degrees(CoordType.gcjLat(wgs.lat, wgs.lng), CoordType.gcjLng(wgs.lat, wgs.lng));
      Degrees bd =
          new Degrees(CoordType.bdLat(gcj.lat, gcj.lng), CoordType.bdLng(gcj.lat, gcj.lng));

      assertNear(wgs, CoordType.GCJ02, gcj, 0.5);
      assertNear(wgs, CoordType.BD09, bd, 0.5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "22.30, 114.17, Hong Kong",
    "22.45, 114.16, Tai Po",
    "22.28, 113.95, Lantau",
    "22.19, 113.545, Macao",
    "25.03, 121.56, Taipei",
    "40.06, 124.39, Sinuiju",
    "37.57, 126.98, Seoul",
    "35.68, 136.00, Japan",
    "21.02, 105.85, Hanoi",
    "27.70, 85.30, Kathmandu",
    "28.61, 77.21, Delhi",
    "44.20, 79.90, Kazakhstan",
    "47.92, 106.92, Ulaanbaatar",
    "43.10, 131.90, Vladivostok",
    "14.60, 120.98, Manila",
    "30.25, -97.75, Austin",
    "48.85, 2.35, Paris"
  })
  void shouldLeaveTheRestOfTheWorldAlone(double lat, double lng, String where) {
    assertEquals(lat, CoordType.gcjLat(lat, lng), where);
    assertEquals(lng, CoordType.gcjLng(lat, lng), where);
    assertNear(new Degrees(lat, lng), CoordType.GCJ02, new Degrees(lat, lng), 0);
    assertNear(new Degrees(lat, lng), CoordType.WGS84, new Degrees(lat, lng), 0);
  }

  @ParameterizedTest
  @CsvSource({
    "22.5431, 114.0579, Shenzhen",
    "22.2707, 113.5767, Zhuhai",
    "24.4798, 118.0894, Xiamen",
    "30.0, 122.1, Zhoushan",
    "20.03, 110.33, Haikou",
    "40.13, 124.38, Dandong",
    "43.82, 87.62, Urumqi",
    "39.47, 75.99, Kashgar",
    "29.65, 91.11, Lhasa",
    "45.75, 126.64, Harbin",
    "22.0, 100.8, Xishuangbanna"
  })
  void shouldBendTheMainlandUpToItsEdges(double lat, double lng, String where) {
    assertNotEquals(lat, CoordType.gcjLat(lat, lng), where);
    assertNear(
        new Degrees(lat, lng),
        CoordType.GCJ02,
        new Degrees(CoordType.gcjLat(lat, lng), CoordType.gcjLng(lat, lng)),
        0.5);
  }

  private static void assertNear(Degrees wgs, CoordType type, Degrees bent, double toleranceE7) {
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
  private static Degrees degrees(Object lngLat) {
    List<Object> pair = Vectors.list(lngLat);
    return new Degrees(Vectors.number(pair.get(1)), Vectors.number(pair.get(0)));
  }
}
