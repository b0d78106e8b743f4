package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PolygonTest {
  private static final int[] SQUARE = {0, 0, 0, 100, 100, 100, 100, 0};

  @Test
  void shouldHoldLeftAndBottomEdgesButNotRightAndTop() {
    Polygon square = Polygon.of(new int[][][] {{SQUARE}});

    assertTrue(square.contains(50, 50));
    assertTrue(square.contains(50, 0));
    assertTrue(square.contains(0, 50));
    assertTrue(square.contains(0, 0));
    assertFalse(square.contains(50, 100));
    assertFalse(square.contains(100, 50));
    assertFalse(square.contains(100, 100));
  }

  @Test
  void shouldCrossTheAntimeridianUncut() {
    int deg = E7.SCALE;
    int[] ring = {
      -10 * deg, 170 * deg, -10 * deg, -170 * deg, 10 * deg, -170 * deg, 10 * deg, 170 * deg
    };
    Polygon box = Polygon.of(new int[][][] {{ring}});

    assertTrue(box.contains(0, 175 * deg));
    assertTrue(box.contains(0, -175 * deg));
    assertTrue(box.contains(0, -180 * deg));
    assertTrue(box.contains(0, 180 * deg));
    assertFalse(box.contains(0, 0));
    assertFalse(box.contains(0, 165 * deg));
    assertEquals(55_597, box.distanceToEdgeMeters(0, -170 * deg + deg / 2), 300);
    assertEquals(55_597, box.distanceToEdgeMeters(0, 170 * deg - deg / 2), 300);
  }
}
