package io.hexbeat.geofence;

import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The views of one index, each made when it is first asked for: people are in few cells of many.
 * Any thread; who finds a view never waits, who makes one may wait for another who does. Threads
 * that ask at once may each make the same view, and a view may be made again after it was
 * overwritten, which costs a microsecond and changes no answer. Bounded.
 */
final class CellViews {
  /** Fibonacci hashing: cells of a city differ in few bits, which this spreads. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Of a city's cells nearly all keep their place; half a megabyte at most. */
  private static final int MOST_BITS = 17;

  /** Cells without fences have views too. */
  private static final int LEAST_BITS = 14;

  /** Slots that a view may be in. */
  private static final int WAYS = 4;

  private final CellTable cells;
  private final int resolutions;

  /** Written without order, which is safe: a view has final fields only. */
  private final @Nullable CellView[] slots;

  private final int shift;

  /** By themselves; as many as views at most. */
  private final Map<IntBuffer, int[]> sets = new HashMap<>();

  CellViews(CellTable cells, int resolutions) {
    this.cells = cells;
    this.resolutions = resolutions;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(4 * cells.used());
    bits = Math.max(LEAST_BITS, Math.min(MOST_BITS, bits));
    slots = new CellView[(1 << bits) + WAYS];
    shift = Long.SIZE - bits;
  }

  CellView get(long cell) {
    int slot = (int) ((cell * GOLDEN) >>> shift);
    for (int way = slot; way < slot + WAYS; way++) {
      CellView view = slots[way];
      if (view == null) {
        break;
      }
      if (view.cell == cell) {
        return view;
      }
    }
    return make(cell, slot);
  }

  /** One set for all cells with the same fences, so that the same set is the same array. */
  private synchronized int[] shared(int[] inside) {
    return sets.computeIfAbsent(IntBuffer.wrap(inside), IntBuffer::array);
  }

  private CellView make(long cell, int slot) {
    CellView made = CellView.of(cell, resolutions, cells, this::shared);
    int way = slot;
    while (way < slot + WAYS - 1 && slots[way] != null) {
      way++;
    }
    slots[way] = made;
    return made;
  }
}
