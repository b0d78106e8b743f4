package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks a polygon as a whole: limits, holes within their outer rings, rings that don't cross,
 * parts that don't cover each other. Stateless; any thread, n log n for n vertices. What fails is
 * refused with an {@link InvalidShapeException} that says where and what is allowed.
 */
final class PolygonReader {
  /** Areas that differ by less are the same ring written down in another order. */
  private static final double SAME_AREA = 1e-9;

  private PolygonReader() {}

  /** A finished ring and where it came from. */
  private record ReadRing(RingReader source, Ring ring) {}

  static PolygonPart[] read(int[][][] parts) {
    refuseTooMuch(parts);
    PolygonPart[] read = new PolygonPart[parts.length];
    List<ReadRing> atPrimeMeridian = new ArrayList<>();
    List<ReadRing> atAntimeridian = new ArrayList<>();
    for (int p = 0; p < parts.length; p++) {
      List<ReadRing> rings = new ArrayList<>();
      boolean over = readPart(p, parts[p], rings);
      read[p] = new PolygonPart(over, rings.stream().map(ReadRing::ring).toArray(Ring[]::new));
      (over ? atAntimeridian : atPrimeMeridian).addAll(rings);
    }
    refuseCrossings(atPrimeMeridian);
    refuseCrossings(atAntimeridian);
    for (int p = 0; p < read.length; p++) {
      refuseStrayHoles(p, read[p]);
    }
    refuseOverlaps(read);
    return read;
  }

  private static void refuseTooMuch(int[][][] parts) {
    long vertices = 0;
    long rings = 0;
    for (int[][] part : parts) {
      rings += part.length;
      for (int[] ring : part) {
        vertices += ring.length / 2;
      }
    }
    if (parts.length == 0) {
      throw new InvalidShapeException("", "polygon has no part, at least one is needed");
    }
    if (vertices > Polygon.MAX_VERTICES) {
      throw new InvalidShapeException(
          "",
          "polygon has " + vertices + " vertices, at most " + Polygon.MAX_VERTICES + " allowed");
    }
    if (rings > Polygon.MAX_RINGS) {
      throw new InvalidShapeException(
          "", "polygon has " + rings + " rings, at most " + Polygon.MAX_RINGS + " allowed");
    }
  }

  /** Whether the part crosses the antimeridian. */
  private static boolean readPart(int part, int[][] rings, List<ReadRing> out) {
    if (rings.length == 0) {
      throw new InvalidShapeException("/" + part, "part " + part + " has no ring");
    }
    RingReader outer = RingReader.read(part, 0, rings[0]);
    long frame = outer.maxLng() > E7.MAX_LNG ? E7.MAX_LNG : 0;
    out.add(new ReadRing(outer, outer.ring(frame)));
    for (int r = 1; r < rings.length; r++) {
      RingReader hole = RingReader.read(part, r, rings[r]);
      if (!hole.polar()) {
        hole.align(outer.minLng(), outer.maxLng());
        if (hole.minLng() < outer.minLng() || hole.maxLng() > outer.maxLng()) {
          throw strayHole(part, r);
        }
      } else if (!outer.polar()) {
        throw strayHole(part, r);
      }
      out.add(new ReadRing(hole, hole.ring(frame)));
    }
    return frame != 0;
  }

  private static void refuseCrossings(List<ReadRing> rings) {
    CrossingSweep.Crossing crossing =
        CrossingSweep.find(rings.stream().map(ReadRing::ring).toList());
    if (crossing == null) {
      return;
    }
    RingReader first = rings.get(crossing.first().ringIndex).source();
    RingReader second = rings.get(crossing.second().ringIndex).source();
    CrossingSweep.Edge edge = crossing.first();
    throw new InvalidShapeException(
        first.pointer(edge.from),
        first.describe()
            + (first.equals(second) ? " crosses itself" : " crosses " + second.describe())
            + ": the edge after "
            + first.pointer(edge.from)
            + " and the edge after "
            + second.pointer(crossing.second().from)
            + " intersect; rings may touch but not cross");
  }

  /** A hole lies within its outer ring, except that of two rings round a pole either may be. */
  private static void refuseStrayHoles(int part, PolygonPart read) {
    Ring outer = read.rings[0];
    double left = outer.area();
    for (int r = 1; r < read.rings.length; r++) {
      Ring hole = read.rings[r];
      if (hole.maxLng() - (long) hole.minLng() == E7.TURN) {
        left = Double.POSITIVE_INFINITY;
        continue;
      }
      if (!hole.liesWithin(outer)) {
        throw strayHole(part, r);
      }
      refuseNestedHoles(part, read.rings, r);
      left -= hole.area();
    }
    if (left <= outer.area() * SAME_AREA) {
      throw new InvalidShapeException("/" + part, "the holes of part " + part + " leave no area");
    }
  }

  /** A hole in a hole would be land again, and a hole given twice none; neither can be meant. */
  private static void refuseNestedHoles(int part, Ring[] rings, int last) {
    for (int r = 1; r < last; r++) {
      int inner = rings[last].liesWithin(rings[r]) ? last : r;
      int outer = inner == last ? r : last;
      if (inner == last || rings[r].liesWithin(rings[last])) {
        throw new InvalidShapeException(
            "/" + part + "/" + inner,
            RingReader.describe(part, inner)
                + " lies within hole "
                + outer
                + "; land in a hole is a part of its own");
      }
    }
  }

  private static InvalidShapeException strayHole(int part, int ring) {
    return new InvalidShapeException(
        "/" + part + "/" + ring,
        RingReader.describe(part, ring) + " is not within the outer ring of that part");
  }

  /** Where two parts cover each other, even-odd would make a hole that nobody asked for. */
  private static void refuseOverlaps(PolygonPart[] parts) {
    for (int a = 0; a < parts.length; a++) {
      for (int b = 0; b < parts.length; b++) {
        if (a != b
            && parts[a].overAntimeridian == parts[b].overAntimeridian
            && covers(parts[a], parts[b])) {
          throw new InvalidShapeException(
              "/" + b, "part " + b + " lies within part " + a + "; parts may not overlap");
        }
      }
    }
  }

  private static boolean covers(PolygonPart outside, PolygonPart inside) {
    Ring outer = outside.rings[0];
    Ring inner = inside.rings[0];
    if (!outer.boxHolds(inner) || !inner.liesWithin(outer)) {
      return false;
    }
    for (int r = 1; r < outside.rings.length; r++) {
      Ring hole = outside.rings[r];
      if (hole.boxHolds(inner) && inner.liesWithin(hole)) {
        return false; // an island in a lake
      }
      if (hole.maxLng() - (long) hole.minLng() == E7.TURN) {
        return false; // a belt round a pole
      }
    }
    return true;
  }
}
