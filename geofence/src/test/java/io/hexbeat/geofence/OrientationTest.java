package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OrientationTest {
  private static final long SEED = 31;

  @Test
  void shouldEqualTheSignInBigIntegers() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      int reach = 1 << random.nextInt(2, 31);
      int[] p = new int[6];
      for (int k = 0; k < 6; k++) {
        int limit = k % 2 == 0 ? E7.MAX_LAT : E7.MAX_LNG;
        p[k] = Math.max(-limit, Math.min(limit, random.nextInt(-reach, reach)));
      }
      int sign = Orientation.sign(p[0], p[1], p[2], p[3], p[4], p[5]);
      assertEquals(exact(p), sign, () -> "seed=" + SEED + " " + java.util.Arrays.toString(p));
      assertEquals(-sign, Orientation.sign(p[2], p[3], p[0], p[1], p[4], p[5]));
      assertEquals(-sign, Orientation.sign(p[0], p[1], p[4], p[5], p[2], p[3]));
      assertEquals(sign, Orientation.sign(p[4], p[5], p[0], p[1], p[2], p[3]));
    }
  }

  private static int exact(int[] p) {
    BigInteger left = difference(p[3], p[1]).multiply(difference(p[4], p[0]));
    BigInteger right = difference(p[2], p[0]).multiply(difference(p[5], p[1]));
    return left.subtract(right).signum();
  }

  private static BigInteger difference(int a, int b) {
    return BigInteger.valueOf(a).subtract(BigInteger.valueOf(b));
  }

  @Test
  void shouldBeExactAtTheCornersOfTheEarth() {
    int lat = E7.MAX_LAT;
    int lng = E7.MAX_LNG;
    assertEquals(0, Orientation.sign(-lat, -lng, lat, lng, 0, 0));
    assertEquals(1, Orientation.sign(-lat, -lng, lat, lng, 1, 0));
    assertEquals(-1, Orientation.sign(-lat, -lng, lat, lng, 0, 1));
    assertEquals(-1, Orientation.sign(-lat, -lng, lat, lng, lat - 1, lng));
    assertEquals(1, Orientation.sign(-lat, -lng, lat, lng, lat, lng - 1));
  }

  @Test
  void shouldTellWhetherSegmentsMeet() {
    assertTrue(Orientation.segmentsMeet(0, 0, 10, 10, 0, 10, 10, 0));
    assertTrue(Orientation.segmentsMeet(0, 0, 10, 10, 10, 10, 20, 0));
    assertTrue(Orientation.segmentsMeet(0, 0, 0, 10, 0, 5, 0, 15));
    assertFalse(Orientation.segmentsMeet(0, 0, 0, 10, 0, 11, 0, 15));
    assertFalse(Orientation.segmentsMeet(0, 0, 10, 10, 1, 0, 11, 10));
  }
}
