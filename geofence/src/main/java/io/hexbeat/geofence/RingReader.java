package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * Turns rings as they come, flat and in degrees' range, into {@link Ring}s: unwrapped over the
 * antimeridian, closed over the pole they wind round, without repeated vertices and spikes.
 * Stateless; any thread. What can't be read is refused with an {@link InvalidShapeException}.
 */
final class RingReader {
  private RingReader() {}

  static PolygonPart part(int part, int[][] rings) {
    if (rings.length == 0) {
      throw new InvalidShapeException("/" + part, "part " + part + " has no ring");
    }
    long[][] unwrapped = new long[rings.length][];
    boolean over = false;
    for (int r = 0; r < rings.length; r++) {
      unwrapped[r] = unwrap(rings[r]);
      over |= Arrays.stream(unwrapped[r]).max().orElse(0) > E7.MAX_LNG;
    }
    Ring[] read = new Ring[rings.length];
    for (int r = 0; r < rings.length; r++) {
      int n = unwrapped[r].length;
      int[] lats = new int[n];
      int[] lngs = new int[n];
      for (int i = 0; i < n; i++) {
        lats[i] = rings[r][2 * i];
        lngs[i] = (int) (over ? unwrapped[r][i] - E7.MAX_LNG : unwrapped[r][i]);
      }
      read[r] = new Ring(lats, lngs);
    }
    return new PolygonPart(over, read);
  }

  private static long[] unwrap(int[] flat) {
    int n = flat.length / 2;
    long[] lngs = new long[n];
    long min = Long.MAX_VALUE;
    for (int i = 0; i < n; i++) {
      long lng = flat[2 * i + 1];
      if (i > 0) {
        long step = lng - lngs[i - 1];
        lng -= Math.round(step / (double) E7.TURN) * E7.TURN;
      }
      lngs[i] = lng;
      min = Math.min(min, lng);
    }
    if (min < E7.MIN_LNG) {
      for (int i = 0; i < n; i++) {
        lngs[i] += E7.TURN;
      }
    }
    return lngs;
  }
}
