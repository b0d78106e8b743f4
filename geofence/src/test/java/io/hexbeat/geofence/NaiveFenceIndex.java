package io.hexbeat.geofence;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The slow truth: every fence is asked, with fractions of big integers on the rings as given.
 * Shares no code with {@link Polygon}. Knows no rings that wind round a pole.
 */
final class NaiveFenceIndex {
  private final List<Fence> fences = new ArrayList<>();
  private final List<int[][][]> polygons = new ArrayList<>();

  /** Adds a polygon and returns the fence of it. */
  Fence polygon(int handle, int[][][] parts) {
    Fence fence = Fence.of(handle, "p" + handle, Polygon.of(parts));
    fences.add(fence);
    polygons.add(parts);
    return fence;
  }

  Fence circle(int handle, int latE7, int lngE7, double radiusMeters) {
    Fence fence = Fence.of(handle, "c" + handle, new Circle(latE7, lngE7, radiusMeters));
    fences.add(fence);
    polygons.add(new int[0][][]);
    return fence;
  }

  List<Fence> fences() {
    return fences;
  }

  FenceIds containing(int latE7, int lngE7) {
    FenceIds ids = new FenceIds();
    for (int i = 0; i < fences.size(); i++) {
      boolean inside =
          fences.get(i).shape() instanceof Circle circle
              ? E7.distanceMeters(circle.latE7(), circle.lngE7(), latE7, lngE7)
                  <= circle.radiusMeters()
              : contains(polygons.get(i), latE7, lngE7);
      if (inside) {
        ids.add(fences.get(i).handle());
      }
    }
    return ids;
  }

  static boolean contains(int[][][] parts, int lat, int lng) {
    int crossings = 0;
    for (int[][] part : parts) {
      for (int[] ring : part) {
        for (int turn = -1; turn <= 1; turn++) {
          crossings += crossingsToTheEast(ring, lat, lng + turn * E7.TURN);
        }
      }
    }
    return crossings % 2 == 1;
  }

  private static int crossingsToTheEast(int[] ring, int lat, long lng) {
    int n = ring.length / 2;
    int crossings = 0;
    long from = ring[1];
    for (int i = 0; i < n; i++) {
      int next = (i + 1) % n;
      long step = (long) ring[2 * next + 1] - ring[2 * i + 1];
      if (step > 180L * E7.SCALE && step < E7.TURN) {
        step -= E7.TURN;
      } else if (step < -180L * E7.SCALE && step > -E7.TURN) {
        step += E7.TURN;
      }
      long to = from + step;
      if (isCrossed(ring[2 * i], from, ring[2 * next], to, lat, lng)) {
        crossings++;
      }
      from = to;
    }
    return crossings;
  }

  private static boolean isCrossed(int latA, long lngA, int latB, long lngB, int lat, long lng) {
    int south = Math.min(latA, latB);
    int north = Math.max(latA, latB);
    if (lat < south || lat >= north) {
      return false;
    }
    BigInteger height = BigInteger.valueOf((long) latB - latA);
    BigInteger along =
        BigInteger.valueOf(lngB - lngA).multiply(BigInteger.valueOf((long) lat - latA));
    BigInteger ahead = BigInteger.valueOf(lng - lngA).multiply(height);
    int compared = ahead.compareTo(along) * height.signum();
    return compared < 0;
  }
}
