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
  private final List<int[]> lines = new ArrayList<>();
  private final List<int[][][]> polygons = new ArrayList<>();

  /** Adds a polygon and returns the fence of it. */
  Fence polygon(int handle, int[][][] parts) {
    Fence fence = Fence.of(handle, "p" + handle, Polygon.of(parts));
    fences.add(fence);
    polygons.add(parts);
    lines.add(new int[0]);
    return fence;
  }

  Fence circle(int handle, int latE7, int lngE7, double radiusMeters) {
    Fence fence = Fence.of(handle, "c" + handle, new Circle(latE7, lngE7, radiusMeters));
    fences.add(fence);
    polygons.add(new int[0][][]);
    lines.add(new int[0]);
    return fence;
  }

  Fence corridor(int handle, int[] line, double halfWidthMeters) {
    Fence fence = Fence.of(handle, "l" + handle, Corridor.of(line, halfWidthMeters));
    fences.add(fence);
    polygons.add(new int[0][][]);
    lines.add(line);
    return fence;
  }

  List<Fence> fences() {
    return fences;
  }

  FenceIds containing(int latE7, int lngE7) {
    FenceIds ids = new FenceIds();
    for (int i = 0; i < fences.size(); i++) {
      boolean inside = contains(i, latE7, lngE7);
      if (inside) {
        ids.add(fences.get(i).handle());
      }
    }
    return ids;
  }

  private boolean contains(int i, int latE7, int lngE7) {
    Shape shape = fences.get(i).shape();
    if (shape instanceof Circle circle) {
      return E7.distanceMeters(circle.latE7(), circle.lngE7(), latE7, lngE7)
          <= circle.radiusMeters();
    }
    if (shape instanceof Corridor corridor) {
      double off = lineMeters(lines.get(i), latE7, lngE7) - corridor.halfWidthMeters();
      // the arcs may be off the line, and what is this near the edge is theirs to say
      return Math.abs(off) <= 1.5 * Axis.SAGITTA_METERS ? corridor.contains(latE7, lngE7) : off < 0;
    }
    return contains(polygons.get(i), latE7, lngE7);
  }

  /** Metres to the nearest of many points on the straight lines of degrees, then of more there. */
  static double lineMeters(int[] line, int latE7, int lngE7) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 2; i < line.length; i += 2) {
      double from = 0;
      double to = 1;
      for (int round = 0; round < 7; round++) {
        int steps = round == 0 ? 200 : 10;
        double step = (to - from) / steps;
        double best = from;
        double bestMeters = Double.POSITIVE_INFINITY;
        for (int k = 0; k <= steps; k++) {
          double meters = meters(line, i, from + k * step, latE7, lngE7);
          if (meters < bestMeters) {
            bestMeters = meters;
            best = from + k * step;
          }
        }
        least = Math.min(least, bestMeters);
        from = Math.max(0, best - step);
        to = Math.min(1, best + step);
      }
    }
    return least;
  }

  private static double meters(int[] line, int end, double t, int latE7, int lngE7) {
    double turn = Math.IEEEremainder((double) line[end + 1] - line[end - 1], E7.TURN);
    double lat = Math.toRadians((line[end - 2] + t * (line[end] - line[end - 2])) / E7.SCALE);
    double lng = Math.toRadians((line[end - 1] + t * turn) / E7.SCALE);
    double ownLat = Math.toRadians(E7.toDegrees(latE7));
    double sinPhi = Math.sin((lat - ownLat) / 2);
    double sinLambda = Math.sin((lng - Math.toRadians(E7.toDegrees(lngE7))) / 2);
    double h = sinPhi * sinPhi + Math.cos(lat) * Math.cos(ownLat) * sinLambda * sinLambda;
    return 2 * E7.EARTH_RADIUS_METERS * Math.asin(Math.sqrt(Math.min(1, h)));
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
