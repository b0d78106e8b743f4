package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locationtech.jts.algorithm.locate.IndexedPointInAreaLocator;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Location;

class PolygonTest {
  private static final int DEG = E7.SCALE;
  private static final int[] SQUARE = {0, 0, 0, 100, 100, 100, 100, 0};

  @Test
  void shouldHoldLeftAndBottomEdgesButNotRightAndTop() {
    Polygon square = polygon(SQUARE);

    assertTrue(square.contains(50, 50));
    assertTrue(square.contains(50, 0));
    assertTrue(square.contains(0, 50));
    assertTrue(square.contains(0, 0));
    assertFalse(square.contains(50, 100));
    assertFalse(square.contains(100, 50));
    assertFalse(square.contains(100, 100));
    assertFalse(square.contains(0, 100));
    assertFalse(square.contains(100, 0));
  }

  private static Polygon polygon(int[]... rings) {
    return Polygon.of(new int[][][] {rings});
  }

  @Test
  void shouldNotMindDirectionClosingRepeatsAndSpikes() {
    int[] backwards = {0, 0, 100, 0, 100, 100, 0, 100, 0, 0};
    int[] repeated = {0, 0, 0, 0, 0, 100, 100, 100, 100, 100, 100, 0, 0, 0, 0, 0};
    int[] spiky = {0, 0, 0, 50, -70, 50, 0, 50, 0, 100, 100, 100, 180, 100, 100, 100, 100, 0};
    for (Polygon same : List.of(polygon(backwards), polygon(repeated), polygon(spiky))) {
      for (int lat = -80; lat <= 190; lat += 5) {
        for (int lng = -10; lng <= 110; lng += 5) {
          assertEquals(polygon(SQUARE).contains(lat, lng), same.contains(lat, lng));
        }
      }
    }
  }

  @Test
  void shouldNotMindCollinearVerticesNorTheDirectionOfHoles() {
    int[] collinear = {0, 0, 0, 30, 0, 60, 0, 100, 50, 100, 100, 100, 100, 1, 100, 0, 99, 0};
    int[] hole = {20, 20, 20, 60, 60, 60, 60, 20};
    int[] holeBackwards = {20, 20, 60, 20, 60, 40, 60, 60, 20, 60};
    Polygon plain = polygon(SQUARE, hole);
    Polygon same = polygon(collinear, holeBackwards);
    for (int lat = -1; lat <= 101; lat++) {
      for (int lng = -1; lng <= 101; lng++) {
        assertEquals(plain.contains(lat, lng), same.contains(lat, lng));
      }
    }
  }

  @Test
  void shouldLeaveOutHolesAndGiveTheirEdgesToOneSide() {
    int[] hole = {20, 20, 20, 60, 60, 60, 60, 20};
    Polygon holed = polygon(SQUARE, hole);
    Polygon filling = polygon(hole);

    for (int lat = 0; lat < 100; lat++) {
      for (int lng = 0; lng < 100; lng++) {
        assertTrue(holed.contains(lat, lng) ^ filling.contains(lat, lng));
      }
    }
  }

