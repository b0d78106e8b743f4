package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Points, circles, corridors and moves with the answers of tidwall/geojson and tidwall/tile38
 * (MIT), traccar/traccar (Apache-2.0) and the point-in-polygon cases of Turfjs/turf (MIT).
 */
class KnownPointsTest {
  private static FenceIndex indexOf(Shape shape) {
    return FenceIndex.of(1, List.of(Fence.of(1, "it", shape)));
  }

  /** The answer of the shape, which the index has to share. */
  private static boolean contains(Shape shape, int lat, int lng) {
    FenceIds ids = new FenceIds();
    indexOf(shape).containing(lat, lng, ids);
    assertEquals(shape.contains(lat, lng), ids.contains(1));
    return ids.contains(1);
  }

  /**
   * Degrees as they are: the cases are planar, and so are our polygons; a tenth of them where one
   * is beyond 80 degrees. On the boundary, where the answer depends on the rule, ours is told from
   * that of a polygon which has this one as its hole: exactly one of the two holds the point.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"turf/point_in_polygon_cases.json.gz", "tidwall/point_in_polygon_cases.json.gz"})
  void shouldAnswerPointInPolygonAsOthersDo(String file) {
    List<Map<String, Object>> cases = Vectors.maps(Vectors.json(file).get("cases"));
    int boundary = 0;
    for (Map<String, Object> each : cases) {
      int[][][] parts = Vectors.parts(each.get("geometry"));
      int[] point = Vectors.lngLats(List.of(each.get("point")));
      if (beyondTheEarth(parts)) {
        shrink(point);
        for (int[][] part : parts) {
          for (int[] ring : part) {
            shrink(ring);
          }
        }
      }
      if ("poly6".equals(each.get("name"))) {
        // one part within the other: invalid, and nobody can tell whether a hole was meant
        assertThrows(InvalidShapeException.class, () -> Polygon.of(parts));
        continue;
      }
      Polygon polygon = Polygon.of(parts);
      boolean inside = contains(polygon, point[0], point[1]);
      String about = each.get("name") + " " + each.get("point");
      switch ((String) each.get("expected")) {
        case "inside" -> assertTrue(inside, about);
        case "outside" -> assertFalse(inside, about);
        default -> {
          boolean onEdge = polygon.distanceToEdgeMeters(point[0], point[1]) < 0.02;
          assertTrue(onEdge || inside, about);
          if (onEdge && parts.length == 1 && parts[0].length == 1) {
            boundary++;
            assertEquals(!inside, outsideOf(parts[0][0]).contains(point[0], point[1]), about);
          }
        }
      }
    }
    assertTrue(cases.size() >= 32 && boundary > 1, cases.size() + " " + boundary);
  }

  private static boolean beyondTheEarth(int[][][] parts) {
    return Arrays.stream(parts)
        .flatMap(Arrays::stream)
        .flatMapToInt(Arrays::stream)
        .anyMatch(e7 -> Math.abs(e7) > 80 * E7.SCALE);
  }

  private static void shrink(int[] flat) {
    Arrays.setAll(flat, i -> (int) Math.round(flat[i] / 10.0));
  }

  private static Polygon outsideOf(int[] ring) {
    int south = Integer.MAX_VALUE;
    int north = Integer.MIN_VALUE;
    int west = Integer.MAX_VALUE;
    int east = Integer.MIN_VALUE;
    for (int i = 0; i < ring.length; i += 2) {
      south = Math.min(south, ring[i] - E7.SCALE);
      north = Math.max(north, ring[i] + E7.SCALE);
      west = Math.min(west, ring[i + 1] - E7.SCALE);
      east = Math.max(east, ring[i + 1] + E7.SCALE);
    }
    int[] box = {south, west, south, east, north, east, north, west};
    return Polygon.of(new int[][][] {{box, ring}});
  }

  /** tidwall/geojson circle_test.go and geo/geo_test.go; its earth has a radius of 6371 km. */
  @Test
  void shouldAnswerCirclesAndDistancesAsTidwallDoes() {
    Map<String, Object> all = Vectors.json("tidwall/circle_and_distance_cases.json");
    for (Map<String, Object> each : Vectors.maps(all.get("circle_contains"))) {
      int[] centre = Vectors.lngLats(List.of(each.get("center")));
      int[] point = Vectors.lngLats(List.of(each.get("point")));
      Circle circle = new Circle(centre[0], centre[1], Vectors.number(each.get("radius_m")));
      assertEquals(each.get("expected"), contains(circle, point[0], point[1]), each.toString());
    }
    for (Map<String, Object> each : Vectors.maps(all.get("haversine"))) {
      Map<String, Object> from = Vectors.map(each.get("from"));
      Map<String, Object> to = Vectors.map(each.get("to"));
      double meters =
          E7.distanceMeters(
              Vectors.e7(from.get("lat")),
              Vectors.e7(from.get("lon")),
              Vectors.e7(to.get("lat")),
              Vectors.e7(to.get("lon")));
      double expected = Vectors.number(each.get("distance_m")) * E7.EARTH_RADIUS_METERS / 6_371_000;
      assertEquals(expected, meters, 0.02);
    }
  }

