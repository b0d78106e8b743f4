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
}
