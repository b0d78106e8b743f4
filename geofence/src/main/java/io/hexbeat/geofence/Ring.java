package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.stream.IntStream;

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

  /** Ints before the vertices: the bounds. */
  static final int HEAD = 4;

  /** {@code south, north, west, east}, then {@code lat, lng} a vertex: one place in memory. */
  final int[] form;

  Ring(int[] lats, int[] lngs) {
    form = new int[HEAD + 2 * lats.length];
    int south = Integer.MAX_VALUE;
    int north = Integer.MIN_VALUE;
    int west = Integer.MAX_VALUE;
    int east = Integer.MIN_VALUE;
    for (int i = 0; i < lats.length; i++) {
      south = Math.min(south, lats[i]);
      north = Math.max(north, lats[i]);
      west = Math.min(west, lngs[i]);
      east = Math.max(east, lngs[i]);
      form[HEAD + 2 * i] = lats[i];
      form[HEAD + 2 * i + 1] = lngs[i];
    }
    form[0] = south;
    form[1] = north;
    form[2] = west;
    form[3] = east;
  }

  int size() {
    return (form.length - HEAD) / 2;
  }

  int lat(int i) {
    return form[HEAD + 2 * i];
  }

  int lng(int i) {
    return form[HEAD + 2 * i + 1];
  }

  int minLat() {
    return form[0];
  }

  int maxLat() {
    return form[1];
  }

  int minLng() {
    return form[2];
  }

  int maxLng() {
    return form[3];
  }

  /**
   * Whether a ray from the point to the east crosses the ring an odd number of times. An edge
   * counts if the point is strictly west of it, over the half-open latitudes from its lower end
   * (in) to its upper end (out): that is SEMI_OPEN.
   */
  boolean oddCrossings(int lat, int lng) {
    if (lat < minLat() || lat >= maxLat() || lng >= maxLng()) {
      return false;
    }
    boolean odd = false;
    int latA = form[form.length - 2];
    int lngA = form[form.length - 1];
    for (int i = HEAD; i < form.length; i += 2) {
      int latB = form[i];
      int lngB = form[i + 1];
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
    if (Math.max(latC, latD) < minLat()
        || Math.min(latC, latD) > maxLat()
        || Math.max(lngC, lngD) < minLng()
        || Math.min(lngC, lngD) > maxLng()) {
      return false;
    }
    int latA = form[form.length - 2];
    int lngA = form[form.length - 1];
    for (int i = HEAD; i < form.length; i += 2) {
      int latB = form[i];
      int lngB = form[i + 1];
      if (Orientation.segmentsMeet(latA, lngA, latB, lngB, latC, lngC, latD, lngD)) {
        return true;
      }
      latA = latB;
      lngA = lngB;
    }
    return false;
  }

  boolean boxHolds(Ring other) {
    return minLat() <= other.minLat()
        && maxLat() >= other.maxLat()
        && minLng() <= other.minLng()
        && maxLng() >= other.maxLng();
  }

  /** Of two rings that don't cross: whether this one lies in the other, touching it or not. */
  boolean liesWithin(Ring other) {
    if (!other.boxHolds(this)) {
      return false;
    }
    for (int i = 0; i < size(); i++) {
      if (!other.isOnEdge(lat(i), lng(i))) {
        return other.oddCrossings(lat(i), lng(i));
      }
    }
    return area() <= other.area() * SAME_AREA && bandsLieWithin(other);
  }

  /** Looks at what lies inside on parallels between the vertices. */
  private boolean bandsLieWithin(Ring other) {
    int[] parallels = IntStream.range(0, size()).map(this::lat).sorted().distinct().toArray();
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
    double[] found = new double[size()];
    int size = 0;
    for (int i = 0, j = size() - 1; i < size(); j = i++) {
      if ((lat(i) > lat) != (lat(j) > lat)) {
        double along = (lat - lat(j)) / ((double) lat(i) - lat(j));
        found[size++] = lng(j) + along * ((double) lng(i) - lng(j));
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
    int last = size() - 1;
    for (int i = 0, j = last; i <= last; j = i++) {
      double lngJ = (double) lng(j) - lng(0);
      double lngI = (double) lng(i) - lng(0);
      twice += lngJ * ((double) lat(i) - lat(0)) - lngI * ((double) lat(j) - lat(0));
    }
    return Math.abs(twice) / 2;
  }
}
