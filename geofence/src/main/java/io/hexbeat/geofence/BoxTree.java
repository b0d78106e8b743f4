package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * Which of many boxes meet a given one: a packed tree over boxes in Morton order, {@link #FANOUT}
 * to a node. Immutable; any thread. A question allocates its answer and nothing else.
 */
final class BoxTree {
  private static final int FANOUT = 16;
  private static final int STRIDE = 4;

  /** Item of each leaf box, in Morton order. */
  private final int[] items;

  /** {@code south, north, west, east} a box, level by level, leaves first. */
  private final int[] boxes;

  /** First box of each level, then the end. */
  private final int[] levels;

  private BoxTree(int[] items, int[] boxes, int[] levels) {
    this.items = items;
    this.boxes = boxes;
    this.levels = levels;
  }

  /** Collects the boxes of a tree; an item may have several. */
  static final class Builder {
    private int[] items = new int[64];
    private int[] boxes = new int[64 * STRIDE];
    private int size;

    void add(int item, CellBox box) {
      long east = box.west() + box.width();
      if (east <= E7.MAX_LNG) {
        add(item, box.south(), box.north(), box.west(), (int) east);
      } else {
        add(item, box.south(), box.north(), box.west(), E7.MAX_LNG);
        add(item, box.south(), box.north(), E7.MIN_LNG, (int) (east - E7.TURN));
      }
    }

    private void add(int item, int south, int north, int west, int east) {
      if (size == items.length) {
        items = Arrays.copyOf(items, 2 * size);
        boxes = Arrays.copyOf(boxes, 2 * size * STRIDE);
      }
      items[size] = item;
      set(boxes, size, south, north, west, east);
      size++;
    }

    BoxTree build() {
      long[] order = order();
      int[] levels = levelStarts(size);
      int[] sortedItems = new int[size];
      int[] sorted = new int[levels[levels.length - 1] * STRIDE];
      for (int i = 0; i < size; i++) {
        int from = (int) order[i];
        sortedItems[i] = items[from];
        System.arraycopy(boxes, from * STRIDE, sorted, i * STRIDE, STRIDE);
      }
      for (int level = 1; level < levels.length - 1; level++) {
        for (int node = levels[level]; node < levels[level + 1]; node++) {
          int first = levels[level - 1] + (node - levels[level]) * FANOUT;
          bound(sorted, node, first, Math.min(first + FANOUT, levels[level]));
        }
      }
      return new BoxTree(sortedItems, sorted, levels);
    }

    /** Boxes in Morton order, each in the lower half of its key. */
    private long[] order() {
      int[] all = {Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE};
      for (int i = 0; i < size; i++) {
        all[0] = Math.min(all[0], middle(i, 0));
        all[1] = Math.max(all[1], middle(i, 0));
        all[2] = Math.min(all[2], middle(i, 2));
        all[3] = Math.max(all[3], middle(i, 2));
      }
      long[] order = new long[size];
      for (int i = 0; i < size; i++) {
        long y = bits(middle(i, 0), all[0], all[1]);
        long x = bits(middle(i, 2), all[2], all[3]);
        order[i] = (spread(x) | (spread(y) << 1)) << Integer.SIZE | i;
      }
      Arrays.sort(order);
      return order;
    }

    /** Of latitude, {@code axis=0}, or longitude, {@code axis=2}. */
    private int middle(int i, int axis) {
      return (int) (((long) boxes[i * STRIDE + axis] + boxes[i * STRIDE + axis + 1]) / 2);
    }

    /**
     * Where it lies between the two, by 15 bits: a city's fences differ in them as a world's do.
     */
    private static long bits(int value, int least, int most) {
      long width = Math.max(1, (long) most - least);
      return ((long) value - least) * 0x7FFF / width;
    }

    private static long spread(long bits) {
      long b = (bits | (bits << 8)) & 0x00FF00FFL;
      b = (b | (b << 4)) & 0x0F0F0F0FL;
      b = (b | (b << 2)) & 0x33333333L;
      return (b | (b << 1)) & 0x55555555L;
    }

    private static int[] levelStarts(int leaves) {
      int[] starts = new int[2 + Integer.SIZE / 4];
      int level = 0;
      int count = leaves;
      int at = 0;
      while (true) {
        starts[level++] = at;
        at += count;
        if (count <= 1) {
          break;
        }
        count = (count + FANOUT - 1) / FANOUT;
      }
      starts[level++] = at;
      return Arrays.copyOf(starts, level);
    }

    private static void bound(int[] boxes, int node, int first, int end) {
      int south = Integer.MAX_VALUE;
      int north = Integer.MIN_VALUE;
      int west = Integer.MAX_VALUE;
      int east = Integer.MIN_VALUE;
      for (int i = first * STRIDE; i < end * STRIDE; i += STRIDE) {
        south = Math.min(south, boxes[i]);
        north = Math.max(north, boxes[i + 1]);
        west = Math.min(west, boxes[i + 2]);
        east = Math.max(east, boxes[i + 3]);
      }
      set(boxes, node, south, north, west, east);
    }

    private static void set(int[] boxes, int i, int south, int north, int west, int east) {
      boxes[i * STRIDE] = south;
      boxes[i * STRIDE + 1] = north;
      boxes[i * STRIDE + 2] = west;
      boxes[i * STRIDE + 3] = east;
    }
  }

  /** The items that have a box that meets this one, ascending, each once. */
  int[] meeting(CellBox box) {
    Search search = new Search();
    long east = box.west() + box.width();
    search.run(box.south(), box.north(), box.west(), (int) Math.min(east, E7.MAX_LNG));
    if (east >= E7.MAX_LNG) {
      search.run(box.south(), box.north(), E7.MIN_LNG, (int) (east - E7.TURN));
    }
    if (box.west() == E7.MIN_LNG) {
      search.run(box.south(), box.north(), E7.MAX_LNG, E7.MAX_LNG);
    }
    return search.distinct();
  }

  /** Adds the items of boxes that meet this one, each once; allocates nothing. */
  void collect(int south, int north, int west, int east, FenceIds out) {
    int root = levels.length - 2;
    if (items.length > 0) {
      collect(root, levels[root], levels[root + 1], south, north, west, east, out);
    }
  }

  /** Of nodes of one level beside each other: most of a node's children meet nothing. */
  private void collect(
      int level, int from, int to, int south, int north, int west, int east, FenceIds out) {
    for (int node = from; node < to; node++) {
      int at = node * STRIDE;
      if (boxes[at] > north
          || boxes[at + 1] < south
          || boxes[at + 2] > east
          || boxes[at + 3] < west) {
        continue;
      }
      if (level == 0) {
        out.addIfAbsent(items[node]);
      } else {
        int first = levels[level - 1] + (node - levels[level]) * FANOUT;
        int end = Math.min(first + FANOUT, levels[level]);
        collect(level - 1, first, end, south, north, west, east, out);
      }
    }
  }

  private final class Search {
    private int[] found = new int[16];
    private int size;
    private int south;
    private int north;
    private int west;
    private int east;

    void run(int fromLat, int toLat, int fromLng, int toLng) {
      south = fromLat;
      north = toLat;
      west = fromLng;
      east = toLng;
      if (items.length > 0) {
        visit(levels.length - 2, levels[levels.length - 2]);
      }
    }

    private void visit(int level, int node) {
      int at = node * STRIDE;
      if (boxes[at] > north
          || boxes[at + 1] < south
          || boxes[at + 2] > east
          || boxes[at + 3] < west) {
        return;
      }
      if (level == 0) {
        if (size == found.length) {
          found = Arrays.copyOf(found, 2 * size);
        }
        found[size++] = items[node];
        return;
      }
      int first = levels[level - 1] + (node - levels[level]) * FANOUT;
      int end = Math.min(first + FANOUT, levels[level]);
      for (int child = first; child < end; child++) {
        visit(level - 1, child);
      }
    }

    int[] distinct() {
      Arrays.sort(found, 0, size);
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (kept == 0 || found[kept - 1] != found[i]) {
          found[kept++] = found[i];
        }
      }
      return Arrays.copyOf(found, kept);
    }
  }
}
