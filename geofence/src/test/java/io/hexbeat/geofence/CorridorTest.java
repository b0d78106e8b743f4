package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorridorTest {
  private static final int DEG = E7.SCALE;

  /** East along the equator for a hundredth of a degree, then north. */
  private static final int[] BEND = {0, 0, 0, 100_000, 100_000, 100_000};

  private static int units(double meters) {
    return (int) Math.round(meters / E7.METERS_PER_UNIT);
  }

  @Test
  void shouldHoldWhatIsWithinItsHalfWidthWithRoundJoinsAndEnds() {
    Corridor corridor = Corridor.of(BEND, 100);

    assertTrue(corridor.contains(units(99.9), 50_000));
    assertFalse(corridor.contains(units(100.1), 50_000));
    assertTrue(corridor.contains(0, units(-99.9)));
    assertFalse(corridor.contains(0, units(-100.1)));
    int diagonal = units(99.5 / Math.sqrt(2));
    assertTrue(corridor.contains(-diagonal, -diagonal));
    assertTrue(corridor.contains(-diagonal, 100_000 + diagonal));
    assertFalse(corridor.contains(-units(72), 100_000 + units(72)));
    assertTrue(corridor.contains(50_000, 100_000 - units(99.9)));
  }

  @Test
  void shouldTellSignedDistances() {
    Corridor corridor = Corridor.of(BEND, 100);

    assertEquals(-100, corridor.signedDistanceMeters(0, 50_000), 1e-6);
    assertEquals(-40, corridor.signedDistanceMeters(units(60), 50_000), 0.01);
    assertEquals(150, corridor.signedDistanceMeters(units(-250), 50_000), 0.01);
    assertEquals(400, corridor.signedDistanceMeters(units(-300), units(-400)), 0.01);
  }

  @Test
  void shouldFollowTheStraightLineOfTheMapAndNotTheGreatCircle() {
    int[] along = {60 * DEG, 0, 60 * DEG, 5 * DEG};
    Corridor corridor = Corridor.of(along, 10);

    for (int lng = 0; lng <= 5 * DEG; lng += DEG / 7) {
      assertTrue(corridor.contains(60 * DEG, lng));
      assertEquals(90, corridor.signedDistanceMeters(60 * DEG + units(100), lng), 0.2);
    }
  }

  @Test
  void shouldBeTheSameInEitherDirection() {
    int[] back = {100_000, 100_000, 0, 100_000, 0, 0};
    SplittableRandom random = new SplittableRandom(71);
    for (int i = 0; i < 2_000; i++) {
      int lat = random.nextInt(-50_000, 150_000);
      int lng = random.nextInt(-50_000, 150_000);
      assertEquals(
          Corridor.of(BEND, 300).signedDistanceMeters(lat, lng),
          Corridor.of(back, 300).signedDistanceMeters(lat, lng),
          1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 179, -180, 90})
  void shouldLieTheSameWhereverOnItsParallel(int lngDegrees) {
    SplittableRandom random = new SplittableRandom(73);
    RandomShapes shapes = new RandomShapes(random);
    int shift = lngDegrees * DEG + 9_990_000;
    for (int k = 0; k < 50; k++) {
      int[] here = shapes.line(40 * DEG, 0, 2_000, 8);
      int[] there = here.clone();
      for (int i = 1; i < there.length; i += 2) {
        there[i] = E7.normalizeLngE7((long) here[i] + shift);
      }
      Corridor one = Corridor.of(here, 200);
      Corridor other = Corridor.of(there, 200);
      for (int i = 0; i < 100; i++) {
        int lat = 40 * DEG + shapes.offset(9_000);
        int lng = shapes.offset(9_000);
        int moved = E7.normalizeLngE7((long) lng + shift);
        assertEquals(
            one.signedDistanceMeters(lat, lng), other.signedDistanceMeters(lat, moved), 1e-5);
        assertEquals(
            other.contains(lat, moved), other.contains(lat, (int) wrapped(moved)), "by a turn");
      }
    }
  }

  private static long wrapped(int lngE7) {
    long turned = lngE7 + (lngE7 < 0 ? E7.TURN : -E7.TURN);
    return turned == (int) turned ? turned : lngE7;
  }

  @Test
  void shouldReachOverThePole() {
    int[] past = {899_900_000, 0, 899_900_000, 80 * DEG};
    Corridor corridor = Corridor.of(past, 2_000);

    assertTrue(corridor.contains(E7.MAX_LAT, 123 * DEG));
    assertTrue(corridor.contains(899_950_000, -140 * DEG));
    assertFalse(corridor.contains(899_700_000, -140 * DEG));
  }

  @ParameterizedTest
  @CsvSource({
    "30.2672, -97.7431, 100, 40",
    "30.2672, -97.7431, 3, 400",
    "-16.8, 179.999, 150, 300",
    "0, -180, 4000, 9000",
    "0.0001, 0.0001, 25, 15000",
    "69, 30, 4990, 3000",
    "84.5, 179.9, 500, 20000",
    "89.97, 10, 800, 1500",
    "-89.99, -170, 60, 2000",
    "90, 0, 300, 1000"
  })
  void shouldAgreeWithTheSlowTruthInTheIndex(
      double lat, double lng, double halfWidthMeters, double legMeters) {
    SplittableRandom random = new SplittableRandom(79);
    RandomShapes shapes = new RandomShapes(random);
    int startLat = E7.fromDegrees(lat);
    int startLng = E7.normalizeLngE7(E7.fromDegrees(lng));
    for (int round = 0; round < 3; round++) {
      NaiveFenceIndex naive = new NaiveFenceIndex();
      int[][] lines = new int[3][];
      for (int handle = 1; handle <= lines.length; handle++) {
        int[] line = shapes.line(startLat, startLng, legMeters, 2 + random.nextInt(10));
        lines[handle - 1] = line;
        naive.corridor(handle, line, halfWidthMeters * handle / lines.length + 1 - 1.0 / handle);
      }
      FenceIndex index = FenceIndex.of(1, naive.fences());
      FenceIds ids = new FenceIds();
      int hits = 0;
      for (int i = 0; i < 300; i++) {
        int[] line = lines[random.nextInt(lines.length)];
        int vertex = 2 * random.nextInt(line.length / 2);
        double meters = 2.2 * halfWidthMeters;
        int pointLat =
            Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, line[vertex] + shapes.offset(meters)));
        double cos = Math.max(1e-4, Math.cos(Math.toRadians(E7.toDegrees(pointLat))));
        int pointLng =
            E7.normalizeLngE7(line[vertex + 1] + Math.round(shapes.offset(meters) / cos));
        index.containing(pointLat, pointLng, ids);
        hits += ids.size();
        for (Fence fence : naive.fences()) {
          assertEquals(
              fence.shape().contains(pointLat, pointLng),
              ids.contains(fence.handle()),
              () -> fence + " lat=" + pointLat + " lng=" + pointLng);
        }
        assertEquals(
            naive.containing(pointLat, pointLng).toString(),
            ids.toString(),
            () -> "lat=" + pointLat + " lng=" + pointLng);
      }
      assertTrue(hits > 50, "hits=" + hits);
    }
  }

  @Test
  void shouldKeepLongNarrowOnesExactWithinBoundedCells() {
    int[] road = new int[2 * 2_000];
    for (int i = 0; i < road.length / 2; i++) {
      road[2 * i] = 300_000_000 + (int) (Math.sin(i / 9.0) * 30_000);
      road[2 * i + 1] = -900_000_000 + i * 45_000;
    }
    Fence fence = Fence.of(1, "road", Corridor.of(road, 12));
    FenceIndex index = FenceIndex.of(1, List.of(fence));
    SplittableRandom random = new SplittableRandom(83);
    FenceIds ids = new FenceIds();
    for (int i = 0; i < 3_000; i++) {
      int vertex = 2 * random.nextInt(road.length / 2);
      int lat = road[vertex] + random.nextInt(-2_000, 2_000);
      int lng = road[vertex + 1] + random.nextInt(-2_000, 2_000);
      index.containing(lat, lng, ids);
      assertEquals(fence.shape().contains(lat, lng), ids.contains(1));
    }
    Covering covering = new CellEdits().put(fence);
    assertTrue(covering.size() < Covering.MAX_CELLS / 2, covering.size() + "");
  }

  @ParameterizedTest
  @CsvSource({"30.2672, -97.7431", "-16.8, 179.999", "0.001, -179.999", "70, 30", "84, -90"})
  void shouldBeFoundNearAndCrossedAsByALinearScan(double lat, double lng) {
    SplittableRandom random = new SplittableRandom(89);
    RandomShapes shapes = new RandomShapes(random);
    int startLat = E7.fromDegrees(lat);
    int startLng = E7.fromDegrees(lng);
    double cos = Math.cos(Math.toRadians(lat));
    NaiveFenceIndex naive = new NaiveFenceIndex();
    for (int handle = 1; handle <= 30; handle++) {
      int atLat = startLat + shapes.offset(8_000);
      int atLng = E7.normalizeLngE7(startLng + Math.round(shapes.offset(8_000) / cos));
      naive.corridor(handle, shapes.line(atLat, atLng, 1_400, 2 + handle / 4), 5 + handle);
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    FenceIds crossed = new FenceIds();
    int crossings = 0;
    for (int i = 0; i < 120; i++) {
      int latA = startLat + shapes.offset(7_000);
      int lngA = E7.normalizeLngE7(startLng + Math.round(shapes.offset(7_000) / cos));
      assertEquals(
          naive.fences().stream()
              .filter(f -> f.shape().signedDistanceMeters(latA, lngA) <= 500)
              .map(Fence::handle)
              .toList(),
          index.near(latA, lngA, 500, 1_000).stream()
              .map(n -> n.fence().handle())
              .sorted()
              .toList());
      int latB = latA + shapes.offset(2_000);
      int lngB = E7.normalizeLngE7(lngA + Math.round(shapes.offset(2_000) / cos));
      index.crossedBy(latA, lngA, latB, lngB, crossed);
      for (Fence fence : naive.fences()) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int step = 0; step <= 500; step++) {
          int stepLat = latA + (int) Math.round(step / 500.0 * (latB - latA));
          long turn = Math.round(step / 500.0 * E7.shortestTurn(lngA, lngB));
          nearest =
              Math.min(
                  nearest,
                  fence.shape().signedDistanceMeters(stepLat, E7.normalizeLngE7(lngA + turn)));
        }
        if (nearest < -0.2) {
          assertTrue(crossed.contains(fence.handle()), () -> "missed " + fence);
          crossings++;
        } else if (nearest > 8) {
          assertFalse(crossed.contains(fence.handle()), () -> "not touched " + fence);
        }
      }
    }
    assertTrue(crossings > 20, "crossings=" + crossings);
  }

  @Test
  void shouldBeCrossedBetweenTwoFixesThatAreBothOutside() {
    FenceIndex index = FenceIndex.of(1, List.of(Fence.of(1, "road", Corridor.of(BEND, 1))));
    FenceIds crossed = new FenceIds();
    index.crossedBy(-9_000, 40_000, 9_000, 50_000, crossed);
    assertEquals("[1]", crossed.toString());
    index.crossedBy(9_000, 40_000, 9_000, 50_000, crossed);
    assertEquals("[]", crossed.toString());
    index.crossedBy(0, 50_000, 0, 50_000, crossed);
    assertEquals("[1]", crossed.toString());
  }

  private static void refuses(String pointer, String reason, int[] line, double halfWidth) {
    InvalidShapeException refused =
        assertThrows(InvalidShapeException.class, () -> Corridor.of(line, halfWidth));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    assertEquals(pointer, refused.pointer());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.99, 5_001, -5, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseHalfWidthsBeyondTheLimits(double halfWidthMeters) {
    refuses("", "outside 1..5000 m", BEND, halfWidthMeters);
  }

  @Test
  void shouldRefuseLinesThatCantBeOne() {
    refuses("", "0 vertices, 2 to 10000", new int[0], 10);
    refuses("", "1 vertices, 2 to 10000", new int[] {1, 1}, 10);
    refuses("", "10001 vertices, 2 to 10000", new int[20_002], 10);
    refuses("/1", "a latitude without longitude", new int[] {1, 1, 1}, 10);
    refuses("/2", "has no length", new int[] {5, 5, 5, 5, 5, 5}, 10);
    refuses("/1", "has no length", new int[] {5, E7.MAX_LNG, 5, E7.MIN_LNG}, 10);
    refuses("/1", "has no length", new int[] {E7.MAX_LAT, 0, E7.MAX_LAT, 7}, 10);
    refuses("/1", "latitude 90.0000001 is outside", new int[] {0, 0, E7.MAX_LAT + 1, 0}, 10);
    refuses("/0", "longitude 180.0000001 is outside", new int[] {0, E7.MAX_LNG + 1, 0, 0}, 10);
    refuses("/2", "1000 km allowed", new int[] {0, 0, 0, 5 * DEG, 0, 10 * DEG}, 10);
    int[] roundAPole = {899_000_000, 0, 899_000_000, 91 * DEG};
    refuses("/1", "spans 91.0 degrees of longitude round a pole", roundAPole, 10);
  }

  @Test
  void shouldDropRepeatedVerticesAndAllowTurningBack() {
    int[] repeated = {0, 0, 0, 0, 0, 100_000, 0, 100_000, 100_000, 100_000, 100_000, 100_000};
    assertEquals(Corridor.of(BEND, 10), Corridor.of(repeated, 10));
    assertEquals(Corridor.of(BEND, 10).hashCode(), Corridor.of(repeated, 10).hashCode());
    assertNotEquals(Corridor.of(BEND, 10), Corridor.of(BEND, 11));
    Corridor thereAndBack = Corridor.of(new int[] {0, 0, 0, 100_000, 0, 0}, 10);
    assertTrue(thereAndBack.contains(0, 50_000));
  }

  @Test
  void shouldAllocateNothingWhenAsked() {
    SplittableRandom random = new SplittableRandom(97);
    RandomShapes shapes = new RandomShapes(random);
    NaiveFenceIndex naive = new NaiveFenceIndex();
    for (int handle = 1; handle <= 20; handle++) {
      naive.corridor(handle, shapes.line(shapes.offset(900), shapes.offset(900), 300, 6), 50);
    }
    FenceIndex index = FenceIndex.of(1, naive.fences());
    FenceIds ids = new FenceIds();
    int[] points = random.ints(4_000, -90_000, 90_000).toArray();
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
      index.containing(points[i], points[i + 1], ids);
    }
  }
}
