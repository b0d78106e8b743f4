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
      long[] order = new long[size];
      for (int i = 0; i < size; i++) {
        order[i] = (morton(i) << Integer.SIZE) | i;
      }
      Arrays.sort(order);
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

    /** 15 bits of the middle's latitude and longitude, interleaved. */
    private long morton(int i) {
      long lat = ((long) boxes[i * STRIDE] + boxes[i * STRIDE + 1]) / 2 + E7.MAX_LAT;
      long lng = ((long) boxes[i * STRIDE + 2] + boxes[i * STRIDE + 3]) / 2 + E7.MAX_LNG;
      long y = lat * 0x7FFF / (2L * E7.MAX_LAT);
      long x = lng * 0x7FFF / E7.TURN;
      return spread(x) | (spread(y) << 1);
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
    if (items.length > 0) {
      collect(levels.length - 2, levels[levels.length - 2], south, north, west, east, out);
    }
  }

  private void collect(
      int level, int node, int south, int north, int west, int east, FenceIds out) {
    int at = node * STRIDE;
    if (boxes[at] > north
        || boxes[at + 1] < south
        || boxes[at + 2] > east
        || boxes[at + 3] < west) {
      return;
    }
    if (level == 0) {
      out.addIfAbsent(items[node]);
      return;
    }
    int first = levels[level - 1] + (node - levels[level]) * FANOUT;
    int end = Math.min(first + FANOUT, levels[level]);
    for (int child = first; child < end; child++) {
      collect(level - 1, child, south, north, west, east, out);
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
