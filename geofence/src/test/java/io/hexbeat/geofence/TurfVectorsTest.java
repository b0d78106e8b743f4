package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fixtures of Turfjs/turf (packages, test folders, MIT), all in one file by their path there. Turf
 * is planar for containment, as we are, and takes great circles for distances.
 */
class TurfVectorsTest {
  private static final Map<String, Object> FIXTURES = Vectors.json("turf/fixtures.json.gz");

  private static final Set<String> KM_MILES = Set.of("kilometers", "miles", "meters");

  private static List<Map.Entry<String, Object>> fixtures(String prefix) {
    return FIXTURES.entrySet().stream().filter(e -> e.getKey().startsWith(prefix)).toList();
  }

  private static List<Map<String, Object>> features(Object fixture) {
    Map<String, Object> map = Vectors.map(fixture);
    return map.containsKey("features") ? Vectors.maps(map.get("features")) : List.of(map);
  }

  private static List<Map<String, Object>> geometries(Object fixture) {
    return features(fixture).stream()
        .map(f -> f.containsKey("geometry") ? Vectors.map(f.get("geometry")) : f)
        .toList();
  }

  private static boolean isArea(Map<String, Object> geometry) {
    return ((String) geometry.get("type")).endsWith("Polygon");
  }

  private static int[] points(Map<String, Object> geometry) {
    Object coordinates = geometry.get("coordinates");
    return Vectors.lngLats(
        "Point".equals(geometry.get("type")) ? List.of(coordinates) : coordinates);
  }

  /** What is on a boundary is told by the distance to it; both sides' answers come from Turf. */
  @ParameterizedTest
  @ValueSource(strings = {"contains", "within", "disjoint", "intersects", "touches"})
  void shouldRelatePointsToAreasAsTurfDoes(String relation) {
    int checked = 0;
    for (Map.Entry<String, Object> fixture : fixtures("turf-boolean-" + relation + "/")) {
      List<Map<String, Object>> operands = geometries(fixture.getValue());
      boolean areaFirst = isArea(operands.get(0));
      Map<String, Object> area = operands.get(areaFirst ? 0 : 1);
      int[] flat = points(operands.get(areaFirst ? 1 : 0));
      Polygon polygon = Polygon.of(Vectors.parts(area));
      boolean inside = false;
      boolean boundary = false;
      boolean outside = false;
      for (int i = 0; i < flat.length; i += 2) {
        boolean onEdge = polygon.distanceToEdgeMeters(flat[i], flat[i + 1]) < 0.02;
        boolean contained = polygon.contains(flat[i], flat[i + 1]);
        boundary |= onEdge;
        inside |= contained && !onEdge;
        outside |= !contained && !onEdge;
      }
      boolean holds =
          switch (relation) {
            case "contains", "within" -> inside && !outside;
            case "disjoint" -> !inside && !boundary;
            case "intersects" -> inside || boundary;
            default -> boundary && !inside;
          };
      assertEquals(fixture.getKey().contains("/test/true/"), holds, fixture.getKey());
      checked++;
    }
    assertTrue(checked > 5, relation + " " + checked);
  }

  @Test
  void shouldTakeItsValidAreasAndRefuseItsInvalidOnes() {
    Map<String, String> onPurpose =
        Map.of(
            "Polygon/polygon-with-spike.geojson", "a spike is dropped",
            "Polygon/polygon-with-puncture.geojson", "a spike inwards is dropped",
            "Polygon/not-closing-ring.geojson", "closed here; the API asks for closed rings",
            "Polygon/polygon-with-hole-2-vertices-touching.geojson", "it may fall into pieces",
            "MultiPolygon/multipoly-with-2-vertices-touching.geojson", "parts may be neighbours");
    List<String> seen = new ArrayList<>();
    for (Map.Entry<String, Object> fixture : fixtures("turf-boolean-valid/")) {
      for (Map<String, Object> geometry : geometries(fixture.getValue())) {
        if (!isArea(geometry)) {
          continue;
        }
        boolean valid = fixture.getKey().contains("/test/true/");
        String name = fixture.getKey().replaceAll(".*/test/[a-z]*/", "");
        if (valid) {
          Polygon.of(Vectors.parts(geometry));
        } else if (onPurpose.containsKey(name)) {
          Polygon.of(Vectors.parts(geometry));
          seen.add(name);
        } else {
          assertThrows(
              InvalidShapeException.class, () -> Polygon.of(Vectors.parts(geometry)), name);
        }
      }
    }
    assertEquals(Set.copyOf(onPurpose.keySet()), Set.copyOf(seen));
  }

