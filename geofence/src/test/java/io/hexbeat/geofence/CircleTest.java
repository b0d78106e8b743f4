package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircleTest {
  private static final int DEG = E7.SCALE;

  @Test
  void shouldHoldWhatIsWithinItsRadius() {
    Circle circle = new Circle(0, 0, 1_112);
    assertTrue(circle.contains(99_000, 0));
    assertFalse(circle.contains(101_000, 0));
    assertEquals(1_112, circle.distanceToEdgeMeters(0, 0), 1e-6);
    assertEquals(-1_112, circle.signedDistanceMeters(0, 0), 1e-6);
    assertEquals(1_111.9, circle.signedDistanceMeters(200_000, 0), 0.5);
  }

  @Test
  void shouldReachOverTheAntimeridianAndThePole() {
    Circle onTheLine = new Circle(0, 180 * DEG, 20_000);
    assertEquals(E7.MIN_LNG, onTheLine.lngE7());
    assertTrue(onTheLine.contains(0, 179 * DEG + 9_000_000));
    assertTrue(onTheLine.contains(0, -179 * DEG - 9_000_000));
    Circle atThePole = new Circle(E7.MAX_LAT, 0, 20_000);
    assertTrue(atThePole.contains(899_000_000, 123 * DEG));
    assertFalse(atThePole.contains(898_000_000, 123 * DEG));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.99, 100_001, 10_000_000, -5, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseRadiiBeyondTheLimits(double radius) {
    InvalidShapeException refused =
        assertThrows(InvalidShapeException.class, () -> new Circle(0, 0, radius));
    assertTrue(refused.getMessage().contains("outside 1..100000 m"), refused.getMessage());
  }

  @Test
  void shouldRefuseACentreOffTheEarth() {
    assertThrows(InvalidShapeException.class, () -> new Circle(E7.MAX_LAT + 1, 0, 10));
    assertThrows(InvalidShapeException.class, () -> new Circle(0, E7.MAX_LNG + 1, 10));
  }
}
