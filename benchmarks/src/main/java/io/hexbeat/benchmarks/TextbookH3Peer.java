package io.hexbeat.benchmarks;

import com.uber.h3core.H3Core;
import com.uber.h3core.PolygonToCellsFlags;
import com.uber.h3core.util.LatLng;
import io.hexbeat.geofence.E7;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The textbook use of H3: a hash map from cell to the fences that fill it and those whose edge may
 * run through it; the latter are tested with all of their ring. Cells are of one resolution. Those
 * of a polygon come from {@code polygonToCellsExperimental}, full and overlapping; those of a
 * circle from {@code gridDisk}, by the distances of their corners.
 */
final class TextbookH3Peer implements Peer {
  /** Edges of 66 m: the finest at which a fence of 500 m still is in the order of 100 cells. */
  static final int RESOLUTION = 10;

  private static final int[] NONE = {};

  /** Fences of one cell by handle. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Cell(int[] full, int[] boundary) {}

  private final H3Core h3;
  private final Map<Long, Cell> cells;
  private final RingTest[] rings;

  private TextbookH3Peer(H3Core h3, Map<Long, Cell> cells, RingTest[] rings) {
    this.h3 = h3;
    this.cells = cells;
    this.rings = rings;
  }

  static TextbookH3Peer of(List<Outline> outlines) {
    return of(outlines, cover(outlines));
  }

  /** From coverings made before, one a fence. */
  static TextbookH3Peer of(List<Outline> outlines, List<Cover> covers) {
    Map<Long, List<Integer>> full = new HashMap<>();
    Map<Long, List<Integer>> boundary = new HashMap<>();
    for (int i = 0; i < covers.size(); i++) {
      for (long cell : covers.get(i).full()) {
        full.computeIfAbsent(cell, none -> new ArrayList<>()).add(i + 1);
      }
      for (long cell : covers.get(i).boundary()) {
        boundary.computeIfAbsent(cell, none -> new ArrayList<>()).add(i + 1);
      }
    }
    Set<Long> all = new HashSet<>(full.keySet());
    all.addAll(boundary.keySet());
    Map<Long, Cell> cells = new HashMap<>();
    for (Long cell : all) {
      cells.put(cell, new Cell(handles(full.get(cell)), handles(boundary.get(cell))));
    }
    return new TextbookH3Peer(
        h3(), cells, outlines.stream().map(RingTest::of).toArray(RingTest[]::new));
  }

  /** Cells of one fence. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Cover(long[] full, long[] boundary) {}

  /** The slow part, on all cores. */
  static List<Cover> cover(List<Outline> outlines) {
    H3Core h3 = h3();
    return outlines.parallelStream().map(outline -> cover(h3, outline)).toList();
  }

  static H3Core h3() {
    try {
      return H3Core.newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("the H3 library can't be loaded on this machine", e);
    }
  }

  static Cover cover(H3Core h3, Outline outline) {
    Set<Long> full = new HashSet<>();
    Set<Long> boundary = new HashSet<>();
    if (outline instanceof Outline.Disc disc) {
      coverDisc(h3, disc, full, boundary);
    } else {
      for (int[][] part : ((Outline.Area) outline).parts()) {
        coverPart(h3, part, full, boundary);
      }
    }
    boundary.removeAll(full);
    return new Cover(longs(full), longs(boundary));
  }

  private static void coverPart(H3Core h3, int[][] part, Set<Long> full, Set<Long> boundary) {
    List<LatLng> outer = ring(part[0]);
    List<List<LatLng>> holes = new ArrayList<>();
    for (int i = 1; i < part.length; i++) {
      holes.add(ring(part[i]));
    }
    full.addAll(
        h3.polygonToCellsExperimental(
            outer, holes, RESOLUTION, PolygonToCellsFlags.containment_full));
    boundary.addAll(
        h3.polygonToCellsExperimental(
            outer, holes, RESOLUTION, PolygonToCellsFlags.containment_overlapping));
  }

  private static void coverDisc(H3Core h3, Outline.Disc disc, Set<Long> full, Set<Long> boundary) {
    long centre =
        h3.latLngToCell(E7.toDegrees(disc.latE7()), E7.toDegrees(disc.lngE7()), RESOLUTION);
    // a ring of cells is at least 1.5 edges wide, and no edge is shorter than half of the average
    double edgeMeters = h3.getHexagonEdgeLengthAvg(RESOLUTION, com.uber.h3core.LengthUnit.m);
    int rings = (int) Math.ceil(disc.radiusMeters() / (edgeMeters * 0.75)) + 1;
    for (long cell : h3.gridDisk(centre, rings)) {
      double nearest = Double.POSITIVE_INFINITY;
      double farthest = 0;
      for (LatLng corner : h3.cellToBoundary(cell)) {
        double meters =
            E7.distanceMeters(
                disc.latE7(), disc.lngE7(), E7.fromDegrees(corner.lat), E7.fromDegrees(corner.lng));
        nearest = Math.min(nearest, meters);
        farthest = Math.max(farthest, meters);
      }
      if (farthest <= disc.radiusMeters()) {
        full.add(cell);
      } else if (cell == centre || nearest - edgeMeters <= disc.radiusMeters()) {
        boundary.add(cell);
      }
    }
  }

  static List<LatLng> ring(int[] ring) {
    List<LatLng> vertices = new ArrayList<>(ring.length / 2);
    for (int i = 0; i < ring.length; i += 2) {
      vertices.add(new LatLng(E7.toDegrees(ring[i]), E7.toDegrees(ring[i + 1])));
    }
    return vertices;
  }

  private static int[] handles(List<Integer> handles) {
    return handles == null ? NONE : handles.stream().mapToInt(Integer::intValue).toArray();
  }

  private static long[] longs(Set<Long> cells) {
    return cells.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void containing(int latE7, int lngE7, Hits out) {
    out.clear();
    Cell cell = cells.get(h3.latLngToCell(E7.toDegrees(latE7), E7.toDegrees(lngE7), RESOLUTION));
    if (cell == null) {
      return;
    }
    for (int handle : cell.full) {
      out.add(handle);
    }
    for (int handle : cell.boundary) {
      if (rings[handle - 1].contains(latE7, lngE7)) {
        out.add(handle);
      }
    }
  }
}
