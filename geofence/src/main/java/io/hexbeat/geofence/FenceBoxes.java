package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which fences have a box that meets a given one: a tree of all fences, and a small one of those
 * edited since that was made, which goes first. Immutable; any thread. A question allocates its
 * answer.
 */
final class FenceBoxes {
  static final FenceBoxes NONE =
      new FenceBoxes(new BoxTree.Builder().build(), new BoxTree.Builder().build(), new int[0]);

  /** From then on all is made anew: a small tree of more would cost each edit a millisecond. */
  private static final int MAX_EDITED = 512;

  private final BoxTree all;
  private final BoxTree edited;

  /** Ascending; what {@code all} says of them is of the past. */
  private final int[] editedHandles;

  private FenceBoxes(BoxTree all, BoxTree edited, int[] editedHandles) {
    this.all = all;
    this.edited = edited;
    this.editedHandles = editedHandles;
  }

  /** After the fences of some handles were put or removed. */
  FenceBoxes edited(Collection<Integer> handles, CoveringTable coverings) {
    TreeSet<Integer> changed = new TreeSet<>(handles);
    for (int handle : editedHandles) {
      changed.add(handle);
    }
    BoxTree.Builder tree = new BoxTree.Builder();
    if (changed.size() > MAX_EDITED) {
      coverings.forEach(covering -> add(covering, tree));
      return new FenceBoxes(tree.build(), NONE.edited, NONE.editedHandles);
    }
    for (int handle : changed) {
      Covering covering = coverings.get(handle);
      if (covering != null) {
        add(covering, tree);
      }
    }
    return new FenceBoxes(
        all, tree.build(), changed.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void add(Covering covering, BoxTree.Builder tree) {
    for (CellBox box : ShapeBoxes.of(covering.fence.shape())) {
      tree.add(covering.fence.handle(), box);
    }
  }

  /** Each fence once. */
  List<Fence> meeting(CellBox box, CoveringTable coverings) {
    List<Fence> found = new ArrayList<>();
    for (int handle : all.meeting(box)) {
      if (Arrays.binarySearch(editedHandles, handle) < 0) {
        add(coverings.get(handle), found);
      }
    }
    for (int handle : edited.meeting(box)) {
      add(coverings.get(handle), found);
    }
    return found;
  }

  /**
   * Adds the handles of fences whose boxes meet this one, which doesn't touch the antimeridian;
   * those of {@code old} that were edited since are left out. Allocates nothing.
   */
  void collect(int south, int north, int west, int east, FenceIds old, FenceIds out) {
    edited.collect(south, north, west, east, out);
    if (editedHandles.length == 0) {
      all.collect(south, north, west, east, out);
      return;
    }
    old.clear();
    all.collect(south, north, west, east, old);
    for (int i = 0; i < old.size(); i++) {
      if (Arrays.binarySearch(editedHandles, old.get(i)) < 0) {
        out.addIfAbsent(old.get(i));
      }
    }
  }

  private static void add(@Nullable Covering covering, List<Fence> found) {
    if (covering != null) {
      found.add(covering.fence);
    }
  }
}
