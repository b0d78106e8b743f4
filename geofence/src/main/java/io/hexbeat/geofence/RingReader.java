package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Turns one ring as it comes into one that can be computed with: checked, unwrapped over the
 * antimeridian, closed over the pole it winds round, without repeated vertices and spikes. One
 * thread, one ring. Refuses with an {@link InvalidShapeException} that names the vertex.
 */
final class RingReader {
  /**
   * Widest ring in degrees. Between two vertices more than half a turn apart the shorter way leads
   * over the antimeridian, so a wider ring would have two readings. Rings that go over a pole have
   * one and are exempt.
   */
  static final int MAX_WIDTH_DEGREES = 180;

  /**
   * Widest edge over the antimeridian in degrees. A ring drawn from -100 to 100 is hardly ever
   * meant to lie in the Pacific; one from 170 to -170 always.
   */
  static final int MAX_EDGE_OVER_ANTIMERIDIAN_DEGREES = 90;

  /** From here on to the pole an edge along the whole parallel is an edge over the pole. */
  private static final int POLAR_LAT = (int) (89.9 * E7.SCALE);

  private final int part;
  private final int ring;

  private int[] lats = {};
  private long[] lngs = {};

  /** Index in the input of each vertex that is left. */
  private int[] sources = {};

  private int size;
  private boolean polar;

  private RingReader(int part, int ring) {
    this.part = part;
    this.ring = ring;
  }

  /** {@code flat} is {@code [latE7, lngE7, ...]} and stays untouched. */
  static RingReader read(int part, int ring, int[] flat) {
    RingReader reader = new RingReader(part, ring);
    reader.copy(flat);
    reader.polar = reader.goesOverPole();
    if (reader.polar) {
      reader.refuseWideEdges();
    } else {
      reader.unwrap();
    }
    reader.dropRepeatsAndSpikes();
    reader.refuseCollapsed(flat);
    reader.refuseWide();
    return reader;
  }

  /** Longitudes start in [-180, 180) and go on past 180 if the ring crosses the antimeridian. */
  long minLng() {
    return Arrays.stream(lngs, 0, size).min().orElse(0);
  }

  long maxLng() {
    return Arrays.stream(lngs, 0, size).max().orElse(0);
  }

  /** Whether it goes over or round a pole and therefore spans all longitudes. */
  boolean polar() {
    return polar;
  }

  /** Moves the ring by full turns into the frame where {@code [west, east]} lies, if it fits. */
  void align(long west, long east) {
    long turn = 0;
    if (minLng() < west && maxLng() + E7.TURN <= east) {
      turn = E7.TURN;
    } else if (maxLng() > east && minLng() - E7.TURN >= west) {
      turn = -E7.TURN;
    }
    for (int i = 0; i < size; i++) {
      lngs[i] += turn;
    }
  }

  /** The ring with longitudes as offsets from a frame meridian. */
  Ring ring(long frameLngE7) {
    int[] offsets = new int[size];
    for (int i = 0; i < size; i++) {
      offsets[i] = Math.toIntExact(lngs[i] - frameLngE7);
    }
    return new Ring(Arrays.copyOf(lats, size), offsets);
  }

  /** Where a vertex of the finished ring comes from: {@code /part/ring/vertex}. */
  String pointer(int vertex) {
    return "/" + part + "/" + ring + "/" + sources[vertex];
  }

  String describe() {
    return describe(part, ring);
  }

  static String describe(int part, int ring) {
    return (ring == 0 ? "outer ring" : "hole " + ring) + " of part " + part;
  }

  private void copy(int[] flat) {
    if (flat.length % 2 != 0) {
      throw refuse(flat.length / 2, "has a latitude without longitude at its end");
    }
    int n = flat.length / 2;
    lats = new int[n + 4];
    lngs = new long[n + 4];
    sources = new int[n + 4];
    for (int i = 0; i < n; i++) {
      int lat = flat[2 * i];
      int lng = flat[2 * i + 1];
      if (lat < -E7.MAX_LAT || lat > E7.MAX_LAT) {
        throw refuse(i, "latitude " + E7.toDegrees(lat) + " is outside -90..90");
      }
      if (lng < E7.MIN_LNG || lng > E7.MAX_LNG) {
        throw refuse(i, "longitude " + E7.toDegrees(lng) + " is outside -180..180");
      }
      if (size > 0 && lats[size - 1] == lat && lngs[size - 1] == lng) {
        continue;
      }
      append(lat, lng, i);
    }
    while (size > 1 && lats[size - 1] == lats[0] && lngs[size - 1] == lngs[0]) {
      size--;
    }
  }

  private void append(int lat, long lng, int source) {
    lats[size] = lat;
    lngs[size] = lng;
    sources[size] = source;
    size++;
  }

