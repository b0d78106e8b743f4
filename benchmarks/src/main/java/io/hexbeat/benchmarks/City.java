package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The world of the benchmarks: fences and points in a square of 30 km around the middle of Austin,
 * Texas, the same in every process. Immutable; any thread.
 *
 * <p>Real are the outlines of all neighbourhoods and buildings, and the places of shops, offices
 * and bus stops. There are too few of them for a large world, so places are used again up to {@link
 * #JITTER_METERS} away. Apart from the neighbourhoods, which are there once, a third of the fences
 * are building outlines at such places, a third circles of 50-500 m around them, and a third drawn
 * polygons of 32 vertices and 50-500 m.
 */
final class City {
  static final int MIDDLE_LAT_E7 = E7.fromDegrees(30.2672);
  static final int MIDDLE_LNG_E7 = E7.fromDegrees(-97.7431);
  static final double HALF_SIDE_METERS = 15_000;

  private static final double JITTER_METERS = 2_000;
  private static final double LEAST_RADIUS_METERS = 50;
  private static final double MOST_RADIUS_METERS = 500;
  private static final int DRAWN_VERTICES = 32;
  private static final long FENCE_SEED = 20_260_101;
  private static final long POINT_SEED = 20_260_102;

  private City() {}

  /** The first {@code count} fences; a larger city begins with the fences of a smaller one. */
  static List<Outline> mixed(int count) {
    List<Outline> outlines = new ArrayList<>(count);
    List<Outline.Area> buildings = GeoJsonFile.areas("/demo/austin_buildings.geojson.gz");
    List<int[]> places = new ArrayList<>();
    places.addAll(GeoJsonFile.points("/demo/austin_addresses.geojson.gz"));
    places.addAll(GeoJsonFile.points("/demo/austin_bus_stops.geojson.gz"));
    places.removeIf(place -> !holds(place[0], place[1]));
    for (Outline.Area area : GeoJsonFile.areas("/demo/austin_neighborhoods.geojson.gz")) {
      if (outlines.size() < count) {
        outlines.add(area);
      }
    }
    SplittableRandom random = new SplittableRandom(FENCE_SEED);
    for (int i = 0; outlines.size() < count; i++) {
      int[] place = places.get(random.nextInt(places.size()));
      int lat = place[0] + latOffset(random, JITTER_METERS);
      int lng = place[1] + lngOffset(random, JITTER_METERS);
      double radius = radius(random);
      outlines.add(
          switch (i % 3) {
            case 0 -> buildings.get(i / 3 % buildings.size()).movedTo(lat, lng);
            case 1 -> new Outline.Disc(lat, lng, radius);
            default -> drawn(random, lat, lng, radius);
          });
    }
    return outlines;
  }

  /** Only drawn polygons of 32 vertices and 50-500 m, evenly over the square. */
  static List<Outline> drawn(int count) {
    SplittableRandom random = new SplittableRandom(FENCE_SEED);
    List<Outline> outlines = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int[] at = point(random);
      outlines.add(drawn(random, at[0], at[1], radius(random)));
    }
    return outlines;
  }

  /** Ours of them: handle 1 is the first. */
  static List<Fence> fences(List<Outline> outlines) {
    List<Fence> fences = new ArrayList<>(outlines.size());
    for (Outline outline : outlines) {
      fences.add(outline.fence(fences.size() + 1));
    }
    return Collections.unmodifiableList(fences);
  }

  /** Evenly over the square. */
  static FixStream randomPoints(int count) {
    SplittableRandom random = new SplittableRandom(POINT_SEED);
    int[] lats = new int[count];
    int[] lngs = new int[count];
    for (int i = 0; i < count; i++) {
      int[] at = point(random);
      lats[i] = at[0];
      lngs[i] = at[1];
    }
    return new FixStream(new int[count], lats, lngs, 1);
  }

  /** Any place in the square, {@code [latE7, lngE7]}. */
  static int[] point(SplittableRandom random) {
    return new int[] {
      MIDDLE_LAT_E7 + latOffset(random, HALF_SIDE_METERS),
      MIDDLE_LNG_E7 + lngOffset(random, HALF_SIDE_METERS)
    };
  }

  static boolean holds(int latE7, int lngE7) {
    double side = HALF_SIDE_METERS / E7.METERS_PER_UNIT;
    return Math.abs(latE7 - MIDDLE_LAT_E7) <= side
        && Math.abs(lngE7 - MIDDLE_LNG_E7) * cos() <= side;
  }

  private static Outline.Area drawn(
      SplittableRandom random, int latE7, int lngE7, double radiusMeters) {
    int[] ring = new int[2 * DRAWN_VERTICES];
    for (int i = 0; i < DRAWN_VERTICES; i++) {
      double angle = 2 * Math.PI * i / DRAWN_VERTICES;
      double units = radiusMeters * (0.7 + 0.3 * random.nextDouble()) / E7.METERS_PER_UNIT;
      ring[2 * i] = latE7 + (int) Math.round(Math.sin(angle) * units);
      ring[2 * i + 1] = lngE7 + (int) Math.round(Math.cos(angle) * units / cos());
    }
    return new Outline.Area(new int[][][] {{ring}});
  }

  private static double radius(SplittableRandom random) {
    return LEAST_RADIUS_METERS + (MOST_RADIUS_METERS - LEAST_RADIUS_METERS) * random.nextDouble();
  }

  private static int latOffset(SplittableRandom random, double meters) {
    return (int) Math.round((2 * random.nextDouble() - 1) * meters / E7.METERS_PER_UNIT);
  }

  private static int lngOffset(SplittableRandom random, double meters) {
    return (int) Math.round((2 * random.nextDouble() - 1) * meters / E7.METERS_PER_UNIT / cos());
  }

  private static double cos() {
    return Math.cos(Math.toRadians(E7.toDegrees(MIDDLE_LAT_E7)));
  }
}
