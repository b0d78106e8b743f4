package io.hexbeat.geofence;

/**
 * An outer ring and its holes, in one frame: longitudes are offsets from the prime meridian, or
 * from the antimeridian for parts that cross it, so that no ring is cut by its frame. Immutable;
 * any thread.
 */
final class PolygonPart {
  private static final int HALF_TURN = E7.MAX_LNG;

  final boolean overAntimeridian;
  final Ring[] rings;

  PolygonPart(boolean overAntimeridian, Ring[] rings) {
    this.overAntimeridian = overAntimeridian;
    this.rings = rings;
  }

  /** A normalized longitude as an offset from this part's meridian, in [-180, 180). */
  int offset(int lngE7) {
    if (!overAntimeridian) {
      return lngE7;
    }
    return lngE7 >= 0 ? lngE7 - HALF_TURN : lngE7 + HALF_TURN;
  }

  /** Bounds the outer ring, and all rings where two wind round one pole. */
  CellBox box() {
    int south = Integer.MAX_VALUE;
    int north = Integer.MIN_VALUE;
    long west = Long.MAX_VALUE;
    long east = Long.MIN_VALUE;
    for (Ring ring : rings) {
      south = Math.min(south, ring.minLat());
      north = Math.max(north, ring.maxLat());
      west = Math.min(west, ring.minLng());
      east = Math.max(east, ring.maxLng());
    }
    long frame = overAntimeridian ? HALF_TURN : 0;
    return new CellBox(south, north, E7.normalizeLngE7(west + frame), east - west);
  }

  /** Whether a segment from an offset, {@code turn} units to the east, meets an edge. */
  boolean meetsSegment(int latA, int offsetA, int latB, int turn) {
    for (Ring ring : rings) {
      if (ring.meetsSegment(latA, offsetA, latB, offsetA + turn)) {
        return true;
      }
    }
    int offsetB = offsetA + turn;
    if (offsetB >= -HALF_TURN && offsetB < HALF_TURN) {
      return false;
    }
    // over the frame's cut: once more, seen from the other end
    int seenFromB = (int) (offsetB < 0 ? offsetB + E7.TURN : offsetB - E7.TURN);
    for (Ring ring : rings) {
      if (ring.meetsSegment(latB, seenFromB, latA, seenFromB - turn)) {
        return true;
      }
    }
    return false;
  }
}
