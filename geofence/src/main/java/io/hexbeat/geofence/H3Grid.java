package io.hexbeat.geofence;

import com.uber.h3core.H3Core;
import com.uber.h3core.util.LatLng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

/**
 * The hexagon grid, the only class that knows the H3 library. Any thread. {@link #cell} and {@link
 * #parent} allocate nothing. Fails at first use, with an {@link UncheckedIOException}, where the
 * native library can't be loaded.
 *
 * <p>A cell here is what its index says: all points whose finer cells have it as an ancestor. That
 * is not the drawn hexagon, because children stick out of their parents; {@link #REACH} bounds by
 * how much.
 */
final class H3Grid {
  /**
   * No point of a cell is farther from its centre than this many times the centre's distance to the
   * farthest corner. In the plane the limit of children's children is 1.0525: each step to a
   * child's centre is 0.6547 of the parent's circumradius and the next one is 1/sqrt(7) of that.
   * Measured over the globe, pentagons included, it is below 1.053; a test watches it.
   */
  static final double REACH = 1.12;

  private static final H3Core H3 = load();

  private static final int RESOLUTION_SHIFT = 52;
  private static final long RESOLUTION_MASK = 15L << RESOLUTION_SHIFT;
  private static final int FINEST = 15;
  private static final int DIGIT_BITS = 3;

  private H3Grid() {}

  private static H3Core load() {
    try {
      return H3Core.newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("the H3 library can't be loaded on this machine", e);
    }
  }

  /** The cell of a resolution up to {@link FacePlane#FINEST_RESOLUTION} that holds the point. */
  static long cell(int latE7, int lngE7, int resolution) {
    long cell = FacePlane.cell(latE7, lngE7, resolution);
    return cell != FacePlane.UNCERTAIN ? cell : libraryCell(latE7, lngE7, resolution);
  }

  /** The same, and tells the region, whose anchor the point is, its cell. */
  static long cell(int latE7, int lngE7, int resolution, SafeRegion region) {
    long cell = FacePlane.cell(latE7, lngE7, resolution, region);
    if (cell == FacePlane.UNCERTAIN) {
      cell = libraryCell(latE7, lngE7, resolution);
      region.setCell(cell, 0);
    }
    return cell;
  }

  /** The slow truth of {@link #cell}, of any resolution. */
  static long libraryCell(int latE7, int lngE7, int resolution) {
    return H3.latLngToCell(E7.toDegrees(latE7), E7.toDegrees(lngE7), resolution);
  }

  static int resolution(long cell) {
    return (int) ((cell & RESOLUTION_MASK) >>> RESOLUTION_SHIFT);
  }

  /** The ancestor at a coarser resolution, or the cell itself at its own. */
  static long parent(long cell, int resolution) {
    long unusedDigits = (1L << (DIGIT_BITS * (FINEST - resolution))) - 1;
    return (cell & ~RESOLUTION_MASK) | ((long) resolution << RESOLUTION_SHIFT) | unusedDigits;
  }

  static Collection<Long> baseCells() {
    return H3.getRes0Cells();
  }

  static List<Long> children(long cell) {
    return H3.cellToChildren(cell, resolution(cell) + 1);
  }

  static int centreLatE7(long cell) {
    return E7.fromDegrees(H3.cellToLatLng(cell).lat);
  }

  static int centreLngE7(long cell) {
    return E7.normalizeLngE7(E7.fromDegrees(H3.cellToLatLng(cell).lng));
  }

  /** Metres from the centre within which all points of the cell lie. */
  static double reachMeters(long cell, int centreLatE7, int centreLngE7) {
    double farthest = 0;
    for (LatLng corner : H3.cellToBoundary(cell)) {
      double meters =
          E7.distanceMeters(
              centreLatE7, centreLngE7, E7.fromDegrees(corner.lat), E7.fromDegrees(corner.lng));
      farthest = Math.max(farthest, meters);
    }
    return farthest * REACH + 1;
  }
}