  @Test
  void shouldRefuseWhatHasKinksAndNameAnEdgeThatHasOne() {
    int checked = 0;
    for (Map.Entry<String, Object> fixture : fixtures("turf-kinks/test/in/")) {
      for (Map<String, Object> geometry : geometries(fixture.getValue())) {
        if (!isArea(geometry)) {
          continue;
        }
        int[][][] parts = Vectors.parts(geometry);
        if (fixture.getKey().endsWith("/issue-2627.geojson")) {
          assertNotNull(Polygon.of(parts), "it only touches itself, in one vertex");
          continue;
        }
        InvalidShapeException refused =
            assertThrows(InvalidShapeException.class, () -> Polygon.of(parts), fixture.getKey());
        String[] at = refused.pointer().split("/", -1);
        assertEquals(4, at.length, refused.getMessage());
        int[] ring = parts[Integer.parseInt(at[1])][Integer.parseInt(at[2])];
        int from = 2 * Integer.parseInt(at[3]);
        int to = (from + 2) % ring.length;
        boolean onKink =
            geometries(FIXTURES.get(fixture.getKey().replace("/in/", "/out/"))).stream()
                .filter(g -> "Point".equals(g.get("type")))
                .map(TurfVectorsTest::points)
                .anyMatch(kink -> isNear(kink, ring, from, to));
        assertTrue(onKink, refused.getMessage());
        checked++;
      }
    }
    assertTrue(checked >= 3, "checked=" + checked);
  }

  /** Within ten units of the straight line through two vertices. */
  private static boolean isNear(int[] point, int[] ring, int from, int to) {
    double height = (double) ring[to] - ring[from];
    double width = (double) ring[to + 1] - ring[from + 1];
    double off =
        width * ((double) point[0] - ring[from]) - height * ((double) point[1] - ring[from + 1]);
    return Math.abs(off) / Math.hypot(height, width) < 10;
  }

  @Test
  void shouldMeasureAndDrawCirclesAsTurfDoes() {
    int[] ends = new int[4];
    List<Map<String, Object>> two =
        geometries(FIXTURES.get("turf-distance/test/in/points.geojson"));
    System.arraycopy(points(two.get(0)), 0, ends, 0, 2);
    System.arraycopy(points(two.get(1)), 0, ends, 2, 2);
    double km =
        Vectors.number(
            Vectors.map(FIXTURES.get("turf-distance/test/out/points.json")).get("kilometers"));
    assertEquals(km * 1_000, E7.distanceMeters(ends[0], ends[1], ends[2], ends[3]), 0.02);

    List<Map<String, Object>> drawn =
        geometries(FIXTURES.get("turf-circle/test/out/circle1.geojson"));
    int[] centre = points(drawn.get(0));
    Circle circle = new Circle(centre[0], centre[1], 5_000);
    int[] ring = Vectors.parts(drawn.get(1))[0][0];
    for (int i = 0; i < ring.length; i += 2) {
      // its coordinates have six decimals: 0.1 m
      assertEquals(0, circle.signedDistanceMeters(ring[i], ring[i + 1]), 0.1);
    }
  }

  /** 100 km to the destination where nothing else is said. */
  @Test
  void shouldBeAsFarFromEachDestinationAsTurfWent() {
    int checked = 0;
    for (Map.Entry<String, Object> fixture : fixtures("turf-destination/test/out/")) {
      List<Map<String, Object>> features = features(fixture.getValue());
      Map<String, Object> said = Vectors.map(features.get(0).get("properties"));
      double unit = "miles".equals(said.get("units")) ? 1_609.344 : 1_000;
      double meters = Vectors.number(said.getOrDefault("dist", 100.0)) * unit;
      int[] from = points(geometries(fixture.getValue()).get(0));
      int[] to = points(geometries(fixture.getValue()).get(1));
      assertEquals(
          meters, E7.distanceMeters(from[0], from[1], to[0], to[1]), 0.3, fixture.getKey());
      checked++;
    }
    assertEquals(6, checked);
  }

  /**
   * Left out is long-lines-poly: its edges are thousands of kilometres long, great circles there
   * and straight lines of degrees here. The others agree within the half percent that {@link
   * Shape#distanceToEdgeMeters} promises.
   */
  @ParameterizedTest
  @ValueSource(strings = {"simple-polygon", "multi-polygon", "issue_2824"})
  void shouldMeasureTheWayToAPolygonAsTurfDoes(String name) {
    Object fixture =
        FIXTURES.get("turf-point-to-polygon-distance/test_fixtures/" + name + ".geojson");
    Polygon polygon =
        geometries(fixture).stream()
            .filter(TurfVectorsTest::isArea)
            .map(g -> Polygon.of(Vectors.parts(g)))
            .findFirst()
            .orElseThrow();
    int checked = 0;
    for (Map<String, Object> feature : features(fixture)) {
      Map<String, Object> geometry = Vectors.map(feature.get("geometry"));
      if (isArea(geometry)) {
        continue;
      }
      Map<String, Object> said = Vectors.map(feature.get("properties"));
      assertTrue(KM_MILES.contains((String) said.get("units")));
      double unit = "kilometers".equals(said.get("units")) ? 1_000 : 1;
      double expected = Vectors.number(said.get("expected_distance")) * unit;
      int[] at = points(geometry);
      assertEquals(
          expected,
          polygon.signedDistanceMeters(at[0], at[1]),
          Math.abs(expected) * 0.005 + 0.02,
          said.toString());
      checked++;
    }
    assertTrue(checked >= 2, name);
  }
}