  /** traccar src/test/java/org/traccar/geofence; longitudes past 180 degrees are turned back. */
  @Test
  void shouldAnswerPolygonsCirclesAndCorridorsAsTraccarDoes() {
    Map<String, Object> all = Vectors.json("traccar/geofence_cases.json");
    for (String kind : List.of("polygon", "polygon_segment", "circle", "corridor")) {
      for (Map<String, Object> each : Vectors.maps(all.get(kind))) {
        Shape shape = traccarShape(each);
        for (Object point : Vectors.list(each.getOrDefault("points", List.of()))) {
          int[] at = Vectors.latLngs(List.of(point));
          Object expected = Vectors.list(point).get(2);
          assertEquals(expected, contains(shape, at[0], at[1]), each.toString());
        }
        for (Object way : Vectors.list(each.getOrDefault("segments", List.of()))) {
          FenceIds crossed = new FenceIds();
          List<Object> ends = Vectors.list(way);
          int[] from = Vectors.latLngs(List.of(ends.subList(0, 2)));
          int[] to = Vectors.latLngs(List.of(ends.subList(2, 4)));
          indexOf(shape).crossedBy(from[0], from[1], to[0], to[1], crossed);
          assertEquals(ends.get(4), crossed.contains(1), each.toString());
        }
      }
    }
  }

  private static Shape traccarShape(Map<String, Object> each) {
    if (each.containsKey("ring_latlon")) {
      return Polygon.of(new int[][][] {{Vectors.latLngs(each.get("ring_latlon"))}});
    }
    if (each.containsKey("line_latlon")) {
      return Corridor.of(
          Vectors.latLngs(each.get("line_latlon")), Vectors.number(each.get("half_width_m")));
    }
    int[] centre = Vectors.latLngs(List.of(each.get("center_latlon")));
    return new Circle(centre[0], centre[1], Vectors.number(each.get("radius_m")));
  }

  /** traccar helper/DistanceCalculatorTest.java, with its tolerances. */
  @Test
  void shouldMeasureAsTraccarDoes() {
    Map<String, Object> all = Vectors.json("traccar/geofence_cases.json");
    for (Map<String, Object> each : Vectors.maps(all.get("distance_m"))) {
      int[] from = Vectors.latLngs(List.of(each.get("from")));
      int[] to = Vectors.latLngs(List.of(each.get("to")));
      double tolerance = Vectors.number(each.get("tolerance"));
      assertEquals(
          Vectors.number(each.get("expected")),
          E7.distanceMeters(from[0], from[1], to[0], to[1]),
          tolerance);
    }
    for (Map<String, Object> each : Vectors.maps(all.get("distance_to_segment_m"))) {
      List<Object> ends = Vectors.list(each.get("segment"));
      int[] line = Vectors.latLngs(List.of(ends.subList(0, 2), ends.subList(2, 4)));
      int[] point = Vectors.latLngs(List.of(each.get("point")));
      double tolerance = Vectors.number(each.get("tolerance"));
      assertEquals(
          Vectors.number(each.get("expected")),
          Corridor.of(line, 1).signedDistanceMeters(point[0], point[1]) + 1,
          tolerance);
    }
  }

  /**
   * tile38 tests/fence_test.go. The two "cross" answers there are jumps of thousands of kilometres
   * in one move; we call no fence crossed on a way that nobody knows (see {@link
   * FenceIndex#MAX_CROSSING_METERS}), so of those only "outside" is compared. Roaming, one person
   * near another, is no fence of ours.
   */
  @Test
  void shouldBeInsideAndOutsideAsInTile38() {
    int moves = 0;
    for (Map<String, Object> each :
        Vectors.maps(Vectors.json("tile38/fence_sequences.json").get("sequences"))) {
      if (!each.containsKey("fence")) {
        continue;
      }
      Map<String, Object> fence = Vectors.map(each.get("fence"));
      Shape shape = "circle".equals(fence.get("type")) ? traccarShape(fence) : bounds(fence);
      FenceIds crossed = new FenceIds();
      int[] before = null;
      for (Map<String, Object> move : Vectors.maps(each.get("moves"))) {
        int[] to = {Vectors.e7(move.get("lat")), Vectors.e7(move.get("lon"))};
        List<Object> expected = Vectors.list(move.get("expect"));
        boolean inside = expected.contains("enter") || expected.contains("inside");
        assertEquals(inside, contains(shape, to[0], to[1]), each.toString());
        if (before != null && expected.contains("cross")) {
          indexOf(shape).crossedBy(before[0], before[1], to[0], to[1], crossed);
          assertEquals(0, crossed.size());
        }
        before = to;
        moves++;
      }
    }
    assertTrue(moves >= 10, "moves=" + moves);
  }

  private static Polygon bounds(Map<String, Object> fence) {
    int[] low = Vectors.latLngs(List.of(fence.get("min_latlon")));
    int[] high = Vectors.latLngs(List.of(fence.get("max_latlon")));
    int[] box = {low[0], low[1], low[0], high[1], high[0], high[1], high[0], low[1]};
    return Polygon.of(new int[][][] {{box}});
  }
}
