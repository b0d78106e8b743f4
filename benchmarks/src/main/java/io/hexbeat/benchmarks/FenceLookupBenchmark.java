package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Polygon;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.prep.PreparedGeometry;
import org.locationtech.jts.geom.prep.PreparedGeometryFactory;
import org.locationtech.jts.index.strtree.STRtree;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to tell which fences contain a point, when nothing is known of the point
 * before? Seeded fences of 50-500 m in one city, seeded points all over it; our index beside JTS
 * STRtree with prepared polygons. Both must count the same hits before either is timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FenceLookupBenchmark {
  private static final long SEED = 20_260_101;
  private static final double CITY_LAT = 30.2672;
  private static final double CITY_LNG = -97.7431;
  private static final double CITY_RADIUS_METERS = 15_000;
  private static final int POINTS = 1 << 14;
  private static final int VERTICES = 32;

  /** Points closer to an edge may differ: JTS rounds where we are exact. */
  private static final double HIT_TOLERANCE = 1e-4;

  @Param({"1000", "10000"})
  int fences;

  private final GeometryFactory geometries = new GeometryFactory();
  private final FenceIds ids = new FenceIds();
  private final int[] lats = new int[POINTS];
  private final int[] lngs = new int[POINTS];
  private FenceIndex index = FenceIndex.empty();
  private STRtree tree = new STRtree();
  private int next;

  /** Makes the fences and points, and refuses to time indexes that disagree. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Fence> ours = new ArrayList<>();
    tree = new STRtree();
    for (int handle = 1; handle <= fences; handle++) {
      double radius = 50 + 450 * random.nextDouble();
      int[] ring = ring(random, radius);
      ours.add(Fence.of(handle, "f" + handle, Polygon.of(new int[][][] {{ring}})));
      var polygon = geometries.createPolygon(closed(ring));
      tree.insert(polygon.getEnvelopeInternal(), PreparedGeometryFactory.prepare(polygon));
    }
    tree.build();
    index = FenceIndex.of(1, ours);
    long ourHits = 0;
    long jtsHits = 0;
    for (int i = 0; i < POINTS; i++) {
      lats[i] = E7.fromDegrees(CITY_LAT) + offset(random, CITY_RADIUS_METERS);
      lngs[i] = E7.fromDegrees(CITY_LNG) + offset(random, CITY_RADIUS_METERS);
      index.containing(lats[i], lngs[i], ids);
      ourHits += ids.size();
      jtsHits += countByTree(lats[i], lngs[i]);
    }
    if (Math.abs(ourHits - jtsHits) > HIT_TOLERANCE * jtsHits) {
      throw new IllegalStateException("hits differ: ours=" + ourHits + " jts=" + jtsHits);
    }
  }

  private static int[] ring(SplittableRandom random, double radiusMeters) {
    int lat = E7.fromDegrees(CITY_LAT) + offset(random, CITY_RADIUS_METERS);
    int lng = E7.fromDegrees(CITY_LNG) + offset(random, CITY_RADIUS_METERS);
    double cos = Math.cos(Math.toRadians(CITY_LAT));
    int[] ring = new int[2 * VERTICES];
    for (int i = 0; i < VERTICES; i++) {
      double angle = 2 * Math.PI * i / VERTICES;
      double units = radiusMeters * (0.7 + 0.3 * random.nextDouble()) / E7.METERS_PER_UNIT;
      ring[2 * i] = lat + (int) Math.round(Math.sin(angle) * units);
      ring[2 * i + 1] = lng + (int) Math.round(Math.cos(angle) * units / cos);
    }
    return ring;
  }

  private static int offset(SplittableRandom random, double meters) {
    return (int) Math.round((2 * random.nextDouble() - 1) * meters / E7.METERS_PER_UNIT);
  }

  private static Coordinate[] closed(int[] ring) {
    Coordinate[] coordinates = new Coordinate[VERTICES + 1];
    for (int i = 0; i <= VERTICES; i++) {
      int at = 2 * (i % VERTICES);
      coordinates[i] = new Coordinate(E7.toDegrees(ring[at + 1]), E7.toDegrees(ring[at]));
    }
    return coordinates;
  }

  private int countByTree(int lat, int lng) {
    Coordinate at = new Coordinate(E7.toDegrees(lng), E7.toDegrees(lat));
    Point point = geometries.createPoint(at);
    int hits = 0;
    for (Object candidate : tree.query(new Envelope(at))) {
      if (((PreparedGeometry) candidate).contains(point)) {
        hits++;
      }
    }
    return hits;
  }

  /** Ours. */
  @Benchmark
  public int hexbeat() {
    int i = next++ & (POINTS - 1);
    index.containing(lats[i], lngs[i], ids);
    return ids.size();
  }

  /** The peer. */
  @Benchmark
  public int jtsStrTree() {
    int i = next++ & (POINTS - 1);
    return countByTree(lats[i], lngs[i]);
  }
}
