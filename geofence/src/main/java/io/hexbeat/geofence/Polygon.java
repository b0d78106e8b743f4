package io.hexbeat.geofence;

import java.util.ArrayList;
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
  /** Part frames: rings that cross the antimeridian are held as offsets from it. */
  private static final int HALF_TURN = E7.MAX_LNG;

  private final Part[] parts;

  /**
   * Rings that share a frame meridian: the prime meridian, or the antimeridian if they cross it.
   */
  record Part(boolean overAntimeridian, Ring[] rings) {
    int offset(int lngE7) {
      if (!overAntimeridian) {
        return lngE7;
      }
      return lngE7 >= 0 ? lngE7 - HALF_TURN : lngE7 + HALF_TURN;
    }
  }

  private Polygon(Part[] parts) {
    this.parts = parts;
  }

  /**
   * From rings of {@code [latE7, lngE7, latE7, lngE7, ...]}, closed or not, one list of rings a
   * part: the first its outer ring, the others its holes.
   */
  public static Polygon of(int[][][] parts) {
    if (parts.length == 0) {
      throw new InvalidShapeException("", "a polygon needs at least one part");
    }
    Part[] read = new Part[parts.length];
    for (int p = 0; p < parts.length; p++) {
      read[p] = RingReader.part(p, parts[p]);
    }
    return new Polygon(read);
  }

  @Override
  public boolean contains(int latE7, int lngE7) {
    int lng = lngE7 >= E7.MAX_LNG || lngE7 < E7.MIN_LNG ? E7.normalizeLngE7(lngE7) : lngE7;
    boolean odd = false;
    for (Part part : parts) {
      int offset = part.offset(lng);
      for (Ring ring : part.rings()) {
        odd ^= ring.oddCrossings(latE7, offset);
      }
    }
    return odd;
  }

  @Override
  public double distanceToEdgeMeters(int latE7, int lngE7) {
    EdgeDistance nearest = new EdgeDistance(latE7);
    for (Part part : parts) {
      nearest.add(part, lngE7);
    }
    return nearest.meters();
  }

  List<Part> parts() {
    return List.of(parts);
  }

  /** All rings of all parts. */
  List<Ring> rings() {
    List<Ring> rings = new ArrayList<>();
    for (Part part : parts) {
      rings.addAll(List.of(part.rings()));
    }
    return rings;
  }
}
