package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one cell: the fences that hold all of it, {@link CellTests} for those whose
 * edge may run through it, and a {@link ClearMap} of edges around. Immutable; any thread.
 */
final class CellFences {
  static final CellFences NONE = new CellFences(new int[0], null, null);

  final int[] inside;
  final @Nullable CellTests tests;
  final @Nullable ClearMap clear;

  private CellFences(int[] inside, @Nullable CellTests tests, @Nullable ClearMap clear) {
    this.inside = inside;
    this.tests = tests;
    this.clear = clear;
  }

  boolean isEmpty() {
    return inside.length == 0 && tests == null && clear == null;
  }

  /** What becomes of a cell in one edit of the index. One thread. */
  static final class Edit {
    private final List<Integer> removed = new ArrayList<>(1);
    private final List<Integer> putInside = new ArrayList<>(1);
    private final List<BoundaryCheck> putTests = new ArrayList<>(1);
    private final List<BoundaryCheck> removedEdges = new ArrayList<>(1);
    private final List<BoundaryCheck> putEdges = new ArrayList<>(1);
    private @Nullable CellBox box;
    private @Nullable CellBox clearBox;

    void remove(int handle) {
      removed.add(handle);
      putInside.remove((Integer) handle);
      putTests.removeIf(test -> test.handle == handle);
    }

    void putInside(int handle) {
      putInside.add(handle);
    }

    /**
     * @param box of the cell; all its tests are made for this one
     */
    void putTest(BoundaryCheck test, CellBox box) {
      putTests.add(test);
      this.box = box;
    }

    /**
     * The cell's map looks at this edge no longer.
     *
     * @param box that the map looks at, the same for all edges
     */
    void removeEdge(BoundaryCheck edge, CellBox box) {
      if (!putEdges.removeIf(put -> put.handle == edge.handle)) {
        removedEdges.add(edge);
      }
      clearBox = box;
    }

    /** The opposite. */
    void putEdge(BoundaryCheck edge, CellBox box) {
      putEdges.add(edge);
      clearBox = box;
    }

    CellFences applyTo(CellFences before) {
      int[] inside = before.inside;
      if (!removed.isEmpty()) {
        inside = Arrays.stream(inside).filter(handle -> !removed.contains(handle)).toArray();
      }
      if (!putInside.isEmpty()) {
        int kept = inside.length;
        inside = Arrays.copyOf(inside, kept + putInside.size());
        for (int handle : putInside) {
          inside[kept++] = handle;
        }
      }
      CellTests tests = before.tests;
      if (tests != null && !(removed.isEmpty() && putTests.isEmpty())) {
        tests = tests.edited(removed, putTests);
      } else if (box != null && !putTests.isEmpty()) {
        tests = CellTests.of(box, putTests);
      }
      ClearMap clear = before.clear;
      if (clearBox != null) {
        clear = ClearMap.edited(clear, clearBox, removedEdges, putEdges);
      }
      return inside.length == 0 && tests == null && clear == null
          ? NONE
          : new CellFences(inside, tests, clear);
    }
  }
}
