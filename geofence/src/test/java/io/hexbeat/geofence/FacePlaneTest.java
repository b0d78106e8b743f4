package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.uber.h3core.H3Core;
import com.uber.h3core.util.LatLng;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The projection against the library it stands for, at each resolution in use. {@link #main} runs
 * as many points as it is told; the test runs two million of the same kinds.
 */
class FacePlaneTest {
  private static final int RESOLUTIONS = FacePlane.FINEST_RESOLUTION + 1;

  /** Twelve of them, the corners of the icosahedron's faces. */
  private static final double[] CORNERS = corners();

  @Test
  void shouldNameTheSameCellAsTheLibrary() throws IOException {
    long uncertain = compare(2_000_000, 20_260_401, H3Core.newInstance());
    assertTrue(uncertain < 100_000, "left to the library: " + uncertain);
  }

  /** {@code points seed}: compares that many points and prints how many the library decided. */
  public static void main(String[] args) throws IOException {
    long points = Long.parseLong(args[0]);
    long seed = Long.parseLong(args[1]);
    long uncertain = compare(points, seed, H3Core.newInstance());
    System.out.println("equal points=" + points + " seed=" + seed + " by library=" + uncertain);
  }

  /** Fails at the first point whose cell differs; returns how many were left to the library. */
  private static long compare(long points, long seed, H3Core h3) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] point = new int[2];
    long uncertain = 0;
    for (long n = 0; n < points; n++) {
      int resolution = (int) (n / 8 % RESOLUTIONS);
      place((int) (n % 8), random, resolution, h3, point);
      long actual = FacePlane.cell(point[0], point[1], resolution);
      if (actual == FacePlane.UNCERTAIN) {
        uncertain++;
        continue;
      }
      long expected = h3.latLngToCell(E7.toDegrees(point[0]), E7.toDegrees(point[1]), resolution);
      if (actual != expected) {
        fail(
            String.format(
                "seed=%d n=%d lat=%d lng=%d res=%d expected=%x actual=%x",
                seed, n, point[0], point[1], resolution, expected, actual));
      }
    }
    return uncertain;
  }

  private static void place(
      int kind, SplittableRandom random, int resolution, H3Core h3, int[] point) {
    switch (kind) {
      case 0, 1, 2 -> anywhere(random, point);
      case 3 -> onAnEdgeOfTheIcosahedron(random, point);
      case 4 -> {
        int corner = random.nextInt(12);
        set(point, CORNERS[2 * corner], CORNERS[2 * corner + 1], reach(random), random);
      }
      case 5 -> {
        double pole = random.nextBoolean() ? 90 : -90;
        set(point, pole, random.nextDouble(-180, 180), reach(random), random);
        point[1] = (int) random.nextLong(E7.MIN_LNG, E7.MAX_LNG);
      }
      case 6 -> set(point, random.nextDouble(-90, 90), 180, reach(random), random);
      default -> onABorder(random, resolution, h3, point);
    }
  }

  private static void anywhere(SplittableRandom random, int[] point) {
    point[0] = E7.fromDegrees(Math.toDegrees(Math.asin(random.nextDouble(-1, 1))));
    point[1] = (int) random.nextLong(E7.MIN_LNG, E7.MAX_LNG);
  }

  private static int reach(SplittableRandom random) {
    return 1 << random.nextInt(1, 26);
  }

  private static void set(int[] point, double lat, double lng, int reach, SplittableRandom random) {
    long latE7 = Math.round(lat * E7.SCALE) + random.nextInt(-reach, reach);
    point[0] = (int) Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, latE7));
    point[1] = E7.normalizeLngE7(Math.round(lng * E7.SCALE) + random.nextInt(-reach, reach));
  }

  private static void onAnEdgeOfTheIcosahedron(SplittableRandom random, int[] point) {
    while (true) {
      double[] from = vector(random.nextInt(12));
      double[] to = vector(random.nextInt(12));
      double cosine = from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
      if (cosine < 0.4 || cosine > 0.5) {
        continue; // not neighbours: those are at atan(2)
      }
      double t = random.nextDouble();
      double x = from[0] + t * (to[0] - from[0]);
      double y = from[1] + t * (to[1] - from[1]);
      double z = from[2] + t * (to[2] - from[2]);
      double lat = Math.toDegrees(Math.atan2(z, Math.hypot(x, y)));
      set(point, lat, Math.toDegrees(Math.atan2(y, x)), 1 << random.nextInt(1, 12), random);
      return;
    }
  }

  private static double[] vector(int corner) {
    double lat = Math.toRadians(CORNERS[2 * corner]);
    double lng = Math.toRadians(CORNERS[2 * corner + 1]);
    return new double[] {
      Math.cos(lat) * Math.cos(lng), Math.cos(lat) * Math.sin(lng), Math.sin(lat)
    };
  }

  private static void onABorder(SplittableRandom random, int resolution, H3Core h3, int[] point) {
    anywhere(random, point);
    long cell = h3.latLngToCell(E7.toDegrees(point[0]), E7.toDegrees(point[1]), resolution);
    List<LatLng> boundary = h3.cellToBoundary(cell);
    int corner = random.nextInt(boundary.size());
    LatLng from = boundary.get(corner);
    LatLng to = boundary.get((corner + 1) % boundary.size());
    double t = random.nextDouble();
    double turn = to.lng - from.lng;
    turn -= 360 * Math.rint(turn / 360);
    set(point, from.lat + t * (to.lat - from.lat), from.lng + t * turn, 3, random);
  }

  private static double[] corners() {
    try {
      double[] corners = new double[24];
      int at = 0;
      H3Core h3 = H3Core.newInstance();
      for (long pentagon : h3.getPentagons(0)) {
        LatLng centre = h3.cellToLatLng(pentagon);
        corners[at++] = centre.lat;
        corners[at++] = centre.lng;
      }
      return corners;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
