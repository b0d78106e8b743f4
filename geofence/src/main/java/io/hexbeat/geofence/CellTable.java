package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * Hash table from cell to its fences, open addressing. Shared by readers once it is finished: who
 * edits takes a {@link #copy} first, where only changed cells are new objects. Looking up allocates
 * nothing; it grows at half full.
 */
final class CellTable {
  /** Fibonacci hashing: cells of a city differ in few bits, which this spreads. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private static final int LEAST_BITS = 4;

  /** No cell has index 0. */
  private long[] cells;

  private CellFences[] values;
  private int shift;
  private int used;

  CellTable() {
    this(LEAST_BITS);
  }

  private CellTable(int bits) {
    cells = new long[1 << bits];
    values = new CellFences[1 << bits];
    Arrays.fill(values, CellFences.NONE);
    shift = Long.SIZE - bits;
  }

  CellTable copy() {
    CellTable copy = new CellTable(LEAST_BITS);
    copy.cells = cells.clone();
    copy.values = values.clone();
    copy.shift = shift;
    copy.used = used;
    return copy;
  }

  /** {@link CellFences#NONE} for a cell without fences. */
  CellFences get(long cell) {
    int mask = cells.length - 1;
    int slot = (int) ((cell * GOLDEN) >>> shift);
    while (true) {
      long there = cells[slot];
      if (there == cell) {
        return values[slot];
      }
      if (there == 0) {
        return CellFences.NONE;
      }
      slot = (slot + 1) & mask;
    }
  }

  void put(long cell, CellFences fences) {
    int mask = cells.length - 1;
    int slot = (int) ((cell * GOLDEN) >>> shift);
    while (cells[slot] != 0 && cells[slot] != cell) {
      slot = (slot + 1) & mask;
    }
    if (cells[slot] == 0) {
      cells[slot] = cell;
      used++;
    }
    values[slot] = fences;
    if (2 * used > cells.length) {
      rehash();
    }
  }

  /** Leaves out the cells that lost their last fence. */
  private void rehash() {
    int live = 0;
    for (CellFences value : values) {
      live += value.isEmpty() ? 0 : 1;
    }
    int bits = Math.max(LEAST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(3 * live));
    CellTable fresh = new CellTable(bits);
    for (int slot = 0; slot < cells.length; slot++) {
      if (!values[slot].isEmpty()) {
        fresh.put(cells[slot], values[slot]);
      }
    }
    cells = fresh.cells;
    values = fresh.values;
    shift = fresh.shift;
    used = fresh.used;
  }
}
