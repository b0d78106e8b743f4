package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cell with the box that bounds it and its children, made when first asked for. A tree of them
 * belongs to one compilation and one thread. Each point of the earth is in exactly one base cell
 * and in exactly one child of each cell it is in, so a descent from {@link #baseCells} misses none.
 */
final class CellNode {
  private static final List<CellNode> BASE =
      H3Grid.baseCells().stream().map(cell -> new CellNode(cell.longValue())).toList();

  final long cell;
  final int latE7;
  final int lngE7;

  /** All points of the cell are within this distance of (latE7, lngE7). */
  final double reachMeters;

  final CellBox box;

  private @Nullable List<CellNode> children;
  private @Nullable CellBox clearBox;
  private double clearReachMeters;

  private CellNode(long cell) {
    this.cell = cell;
    latE7 = H3Grid.centreLatE7(cell);
    lngE7 = H3Grid.centreLngE7(cell);
    reachMeters = H3Grid.reachMeters(cell, latE7, lngE7);
    box = CellBox.around(latE7, lngE7, reachMeters);
  }

  private CellNode(CellNode other) {
    cell = other.cell;
    latE7 = other.latE7;
    lngE7 = other.lngE7;
    reachMeters = other.reachMeters;
    box = other.box;
  }

  static List<CellNode> baseCells() {
    return BASE.stream().map(CellNode::new).toList();
  }

  List<CellNode> children() {
    List<CellNode> known = children;
    if (known == null) {
      known = new ArrayList<>();
      for (long child : H3Grid.children(cell)) {
        known.add(new CellNode(child));
      }
      children = known;
    }
    return known;
  }

  /** What the cell's {@link ClearMap} looks at. */
  CellBox clearBox() {
    CellBox known = clearBox;
    if (known == null) {
      known = ClearMap.box(this);
      clearBox = known;
      clearReachMeters = known.reachMeters(latE7, lngE7);
    }
    return known;
  }

  /** No point of {@link #clearBox} is farther from the centre. */
  double clearReachMeters() {
    clearBox();
    return clearReachMeters;
  }

  int resolution() {
    return H3Grid.resolution(cell);
  }
}
