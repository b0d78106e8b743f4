package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Edges of a polygon while it is cut into cells: southern end first, longitudes unwrapped. One
 * thread. {@link #within} keeps those that may touch a box, never fewer.
 */
final class EdgeSet {
  private static final int STRIDE = 4;

  /** {@code latLow, lngLow, latHigh, lngHigh} an edge; longs, since frames are unwrapped. */
  private final long[] edges;

  private EdgeSet(long[] edges) {
    this.edges = edges;
  }

  static EdgeSet of(List<PolygonPart> parts) {
    int n = 0;
    for (PolygonPart part : parts) {
      for (Ring ring : part.rings) {
        n += ring.size();
      }
    }
    long[] edges = new long[n * STRIDE];
    int at = 0;
    for (PolygonPart part : parts) {
      long frame = part.overAntimeridian ? E7.MAX_LNG : 0;
      for (Ring ring : part.rings) {
        for (int i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
          int low = ring.lat(i) <= ring.lat(j) ? i : j;
          int high = low == i ? j : i;
          edges[at++] = ring.lat(low);
          edges[at++] = ring.lng(low) + frame;
          edges[at++] = ring.lat(high);
          edges[at++] = ring.lng(high) + frame;
        }
      }
    }
    return new EdgeSet(edges);
  }

  int size() {
    return edges.length / STRIDE;
  }

  EdgeSet within(CellBox box) {
    long[] kept = new long[edges.length];
    int size = 0;
    for (int e = 0; e < edges.length; e += STRIDE) {
      if (touches(e, box)) {
        System.arraycopy(edges, e, kept, size, STRIDE);
        size += STRIDE;
      }
    }
    return new EdgeSet(Arrays.copyOf(kept, size));
  }

  private boolean touches(int e, CellBox box) {
    if (edges[e] > box.north() || edges[e + 2] < box.south()) {
      return false;
    }
    return box.allLongitudes()
        || touches(e, 0, box)
        || touches(e, E7.TURN, box)
        || touches(e, -E7.TURN, box);
  }

  /** Whether it touches the box after being moved by a turn. */
  private boolean touches(int e, long turn, CellBox box) {
    long lngLow = edges[e + 1] + turn - box.west();
    long lngHigh = edges[e + 3] + turn - box.west();
    if (Math.max(lngLow, lngHigh) < 0 || Math.min(lngLow, lngHigh) > box.width()) {
      return false;
    }
    if (!isInt(lngLow) || !isInt(lngHigh) || !isInt(box.width())) {
      return true; // too wide to be told exactly
    }
    int latLow = (int) edges[e];
    int latHigh = (int) edges[e + 2];
    int east = (int) box.width();
    int southWest = side(latLow, lngLow, latHigh, lngHigh, box.south(), 0);
    int southEast = side(latLow, lngLow, latHigh, lngHigh, box.south(), east);
    int northWest = side(latLow, lngLow, latHigh, lngHigh, box.north(), 0);
    int northEast = side(latLow, lngLow, latHigh, lngHigh, box.north(), east);
    int least = Math.min(Math.min(southWest, southEast), Math.min(northWest, northEast));
    int most = Math.max(Math.max(southWest, southEast), Math.max(northWest, northEast));
    return least <= 0 && most >= 0;
  }

  private static int side(int latA, long lngA, int latB, long lngB, int lat, int lng) {
    return Orientation.sign(latA, (int) lngA, latB, (int) lngB, lat, lng);
  }

  private static boolean isInt(long value) {
    return value == (int) value;
  }

  /**
   * Offsets from the box's western side of the edges that touch it, or null where they can't be
   * told in ints. An edge that goes far enough round the earth to touch the box twice is there
   * twice.
   */
  int @Nullable [] offsets(CellBox box) {
    if (box.allLongitudes() || !isInt(box.width())) {
      return null;
    }
    int[] offsets = new int[edges.length];
    int size = 0;
    for (int e = 0; e < edges.length; e += STRIDE) {
      for (long turn = -E7.TURN; turn <= E7.TURN; turn += E7.TURN) {
        if (!touches(e, turn, box)) {
          continue;
        }
        long lngLow = edges[e + 1] + turn - box.west();
        long lngHigh = edges[e + 3] + turn - box.west();
        if (!isInt(lngLow) || !isInt(lngHigh)) {
          return null;
        }
        if (size == offsets.length) {
          offsets = Arrays.copyOf(offsets, size + size);
        }
        offsets[size++] = (int) edges[e];
        offsets[size++] = (int) lngLow;
        offsets[size++] = (int) edges[e + 2];
        offsets[size++] = (int) lngHigh;
      }
    }
    return Arrays.copyOf(offsets, size);
  }
}
