package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeRegionTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Austin, 30.2672, -97.7431",
    "antimeridian Taveuni, -16.8, 180",
    "antimeridian equator, 0, -180",
    "prime meridian equator, 0, 0",
    "Svalbard, 78.2, 15.6",
    "near the north pole, 89.95, 40",
    "near the south pole, -86.5, -120",
    "pentagon in the Pacific, -10.447, -178.297",
    "pentagon in the Arctic, 64.7, 10.536",
    "pentagon by the Gulf of Guinea, 2.3, -5.245",
    "edge of the icosahedron, 33.1, 7.0",
  })
  void shouldHoldOnlyWhereMembershipIsThatOfTheAnchor(String name, double lat, double lng) {
    long seed = name.hashCode();
    SplittableRandom random = new SplittableRandom(seed);
    RandomShapes shapes = new RandomShapes(random);
    double cos = Math.max(0.001, Math.cos(Math.toRadians(lat)));
    List<int[]> goals = new ArrayList<>();
    FenceIndex index = world(lat, lng, cos, random, shapes, goals);
    SafeRegion region = new SafeRegion();
    FenceIds walked = new FenceIds();
    FenceIds plain = new FenceIds();
    FenceIds last = new FenceIds();
    double stepMeters = 1;
    long atLat = goals.get(0)[0];
    long atLng = goals.get(0)[1];
    int held = 0;
    for (int i = 0; i < 60_000; i++) {
      if (i % 500 == 0) {
        stepMeters = Math.pow(10, random.nextDouble(-2, 2.5));
        int[] goal = goals.get(random.nextInt(goals.size()));
        atLat = goal[0] + random.nextLong(-3, 4);
        atLng = goal[1] + random.nextLong(-3, 4);
      }
      atLat += shapes.offset(stepMeters);
      atLng += Math.round(shapes.offset(stepMeters) / cos);
      int latE7 = (int) Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, atLat));
      int lngE7 = E7.normalizeLngE7(atLng);
      index.containing(latE7, lngE7, plain);
      int step = i;
      if (region.holds(index, latE7, lngE7)) {
        held++;
        assertEquals(last.toString(), plain.toString(), () -> at("held", seed, step, latE7, lngE7));
        continue;
      }
      index.containing(latE7, lngE7, walked, region);
      assertEquals(
          plain.toString(), walked.toString(), () -> at("walked", seed, step, latE7, lngE7));
      index.containing(latE7, lngE7, last);
    }
    assertTrue(held > 5_000 || Math.abs(lat) > 85, "held=" + held);
  }

  /** Shapes of every kind; what is worth walking to: vertices, middles of edges, circumferences. */
  private static FenceIndex world(
      double lat,
      double lng,
      double cos,
      SplittableRandom random,
      RandomShapes shapes,
      List<int[]> goals) {
    List<Fence> fences = new ArrayList<>();
    for (int handle = 1; handle <= 80; handle++) {
      double spread = handle % 20 == 0 ? 100_000 : 2_000;
      double radius = spread * (0.01 + 0.15 * random.nextDouble());
      long offCentre = Math.round(shapes.offset(spread) / cos);
      int atLat =
          (int)
              Math.max(
                  -E7.MAX_LAT,
                  Math.min(E7.MAX_LAT, E7.fromDegrees(lat) + (long) shapes.offset(spread)));
      int atLng = E7.normalizeLngE7(E7.fromDegrees(lng) + offCentre);
      if (handle % 3 == 0 || Math.abs(lat) > 85) {
        fences.add(Fence.of(handle, "c", new Circle(atLat, atLng, radius)));
        long edge = Math.round(radius / E7.METERS_PER_UNIT);
        goals.add(new int[] {(int) Math.min(E7.MAX_LAT, atLat + edge), atLng});
        continue;
      }
      if (handle % 5 == 0) {
        long reach = Math.round(radius / E7.METERS_PER_UNIT);
        int toLat = (int) Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, atLat + reach));
        int toLng = E7.normalizeLngE7(atLng + Math.round(reach / cos));
        int[] line = {atLat, atLng, toLat, toLng};
        fences.add(Fence.of(handle, "r", Corridor.of(line, Math.max(1, radius / 20))));
        long edge = Math.round(Math.max(1, radius / 20) / E7.METERS_PER_UNIT);
        goals.add(new int[] {(int) Math.max(-E7.MAX_LAT, atLat - edge), atLng});
        continue;
      }
      int[][][] parts = shapes.any(atLat, atLng, radius);
      fences.add(Fence.of(handle, "p", Polygon.of(parts)));
      int[] ring = parts[0][0];
      goals.add(new int[] {ring[0], ring[1]});
      long turn = E7.shortestTurn(ring[1], ring[3]);
      goals.add(new int[] {(ring[0] + ring[2]) / 2, E7.normalizeLngE7(ring[1] + turn / 2)});
    }
    goals.add(new int[] {E7.fromDegrees(lat), E7.normalizeLngE7(E7.fromDegrees(lng))});
    return FenceIndex.of(1, fences);
  }

  private static String at(String what, long seed, int step, int latE7, int lngE7) {
    return what + " seed=" + seed + " step=" + step + " lat=" + latE7 + " lng=" + lngE7;
  }

  @Test
  void shouldReachNearlyToTheEdge() {
    int lat = 302_672_000;
    int lng = -977_431_000;
    FenceIndex index = FenceIndex.of(1, List.of(Fence.of(1, "c", new Circle(lat, lng, 30))));
    SafeRegion region = new SafeRegion();
    index.containing(lat, lng, new FenceIds(), region);
    int most = 0;
    while (region.holds(index, lat + most, lng)) {
      most++;
    }
    double meters = most * E7.METERS_PER_UNIT;
    assertTrue(meters > 5 && meters <= 30, "meters=" + meters);
  }

  @Test
  void shouldHoldNothingInAnotherIndex() {
    Fence fence = Fence.of(1, "c", new Circle(302_672_000, -977_431_000, 100));
    FenceIndex index = FenceIndex.of(1, List.of(fence));
    FenceIndex next = index.edited(2, List.of(), List.of(1));
    SafeRegion region = new SafeRegion();
    assertFalse(region.holds(index, 302_672_000, -977_431_000));
    index.containing(302_672_000, -977_431_000, new FenceIds(), region);
    assertTrue(region.holds(index, 302_672_000, -977_431_000));
    assertFalse(region.holds(next, 302_672_000, -977_431_000));
  }
}
