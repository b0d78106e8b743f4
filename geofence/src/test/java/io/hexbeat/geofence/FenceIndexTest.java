package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.uber.h3core.H3Core;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FenceIndexTest {
  private static final int AUSTIN_LAT = 302672000;
  private static final int AUSTIN_LNG = -977431000;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Austin, 30.2672, -97.7431",
    "antimeridian Taveuni, -16.8, 180",
    "antimeridian equator, 0, -180",
    "prime meridian equator, 0, 0",
    "Svalbard, 78.2, 15.6",
    "near the north pole, 89.95, 40",
    "near the south pole, -89.95, -120",
    "pentagon in the Pacific, -10.447, -178.297",
    "pentagon in the Arctic, 64.7, 10.536",
    "pentagon by the Gulf of Guinea, 2.3, -5.245",
  })
  void shouldAgreeWithTheNaiveIndexAround(String name, double lat, double lng) {
    long seed = name.hashCode();
    SplittableRandom random = new SplittableRandom(seed);
    RandomShapes shapes = new RandomShapes(random);
    int centreLat = E7.fromDegrees(lat);
    int centreLng = E7.fromDegrees(lng);
    double cos = Math.max(0.001, Math.cos(Math.toRadians(lat)));
    NaiveFenceIndex naive = new NaiveFenceIndex();
    List<Fence> fences = new ArrayList<>();
    List<int[]> vertices = new ArrayList<>();
    for (int handle = 1; handle <= 60; handle++) {
      double spread = handle % 10 == 0 ? 400_000 : 3_000;
      double radius = spread * (0.01 + 0.3 * random.nextDouble());
      int atLat = clampLat(centreLat + shapes.offset(spread));
      int atLng = E7.normalizeLngE7(centreLng + Math.round(shapes.offset(spread) / cos));
      boolean polar = Math.abs(lat) > 85;
      if (handle % 3 == 0 || polar) {
        fences.add(naive.circle(handle, atLat, atLng, Math.min(radius, 90_000)));
      } else {
        int[][][] parts = shapes.any(atLat, atLng, radius);
        fences.add(naive.polygon(handle, parts));
        for (int[] ring : parts[0]) {
          for (int i = 0; i < ring.length; i += 2) {
            vertices.add(new int[] {ring[i], ring[i + 1]});
          }
        }
      }
    }
    FenceIndex index = FenceIndex.of(1, fences);

    int hits = 0;
    for (int i = 0; i < 9_000; i++) {
      int pointLat;
      int pointLng;
      if (i % 3 == 0 && !vertices.isEmpty()) {
        int[] vertex = vertices.get(random.nextInt(vertices.size()));
        pointLat = vertex[0] + random.nextInt(-2, 3);
        pointLng = E7.normalizeLngE7((long) vertex[1] + random.nextInt(-2, 3));
      } else {
        double spread = i % 3 == 1 ? 3_500 : 450_000;
        pointLat = clampLat(centreLat + shapes.offset(spread));
        pointLng = E7.normalizeLngE7(centreLng + Math.round(shapes.offset(spread) / cos));
      }
      hits += assertSame(naive, index, pointLat, pointLng, seed);
    }
    assertTrue(hits > 1_000, "hits=" + hits);
  }

  private static int clampLat(int lat) {
    return Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, lat));
  }

  private static int assertSame(
      NaiveFenceIndex naive, FenceIndex index, int lat, int lng, long seed) {
    FenceIds expected = naive.containing(lat, lng);
    FenceIds actual = new FenceIds();
    index.containing(lat, lng, actual);
    assertEquals(
        expected.toString(),
        actual.toString(),
        () -> "seed=" + seed + " lat=" + lat + " lng=" + lng + " version=" + index.version());
    return actual.size();
  }

  @Test
  void shouldAgreeOnTheBordersOfCells() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    RandomShapes shapes = new RandomShapes(random);
    NaiveFenceIndex naive = new NaiveFenceIndex();
    for (int handle = 1; handle <= 40; handle++) {
      naive.polygon(
          handle,
          shapes.any(
              AUSTIN_LAT + shapes.offset(2_000), AUSTIN_LNG + shapes.offset(2_000), 20 * handle));
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    H3Core h3 = H3Core.newInstance();
    for (int resolution = 5; resolution <= 11; resolution++) {
      for (int i = 0; i < 300; i++) {
        long cell =
            H3Grid.libraryCell(
                AUSTIN_LAT + shapes.offset(2_000), AUSTIN_LNG + shapes.offset(2_000), resolution);
        var corners = h3.cellToBoundary(cell);
        var from = corners.get(0);
        var to = corners.get(1);
        double t = random.nextDouble();
        assertSame(
            naive,
            index,
            E7.fromDegrees(from.lat + t * (to.lat - from.lat)),
            E7.fromDegrees(from.lng + t * (to.lng - from.lng)),
            7);
        assertSame(naive, index, E7.fromDegrees(from.lat), E7.fromDegrees(from.lng), 7);
      }
    }
  }

  @Test
  void shouldAgreeOnRealPolygons() {
    SplittableRandom random = new SplittableRandom(11);
    for (String file : List.of("austin_neighborhoods", "austin_buildings", "tsinghua_campus")) {
      NaiveFenceIndex naive = new NaiveFenceIndex();
      List<int[]> rings = new ArrayList<>();
      int handle = 0;
      for (int[][][] parts : RealPolygons.read(file).values()) {
        naive.polygon(++handle, parts);
        rings.add(parts[0][0]);
      }
      FenceIndex index = FenceIndex.of(1, naive.fences());
      for (int i = 0; i < 700; i++) {
        int[] ring = rings.get(random.nextInt(rings.size()));
        int vertex = 2 * random.nextInt(ring.length / 2);
        int next = (vertex + 2) % ring.length;
        double t = random.nextDouble();
        int lat = ring[vertex] + (int) Math.round(t * (ring[next] - ring[vertex]));
        int lng = ring[vertex + 1] + (int) Math.round(t * (ring[next + 1] - ring[vertex + 1]));
        assertSame(naive, index, lat, lng, 11);
        assertSame(naive, index, lat + random.nextInt(-9, 10), lng + random.nextInt(-9, 10), 11);
        assertSame(
            naive,
            index,
            lat + random.nextInt(-90_000, 90_000),
            lng + random.nextInt(-90_000, 90_000),
            11);
      }
    }
  }

  @Test
  void shouldAgreeOnCountries() {
    SplittableRandom random = new SplittableRandom(13);
    NaiveFenceIndex naive = new NaiveFenceIndex();
    List<int[]> rings = new ArrayList<>();
    List<Fence> polar = new ArrayList<>();
    int handle = 0;
    for (Map.Entry<String, int[][][]> country : RealPolygons.read("countries").entrySet()) {
      handle++;
      if (country.getKey().equals("Antarctica")) {
        polar.add(Fence.of(handle, country.getKey(), Polygon.of(country.getValue())));
        continue;
      }
      naive.polygon(handle, country.getValue());
      for (int[][] part : country.getValue()) {
        rings.add(part[0]);
      }
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    FenceIndex withPole = index.edited(2, polar, List.of());
    FenceIds ids = new FenceIds();
    int hits = 0;
    for (int i = 0; i < 700; i++) {
      int[] ring = rings.get(random.nextInt(rings.size()));
      int vertex = 2 * random.nextInt(ring.length / 2);
      int reach = i % 2 == 0 ? 3 : 3_000_000;
      int lat = ring[vertex] + random.nextInt(-reach, reach);
      int lng = E7.normalizeLngE7((long) ring[vertex + 1] + random.nextInt(-reach, reach));
      hits += assertSame(naive, index, lat, lng, 13);
    }
    assertTrue(hits > 150, "hits=" + hits);
    Shape antarctica = polar.get(0).shape();
    int polarHits = 0;
    for (int i = 0; i < 20_000; i++) {
      int lat = -E7.MAX_LAT + random.nextInt(i % 2 == 0 ? 350_000_000 : 10_000_000);
      int lng = (int) random.nextLong(E7.MIN_LNG, E7.MAX_LNG);
      withPole.containing(lat, lng, ids);
      boolean expected = antarctica.contains(lat, lng);
      assertEquals(expected, ids.contains(polar.get(0).handle()), () -> "lat=" + lat + " " + lng);
      polarHits += expected ? 1 : 0;
    }
    assertTrue(polarHits > 5_000, "polarHits=" + polarHits);
  }

  @Test
  void shouldKeepTheOldSnapshotWhenEdited() {
    Fence one = Fence.of(1, "one", new Circle(AUSTIN_LAT, AUSTIN_LNG, 100));
    Fence two = Fence.of(2, "two", new Circle(AUSTIN_LAT, AUSTIN_LNG, 200));
    FenceIndex before = FenceIndex.of(1, List.of(one, two));
    Fence moved = Fence.of(1, "one", new Circle(AUSTIN_LAT + 100_000, AUSTIN_LNG, 100));
    FenceIndex after = before.edited(2, List.of(moved), List.of(2, 77));

    assertEquals("[1, 2]", containing(before, AUSTIN_LAT, AUSTIN_LNG));
    assertEquals("[]", containing(after, AUSTIN_LAT, AUSTIN_LNG));
    assertEquals("[1]", containing(after, AUSTIN_LAT + 100_000, AUSTIN_LNG));
    assertEquals(2, before.size());
    assertEquals(1, after.size());
    assertEquals(2, after.version());
    assertNull(after.byHandle(2));
    assertNotNull(before.byHandle(2));
    assertEquals(List.of(one, two), List.copyOf(before.fences()));
  }

  private static String containing(FenceIndex index, int lat, int lng) {
    FenceIds ids = new FenceIds();
    index.containing(lat, lng, ids);
    return ids.toString();
  }

  @Test
  void shouldStayRightOverManyEdits() {
    SplittableRandom random = new SplittableRandom(17);
    RandomShapes shapes = new RandomShapes(random);
    FenceIndex index = FenceIndex.empty();
    Fence[] known = new Fence[60];
    FenceIds ids = new FenceIds();
    for (int edit = 1; edit <= 150; edit++) {
      int handle = 1 + random.nextInt(known.length - 1);
      if (known[handle] != null && random.nextInt(3) == 0) {
        known[handle] = null;
        index = index.edited(edit, List.of(), List.of(handle));
      } else {
        int lat = AUSTIN_LAT + shapes.offset(500);
        int lng = AUSTIN_LNG + shapes.offset(500);
        known[handle] = Fence.of(handle, "f", Polygon.of(shapes.any(lat, lng, 150)));
        index = index.edited(edit, List.of(known[handle]), List.of());
      }
      for (int i = 0; i < 20; i++) {
        int lat = AUSTIN_LAT + shapes.offset(600);
        int lng = AUSTIN_LNG + shapes.offset(600);
        index.containing(lat, lng, ids);
        int[] expected =
            IntStream.range(0, known.length)
                .filter(h -> known[h] != null && known[h].shape().contains(lat, lng))
                .toArray();
        assertEquals(List.of(box(expected)), List.of(box(ids.toArray())));
      }
    }
  }

  private static Integer[] box(int[] values) {
    return IntStream.of(values).boxed().toArray(Integer[]::new);
  }

  @Test
  void shouldFindTheNearestFirst() {
    List<Fence> fences =
        List.of(
            Fence.of(1, "far", new Circle(AUSTIN_LAT + 1_000_000, AUSTIN_LNG, 100)),
            Fence.of(2, "near", new Circle(AUSTIN_LAT + 20_000, AUSTIN_LNG, 100)),
            Fence.of(3, "here", new Circle(AUSTIN_LAT, AUSTIN_LNG, 50)),
            Fence.of(4, "elsewhere", new Circle(0, 0, 50)));
    FenceIndex index = FenceIndex.of(1, fences);

    List<FenceIndex.Nearby> found = index.near(AUSTIN_LAT, AUSTIN_LNG, 20_000, 10);
    assertEquals(List.of(3, 2, 1), found.stream().map(n -> n.fence().handle()).toList());
    assertEquals(-50, found.get(0).signedDistanceMeters(), 0.1);
    assertEquals(122.4, found.get(1).signedDistanceMeters(), 0.5);
    assertEquals(2, index.near(AUSTIN_LAT, AUSTIN_LNG, 200, 10).size());
    assertEquals(1, index.near(AUSTIN_LAT, AUSTIN_LNG, 20_000, 1).size());
  }

  @Test
  void shouldNameTheShopBeforeTheDistrictItIsIn() {
    FenceIndex index =
        FenceIndex.of(
            1,
            List.of(
                Fence.of(1, "district", new Circle(AUSTIN_LAT, AUSTIN_LNG, 5_000)),
                Fence.of(2, "shop", new Circle(AUSTIN_LAT, AUSTIN_LNG, 50)),
                Fence.of(3, "beside", new Circle(AUSTIN_LAT + 20_000, AUSTIN_LNG, 100))));
    assertEquals(
        List.of(2, 1, 3),
        index.near(AUSTIN_LAT, AUSTIN_LNG, 1_000, 10).stream()
            .map(near -> near.fence().handle())
            .toList());
  }

  @ParameterizedTest
  @CsvSource({"30.2672, -97.7431", "-16.8, 179.999", "0.001, -179.999", "70, 30"})
  void shouldFindTheSameNearAndCrossedAsALinearScan(double lat, double lng) {
    SplittableRandom random = new SplittableRandom(19);
    RandomShapes shapes = new RandomShapes(random);
    NaiveFenceIndex naive = new NaiveFenceIndex();
    double cos = Math.cos(Math.toRadians(lat));
    for (int handle = 1; handle <= 200; handle++) {
      int atLat = E7.fromDegrees(lat) + shapes.offset(8_000);
      int atLng = E7.normalizeLngE7(E7.fromDegrees(lng) + Math.round(shapes.offset(8_000) / cos));
      if (handle % 2 == 0) {
        naive.circle(handle, atLat, atLng, 20 + handle);
      } else {
        naive.polygon(handle, shapes.any(atLat, atLng, 20 + handle));
      }
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    FenceIds crossed = new FenceIds();
    int crossings = 0;
    for (int i = 0; i < 50; i++) {
      int latA = E7.fromDegrees(lat) + shapes.offset(6_000);
      int lngA = E7.normalizeLngE7(E7.fromDegrees(lng) + Math.round(shapes.offset(6_000) / cos));
      List<Integer> expectedNear =
          naive.fences().stream()
              .filter(f -> f.shape().signedDistanceMeters(latA, lngA) <= 500)
              .map(Fence::handle)
              .toList();
      assertEquals(
          expectedNear,
          index.near(latA, lngA, 500, 1_000).stream()
              .map(n -> n.fence().handle())
              .sorted()
              .toList());
      int latB = latA + shapes.offset(1_500);
      int lngB = E7.normalizeLngE7(lngA + Math.round(shapes.offset(1_500) / cos));
      index.crossedBy(latA, lngA, latB, lngB, crossed);
      for (Fence fence : naive.fences()) {
        if (fence.shape().distanceToEdgeMeters(latA, lngA) > 3_500) {
          assertTrue(!crossed.contains(fence.handle()), () -> "not touched " + fence);
          continue;
        }
        double nearest = Double.POSITIVE_INFINITY;
        boolean inside = false;
        for (int step = 0; step <= 150; step++) {
          int stepLat = latA + (int) Math.round(step / 150.0 * (latB - latA));
          int stepLng =
              E7.normalizeLngE7(lngA + Math.round(step / 150.0 * E7.shortestTurn(lngA, lngB)));
          double distance = fence.shape().signedDistanceMeters(stepLat, stepLng);
          inside |= distance < -0.05;
          nearest = Math.min(nearest, distance);
        }
        if (inside) {
          assertTrue(crossed.contains(fence.handle()), () -> "missed " + fence);
          crossings++;
        } else if (nearest > 16) {
          assertTrue(!crossed.contains(fence.handle()), () -> "not touched " + fence);
        }
      }
    }
    assertTrue(crossings > 10, "crossings=" + crossings);
  }

  @Test
  void shouldNotGuessTheWayBetweenDistantFixes() {
    FenceIndex index =
        FenceIndex.of(1, List.of(Fence.of(1, "one", new Circle(AUSTIN_LAT, AUSTIN_LNG, 100))));
    FenceIds ids = new FenceIds();
    index.crossedBy(AUSTIN_LAT - 200_000, AUSTIN_LNG, AUSTIN_LAT + 200_000, AUSTIN_LNG, ids);
    assertEquals(1, ids.size());
    index.crossedBy(AUSTIN_LAT - 300_000, AUSTIN_LNG, AUSTIN_LAT + 300_000, AUSTIN_LNG, ids);
    assertEquals(0, ids.size());
  }

  @Test
  void shouldAllocateNothingWhenAsked() {
    SplittableRandom random = new SplittableRandom(23);
    RandomShapes shapes = new RandomShapes(random);
    NaiveFenceIndex naive = new NaiveFenceIndex();
    for (int handle = 1; handle <= 200; handle++) {
      int lat = AUSTIN_LAT + shapes.offset(1_000);
      int lng = AUSTIN_LNG + shapes.offset(1_000);
      if (handle % 2 == 0) {
        naive.circle(handle, lat, lng, 100);
      } else {
        naive.polygon(handle, shapes.any(lat, lng, 100));
      }
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    FenceIds ids = new FenceIds();
    int[] points = new int[4_000];
    for (int i = 0; i < points.length; i++) {
      points[i] = shapes.offset(1_000);
    }
    for (int round = 0; round < 30; round++) {
      ask(index, points, ids);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    ask(index, points, ids);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < points.length, "allocated=" + allocated);
  }

  private static void ask(FenceIndex index, int[] points, FenceIds ids) {
    for (int i = 0; i + 1 < points.length; i++) {
      index.containing(AUSTIN_LAT + points[i], AUSTIN_LNG + points[i + 1], ids);
    }
  }

  @Test
  void shouldBeEmptyAtFirst() {
    assertEquals("[]", containing(FenceIndex.empty(), 0, 0));
    assertEquals(0, FenceIndex.empty().size());
    assertEquals(List.of(), FenceIndex.empty().near(0, 0, 1_000, 5));
  }
}