  @Test
  void shouldAllowIslandsInLakes() {
    int[] lake = {20, 20, 20, 60, 60, 60, 60, 20};
    int[] island = {30, 30, 30, 40, 40, 40, 40, 30};
    Polygon polygon = Polygon.of(new int[][][] {{SQUARE, lake}, {island}});

    assertTrue(polygon.contains(10, 10));
    assertFalse(polygon.contains(25, 25));
    assertTrue(polygon.contains(35, 35));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 179, -180, 90})
  void shouldAssignSharedEdgesToExactlyOneNeighbour(int lngDegrees) {
    long seed = 41L + lngDegrees;
    SplittableRandom random = new SplittableRandom(seed);
    int n = 9;
    int step = DEG / 4;
    int[][] lats = new int[n][n];
    int[][] lngs = new int[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean edge = i == 0 || j == 0 || i == n - 1 || j == n - 1;
        lats[i][j] = i * step + (edge ? 0 : random.nextInt(-step / 3, step / 3));
        long lng =
            (long) lngDegrees * DEG
                + (long) j * step
                + (edge ? 0 : random.nextInt(-step / 3, step / 3));
        lngs[i][j] = E7.normalizeLngE7(lng);
      }
    }
    List<Polygon> triangles = new ArrayList<>();
    for (int i = 0; i + 1 < n; i++) {
      for (int j = 0; j + 1 < n; j++) {
        int[] low = {
          lats[i][j], lngs[i][j], lats[i][j + 1], lngs[i][j + 1], lats[i + 1][j], lngs[i + 1][j]
        };
        int[] high = {
          lats[i + 1][j + 1],
          lngs[i + 1][j + 1],
          lats[i][j + 1],
          lngs[i][j + 1],
          lats[i + 1][j],
          lngs[i + 1][j]
        };
        triangles.add(polygon(low));
        triangles.add(polygon(high));
      }
    }
    int size = (n - 1) * step;
    for (int k = 0; k < 6_000; k++) {
      int i = random.nextInt(1, n - 1);
      int j = random.nextInt(1, n - 1);
      int near = 1 + random.nextInt(3);
      boolean anywhere = k % 3 == 0;
      int lat = anywhere ? random.nextInt(size) : lats[i][j] + random.nextInt(-near, near);
      long lng =
          anywhere
              ? (long) lngDegrees * DEG + random.nextInt(size)
              : (long) lngs[i][j] + random.nextInt(-near, near);
      int normalized = E7.normalizeLngE7(lng);
      long owners = triangles.stream().filter(t -> t.contains(lat, normalized)).count();
      assertEquals(1, owners, () -> "seed=" + seed + " lat=" + lat + " lng=" + normalized);
    }
  }

  @Test
  void shouldAnswerTheSameWhereverOnItsParallelAShapeLies() {
    SplittableRandom random = new SplittableRandom(43);
    RandomShapes shapes = new RandomShapes(random);
    for (int k = 0; k < 100; k++) {
      int[] here = shapes.star(0, 0, 800_000, 12);
      int move = (int) random.nextLong(E7.MIN_LNG, E7.MAX_LNG);
      int shift = k % 2 == 0 ? E7.MIN_LNG + move / 100 : move;
      int[] there = here.clone();
      for (int i = 1; i < there.length; i += 2) {
        there[i] = E7.normalizeLngE7((long) here[i] + shift);
      }
      for (int i = 0; i < 200; i++) {
        int lat = shapes.offset(900_000);
        int lng = shapes.offset(900_000);
        int movedLng = E7.normalizeLngE7((long) lng + shift);
        assertEquals(polygon(here).contains(lat, lng), polygon(there).contains(lat, movedLng));
        assertEquals(
            polygon(here).distanceToEdgeMeters(lat, lng),
            polygon(there).distanceToEdgeMeters(lat, movedLng),
            0.01);
      }
    }
  }

  @Test
  void shouldCrossTheAntimeridianUncutAsWellAsCut() {
    int[] uncut = {
      -10 * DEG, 170 * DEG, -10 * DEG, -170 * DEG, 9 * DEG, -170 * DEG, 9 * DEG, 1700000000
    };
    int[] west = {
      -10 * DEG, 170 * DEG, -10 * DEG, 180 * DEG, 9 * DEG, 180 * DEG, 9 * DEG, 170 * DEG
    };
    int[] east = {
      -10 * DEG, -180 * DEG, -10 * DEG, -170 * DEG, 9 * DEG, -170 * DEG, 9 * DEG, -180 * DEG
    };
    Polygon one = polygon(uncut);
    Polygon two = Polygon.of(new int[][][] {{west}, {east}});
    for (int lat = -11 * DEG; lat <= 11 * DEG; lat += DEG) {
      for (int lng = -180; lng <= 180; lng++) {
        boolean expected = lat >= -10 * DEG && lat < 9 * DEG && (lng >= 170 || lng < -170);
        assertEquals(expected, one.contains(lat, lng * DEG), "lng=" + lng);
        assertEquals(expected, two.contains(lat, lng * DEG), "lng=" + lng);
      }
    }
    assertEquals(55_597, one.distanceToEdgeMeters(0, -170 * DEG + DEG / 2), 300);
    assertEquals(55_597, one.distanceToEdgeMeters(0, 170 * DEG - DEG / 2), 300);
  }

  @Test
  void shouldHoldAPoleByExplicitVerticesAsWellAsByWindingRoundIt() {
    int[] explicit = {
      -60 * DEG,
      -180 * DEG,
      -70 * DEG,
      0,
      -60 * DEG,
      180 * DEG,
      -90 * DEG,
      180 * DEG,
      -90 * DEG,
      -180 * DEG
    };
    int[] winding = {-65 * DEG, -90 * DEG, -70 * DEG, 0, -65 * DEG, 90 * DEG, -60 * DEG, 180 * DEG};
    int[] north = {65 * DEG, 100 * DEG, 66 * DEG, -170 * DEG, 65 * DEG, -80 * DEG, 70 * DEG, 0};
    for (Polygon cap : List.of(polygon(explicit), polygon(winding))) {
      for (int lng = -180; lng < 180; lng += 7) {
        assertTrue(cap.contains(-89 * DEG, lng * DEG));
        assertTrue(cap.contains(-90 * DEG, lng * DEG));
        assertFalse(cap.contains(-55 * DEG, lng * DEG));
      }
      assertTrue(cap.contains(-61 * DEG, -180 * DEG));
      assertFalse(cap.contains(-69 * DEG, 0));
    }
    assertTrue(polygon(north).contains(89 * DEG, 5 * DEG));
    assertTrue(polygon(north).contains(89 * DEG, -180 * DEG));
    assertFalse(polygon(north).contains(69 * DEG, 0));
    assertFalse(polygon(north).contains(-89 * DEG, 0));
  }

  @Test
  void shouldReadRealCountries() {
    Map<String, int[][][]> countries = RealPolygons.read("countries");
    Polygon antarctica = Polygon.of(countries.get("Antarctica"));
    Polygon russia = Polygon.of(countries.get("Russia"));
    Polygon fiji = Polygon.of(countries.get("Fiji"));
    Polygon southAfrica = Polygon.of(countries.get("South Africa"));
    Polygon lesotho = Polygon.of(countries.get("Lesotho"));

    assertTrue(antarctica.contains(-86 * DEG, -180 * DEG + 1));
    assertTrue(antarctica.contains(-89 * DEG, 17 * DEG));
    assertFalse(antarctica.contains(-50 * DEG, 17 * DEG));
    assertTrue(russia.contains(557558000, 376173000)); // Moscow
    assertTrue(russia.contains(660000000, -1750000000)); // Chukotka, beyond the antimeridian
    assertTrue(russia.contains(670000000, 1790000000));
    assertFalse(russia.contains(0, 0));
    assertTrue(fiji.contains(-178000000, 1780000000));
    assertFalse(southAfrica.contains(-295000000, 282000000)); // Lesotho
    assertTrue(lesotho.contains(-295000000, 282000000));
  }

  @Test
  void shouldAgreeWithJtsAwayFromEdges() {
    SplittableRandom random = new SplittableRandom(47);
    GeometryFactory jts = new GeometryFactory();
    int compared = 0;
    for (String file : List.of("austin_neighborhoods", "austin_buildings", "countries")) {
      for (Map.Entry<String, int[][][]> named : RealPolygons.read(file).entrySet()) {
        if (List.of("Antarctica", "Russia", "Fiji").contains(named.getKey())) {
          continue; // JTS knows no antimeridian
        }
        Polygon ours = Polygon.of(named.getValue());
        org.locationtech.jts.geom.Polygon[] parts =
            new org.locationtech.jts.geom.Polygon[named.getValue().length];
        for (int p = 0; p < parts.length; p++) {
          int[][] rings = named.getValue()[p];
          LinearRing[] holes = new LinearRing[rings.length - 1];
          for (int r = 1; r < rings.length; r++) {
            holes[r - 1] = jts.createLinearRing(coordinates(rings[r]));
          }
          parts[p] = jts.createPolygon(jts.createLinearRing(coordinates(rings[0])), holes);
        }
        var area = jts.createMultiPolygon(parts);
        var locator = new IndexedPointInAreaLocator(area);
        var box = area.getEnvelopeInternal();
        for (int i = 0; i < 60; i++) {
          int lat = (int) Math.round(box.getMinY() + random.nextDouble() * box.getHeight());
          int lng = (int) Math.round(box.getMinX() + random.nextDouble() * box.getWidth());
          int located = locator.locate(new Coordinate(lng, lat));
          if (located != Location.BOUNDARY && ours.distanceToEdgeMeters(lat, lng) > 0.05) {
            assertEquals(located == Location.INTERIOR, ours.contains(lat, lng), named.getKey());
            compared++;
          }
        }
      }
    }
    assertTrue(compared > 15_000, "compared=" + compared);
  }

  private static Coordinate[] coordinates(int[] flat) {
    Coordinate[] closed = new Coordinate[flat.length / 2];
    for (int i = 0; i < closed.length; i++) {
      closed[i] = new Coordinate(flat[2 * i + 1], flat[2 * i]);
    }
    return closed;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 30, 60, 70, 80})
  void shouldMeasureTheDistanceToTheEdgeWithinHalfAPercent(int latDegrees) {
    SplittableRandom random = new SplittableRandom(53);
    RandomShapes shapes = new RandomShapes(random);
    for (double radius : new double[] {50, 2_000, 60_000}) {
      int[] ring = shapes.star(latDegrees * DEG, 179 * DEG + 9_990_000, radius, 9);
      Polygon polygon = polygon(ring);
      for (int i = 0; i < 15; i++) {
        double cos = Math.cos(Math.toRadians(latDegrees));
        int lat = latDegrees * DEG + shapes.offset(1.5 * radius);
        int lng =
            E7.normalizeLngE7(
                179 * DEG + 9_990_000 + Math.round(shapes.offset(1.5 * radius) / cos));
        double expected = sampledDistance(ring, lat, lng);
        double actual = polygon.distanceToEdgeMeters(lat, lng);
        assertEquals(expected, actual, 0.005 * expected + radius * 0.001);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 30, -60, 80, 88})
  void shouldTellNearEdgesAsTheWholeDistanceDoes(int latDegrees) {
    SplittableRandom random = new SplittableRandom(59);
    RandomShapes shapes = new RandomShapes(random);
    double cos = Math.cos(Math.toRadians(latDegrees));
    int near = 0;
    for (int n = 0; n < 200; n++) {
      double radius = 20 + 800 * random.nextDouble();
      int centreLng = n % 4 < 2 ? 179 * DEG + 9_990_000 : 12 * DEG;
      Shape shape =
          n % 2 == 0
              ? polygon(shapes.star(latDegrees * DEG, centreLng, radius, 9))
              : new Circle(latDegrees * DEG, centreLng, radius);
      FenceIndex index = FenceIndex.of(1, List.of(Fence.of(1, "s", shape)));
      for (int i = 0; i < 20; i++) {
        int lat = latDegrees * DEG + shapes.offset(2 * radius);
        int lng = E7.normalizeLngE7(centreLng + Math.round(shapes.offset(2 * radius) / cos));
        double expected = shape.distanceToEdgeMeters(lat, lng);
        double limit = 200 * random.nextDouble();
        double actual = shape.edgeMetersWithin(limit, lat, lng);
        assertEquals(actual, index.edgeMetersWithin(1, limit, lat, lng), 1e-6);
        if (expected < 0.998 * limit) {
          assertEquals(expected, actual, 0.002 * expected + 0.02);
          near++;
        } else if (expected > 1.002 * limit + 0.02) {
          assertEquals(Double.POSITIVE_INFINITY, actual);
        }
      }
    }
    assertTrue(near > 500, "near=" + near);
  }

  private static double sampledDistance(int[] ring, int lat, int lng) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < ring.length; i += 2) {
      int next = (i + 2) % ring.length;
      long turn = E7.shortestTurn(ring[i + 1], ring[next + 1]);
      for (int k = 0; k < 2_000; k++) {
        double t = k / 2_000.0;
        int atLat = (int) Math.round(ring[i] + t * (ring[next] - ring[i]));
        int atLng = E7.normalizeLngE7(ring[i + 1] + Math.round(t * turn));
        nearest = Math.min(nearest, E7.distanceMeters(lat, lng, atLat, atLng));
      }
    }
    return nearest;
  }
}
