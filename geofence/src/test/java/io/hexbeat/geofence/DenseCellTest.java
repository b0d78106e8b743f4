package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where many fences meet in each cell, through edits, against each shape asked by itself. */
class DenseCellTest {
  private static final int LAT = 302_672_000;
  private static final int LNG = -977_431_000;
  private static final double SPREAD_METERS = 300;

  /** Numbers on both sides of where cells change how they are cut into tiles. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 64, 65, 128, 129, 400})
  void shouldAnswerAsTheShapesThroughManyEdits(int fences) {
    SplittableRandom random = new SplittableRandom(fences);
    RandomShapes shapes = new RandomShapes(random);
    TreeMap<Integer, Fence> truth = new TreeMap<>();
    for (int handle = 1; handle <= fences; handle++) {
      truth.put(handle, fence(handle, random, shapes));
    }
    FenceIndex index = FenceIndex.of(1, truth.values());
    for (int edit = 2; edit <= 40; edit++) {
      int handle = 1 + random.nextInt(fences + 2);
      if (edit % 3 == 0 && truth.size() > 1) {
        truth.remove(handle);
        index = index.edited(edit, List.of(), List.of(handle));
      } else {
        Fence fence = fence(handle, random, shapes);
        truth.put(handle, fence);
        index = index.edited(edit, List.of(fence), List.of());
      }
      check(index, truth, random, shapes, "fences=" + fences + " edit=" + edit);
    }
  }

  private static void check(
      FenceIndex index,
      Map<Integer, Fence> truth,
      SplittableRandom random,
      RandomShapes shapes,
      String message) {
    FenceIds found = new FenceIds();
    FenceIds walked = new FenceIds();
    SafeRegion region = new SafeRegion();
    int lat = LAT;
    int lng = LNG;
    for (int i = 0; i < 150; i++) {
      double stepMeters = Math.pow(10, random.nextDouble(-1, 2.5));
      lat = LAT + (lat - LAT) / 2 + shapes.offset(stepMeters);
      lng = LNG + (lng - LNG) / 2 + shapes.offset(stepMeters);
      List<Integer> expected = new ArrayList<>();
      for (Fence fence : truth.values()) {
        if (fence.shape().contains(lat, lng)) {
          expected.add(fence.handle());
        }
      }
      index.containing(lat, lng, found);
      assertEquals(expected.toString(), found.toString(), message);
      if (!region.holds(index, lat, lng)) {
        index.containing(lat, lng, walked, region);
      }
      assertEquals(expected.toString(), walked.toString(), message + " walked i=" + i);
    }
  }

  private static Fence fence(int handle, SplittableRandom random, RandomShapes shapes) {
    int lat = LAT + shapes.offset(SPREAD_METERS);
    int lng = LNG + shapes.offset(SPREAD_METERS);
    double radius = 20 + 300 * random.nextDouble();
    return switch (random.nextInt(5)) {
      case 0, 1 -> Fence.of(handle, "c", new Circle(lat, lng, radius));
      case 2 -> Fence.of(handle, "r", Corridor.of(shapes.line(lat, lng, 200, 4), 15));
      default -> Fence.of(handle, "p", Polygon.of(shapes.any(lat, lng, radius)));
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 300})
  void shouldAllocateNothingForADeviceOnItsWay(int fences) {
    SplittableRandom random = new SplittableRandom(fences);
    RandomShapes shapes = new RandomShapes(random);
    List<Fence> all = new ArrayList<>();
    for (int handle = 1; handle <= fences; handle++) {
      all.add(fence(handle, random, shapes));
    }
    FenceIndex index = FenceIndex.of(1, all);
    int[] points = new int[4_000];
    for (int i = 2; i < points.length; i++) {
      points[i] = points[i - 2] / 2 * 2 * 9 / 10 + shapes.offset(Math.pow(10, i % 4 - 1));
    }
    FenceIds ids = new FenceIds();
    SafeRegion region = new SafeRegion();
    for (int round = 0; round < 30; round++) {
      walk(index, points, ids, region);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    walk(index, points, ids, region);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < points.length, "allocated=" + allocated);
  }

  private static void walk(FenceIndex index, int[] points, FenceIds ids, SafeRegion region) {
    for (int i = 0; i < points.length; i += 2) {
      int lat = LAT + points[i];
      int lng = LNG + points[i + 1];
      if (!region.holds(index, lat, lng)) {
        index.containing(lat, lng, ids, region);
      }
    }
  }
}
