package io.hexbeat.geofence;

import java.util.SplittableRandom;

/** Seeded shapes for property tests. */
final class RandomShapes {
  private final SplittableRandom random;

  RandomShapes(SplittableRandom random) {
    this.random = random;
  }

  /** A star-shaped ring round a centre: vertices at ascending angles, each at its own distance. */
  int[] star(int latE7, int lngE7, double radiusMeters, int vertices) {
    int[] flat = new int[2 * vertices];
    double cos = Math.max(0.01, Math.cos(Math.toRadians(E7.toDegrees(latE7))));
    for (int i = 0; i < vertices; i++) {
      double angle = 2 * Math.PI * (i + random.nextDouble() * 0.9) / vertices;
      double meters = radiusMeters * (0.4 + 0.6 * random.nextDouble());
      flat[2 * i] = latE7 + (int) Math.round(Math.sin(angle) * meters / E7.METERS_PER_UNIT);
      flat[2 * i + 1] =
          E7.normalizeLngE7(
              lngE7 + Math.round(Math.cos(angle) * meters / cos / E7.METERS_PER_UNIT));
    }
    return flat;
  }

  /** A star with a hole round its centre. */
  int[][][] starWithHole(int latE7, int lngE7, double radiusMeters, int vertices) {
    return new int[][][] {
      {
        star(latE7, lngE7, radiusMeters, vertices),
        star(latE7, lngE7, radiusMeters * 0.25, Math.max(4, vertices / 2))
      }
    };
  }

  int[][][] any(int latE7, int lngE7, double radiusMeters) {
    int vertices = 4 + random.nextInt(30);
    return random.nextInt(3) == 0
        ? starWithHole(latE7, lngE7, radiusMeters, Math.max(8, vertices))
        : new int[][][] {{star(latE7, lngE7, radiusMeters, vertices)}};
  }

  /** An offset of up to this many metres, in latitude units. */
  int offset(double meters) {
    return (int) Math.round((2 * random.nextDouble() - 1) * meters / E7.METERS_PER_UNIT);
  }

  /** A line that wanders from a point, with legs of up to that many metres. */
  int[] line(int latE7, int lngE7, double legMeters, int vertices) {
    int[] flat = new int[2 * vertices];
    flat[0] = latE7;
    flat[1] = lngE7;
    double heading = 2 * Math.PI * random.nextDouble();
    for (int i = 2; i < flat.length; i += 2) {
      heading += random.nextDouble() * 2 - 1;
      double units = legMeters * (0.1 + 0.9 * random.nextDouble()) / E7.METERS_PER_UNIT;
      double lat = flat[i - 2] + Math.sin(heading) * units;
      if (Math.abs(lat) >= E7.MAX_LAT) {
        heading = -heading;
        lat = flat[i - 2] + Math.sin(heading) * units;
      }
      double cos = Math.max(0.0005, Math.cos(Math.toRadians(lat / E7.SCALE)));
      double turn = Math.cos(heading) * units / cos;
      turn = Math.max(-60.0 * E7.SCALE, Math.min(60.0 * E7.SCALE, turn));
      flat[i] = (int) Math.round(lat);
      flat[i + 1] = E7.normalizeLngE7(flat[i - 1] + Math.round(turn));
    }
    return flat;
  }
}
