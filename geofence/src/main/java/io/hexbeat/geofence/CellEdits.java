package io.hexbeat.geofence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an edit of the index changes, gathered by cell, so that each cell is made anew once however
 * many fences meet there. One thread; {@link #applyTo} ends it.
 */
final class CellEdits {
  private final Map<Long, CellFences.Edit> byCell = new HashMap<>();

  private final List<CellNode> baseCells = CellNode.baseCells();

  /** Makes the cells of a fence and puts it there. */
  Covering put(Fence fence) {
    ClearCover clear = ClearCover.of(fence, baseCells);
    clear.cells.forEach(near -> editOf(near.cell()).putEdge(near.edge(), near.box()));
    return Covering.of(
        clear.resolution,
        fence,
        baseCells,
        new Covering.Cells() {
          @Override
          public void inside(long cell) {
            editOf(cell).putInside(fence.handle());
          }

          @Override
          public void boundary(long cell, CellBox box, BoundaryCheck test) {
            editOf(cell).putTest(test, box);
          }
        });
  }

  void remove(Covering covering) {
    for (int i = 0; i < covering.size(); i++) {
      editOf(covering.cell(i)).remove(covering.fence.handle());
    }
    for (ClearCover.Near near : ClearCover.of(covering.fence, baseCells).cells) {
      editOf(near.cell()).removeEdge(near.edge(), near.box());
    }
  }

  private CellFences.Edit editOf(long cell) {
    return byCell.computeIfAbsent(cell, none -> new CellFences.Edit());
  }

  void applyTo(CellTable table) {
    byCell.forEach((cell, edit) -> table.put(cell, edit.applyTo(table.get(cell))));
  }
}
