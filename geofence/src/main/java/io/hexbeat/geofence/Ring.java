package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * One closed ring in the plane of latitude and longitude, unwrapped: its longitudes are offsets
 * from a frame meridian and continuous over the antimeridian. Immutable; any thread. Allocates
 * nothing after construction.
 */
final class Ring {
  /** Of two rings of one area neither is larger by more than rounding. */
  private static final double SAME_AREA = 1 + 1e-12;

  /** Parallels looked at to tell on which side a ring lies that touches with all its vertices. */
  private static final int BANDS_MAX = 256;

  /** More than the rounding of a crossing, in E7 units. */
  private static final double ROUNDING = 1e-3;

  final int[] lats;
  final int[] lngs;
  final int minLat;
  final int maxLat;
  final int minLng;
  final int maxLng;

  Ring(int[] lats, int[] lngs) {
    this.lats = lats;
    this.lngs = lngs;
    int south = Integer.MAX_VALUE;
    int north = Integer.MIN_VALUE;
    int west = Integer.MAX_VALUE;
    int east = Integer.MIN_VALUE;
    for (int i = 0; i < lats.length; i++) {
      south = Math.min(south, lats[i]);
      north = Math.max(north, lats[i]);
      west = Math.min(west, lngs[i]);
      east = Math.max(east, lngs[i]);
    }
    minLat = south;
    maxLat = north;
    minLng = west;
    maxLng = east;
  }

  int size() {
    return lats.length;
  }

  /**
   * Whether a ray from the point to the east crosses the ring an odd number of times. An edge
   * counts if the point is strictly west of it, over the half-open latitudes from its lower end
   * (in) to its upper end (out): that is SEMI_OPEN.
   */
  boolean oddCrossings(int lat, int lng) {
    if (lat < minLat || lat >= maxLat || lng >= maxLng) {
      return false;
    }
    boolean odd = false;
    int last = lats.length - 1;
    int latA = lats[last];
    int lngA = lngs[last];
    for (int i = 0; i <= last; i++) {
      int latB = lats[i];
      int lngB = lngs[i];
      if ((latA > lat) != (latB > lat)) {
        int side = Orientation.sign(latA, lngA, latB, lngB, lat, lng);
        odd ^= latB > latA ? side > 0 : side < 0;
      }
      latA = latB;
      lngA = lngB;
    }
    return odd;
  }

  /**
   * Whether the closed segment meets an edge. Its longitudes may leave the frame by one segment.
   */
  boolean meetsSegment(int latC, int lngC, int latD, int lngD) {
    if (Math.max(latC, latD) < minLat
        || Math.min(latC, latD) > maxLat
        || Math.max(lngC, lngD) < minLng
        || Math.min(lngC, lngD) > maxLng) {
      return false;
    }
    int last = lats.length - 1;
    int latA = lats[last];
    int lngA = lngs[last];
    for (int i = 0; i <= last; i++) {
      int latB = lats[i];
      int lngB = lngs[i];
      if (Orientation.segmentsMeet(latA, lngA, latB, lngB, latC, lngC, latD, lngD)) {
        return true;
      }
      latA = latB;
      lngA = lngB;
    }
    return false;
  }

  boolean boxHolds(Ring other) {
    return minLat <= other.minLat
        && maxLat >= other.maxLat
        && minLng <= other.minLng
        && maxLng >= other.maxLng;
  }

  /** Of two rings that don't cross: whether this one lies in the other, touching it or not. */
  boolean liesWithin(Ring other) {
    if (!other.boxHolds(this)) {
      return false;
    }
    for (int i = 0; i < lats.length; i++) {
      if (!other.isOnEdge(lats[i], lngs[i])) {
        return other.oddCrossings(lats[i], lngs[i]);
      }
    }
    return area() <= other.area() * SAME_AREA && bandsLieWithin(other);
  }

  /** Looks at what lies inside on parallels between the vertices. */
  private boolean bandsLieWithin(Ring other) {
    int[] parallels = Arrays.stream(lats).sorted().distinct().toArray();
    int step = 1 + parallels.length / BANDS_MAX;
    for (int i = 0; i + 1 < parallels.length; i += step) {
      double lat = (parallels[i] + (double) parallels[i + 1]) / 2;
      double[] own = crossings(lat);
      double[] others = other.crossings(lat);
      for (int k = 0; k + 1 < own.length; k += 2) {
        if (!isWithinOneOf(others, own[k], own[k + 1])) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isWithinOneOf(double[] crossings, double west, double east) {
    if (east - west <= ROUNDING) {
      return true; // too narrow to tell
    }
    for (int k = 0; k + 1 < crossings.length; k += 2) {
      if (crossings[k] <= west + ROUNDING && crossings[k + 1] >= east - ROUNDING) {
        return true;
      }
    }
    return false;
  }

  /** Where a parallel crosses the edges, from west to east. */
  private double[] crossings(double lat) {
    double[] found = new double[lats.length];
    int size = 0;
    for (int i = 0, j = lats.length - 1; i < lats.length; j = i++) {
      if ((lats[i] > lat) != (lats[j] > lat)) {
        double along = (lat - lats[j]) / ((double) lats[i] - lats[j]);
        found[size++] = lngs[j] + along * ((double) lngs[i] - lngs[j]);
      }
    }
    double[] crossings = Arrays.copyOf(found, size);
    Arrays.sort(crossings);
    return crossings;
  }

  private boolean isOnEdge(int lat, int lng) {
    return meetsSegment(lat, lng, lat, lng);
  }

  /** In square E7 units, rounded. */
  double area() {
    double twice = 0;
    int last = lats.length - 1;
    for (int i = 0, j = last; i <= last; j = i++) {
      double lngJ = (double) lngs[j] - lngs[0];
      double lngI = (double) lngs[i] - lngs[0];
      twice += lngJ * ((double) lats[i] - lats[0]) - lngI * ((double) lats[j] - lats[0]);
    }
    return Math.abs(twice) / 2;
  }
}
