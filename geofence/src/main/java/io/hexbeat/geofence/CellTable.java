package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * Hash table from cell to its fences: open addressing over pages. Shared by readers once it is
 * finished: who edits takes an {@link #edit} first, which copies only the pages it writes. Looking
 * up allocates nothing; it grows at half full, which copies all.
 */
final class CellTable {
  /** Fibonacci hashing: cells of a city differ in few bits, which this spreads. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** 512 slots: an edit writes a few dozen of them, each on a page of its own. */
  private static final int PAGE_BITS = 9;

  private static final int PAGE = 1 << PAGE_BITS;

  /** No cell has index 0. */
  private long[][] cells;

  private CellFences[][] values;

  /** Pages that no reader knows yet. */
  private boolean[] written;

  private int shift;
  private int used;

  CellTable() {
    this(PAGE_BITS);
  }

  private CellTable(int bits) {
    int pages = 1 << (bits - PAGE_BITS);
    cells = new long[pages][PAGE];
    values = new CellFences[pages][PAGE];
    for (CellFences[] page : values) {
      Arrays.fill(page, CellFences.NONE);
    }
    written = new boolean[pages];
    Arrays.fill(written, true);
    shift = Long.SIZE - bits;
  }

  private CellTable(CellTable shared) {
    cells = shared.cells.clone();
    values = shared.values.clone();
    written = new boolean[cells.length];
    shift = shared.shift;
    used = shared.used;
  }

  /** A table with the same content, to be changed; this one is not to be changed any more. */
  CellTable edit() {
    return new CellTable(this);
  }

  /** Cells with fences, and those that lost them since it last grew. */
  int used() {
    return used;
  }

  /** {@link CellFences#NONE} for a cell without fences. */
  CellFences get(long cell) {
    int mask = cells.length * PAGE - 1;
    int slot = (int) ((cell * GOLDEN) >>> shift);
    while (true) {
      long there = cells[slot >>> PAGE_BITS][slot & (PAGE - 1)];
      if (there == cell) {
        return values[slot >>> PAGE_BITS][slot & (PAGE - 1)];
      }
      if (there == 0) {
        return CellFences.NONE;
      }
      slot = (slot + 1) & mask;
    }
  }

  void put(long cell, CellFences fences) {
    int mask = cells.length * PAGE - 1;
    int slot = (int) ((cell * GOLDEN) >>> shift);
    while (true) {
      long there = cells[slot >>> PAGE_BITS][slot & (PAGE - 1)];
      if (there == 0 || there == cell) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    int page = slot >>> PAGE_BITS;
    if (!written[page]) {
      cells[page] = cells[page].clone();
      values[page] = values[page].clone();
      written[page] = true;
    }
    if (cells[page][slot & (PAGE - 1)] == 0) {
      cells[page][slot & (PAGE - 1)] = cell;
      used++;
    }
    values[page][slot & (PAGE - 1)] = fences;
    if (2 * used > cells.length * PAGE) {
      rehash();
    }
  }

  /** Leaves out the cells that lost their last fence. */
  private void rehash() {
    int live = 0;
    for (CellFences[] page : values) {
      for (CellFences value : page) {
        live += value.isEmpty() ? 0 : 1;
      }
    }
    int bits = Math.max(PAGE_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(3 * live));
    CellTable fresh = new CellTable(bits);
    for (int page = 0; page < cells.length; page++) {
      for (int slot = 0; slot < PAGE; slot++) {
        if (!values[page][slot].isEmpty()) {
          fresh.put(cells[page][slot], values[page][slot]);
        }
      }
    }
    cells = fresh.cells;
    values = fresh.values;
    written = fresh.written;
    shift = fresh.shift;
    used = fresh.used;
  }
}
