package io.hexbeat.geofence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All points within a half-width of a line, such as a road or a river: joins and ends are round,
 * the edge is included. Immutable; any thread. Containment allocates nothing. The line runs
 * straight in the plane of latitude and longitude, as polygon edges do, from vertex to vertex the
 * shorter way round; it may cross and overlap itself. The distance to it is the great circle's.
 */
public final class Corridor implements Shape {
  /** Smaller than any position a phone can tell. */
  public static final double MIN_HALF_WIDTH_METERS = 1;

  /** A wide valley. What is wider has a border on the map and comes as a polygon. */
  public static final double MAX_HALF_WIDTH_METERS = 5_000;

  /** A vertex each hundred metres over the whole length; keeps an upload's check quick. */
  public static final int MAX_VERTICES = 10_000;

  /** What one drives in a day. Keeps even the narrowest one's cells below a few MB. */
  public static final double MAX_LENGTH_METERS = 1_000_000;

  /**
   * Widest edge in degrees, reached only near a pole: a wider one could go either way round it, and
   * no road does.
   */
  static final int MAX_EDGE_DEGREES = 90;

  private final int[] vertices;
  private final double halfWidthMeters;
  private final Axis axis;

  private Corridor(int[] vertices, double halfWidthMeters, Axis axis) {
    this.vertices = vertices;
    this.halfWidthMeters = halfWidthMeters;
    this.axis = axis;
  }

  /**
   * From a line of {@code [latE7, lngE7, latE7, lngE7, ...]}. Repeated vertices are dropped.
   *
   * @throws InvalidShapeException if a limit is exceeded, a coordinate is off the earth or the line
   *     has no length; its pointer is {@code /vertex} or empty
   */
  public static Corridor of(int[] line, double halfWidthMeters) {
    if (!(halfWidthMeters >= MIN_HALF_WIDTH_METERS && halfWidthMeters <= MAX_HALF_WIDTH_METERS)) {
      throw new InvalidShapeException(
          "",
          "half-width of "
              + halfWidthMeters
              + " m is outside "
              + (int) MIN_HALF_WIDTH_METERS
              + ".."
              + (int) MAX_HALF_WIDTH_METERS
              + " m");
    }
    int[] vertices = checked(line);
    Axis axis = Axis.along(vertices);
    if (axis.lengthMeters() > MAX_LENGTH_METERS) {
      throw tooLong(line.length / 2 - 1);
    }
    return new Corridor(vertices, halfWidthMeters, axis);
  }

  private static int[] checked(int[] line) {
    int n = line.length / 2;
    if (line.length % 2 != 0) {
      throw refuse(n, "has a latitude without longitude at its end");
    }
    if (n < 2 || n > MAX_VERTICES) {
      throw new InvalidShapeException(
          "", "the line has " + n + " vertices, 2 to " + MAX_VERTICES + " are allowed");
    }
    int[] vertices = new int[line.length];
    int size = 0;
    double meters = 0;
    for (int i = 0; i < n; i++) {
      int lat = line[2 * i];
      int lng = line[2 * i + 1];
      refuseOffTheEarth(i, lat, lng);
      if (size > 0) {
        int latBefore = vertices[size - 2];
        int lngBefore = vertices[size - 1];
        double edgeMeters = E7.distanceMeters(latBefore, lngBefore, lat, lng);
        boolean repeated = lat == latBefore && E7.shortestTurn(lngBefore, lng) == 0;
        boolean atThePole = lat == latBefore && Math.abs(lat) == E7.MAX_LAT;
        if (repeated || atThePole) {
          continue;
        }
        meters += edgeMeters;
        if (meters > MAX_LENGTH_METERS) {
          throw tooLong(i);
        }
        refuseWideEdge(i, E7.shortestTurn(lngBefore, lng));
      }
      vertices[size++] = lat;
      vertices[size++] = E7.normalizeLngE7(lng);
    }
    if (size < 4) {
      throw refuse(n - 1, "repeats the only other position: the line has no length");
    }
    return Arrays.copyOf(vertices, size);
  }

  private static void refuseOffTheEarth(int vertex, int lat, int lng) {
    if (lat < -E7.MAX_LAT || lat > E7.MAX_LAT) {
      throw refuse(vertex, "latitude " + E7.toDegrees(lat) + " is outside -90..90");
    }
    if (lng < E7.MIN_LNG || lng > E7.MAX_LNG) {
      throw refuse(vertex, "longitude " + E7.toDegrees(lng) + " is outside -180..180");
    }
  }

  private static void refuseWideEdge(int vertex, long turn) {
    if (Math.abs(turn) > (long) MAX_EDGE_DEGREES * E7.SCALE) {
      throw refuse(
          vertex,
          "edge spans "
              + E7.toDegrees((int) Math.abs(turn))
              + " degrees of longitude round a pole; at most "
              + MAX_EDGE_DEGREES
              + " are allowed");
    }
  }

  private static InvalidShapeException tooLong(int vertex) {
    return refuse(
        vertex,
        "the line is longer than the "
            + (int) (MAX_LENGTH_METERS / 1_000)
            + " km allowed; split it into several fences");
  }

  private static InvalidShapeException refuse(int vertex, String reason) {
    return new InvalidShapeException("/" + vertex, "vertex " + vertex + ": " + reason);
  }

  public double halfWidthMeters() {
    return halfWidthMeters;
  }

  @Override
  public boolean contains(int latE7, int lngE7) {
    return axis.distanceMeters(latE7, lngE7) <= halfWidthMeters;
  }

  /**
   * Outside it is the distance. Inside, where the corridor runs beside or across itself, the edge
   * may be farther away than this, never nearer.
   */
  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    return Math.abs(axis.distanceMeters(latE7, lngE7) - halfWidthMeters);
  }

  /** Whether the straight segment from a to b, a few kilometres at most, touches the corridor. */
  boolean touchesSegment(int latA, int lngA, int latB, int lngB) {
    double lengthMeters = E7.distanceMeters(latA, lngA, latB, lngB);
    Axis near = axis.within(halfWidthMeters + 2 * lengthMeters, latA, lngA);
    if (near.size() == 0) {
      return false;
    }
    Axis way = Axis.along(new int[] {latA, lngA, latB, lngB});
    return near.distanceMeters(latA, lngA) <= halfWidthMeters
        || near.distanceMeters(way) <= halfWidthMeters;
  }

  Axis axis() {
    return axis;
  }

  /** Boxes that together hold the corridor. */
  CellBox[] boxes() {
    return axis.boxes(halfWidthMeters);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Corridor corridor
        && halfWidthMeters == corridor.halfWidthMeters
        && Arrays.equals(vertices, corridor.vertices);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(vertices) + Double.hashCode(halfWidthMeters);
  }

  @Override
  public String toString() {
    return "Corridor[vertices="
        + vertices.length / 2
        + ", halfWidthMeters="
        + halfWidthMeters
        + "]";
  }
}
