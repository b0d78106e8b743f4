package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * A polygon as seen in the box of one cell: only the edges that touch the box. Immutable; any
 * thread. Exact, allocates nothing.
 *
 * <p>A ray from the point to the east stops at the eastern side of the box. What the rest of it
 * would count is the same for all points of a latitude: whether the polygon contains the point of
 * that side. Between the latitudes where an edge passes the side it can't change, so it is kept as
 * the short list of latitudes at which it flips.
 */
final class ClippedPolygon extends BoundaryCheck {
  private static final int STRIDE = 4;

  /** Of most cells, and then near at hand. */
  private static final int[] NO_FLIPS = {};

  /** South-western origin of the box; all longitudes here are offsets from it. */
  private final int originLng;

  /** Offset of the box's eastern side. */
  private final int eastLng;

  private final boolean southEastInside;
  private final int[] flipLats;

  /** {@code latLow, lngLow, latHigh, lngHigh} an edge, southern end first; level ones too. */
  private final int[] edges;

  private ClippedPolygon(
      int handle,
      int originLng,
      int eastLng,
      boolean southEastInside,
      int[] flipLats,
      int[] edges) {
    super(handle);
    this.originLng = originLng;
    this.eastLng = eastLng;
    this.southEastInside = southEastInside;
    this.flipLats = flipLats;
    this.edges = edges;
  }

  /** {@code edges} are all that touch the box, southern end first, as offsets from its west. */
  static ClippedPolygon of(int handle, Polygon polygon, CellBox box, int[] edges) {
    int east = Math.toIntExact(box.width());
    int eastE7 = E7.normalizeLngE7(box.west() + box.width());
    int[] candidates = new int[edges.length];
    int count = 0;
    for (int e = 0; e < edges.length; e += STRIDE) {
      if (Math.max(edges[e + 1], edges[e + 3]) < east) {
        continue; // never reaches the eastern side
      }
      count = addIfWithin(box, edges[e], candidates, count);
      count = addIfWithin(box, edges[e + 2], candidates, count);
      count = addIfWithin(box, sideFlipLat(edges, e, east), candidates, count);
    }
    Arrays.sort(candidates, 0, count);
    boolean start = polygon.contains(box.south(), eastE7);
    boolean inside = start;
    int flips = 0;
    for (int i = 0; i < count; i++) {
      boolean now = polygon.contains(candidates[i], eastE7);
      if (now != inside) {
        candidates[flips++] = candidates[i];
        inside = now;
      }
    }
    return new ClippedPolygon(
        handle,
        box.west(),
        east,
        start,
        flips == 0 ? NO_FLIPS : Arrays.copyOf(candidates, flips),
        edges);
  }

  private static int addIfWithin(CellBox box, int lat, int[] candidates, int count) {
    if (lat > box.south() && lat <= box.north()) {
      candidates[count++] = lat;
    }
    return count;
  }

  /** The first latitude at which the eastern side is on another side of the edge than before. */
  private static int sideFlipLat(int[] edges, int e, int east) {
    int low = edges[e];
    int high = edges[e + 2];
    boolean atLow = isWestOf(edges, e, low, east);
    if (isWestOf(edges, e, high, east) == atLow) {
      return high;
    }
    while (high - low > 1) {
      int middle = (int) (((long) low + high) >> 1);
      if (isWestOf(edges, e, middle, east) == atLow) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static boolean isWestOf(int[] edges, int e, int lat, int lng) {
    return Orientation.sign(edges[e], edges[e + 1], edges[e + 2], edges[e + 3], lat, lng) > 0;
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    long lng = (long) lngE7 - originLng;
    return containsOffset(latE7, (int) (lng < 0 ? lng + E7.TURN : lng));
  }

  @Override
  boolean contains(int latE7, int lngE7, SafeRegion region) {
    long fromOrigin = (long) lngE7 - originLng;
    int lng = (int) (fromOrigin < 0 ? fromOrigin + E7.TURN : fromOrigin);
    for (int e = 0; e < edges.length; e += STRIDE) {
      region.limitSquared(
          region.segmentSquared(
              (double) edges[e] - latE7,
              (double) edges[e + 1] - lng,
              (double) edges[e + 2] - latE7,
              (double) edges[e + 3] - lng));
    }
    return containsOffset(latE7, lng);
  }

  private boolean containsOffset(int lat, int lng) {
    boolean odd = southEastInside;
    for (int flipLat : flipLats) {
      odd ^= lat >= flipLat;
    }
    for (int e = 0; e < edges.length; e += STRIDE) {
      if (edges[e] <= lat && lat < edges[e + 2]) {
        odd ^= isWestOf(edges, e, lat, lng) ^ isWestOf(edges, e, lat, eastLng);
      }
    }
    return odd;
  }

  int edgeCount() {
    return edges.length / STRIDE;
  }
}
