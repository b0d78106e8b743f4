package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolygonValidationTest {
  private static final int DEG = E7.SCALE;
  private static final int[] SQUARE = {0, 0, 0, 100, 100, 100, 100, 0};

  private static void refuses(String pointer, String reason, int[][]... parts) {
    InvalidShapeException refused =
        assertThrows(InvalidShapeException.class, () -> Polygon.of(parts));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    assertEquals(pointer, refused.pointer());
  }

  @Test
  void shouldRefuseFewerThanThreeVertices() {
    refuses("/0/0", "2 distinct vertices, at least 3", new int[][] {{0, 0, 0, 100, 0, 0}});
    refuses("/0/0", "0 distinct vertices", new int[][] {{}});
    refuses("/0", "no ring", new int[0][]);
    refuses("", "no part");
  }

  @Test
  void shouldRefuseARingWithoutArea() {
    refuses("/0/0", "no area", new int[][] {{0, 0, 50, 50, 100, 100, 30, 30}});
  }

  @Test
  void shouldRefuseABowTie() {
    int[] bowTie = {0, 0, 100, 100, 0, 100, 100, 0};
    InvalidShapeException refused =
        assertThrows(
            InvalidShapeException.class, () -> Polygon.of(new int[][][] {{SQUARE}, {bowTie}}));
    assertTrue(refused.getMessage().contains("crosses itself"), refused.getMessage());
    assertTrue(refused.pointer().startsWith("/1/0/"), refused.pointer());
  }

  @Test
  void shouldRefuseACrossingThroughAVertex() {
    int[] ring = {0, 0, 50, 50, 100, 100, 0, 100, 100, 0};
    assertThrows(InvalidShapeException.class, () -> Polygon.of(new int[][][] {{ring}}));
  }

  @Test
  void shouldAllowARingToTouchItself() {
    int[] touching = {0, 0, 0, 100, 100, 100, 0, 50, 100, 0};
    assertNotNull(Polygon.of(new int[][][] {{touching}}));
  }

  @Test
  void shouldRefuseHolesOutsideOrAcrossTheOuterRing() {
    int[] outside = {200, 200, 200, 210, 210, 210};
    int[] notch = {0, 0, 0, 100, 100, 100, 50, 50, 100, 0};
    int[] inNotch = {80, 45, 80, 55, 90, 55};
    int[] across = {50, 50, 50, 150, 60, 150};
    refuses("/0/1", "hole 1 of part 0 is not within", new int[][] {SQUARE, outside});
    refuses("/0/1", "not within", new int[][] {notch, inNotch});
    assertThrows(InvalidShapeException.class, () -> Polygon.of(new int[][][] {{SQUARE, across}}));
    refuses("/0", "no area", new int[][] {SQUARE, SQUARE});
  }

  @Test
  void shouldRefuseHolesThatTouchWithAllVerticesFromOutside() {
    int[] arch = {10, 10, 30, 10, 30, 50, 70, 50, 70, 10, 90, 10, 90, 90, 10, 90};
    int[] underTheArch = {50, 50, 30, 10, 70, 10};
    refuses("/0/1", "hole 1 of part 0 is not within", new int[][] {arch, underTheArch});
    assertNotNull(Polygon.of(new int[][][] {{arch}, {underTheArch}}));
  }

  @Test
  void shouldRefuseAHoleInAHoleAndAHoleGivenTwice() {
    int[] wide = {20, 20, 20, 80, 80, 80, 80, 20};
    int[] narrow = {40, 40, 40, 60, 60, 60, 60, 40};
    int[] diamond = {20, 50, 50, 80, 80, 50, 50, 20};
    refuses("/0/2", "hole 2 of part 0 lies within hole 1", new int[][] {SQUARE, wide, narrow});
    refuses("/0/1", "hole 1 of part 0 lies within hole 2", new int[][] {SQUARE, narrow, wide});
    refuses("/0/2", "lies within hole 1", new int[][] {SQUARE, wide, diamond});
    refuses("/0/2", "lies within hole 1", new int[][] {SQUARE, wide, wide});
    assertNotNull(Polygon.of(new int[][][] {{SQUARE, wide}, {narrow}}));
  }

  @Test
  void shouldRefuseOverlappingParts() {
    int[] within = {20, 20, 20, 60, 60, 60, 60, 20};
    refuses("/1", "lies within part 0", new int[][] {SQUARE}, new int[][] {within});
    refuses("/1", "lies within part 0", new int[][] {SQUARE}, new int[][] {SQUARE});
    int[] across = {50, 50, 50, 150, 60, 150};
    assertThrows(InvalidShapeException.class, () -> Polygon.of(new int[][][] {{SQUARE}, {across}}));
  }

  @Test
  void shouldRefuseCoordinatesOffTheEarth() {
    refuses("/0/0/2", "latitude 90.0000001", new int[][] {{0, 0, 0, 9, E7.MAX_LAT + 1, 9}});
    refuses("/0/0/1", "longitude -180.0000001", new int[][] {{0, 0, 0, E7.MIN_LNG - 1, 9, 9}});
  }

  @Test
  void shouldRefuseMoreVerticesThanAllowed() {
    refuses("", "100001 vertices, at most 100000", new int[][] {new int[200_002]});
    int[][][] many = new int[10_001][1][];
    for (int[][] part : many) {
      part[0] = SQUARE;
    }
    refuses("", "10001 rings", many);
  }

  @Test
  void shouldRefuseRingsWiderThanTheLimit() {
    int[] wide = {0, -100 * DEG, 0, 0, 0, 100 * DEG, 9, 100 * DEG, 9, 0, 9, -100 * DEG};
    int[] jump = {0, -100 * DEG, 0, 100 * DEG, 9, 100 * DEG, 9, -100 * DEG};
    int[] belt = {0, -180 * DEG, 0, 180 * DEG, 9, 180 * DEG, 9, -180 * DEG};
    int[] round = {0, -135 * DEG, 0, -45 * DEG, 0, 45 * DEG, 0, 135 * DEG};
    refuses("/0/0", "200 degrees of longitude wide, wider than the 180", new int[][] {wide});
    refuses("/0/0/1", "spans 200 degrees of longitude, wider than the 180", new int[][] {jump});
    refuses("/0/0", "360 degrees of longitude wide", new int[][] {belt});
    refuses("/0/0/0", "winds round the earth", new int[][] {round});
  }

  @Test
  void shouldFindACrossingWhereverThereIsOne() {
    SplittableRandom random = new SplittableRandom(61);
    int crossed = 0;
    for (int k = 0; k < 4_000; k++) {
      int n = 3 + random.nextInt(9);
      int[] lats = random.ints(n, 0, 1_000).toArray();
      int[] lngs = random.ints(n, 0, 1_000).toArray();
      Ring ring = new Ring(lats, lngs);
      boolean expected = crossesProperly(ring);
      boolean found = CrossingSweep.find(List.of(ring)) != null;
      assertTrue(found || !expected, "missed in " + List.of(ring.size(), k));
      crossed += found ? 1 : 0;
    }
    assertTrue(crossed > 1_000 && crossed < 4_000, "crossed=" + crossed);
  }

  private static boolean crossesProperly(Ring ring) {
    int n = ring.size();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int iEnd = (i + 1) % n;
        int jEnd = (j + 1) % n;
        if (side(ring, i, iEnd, j) * side(ring, i, iEnd, jEnd) < 0
            && side(ring, j, jEnd, i) * side(ring, j, jEnd, iEnd) < 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static int side(Ring ring, int a, int b, int p) {
    return Orientation.sign(
        ring.lat(a), ring.lng(a), ring.lat(b), ring.lng(b), ring.lat(p), ring.lng(p));
  }

  @Test
  void shouldNotFindCrossingsInStars() {
    SplittableRandom random = new SplittableRandom(67);
    RandomShapes shapes = new RandomShapes(random);
    List<Integer> refused = new ArrayList<>();
    for (int k = 0; k < 500; k++) {
      int[] flat = shapes.star(0, 0, 1_000, 3 + random.nextInt(200));
      int[] lats = IntStream.range(0, flat.length / 2).map(i -> flat[2 * i]).toArray();
      int[] lngs = IntStream.range(0, flat.length / 2).map(i -> flat[2 * i + 1]).toArray();
      if (CrossingSweep.find(List.of(new Ring(lats, lngs))) != null) {
        refused.add(k);
      }
    }
    assertEquals(List.of(), refused);
  }

  @Test
  void shouldCheckFiftyThousandSpikesInTime() {
    int[] spikes = new int[100_000];
    for (int i = 0; i < spikes.length / 2; i++) {
      double angle = 2 * Math.PI * i * 2 / spikes.length;
      double radius = i % 2 == 0 ? 5 * DEG : 10 * DEG;
      spikes[2 * i] = (int) (Math.sin(angle) * radius);
      spikes[2 * i + 1] = (int) (Math.cos(angle) * radius);
    }
    long started = System.nanoTime();
    assertNotNull(Polygon.of(new int[][][] {{spikes}}));
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    assertTrue(tookMs < 5_000, "tookMs=" + tookMs);
    assertNull(CrossingSweep.find(List.of()));
  }
}
