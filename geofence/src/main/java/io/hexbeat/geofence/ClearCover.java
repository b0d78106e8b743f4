package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cells in whose {@link ClearMap} the edge of a fence belongs: all of one resolution, as fine
 * as a bounded number of them allows. The same shape always has the same ones, so they need not be
 * kept to take the fence out again. Immutable; any thread.
 */
final class ClearCover {
  /** A fence with more would cost memory and bring little; its cells are larger then. */
  private static final int MAX_CELLS = 1_000;

  /** Smaller cells would make more maps of a fence and none of them better. */
  private static final double LEAST_MARGIN_PER_RADIUS = 0.25;

  final int resolution;
  final List<Near> cells;

  private ClearCover(int resolution, List<Near> cells) {
    this.resolution = resolution;
    this.cells = cells;
  }

  /**
   * A cell whose map looks at a part of the edge.
   *
   * @param box what the cell's map looks at
   */
  record Near(long cell, CellBox box, BoundaryCheck edge) {}

  static ClearCover of(Fence fence, List<CellNode> baseCells) {
    int resolution = ClearMap.FINEST_RESOLUTION;
    double margin = LEAST_MARGIN_PER_RADIUS * radiusMeters(fence.shape());
    while (resolution > 0 && ClearMap.marginMeters(resolution) < margin) {
      resolution--;
    }
    EdgeSet edges = fence.shape() instanceof Polygon polygon ? EdgeSet.of(polygon.parts()) : null;
    Axis axis = fence.shape() instanceof Corridor corridor ? corridor.axis() : null;
    while (true) {
      Search search = new Search(fence, resolution);
      if (search.descend(baseCells, edges, axis) || resolution == 0) {
        return new ClearCover(resolution, search.found);
      }
      resolution--;
    }
  }

  private static double radiusMeters(Shape shape) {
    if (shape instanceof Polygon polygon) {
      return polygon.radiusMeters();
    }
    return shape instanceof Corridor corridor
        ? corridor.halfWidthMeters()
        : ((Circle) shape).radiusMeters();
  }

  /** Down the grid to one resolution. */
  private static final class Search {
    final List<Near> found = new ArrayList<>();
    private final Fence fence;
    private final int resolution;
    private final CellBox[] boxes;
    private final @Nullable CircleCheck circle;

    Search(Fence fence, int resolution) {
      this.fence = fence;
      this.resolution = resolution;
      boxes = ShapeBoxes.of(fence.shape());
      circle =
          fence.shape() instanceof Circle shape ? new CircleCheck(fence.handle(), shape) : null;
    }

    /**
     * False once there are too many.
     *
     * @param edges of a polygon those that are near, else null
     * @param axis of a corridor what is near of it, else null
     */
    boolean descend(List<CellNode> nodes, @Nullable EdgeSet edges, @Nullable Axis axis) {
      for (CellNode node : nodes) {
        if (CellBox.meetsAny(boxes, node.clearBox()) && !descend(node, edges, axis)) {
          return false;
        }
      }
      return true;
    }

    private boolean descend(CellNode node, @Nullable EdgeSet edges, @Nullable Axis axis) {
      double looksMeters = node.clearReachMeters();
      if (edges != null) {
        EdgeSet near = edges.within(node.clearBox());
        return near.size() == 0 || descendOrAdd(node, near, null);
      }
      if (axis != null) {
        double halfWidth = ((Corridor) fence.shape()).halfWidthMeters();
        Axis near = axis.within(halfWidth + looksMeters, node.latE7, node.lngE7);
        return near.size() == 0
            || near.distanceMeters(node.latE7, node.lngE7) + looksMeters < halfWidth
            || descendOrAdd(node, null, near);
      }
      return fence.shape().distanceToEdgeMeters(node.latE7, node.lngE7) > looksMeters
          || descendOrAdd(node, null, null);
    }

    private boolean descendOrAdd(CellNode node, @Nullable EdgeSet edges, @Nullable Axis axis) {
      if (node.resolution() < resolution) {
        return descend(node.children(), edges, axis);
      }
      if (found.size() == MAX_CELLS && resolution > 0) {
        return false;
      }
      found.add(new Near(node.cell, node.clearBox(), edge(node.clearBox(), edges, axis)));
      return true;
    }

    private BoundaryCheck edge(CellBox box, @Nullable EdgeSet edges, @Nullable Axis axis) {
      if (circle != null) {
        return circle;
      }
      if (axis != null) {
        double halfWidth = ((Corridor) fence.shape()).halfWidthMeters();
        return new ClippedCorridor(fence.handle(), axis, halfWidth);
      }
      int[] offsets = edges == null ? null : edges.offsets(box);
      return offsets == null
          ? new WholeShape(fence.handle(), fence.shape())
          : ClippedPolygon.edges(fence.handle(), box, offsets);
    }
  }
}
