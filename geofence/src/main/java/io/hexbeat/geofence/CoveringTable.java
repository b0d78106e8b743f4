package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Coverings by handle: a tree of three levels of arrays, for handles are numbers that a store gives
 * in order. Shared by readers once it is finished: who edits takes an {@link #edit} first, which
 * copies only the arrays on the way to what it writes. Looking up allocates nothing.
 */
final class CoveringTable {
  static final long NOT_PLAIN = Long.MAX_VALUE;

  private static final int LEAF_BITS = 8;
  private static final int LEAF = 1 << LEAF_BITS;
  private static final int MIDDLE_BITS = 11;
  private static final int MIDDLE = 1 << MIDDLE_BITS;

  /** Of this table; an object of its own, so that arrays keep no old table alive. */
  private final Object mark = new Object();

  private @Nullable Middle[] root;
  private int size;

  private CoveringTable(@Nullable Middle[] root, int size) {
    this.root = root;
    this.size = size;
  }

  CoveringTable() {
    this(new Middle[0], 0);
  }

  /** Only the table with the same writer's mark may write to it. */
  private static final class Middle {
    final Object writer;
    final @Nullable Leaf[] leaves;

    Middle(Object writer, @Nullable Leaf[] leaves) {
      this.writer = writer;
      this.leaves = leaves;
    }
  }

  /** Likewise. */
  private static final class Leaf {
    final Object writer;
    final @Nullable Covering[] coverings;

    /** Beside them, so that a fence need not be looked at to be told that it is plain. */
    final long[] plainSinceMs;

    /** Likewise, for its edge to be measured. */
    final int @Nullable [][] forms;

    Leaf(
        Object writer,
        @Nullable Covering[] coverings,
        long[] plainSinceMs,
        int @Nullable [][] forms) {
      this.writer = writer;
      this.coverings = coverings;
      this.plainSinceMs = plainSinceMs;
      this.forms = forms;
    }
  }

  /** A table with the same content, to be changed; this one is not to be changed any more. */
  CoveringTable edit() {
    return new CoveringTable(root.clone(), size);
  }

  int size() {
    return size;
  }

  @Nullable Covering get(int handle) {
    Leaf leaf = leaf(handle);
    return leaf == null ? null : leaf.coverings[handle & (LEAF - 1)];
  }

  /** Since when a fence is there that {@link Fence#isPlain}; {@link #NOT_PLAIN} for others. */
  long plainSinceMs(int handle) {
    Leaf leaf = leaf(handle);
    return leaf == null ? NOT_PLAIN : leaf.plainSinceMs[handle & (LEAF - 1)];
  }

  /** {@link NearEdge#form} of a fence; null if it has none, or there is no such fence. */
  int @Nullable [] form(int handle) {
    Leaf leaf = leaf(handle);
    return leaf == null ? null : leaf.forms[handle & (LEAF - 1)];
  }

  private @Nullable Leaf leaf(int handle) {
    int at = handle >>> (MIDDLE_BITS + LEAF_BITS);
    if (at >= root.length) {
      return null;
    }
    Middle middle = root[at];
    return middle == null ? null : middle.leaves[handle >>> LEAF_BITS & (MIDDLE - 1)];
  }

  void put(int handle, Covering covering) {
    Leaf leaf = leafToWrite(handle);
    int at = handle & (LEAF - 1);
    if (leaf.coverings[at] == null) {
      size++;
    }
    leaf.coverings[at] = covering;
    leaf.plainSinceMs[at] = covering.fence.isPlain() ? covering.fence.shapedMs() : NOT_PLAIN;
    leaf.forms[at] = NearEdge.form(covering.fence.shape());
  }

  void remove(int handle) {
    if (get(handle) != null) {
      Leaf leaf = leafToWrite(handle);
      leaf.coverings[handle & (LEAF - 1)] = null;
      leaf.plainSinceMs[handle & (LEAF - 1)] = NOT_PLAIN;
      leaf.forms[handle & (LEAF - 1)] = null;
      size--;
    }
  }

  private Leaf leafToWrite(int handle) {
    int at = handle >>> (MIDDLE_BITS + LEAF_BITS);
    if (at >= root.length) {
      @Nullable Middle[] longer = new Middle[at + 1];
      System.arraycopy(root, 0, longer, 0, root.length);
      root = longer;
    }
    Middle middle = root[at];
    if (middle == null || middle.writer != mark) {
      middle = new Middle(mark, middle == null ? new Leaf[MIDDLE] : middle.leaves.clone());
      root[at] = middle;
    }
    int leafAt = handle >>> LEAF_BITS & (MIDDLE - 1);
    Leaf leaf = middle.leaves[leafAt];
    if (leaf == null || leaf.writer != mark) {
      leaf =
          leaf == null
              ? new Leaf(mark, new Covering[LEAF], nothingPlain(), new int[LEAF][])
              : new Leaf(
                  mark, leaf.coverings.clone(), leaf.plainSinceMs.clone(), leaf.forms.clone());
      middle.leaves[leafAt] = leaf;
    }
    return leaf;
  }

  private static long[] nothingPlain() {
    long[] sinceMs = new long[LEAF];
    Arrays.fill(sinceMs, NOT_PLAIN);
    return sinceMs;
  }

  /** By ascending handle. */
  void forEach(Consumer<Covering> action) {
    any(
        covering -> {
          action.accept(covering);
          return false;
        });
  }

  /** Whether one is wanted, by ascending handle; looks no further than the first. */
  boolean any(Predicate<Covering> wanted) {
    for (Middle middle : root) {
      if (middle == null) {
        continue;
      }
      for (Leaf leaf : middle.leaves) {
        if (leaf == null) {
          continue;
        }
        for (Covering covering : leaf.coverings) {
          if (covering != null && wanted.test(covering)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
