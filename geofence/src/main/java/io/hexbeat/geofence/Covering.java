package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.List;

/**
 * The cells of one fence: those wholly inside, and those its edge may run through, each with the
 * test that decides there. Cells of different sizes, none an ancestor of another. Immutable; any
 * thread. Edges are told to be near a cell rather too often than too seldom, so the answer is exact
 * whatever the grid's distortion.
 */
final class Covering {
  /**
   * Finest cells, about 75 m an edge: a customer's site is a few of them. Finer ones would speed up
   * only the points that stand at a site's very edge.
   */
  static final int FINEST_RESOLUTION = 10;

  /** A boundary cell with more edges than this is divided, to keep one test below 0.1 us. */
  static final int MAX_EDGES_PER_CELL = 16;

  /**
   * Bounds the memory of one fence to a few MB. Reached only by coastlines of thousands of bays;
   * from then on boundary cells stay large and their tests slower.
   */
  static final int MAX_CELLS = 50_000;

  /**
   * Boundary cells are at most this part of the fence's own radius, for few points to be in them.
   * With 0.25 lookups are no faster; with 0.7 they are nearly three times slower where 100,000
   * fences overlap, for a third less memory.
   */
  private static final double CELL_PER_RADIUS = 0.35;

  final Fence fence;
  private long[] inside = new long[4];
  private int insideCount;
  private long[] boundary = new long[8];
  private BoundaryCheck[] tests = new BoundaryCheck[8];
  private int boundaryCount;
  private int resolutions;

  private Covering(Fence fence) {
    this.fence = fence;
  }

  static Covering of(Fence fence, List<CellNode> baseCells) {
    Covering covering = new Covering(fence);
    if (fence.shape() instanceof Polygon polygon) {
      covering.cover(polygon, baseCells);
    } else if (fence.shape() instanceof Corridor corridor) {
      covering.cover(corridor, corridor.axis(), baseCells);
    } else {
      Circle circle = (Circle) fence.shape();
      covering.cover(circle, new CircleCheck(fence.handle(), circle), baseCells);
    }
    covering.inside = Arrays.copyOf(covering.inside, covering.insideCount);
    covering.boundary = Arrays.copyOf(covering.boundary, covering.boundaryCount);
    covering.tests = Arrays.copyOf(covering.tests, covering.boundaryCount);
    return covering;
  }

  /** The same cells for a fence that has the same handle and shape, and new attributes. */
  Covering renamed(Fence fence) {
    Covering renamed = new Covering(fence);
    renamed.inside = inside;
    renamed.insideCount = insideCount;
    renamed.boundary = boundary;
    renamed.tests = tests;
    renamed.boundaryCount = boundaryCount;
    renamed.resolutions = resolutions;
    return renamed;
  }

  int insideCount() {
    return insideCount;
  }

  long insideCell(int i) {
    return inside[i];
  }

  int boundaryCount() {
    return boundaryCount;
  }

  long boundaryCell(int i) {
    return boundary[i];
  }

  BoundaryCheck boundaryTest(int i) {
    return tests[i];
  }

  /** Bit r is set if there are cells of resolution r. */
  int resolutions() {
    return resolutions;
  }

  private void cover(Polygon polygon, List<CellNode> baseCells) {
    EdgeSet edges = EdgeSet.of(polygon.parts());
    CellBox[] boxes = polygon.parts().stream().map(PolygonPart::box).toArray(CellBox[]::new);
    double targetMeters = CELL_PER_RADIUS * polygon.radiusMeters();
    for (CellNode base : baseCells) {
      cover(polygon, boxes, edges, targetMeters, base, base.box);
    }
  }

  private void cover(
      Polygon polygon,
      CellBox[] boxes,
      EdgeSet parentEdges,
      double targetMeters,
      CellNode node,
      CellBox box) {
    if (!meetsAny(boxes, box)) {
      return;
    }
    EdgeSet edges = parentEdges.within(box);
    if (edges.size() == 0) {
      if (polygon.contains(node.latE7, node.lngE7)) {
        addInside(node.cell);
      }
      return;
    }
    boolean divide = node.reachMeters > targetMeters || edges.size() > MAX_EDGES_PER_CELL;
    if (divide && mayDivide(node)) {
      for (CellNode child : node.children()) {
        if (child.box.meets(box)) {
          cover(polygon, boxes, edges, targetMeters, child, child.box.intersection(box));
        }
      }
      return;
    }
    int[] offsets = edges.offsets(box);
    addBoundary(
        node.cell,
        offsets == null
            ? new WholeShape(fence.handle(), polygon)
            : ClippedPolygon.of(fence.handle(), polygon, box, offsets));
  }

  private static boolean meetsAny(CellBox[] boxes, CellBox box) {
    for (CellBox part : boxes) {
      if (part.meets(box)) {
        return true;
      }
    }
    return false;
  }

  private void cover(Circle circle, CircleCheck test, List<CellNode> cells) {
    for (CellNode node : cells) {
      double meters = E7.distanceMeters(node.latE7, node.lngE7, circle.latE7(), circle.lngE7());
      if (meters - node.reachMeters > circle.radiusMeters()) {
        continue;
      }
      if (meters + node.reachMeters <= circle.radiusMeters()) {
        addInside(node.cell);
      } else if (node.reachMeters > CELL_PER_RADIUS * circle.radiusMeters() && mayDivide(node)) {
        cover(circle, test, node.children());
      } else {
        addBoundary(node.cell, test);
      }
    }
  }

  private void cover(Corridor corridor, Axis parentAxis, List<CellNode> cells) {
    double halfWidth = corridor.halfWidthMeters();
    for (CellNode node : cells) {
      Axis near = parentAxis.within(halfWidth + node.reachMeters, node.latE7, node.lngE7);
      if (near.size() == 0) {
        continue;
      }
      double meters = near.distanceMeters(node.latE7, node.lngE7);
      boolean divide =
          node.reachMeters > CELL_PER_RADIUS * halfWidth || near.size() > MAX_EDGES_PER_CELL;
      if (meters + node.reachMeters <= halfWidth) {
        addInside(node.cell);
      } else if (divide && mayDivide(node)) {
        cover(corridor, near, node.children());
      } else {
        addBoundary(node.cell, new ClippedCorridor(fence.handle(), near, halfWidth));
      }
    }
  }

  private boolean mayDivide(CellNode node) {
    return node.resolution() < FINEST_RESOLUTION && insideCount + boundaryCount < MAX_CELLS;
  }

  private void addInside(long cell) {
    if (insideCount == inside.length) {
      inside = Arrays.copyOf(inside, 2 * insideCount);
    }
    inside[insideCount++] = cell;
    resolutions |= 1 << H3Grid.resolution(cell);
  }

  private void addBoundary(long cell, BoundaryCheck test) {
    if (boundaryCount == boundary.length) {
      boundary = Arrays.copyOf(boundary, 2 * boundaryCount);
      tests = Arrays.copyOf(tests, 2 * boundaryCount);
    }
    boundary[boundaryCount] = cell;
    tests[boundaryCount++] = test;
    resolutions |= 1 << H3Grid.resolution(cell);
  }
}