  private boolean goesOverPole() {
    boolean atWest = false;
    boolean atEast = false;
    for (int i = 0; i < size; i++) {
      if (Math.abs(lats[i]) >= POLAR_LAT) {
        atWest |= lngs[i] == E7.MIN_LNG;
        atEast |= lngs[i] == E7.MAX_LNG;
      }
    }
    return atWest && atEast;
  }

  private void refuseWideEdges() {
    for (int i = 0; i < size; i++) {
      long width = Math.abs(lngs[i] - lngs[i == 0 ? size - 1 : i - 1]);
      if (width > E7.TURN / 2 && width != E7.TURN) {
        throw refuse(
            sources[i],
            "edge spans "
                + degrees(width)
                + " degrees of longitude in a ring over a pole; at most "
                + MAX_WIDTH_DEGREES
                + ", or all 360, are allowed");
      }
    }
  }

  private void unwrap() {
    if (size == 0) {
      return;
    }
    long first = lngs[0];
    long before = first;
    for (int i = 1; i < size; i++) {
      long raw = lngs[i];
      lngs[i] = lngs[i - 1] + step(before, raw, i);
      before = raw;
    }
    long closing = lngs[size - 1] + step(before, first, 0);
    if (closing != lngs[0]) {
      closeOverPole(closing - lngs[0]);
      return;
    }
    long min = minLng();
    long shift = E7.normalizeLngE7(min) - min;
    for (int i = 0; i < size; i++) {
      lngs[i] += shift;
    }
  }

  /** The way from one vertex's longitude to the next one's. */
  private long step(long from, long to, int vertex) {
    long raw = to - from;
    if (Math.abs(raw) <= E7.TURN / 2) {
      return raw;
    }
    long over = raw > 0 ? raw - E7.TURN : raw + E7.TURN;
    if (Math.abs(over) > (long) MAX_EDGE_OVER_ANTIMERIDIAN_DEGREES * E7.SCALE) {
      throw refuse(
          sources[vertex],
          "edge spans "
              + degrees(Math.abs(raw))
              + " degrees of longitude, wider than the "
              + MAX_WIDTH_DEGREES
              + " allowed for a ring; over the antimeridian an edge may span "
              + MAX_EDGE_OVER_ANTIMERIDIAN_DEGREES);
    }
    return over;
  }

  /** The ring winds round the earth: it bounds the cap of the pole on whose side it lies. */
  private void closeOverPole(long winding) {
    if (Math.abs(winding) != E7.TURN) {
      throw refuse(0, "winds round the earth more than once");
    }
    int south = Arrays.stream(lats, 0, size).min().orElse(0);
    int north = Arrays.stream(lats, 0, size).max().orElse(0);
    if (south <= 0 && north >= 0) {
      throw refuse(
          0,
          "winds round the earth at the equator, wider than the "
              + MAX_WIDTH_DEGREES
              + " degrees allowed; cut it");
    }
    if (winding < 0) {
      reverse();
    }
    int cut = cutVertex();
    long seam = E7.MAX_LNG + Math.floorDiv(lngs[cut] - E7.MAX_LNG, E7.TURN) * E7.TURN;
    int before = cut == 0 ? size - 1 : cut - 1;
    long lngBefore = cut == 0 ? lngs[before] - E7.TURN : lngs[before];
    double along = (seam - lngBefore) / (double) (lngs[cut] - lngBefore);
    int seamLat = (int) Math.round(lats[before] + along * (lats[cut] - (double) lats[before]));
    rotate(cut, seam);
    int pole = south > 0 ? E7.MAX_LAT : -E7.MAX_LAT;
    int source = sources[size - 1];
    append(seamLat, E7.MAX_LNG, source);
    append(pole, E7.MAX_LNG, source);
    append(pole, E7.MIN_LNG, source);
    append(seamLat, E7.MIN_LNG, source);
    polar = true;
  }

  /** The vertex at or after which an eastward ring passes the antimeridian, which it does once. */
  private int cutVertex() {
    int cut = -1;
    for (int i = 0; i < size; i++) {
      long before = i == 0 ? lngs[size - 1] - E7.TURN : lngs[i - 1];
      long turnsBefore = Math.floorDiv(before - E7.MAX_LNG, E7.TURN);
      long turns = Math.floorDiv(lngs[i] - E7.MAX_LNG, E7.TURN);
      if (turns == turnsBefore) {
        continue;
      }
      if (cut >= 0) {
        throw refuse(
            sources[i],
            "winds round a pole and crosses the antimeridian more than once; cut it there");
      }
      cut = i;
    }
    return cut;
  }

