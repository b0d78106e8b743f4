package io.hexbeat.geofence;

import java.util.List;

/**
 * One or more areas with holes, bounded by straight lines in the plane of latitude and longitude.
 * Immutable; any thread. Containment is exact and allocates nothing.
 *
 * <p>A point is inside if it is within an odd number of rings. Edges are SEMI_OPEN: left and bottom
 * edges are in, right and top edges are out, so that of two polygons that share an edge each point
 * of it is in exactly one, at the antimeridian too. The north pole itself is therefore in none.
 */
public final class Polygon implements Shape {
  /**
   * Most vertices of one polygon: the coastlines of the whole world at 1:50 million have as many.
   * Keeps the check of one upload below a second.
   */
  public static final int MAX_VERTICES = 100_000;

  /** Most rings of one polygon; the country with most islands has a few hundred at that scale. */
  public static final int MAX_RINGS = 10_000;

  private final PolygonPart[] parts;

  private Polygon(PolygonPart[] parts) {
    this.parts = parts;
  }

  /**
   * From rings of {@code [latE7, lngE7, latE7, lngE7, ...]}, closed or not, in any direction, one
   * list of rings a part: the first its outer ring, the others its holes.
   *
   * <p>An edge between longitudes more than half a turn apart takes the shorter way over the
   * antimeridian; parts cut there (RFC 7946) are as good. A ring that winds round a pole bounds the
   * cap of that pole, with or without vertices at (-180, pole) and (180, pole). Repeated vertices
   * and spikes are dropped.
   *
   * @throws InvalidShapeException if a limit is exceeded, a ring has no area, rings cross, or a
   *     hole or part lies where it can't; its pointer is {@code /part/ring/vertex} or a prefix of
   *     it, always with the part
   */
  public static Polygon of(int[][][] parts) {
    return new Polygon(PolygonReader.read(parts));
  }

  @Override
  public boolean contains(int latE7, int lngE7) {
    int lng = lngE7 >= E7.MAX_LNG || lngE7 < E7.MIN_LNG ? E7.normalizeLngE7(lngE7) : lngE7;
    boolean odd = false;
    for (PolygonPart part : parts) {
      int offset = part.offset(lng);
      for (Ring ring : part.rings) {
        odd ^= ring.oddCrossings(latE7, offset);
      }
    }
    return odd;
  }

  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    EdgeDistance nearest = new EdgeDistance(latE7);
    for (PolygonPart part : parts) {
      nearest.add(part, lngE7);
    }
    return nearest.meters();
  }

  @Override
  public double edgeMetersWithin(double limitMeters, int latE7, int lngE7) {
    if (!NearEdge.canTell(limitMeters, latE7)) {
      return Shape.super.edgeMetersWithin(limitMeters, latE7, lngE7);
    }
    double squared = Double.POSITIVE_INFINITY;
    for (PolygonPart part : parts) {
      squared = Math.min(squared, NearEdge.squaredMeters(part, limitMeters, latE7, lngE7));
    }
    return squared <= limitMeters * limitMeters ? Math.sqrt(squared) : Double.POSITIVE_INFINITY;
  }

  /**
   * Whether the straight segment from a to b touches the polygon; touching its edge from outside
   * counts. The ends are at most ten degrees of longitude apart.
   */
  boolean touchesSegment(int latA, int lngA, int latB, int lngB) {
    return contains(latA, lngA) || edgeMeetsSegment(latA, lngA, latB, lngB);
  }

  /** Whether the segment meets the edge. */
  boolean edgeMeetsSegment(int latA, int lngA, int latB, int lngB) {
    int turn = (int) E7.shortestTurn(lngA, lngB);
    for (PolygonPart part : parts) {
      if (part.meetsSegment(latA, part.offset(lngA), latB, turn)) {
        return true;
      }
    }
    return false;
  }

  List<PolygonPart> parts() {
    return List.of(parts);
  }

  /** Half the diagonal of the largest part's box: how large the polygon is, roughly. */
  double radiusMeters() {
    double radius = 0;
    for (PolygonPart part : parts) {
      CellBox box = part.box();
      double middle = Math.toRadians(((double) box.south() + box.north()) / 2 / E7.SCALE);
      double height = (double) box.north() - box.south();
      double width = box.width() * Math.cos(middle);
      radius = Math.max(radius, Math.hypot(height, width) / 2 * E7.METERS_PER_UNIT);
    }
    return radius;
  }
}
