package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.List;

/**
 * The cells of one fence: those wholly inside, and those its edge may run through, for which a test
 * is made that decides there. Cells of different sizes, none an ancestor of another. Immutable; any
 * thread. Edges are told to be near a cell rather too often than too seldom, so the answer is exact
 * whatever the grid's distortion.
 */
final class Covering {
  /**
   * Finest cells, about 200 m an edge: a customer's site is a few of them. What finer cells would
   * tell apart, the tiles of {@link CellTests} do for less memory.
   */
  static final int FINEST_RESOLUTION = 9;

  /** A boundary cell with more edges than this is divided, to keep one test below 0.1 us. */
  static final int MAX_EDGES_PER_CELL = 16;

  /**
   * Bounds the memory of one fence to a few MB. Reached only by coastlines of thousands of bays;
   * from then on boundary cells stay large and their tests slower.
   */
  static final int MAX_CELLS = 50_000;

  /**
   * Boundary cells are at most this part of the fence's own radius, down to the finest, for few
   * points to be in them.
   */
  private static final double CELL_PER_RADIUS = 0.35;

  final Fence fence;
  private long[] cells = new long[8];
  private int count;
  private int resolutions;

  private Covering(Fence fence) {
    this.fence = fence;
  }

  /** Told each cell of a covering once. */
  interface Cells {
    /** All of it is in the fence. */
    void inside(long cell);

    /**
     * The fence's edge may run through it.
     *
     * @param box of the cell, the same for all fences
     */
    void boundary(long cell, CellBox box, BoundaryCheck test);
  }

  static Covering of(int clearResolution, Fence fence, List<CellNode> baseCells, Cells told) {
    Covering covering = new Covering(fence);
    covering.resolutions = 1 << clearResolution;
    covering.cover(baseCells, told);
    covering.cells = Arrays.copyOf(covering.cells, covering.count);
    return covering;
  }

  /** The same cells for a fence that has the same handle and shape, and new attributes. */
  Covering renamed(Fence fence) {
    Covering renamed = new Covering(fence);
    renamed.cells = cells;
    renamed.count = count;
    renamed.resolutions = resolutions;
    return renamed;
  }

  int size() {
    return count;
  }

  long cell(int i) {
    return cells[i];
  }

  /** Bit r is set if there are cells of resolution r, or clear maps. */
  int resolutions() {
    return resolutions;
  }

  private void cover(List<CellNode> baseCells, Cells told) {
    CellBox[] boxes = ShapeBoxes.of(fence.shape());
    List<CellNode> near =
        baseCells.stream().filter(base -> CellBox.meetsAny(boxes, base.box)).toList();
    if (fence.shape() instanceof Polygon polygon) {
      EdgeSet edges = EdgeSet.of(polygon.parts());
      near.forEach(base -> cover(polygon, boxes, edges, base, base.box, told));
    } else if (fence.shape() instanceof Corridor corridor) {
      near.forEach(base -> cover(corridor, corridor.axis(), base, base.box, told));
    } else {
      Circle circle = (Circle) fence.shape();
      CircleCheck test = new CircleCheck(fence.handle(), circle);
      near.forEach(base -> cover(circle, test, base, base.box, told));
    }
  }

  private void cover(
      Polygon polygon,
      CellBox[] boxes,
      EdgeSet parentEdges,
      CellNode node,
      CellBox box,
      Cells told) {
    if (!CellBox.meetsAny(boxes, box)) {
      return;
    }
    EdgeSet edges = parentEdges.within(box);
    if (edges.size() == 0) {
      if (polygon.contains(node.latE7, node.lngE7)) {
        addInside(node.cell, told);
      }
      return;
    }
    boolean divide =
        node.reachMeters > CELL_PER_RADIUS * polygon.radiusMeters()
            || edges.size() > MAX_EDGES_PER_CELL;
    if (divide && mayDivide(node)) {
      for (CellNode child : node.children()) {
        if (child.box.meets(box)) {
          cover(polygon, boxes, edges, child, child.box.intersection(box), told);
        }
      }
      return;
    }
    int[] offsets = edges.offsets(box);
    addBoundary(
        node.cell,
        box,
        offsets == null
            ? new WholeShape(fence.handle(), polygon)
            : ClippedPolygon.of(fence.handle(), polygon, box, offsets),
        told);
  }

  private void cover(Circle circle, CircleCheck test, CellNode node, CellBox box, Cells told) {
    double meters = E7.distanceMeters(node.latE7, node.lngE7, circle.latE7(), circle.lngE7());
    if (meters - node.reachMeters > circle.radiusMeters()) {
      return;
    }
    if (meters + node.reachMeters <= circle.radiusMeters()) {
      addInside(node.cell, told);
    } else if (node.reachMeters > CELL_PER_RADIUS * circle.radiusMeters() && mayDivide(node)) {
      for (CellNode child : node.children()) {
        cover(circle, test, child, child.box.intersection(box), told);
      }
    } else {
      addBoundary(node.cell, box, test, told);
    }
  }

  private void cover(Corridor corridor, Axis parentAxis, CellNode node, CellBox box, Cells told) {
    double halfWidth = corridor.halfWidthMeters();
    Axis near = parentAxis.within(halfWidth + node.reachMeters, node.latE7, node.lngE7);
    if (near.size() == 0) {
      return;
    }
    double meters = near.distanceMeters(node.latE7, node.lngE7);
    boolean divide =
        node.reachMeters > CELL_PER_RADIUS * halfWidth || near.size() > MAX_EDGES_PER_CELL;
    if (meters + node.reachMeters <= halfWidth) {
      addInside(node.cell, told);
    } else if (divide && mayDivide(node)) {
      for (CellNode child : node.children()) {
        cover(corridor, near, child, child.box.intersection(box), told);
      }
    } else {
      addBoundary(node.cell, box, new ClippedCorridor(fence.handle(), near, halfWidth), told);
    }
  }

  private boolean mayDivide(CellNode node) {
    return node.resolution() < FINEST_RESOLUTION && count < MAX_CELLS;
  }

  private void addInside(long cell, Cells told) {
    add(cell);
    told.inside(cell);
  }

  private void addBoundary(long cell, CellBox box, BoundaryCheck test, Cells told) {
    add(cell);
    told.boundary(cell, box, test);
  }

  private void add(long cell) {
    if (count == cells.length) {
      cells = Arrays.copyOf(cells, 2 * count);
    }
    cells[count++] = cell;
    resolutions |= 1 << H3Grid.resolution(cell);
  }
}