  /** Starts with the vertex {@code cut}, longitudes counted so that {@code seam} is -180. */
  private void rotate(int cut, long seam) {
    int[] turnedLats = lats.clone();
    long[] turnedLngs = lngs.clone();
    int[] turnedSources = sources.clone();
    for (int i = 0; i < size; i++) {
      int from = (cut + i) % size;
      turnedLats[i] = lats[from];
      turnedLngs[i] = lngs[from] - seam + E7.MIN_LNG + (cut + i >= size ? E7.TURN : 0);
      turnedSources[i] = sources[from];
    }
    lats = turnedLats;
    lngs = turnedLngs;
    sources = turnedSources;
  }

  private void reverse() {
    for (int i = 0, j = size - 1; i < j; i++, j--) {
      int lat = lats[i];
      lats[i] = lats[j];
      lats[j] = lat;
      long lng = lngs[i];
      lngs[i] = lngs[j];
      lngs[j] = lng;
      int source = sources[i];
      sources[i] = sources[j];
      sources[j] = source;
    }
  }

  private void dropRepeatsAndSpikes() {
    int n = size;
    size = 0;
    for (int i = 0; i < n; i++) {
      append(lats[i], lngs[i], sources[i]);
      while (size >= 2 && tipIsNeedless(size - 3, size - 2, size - 1)) {
        dropBeforeLast();
      }
    }
    int first = 0;
    boolean dropped = true;
    while (dropped && size - first >= 3) {
      dropped = false;
      if (needless(size - 2, size - 1, first)) {
        size--;
        dropped = true;
      } else if (needless(size - 1, first, first + 1)) {
        first++;
        dropped = true;
      }
    }
    if (size - first < 3 && size - first > 0) {
      size = first; // nothing but a line is left
    }
    System.arraycopy(lats, first, lats, 0, size - first);
    System.arraycopy(lngs, first, lngs, 0, size - first);
    System.arraycopy(sources, first, sources, 0, size - first);
    size -= first;
  }

  private boolean tipIsNeedless(int before, int tip, int after) {
    boolean repeated = lats[tip] == lats[after] && lngs[tip] == lngs[after];
    return repeated || (before >= 0 && needless(before, tip, after));
  }

  /** Whether the tip repeats a neighbour, or the ring turns back there on its own way. */
  private boolean needless(int before, int tip, int after) {
    long latIn = (long) lats[tip] - lats[before];
    long lngIn = lngs[tip] - lngs[before];
    long latOut = (long) lats[after] - lats[tip];
    long lngOut = lngs[after] - lngs[tip];
    if ((latIn == 0 && lngIn == 0) || (latOut == 0 && lngOut == 0)) {
      return true;
    }
    boolean straight = lngIn * latOut == latIn * lngOut;
    boolean back =
        Long.signum(latIn) * Long.signum(latOut) < 0
            || Long.signum(lngIn) * Long.signum(lngOut) < 0;
    return straight && back;
  }

  private void dropBeforeLast() {
    lats[size - 2] = lats[size - 1];
    lngs[size - 2] = lngs[size - 1];
    sources[size - 2] = sources[size - 1];
    size--;
  }

  private void refuseCollapsed(int[] flat) {
    if (size >= 3) {
      return;
    }
    long distinct =
        IntStream.range(0, flat.length / 2)
            .mapToLong(i -> ((long) flat[2 * i] << 32) ^ (flat[2 * i + 1] & 0xFFFFFFFFL))
            .distinct()
            .count();
    if (distinct < 3) {
      throw refuseRing("has " + distinct + " distinct vertices, at least 3 are needed");
    }
    int west = Integer.MAX_VALUE;
    int east = Integer.MIN_VALUE;
    for (int i = 1; i < flat.length; i += 2) {
      west = Math.min(west, flat[i]);
      east = Math.max(east, flat[i]);
    }
    if (!polar && (long) east - west == E7.TURN) {
      throw refuseRing(tooWide(E7.TURN));
    }
    throw refuseRing("has no area: all of its vertices are on one line");
  }

  private void refuseWide() {
    long width = maxLng() - minLng();
    if (!polar && width > (long) MAX_WIDTH_DEGREES * E7.SCALE) {
      throw refuseRing(tooWide(width));
    }
  }

  private static String tooWide(long width) {
    return "is "
        + degrees(width)
        + " degrees of longitude wide, wider than the "
        + MAX_WIDTH_DEGREES
        + " allowed; split it into parts";
  }

  private static String degrees(long widthE7) {
    double degrees = widthE7 / (double) E7.SCALE;
    return degrees == Math.rint(degrees) ? Long.toString((long) degrees) : Double.toString(degrees);
  }

  private InvalidShapeException refuse(int vertex, String reason) {
    return new InvalidShapeException(
        "/" + part + "/" + ring + "/" + vertex, describe() + ", vertex " + vertex + ": " + reason);
  }

  private InvalidShapeException refuseRing(String reason) {
    return new InvalidShapeException("/" + part + "/" + ring, describe() + " " + reason);
  }
}
