package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that a cell of the finest resolution in use and its ancestors say, brought together for
 * lookups: one set of the fences that hold all of it, the tests, and the maps of what is clear.
 * Immutable; any thread, however it got hold of it. Allocates nothing when asked.
 */
final class CellView {
  private static final int[] NONE = {};
  private static final CellTests[] NO_TESTS = {};
  private static final ClearMap[] NO_MAPS = {};

  final long cell;
  private final int[] inside;

  /** Of most cells all that there are. */
  private final @Nullable CellTests tests;

  private final CellTests[] moreTests;
  private final @Nullable ClearMap map;
  private final ClearMap[] moreMaps;

  /** Edges that no map knows are farther than this from all points of the cell. */
  private final double marginMeters;

  private CellView(
      long cell, int[] inside, List<CellTests> tests, List<ClearMap> maps, double marginMeters) {
    this.cell = cell;
    this.inside = inside;
    this.tests = tests.isEmpty() ? null : tests.get(0);
    this.moreTests = tests.size() < 2 ? NO_TESTS : tests.subList(1, tests.size()).toArray(NO_TESTS);
    this.map = maps.isEmpty() ? null : maps.get(0);
    this.moreMaps = maps.size() < 2 ? NO_MAPS : maps.subList(1, maps.size()).toArray(NO_MAPS);
    this.marginMeters = marginMeters;
  }

  /**
   * @param resolutions bit r is set if cells of resolution r are in use
   * @param shared gives the one set that stands for all equal ones
   */
  static CellView of(long cell, int resolutions, CellTable cells, UnaryOperator<int[]> shared) {
    int[] inside = NONE;
    List<CellTests> tests = new ArrayList<>();
    List<ClearMap> maps = new ArrayList<>();
    double marginMeters = Double.MAX_VALUE;
    for (int left = resolutions; left != 0; left &= left - 1) {
      int resolution = Integer.numberOfTrailingZeros(left);
      CellFences fences = cells.get(H3Grid.parent(cell, resolution));
      if (fences.inside.length > 0) {
        int from = inside.length;
        inside = Arrays.copyOf(inside, from + fences.inside.length);
        System.arraycopy(fences.inside, 0, inside, from, fences.inside.length);
      }
      if (fences.tests != null) {
        tests.add(fences.tests);
      }
      if (fences.clear != null) {
        maps.add(fences.clear);
      }
      if (resolution <= ClearMap.FINEST_RESOLUTION) {
        marginMeters = Math.min(marginMeters, ClearMap.marginMeters(resolution));
      }
    }
    Arrays.sort(inside);
    return new CellView(cell, shared.apply(inside), tests, maps, marginMeters);
  }

  void containing(int latE7, int lngE7, FenceIds out) {
    out.setTo(inside);
    if (tests != null) {
      tests.containing(latE7, lngE7, out);
      for (CellTests more : moreTests) {
        more.containing(latE7, lngE7, out);
      }
    }
  }

  /** Limits the region, whose anchor the point is, to where the answer holds. */
  void limit(int latE7, int lngE7, SafeRegion region) {
    region.limitMeters(marginMeters);
    boolean clear = map == null || map.limit(latE7, lngE7, region);
    for (ClearMap more : moreMaps) {
      clear &= more.limit(latE7, lngE7, region);
    }
    if (!clear && region.limitToCell() && tests != null) {
      tests.limit(latE7, lngE7, region);
      for (CellTests more : moreTests) {
        more.limit(latE7, lngE7, region);
      }
    }
  }
}
