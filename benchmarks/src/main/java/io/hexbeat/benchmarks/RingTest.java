package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import java.util.ArrayList;
import java.util.List;

/**
 * The test that everybody writes: a box, then a ray against all edges of all rings (W. R. Franklin,
 * pnpoly), or for circles the distance. Immutable; any thread.
 */
sealed interface RingTest {
  boolean contains(int latE7, int lngE7);

  static RingTest of(Outline outline) {
    if (outline instanceof Outline.Disc disc) {
      return Near.of(disc);
    }
    return Rings.of((Outline.Area) outline);
  }

  /** A circle; two comparisons spare most of the trigonometry. */
  record Near(Outline.Disc disc, double reachLatE7, double reachLngE7) implements RingTest {
    static Near of(Outline.Disc disc) {
      double reach = disc.radiusMeters() / E7.METERS_PER_UNIT * 1.001;
      double lat = Math.toRadians(Math.abs(E7.toDegrees(disc.latE7())));
      return new Near(disc, reach, reach / Math.cos(lat));
    }

    @Override
    public boolean contains(int latE7, int lngE7) {
      return Math.abs(latE7 - disc.latE7()) <= reachLatE7
          && Math.abs(lngE7 - disc.lngE7()) <= reachLngE7
          && disc.contains(latE7, lngE7);
    }
  }

  /** A polygon; an odd number of crossings over all rings is inside. */
  final class Rings implements RingTest {
    private final double[][] lats;
    private final double[][] lngs;
    private double south = Double.POSITIVE_INFINITY;
    private double north = Double.NEGATIVE_INFINITY;
    private double west = Double.POSITIVE_INFINITY;
    private double east = Double.NEGATIVE_INFINITY;

    private Rings(List<int[]> rings) {
      lats = new double[rings.size()][];
      lngs = new double[rings.size()][];
      for (int r = 0; r < lats.length; r++) {
        int[] ring = rings.get(r);
        lats[r] = new double[ring.length / 2];
        lngs[r] = new double[ring.length / 2];
        for (int i = 0; i < lats[r].length; i++) {
          lats[r][i] = E7.toDegrees(ring[2 * i]);
          lngs[r][i] = E7.toDegrees(ring[2 * i + 1]);
          south = Math.min(south, lats[r][i]);
          north = Math.max(north, lats[r][i]);
          west = Math.min(west, lngs[r][i]);
          east = Math.max(east, lngs[r][i]);
        }
      }
    }

    static Rings of(Outline.Area area) {
      List<int[]> rings = new ArrayList<>();
      for (int[][] part : area.parts()) {
        rings.addAll(List.of(part));
      }
      return new Rings(rings);
    }

    @Override
    public boolean contains(int latE7, int lngE7) {
      double lat = E7.toDegrees(latE7);
      double lng = E7.toDegrees(lngE7);
      if (lat < south || lat > north || lng < west || lng > east) {
        return false;
      }
      boolean odd = false;
      for (int r = 0; r < lats.length; r++) {
        double[] y = lats[r];
        double[] x = lngs[r];
        for (int i = 0, j = y.length - 1; i < y.length; j = i++) {
          if ((y[i] > lat) != (y[j] > lat)
              && lng < (x[j] - x[i]) * (lat - y[i]) / (y[j] - y[i]) + x[i]) {
            odd = !odd;
          }
        }
      }
      return odd;
    }
  }
}
