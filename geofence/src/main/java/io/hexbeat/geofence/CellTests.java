package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tests of one cell, sorted out by place: the cell's box is cut into tiles, and each tile knows
 * which fences hold all of it and which have an edge near it, so that only those are tested.
 * Immutable; any thread. Allocates nothing when asked. Only for points of the cell.
 *
 * <p>Where hundreds of fences meet, a lookup is a question of memory, not of arithmetic. So all of
 * it is in one array, and what belongs together stands together: first where the set of each tile
 * is, then the tests, then the sets.
 *
 * <ul>
 *   <li>A test is its fence's handle, its place in {@link #checks}, where it ends, and its packed
 *       form.
 *   <li>Tiles of one block share what holds all of the block: a number of fences, then their
 *       handles.
 *   <li>A set is where its block's are, the number of other fences that hold the tile, the number
 *       of tests, the handles of the ones and where the others begin. Tiles of a block with the
 *       same content share one set.
 * </ul>
 */
final class CellTests extends RasterGrid {
  /** A single test is done before a tile is found. */
  private static final int LEAST_FOR_TILES = 2;

  /** For few tests. */
  private static final int FEW = 4;

  private static final int SIDE_OF_FEW = 8;

  /**
   * Tiles of some 25 m where cells are smallest. Smaller ones leave fewer tests and are no faster
   * even where hundreds of fences meet: what is saved in tests is lost in memory.
   */
  private static final int SIDE = 16;

  /** Ints of a test before its form. */
  private static final int TEST_HEAD = 3;

  /** Ints of a set before its handles. */
  private static final int SET_HEAD = 3;

  /** Tiles of a block's row, and its rows. */
  private static final int BLOCK = 4;

  private final int[] all;

  /** Number of tiles and place of the first test; 0 for a single test, which is done at once. */
  private final int tiles;

  /** What decides for tests that are not packed, or not wholly. */
  private final @Nullable BoundaryCheck[] checks;

  private CellTests(CellBox box, int side, int tiles, int[] all, @Nullable BoundaryCheck[] checks) {
    super(box, side);
    this.tiles = tiles;
    this.all = all;
    this.checks = checks;
  }

  /**
   * @param box the one that all the tests were made for
   */
  static CellTests of(CellBox box, List<BoundaryCheck> tests) {
    Draft draft = new Draft(box, null);
    draft.add(tests);
    return draft.finish();
  }

  /** With some fences' tests removed, then some put; null if none is left. */
  @Nullable CellTests edited(List<Integer> removedHandles, List<BoundaryCheck> puts) {
    Draft draft = new Draft(box, this);
    int at = tiles;
    for (int test = 0; test < checks.length; test++) {
      if (!removedHandles.contains(all[at])) {
        draft.keep(at);
      }
      at = all[at + 2];
    }
    draft.add(puts);
    return draft.isEmpty() ? null : draft.finish();
  }

  void containing(int latE7, int lngE7, FenceIds out) {
    long lng = fromWest(lngE7);
    if (tiles == 0) {
      if (contains(0, latE7, lngE7, lng)) {
        out.add(all[0]);
      }
      return;
    }
    int set = all[tile(latE7, lng)];
    int block = all[set];
    out.addAll(all, block + 1, all[block]);
    out.addAll(all, set + SET_HEAD, all[set + 1]);
    int tests = set + SET_HEAD + all[set + 1];
    int end = tests + all[set + 2];
    for (int i = tests; i < end; i++) {
      int test = all[i];
      if (contains(test, latE7, lngE7, lng)) {
        out.add(all[test]);
      }
    }
  }

  /** Limits the region, whose anchor the point is, to where the answer holds within the cell. */
  void limit(int latE7, int lngE7, SafeRegion region) {
    long lng = fromWest(lngE7);
    if (tiles == 0) {
      limit(0, latE7, lngE7, lng, region);
      return;
    }
    int tile = tile(latE7, lng);
    limit(region, tile, 0, latE7, lng);
    int set = all[tile];
    int tests = set + SET_HEAD + all[set + 1];
    int end = tests + all[set + 2];
    for (int i = tests; i < end; i++) {
      limit(all[i], latE7, lngE7, lng, region);
    }
  }

  private boolean contains(int test, int latE7, int lngE7, long lng) {
    int from = test + TEST_HEAD;
    int to = all[test + 2];
    if (from < to) {
      if (all[from] != CircleCheck.PACKED) {
        return ClippedPolygon.contains(all, from, to, east, latE7, (int) lng);
      }
      int answer = CircleCheck.contains(all, from, cosLat, latE7, lng);
      if (answer != CircleCheck.NEAR) {
        return answer == CircleCheck.INSIDE;
      }
    }
    return checkOf(test).contains(latE7, lngE7);
  }

  private void limit(int test, int latE7, int lngE7, long lng, SafeRegion region) {
    int from = test + TEST_HEAD;
    int to = all[test + 2];
    if (from == to) {
      checkOf(test).limit(latE7, lngE7, region);
    } else if (all[from] == CircleCheck.PACKED) {
      CircleCheck.limit(all, from, cosLat, latE7, lng, region);
    } else {
      ClippedPolygon.limit(all, from, to, latE7, (int) lng, region);
    }
  }

  private BoundaryCheck checkOf(int test) {
    BoundaryCheck check = checks[all[test + 1]];
    if (check == null) {
      throw new IllegalStateException("test=" + test + " is neither packed nor kept");
    }
    return check;
  }

  /** Tests on their way into an array. */
  private static final class Draft {
    private final CellBox box;
    private final @Nullable CellTests before;
    private final List<Integer> handles = new ArrayList<>();
    private final List<@Nullable BoundaryCheck> checks = new ArrayList<>();
    private final List<int[]> forms = new ArrayList<>();

    /** The first ones are of {@link #before}. */
    private int kept;

    Draft(CellBox box, @Nullable CellTests before) {
      this.box = box;
      this.before = before;
    }

    boolean isEmpty() {
      return handles.isEmpty();
    }

    /** One of those before. */
    void keep(int test) {
      if (before != null) {
        int[] all = before.all;
        handles.add(all[test]);
        checks.add(before.checks[all[test + 1]]);
        forms.add(Arrays.copyOfRange(all, test + TEST_HEAD, all[test + 2]));
        kept++;
      }
    }

    void add(List<BoundaryCheck> tests) {
      for (BoundaryCheck test : tests) {
        handles.add(test.handle);
        checks.add(test instanceof ClippedPolygon ? null : test);
        forms.add(test.packed(box));
      }
    }

    CellTests finish() {
      int count = handles.size();
      int side = count <= FEW ? SIDE_OF_FEW : SIDE;
      int tiles = count < LEAST_FOR_TILES ? 0 : side * side;
      int size = tiles;
      for (int[] form : forms) {
        size += TEST_HEAD + form.length;
      }
      int[] all = new int[size];
      int[] tests = new int[count];
      int at = tiles;
      for (int test = 0; test < count; test++) {
        int[] form = forms.get(test);
        tests[test] = at;
        all[at] = handles.get(test);
        all[at + 1] = test;
        all[at + 2] = at + TEST_HEAD + form.length;
        System.arraycopy(form, 0, all, at + TEST_HEAD, form.length);
        at = all[at + 2];
      }
      if (tiles > 0) {
        all = new Sets(all, tests, side).append(painted(new RasterGrid(box, side), tiles));
      }
      return new CellTests(box, side, tiles, all, checks.toArray(new BoundaryCheck[0]));
    }

    private TileBits painted(RasterGrid grid, int tiles) {
      int count = handles.size();
      TileBits bits = new TileBits(tiles, count);
      int same = 0;
      if (before != null && before.tiles == tiles) {
        copyTo(bits, before);
        same = kept;
      }
      byte[] painted = new byte[tiles];
      for (int test = same; test < count; test++) {
        BoundaryCheck check = checks.get(test);
        if (check == null) {
          ClippedPolygon.paint(forms.get(test), grid, painted);
        } else {
          check.paint(grid, painted);
        }
        bits.draw(test, painted);
      }
      return bits;
    }

    /** Tiles say the same of the fences that were kept. */
    private void copyTo(TileBits bits, CellTests before) {
      TestsByHandle testOf = new TestsByHandle(handles.subList(0, kept));
      int[] all = before.all;
      long[] common = new long[bits.words];
      for (int first = 0; first < before.tiles; first += BLOCK) {
        if (first / before.side % BLOCK != 0) {
          continue;
        }
        int block = all[all[first]];
        Arrays.fill(common, 0);
        for (int i = block + 1; i <= block + all[block]; i++) {
          int test = testOf.get(all[i]);
          if (test >= 0) {
            common[test / Long.SIZE] |= 1L << test;
          }
        }
        for (int i = 0; i < BLOCK * BLOCK; i++) {
          int tile = first + i / BLOCK * before.side + i % BLOCK;
          System.arraycopy(common, 0, bits.inside, tile * bits.words, bits.words);
          copyTo(bits, tile, all, testOf);
        }
      }
    }

    private static void copyTo(TileBits bits, int tile, int[] all, TestsByHandle testOf) {
      int set = all[tile];
      int tests = set + SET_HEAD + all[set + 1];
      int end = tests + all[set + 2];
      for (int i = set + SET_HEAD; i < end; i++) {
        int test = testOf.get(i < tests ? all[i] : all[all[i]]);
        if (test >= 0) {
          bits.set(tile, test, i < tests ? INSIDE : NEAR_EDGE);
        }
      }
    }
  }

  /** The places of handles in a list. */
  private static final class TestsByHandle {
    private final int[] handles;
    private final int[] tests;

    TestsByHandle(List<Integer> list) {
      int length = Integer.highestOneBit(list.size() + 1) << 2;
      handles = new int[length];
      tests = new int[length];
      for (int test = 0; test < list.size(); test++) {
        int slot = slot(list.get(test));
        handles[slot] = list.get(test);
        tests[slot] = test;
      }
    }

    /** Of the handle, or a free one; handles are positive. */
    private int slot(int handle) {
      int slot = (handle * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(handles.length) + 1);
      while (handles[slot] != 0 && handles[slot] != handle) {
        slot = (slot + 1) & (handles.length - 1);
      }
      return slot;
    }

    /** -1 for one that is not in the list. */
    int get(int handle) {
      int slot = slot(handle);
      return handles[slot] == 0 ? -1 : tests[slot];
    }
  }

  /** For each tile a bit a test for what it says of the tile. */
  private static final class TileBits {
    final int words;
    final long[] inside;
    final long[] near;

    TileBits(int tiles, int tests) {
      words = (tests + Long.SIZE - 1) / Long.SIZE;
      inside = new long[tiles * words];
      near = new long[tiles * words];
    }

    void set(int tile, int test, byte answer) {
      long[] bits = answer == INSIDE ? inside : near;
      bits[tile * words + test / Long.SIZE] |= 1L << test;
    }

    void draw(int test, byte[] painted) {
      for (int tile = 0; tile < painted.length; tile++) {
        if (painted[tile] != OUTSIDE) {
          set(tile, test, painted[tile]);
        }
      }
    }
  }

  /** The sets of tiles on their way behind the tests, each once. */
  private static final class Sets {
    private final int[] tests;
    private final int side;
    private int[] all;
    private int size;

    /** Places of sets by their hash, 0 for none. */
    private final int[] places;

    Sets(int[] all, int[] tests, int side) {
      this.tests = tests;
      this.side = side;
      this.all = all;
      this.size = all.length;
      this.places = new int[4 * side * side];
    }

    int[] append(TileBits bits) {
      long[] common = new long[bits.words];
      for (int row = 0; row < side; row += BLOCK) {
        for (int column = 0; column < side; column += BLOCK) {
          int first = row * side + column;
          common(bits, first, common);
          reserve(1);
          int block = size;
          size = write(common, 0, true, size + 1);
          all[block] = size - block - 1;
          for (int i = 0; i < BLOCK * BLOCK; i++) {
            int tile = first + i / BLOCK * side + i % BLOCK;
            int from = size;
            write(bits, tile, block);
            all[tile] = shared(from);
          }
        }
      }
      return Arrays.copyOf(all, size);
    }

    /** Takes out of a block's tiles what holds all of them. */
    private void common(TileBits bits, int first, long[] common) {
      for (int word = 0; word < common.length; word++) {
        long all = -1;
        for (int i = 0; i < BLOCK * BLOCK; i++) {
          all &= bits.inside[(first + i / BLOCK * side + i % BLOCK) * bits.words + word];
        }
        for (int i = 0; i < BLOCK * BLOCK; i++) {
          bits.inside[(first + i / BLOCK * side + i % BLOCK) * bits.words + word] &= ~all;
        }
        common[word] = all;
      }
    }

    private void reserve(int head) {
      int most = size + head + tests.length;
      if (most > all.length) {
        all = Arrays.copyOf(all, Math.max(most, 2 * all.length));
      }
    }

    private void write(TileBits bits, int tile, int block) {
      reserve(SET_HEAD);
      int inside = write(bits.inside, tile * bits.words, true, size + SET_HEAD);
      int near = write(bits.near, tile * bits.words, false, inside);
      all[size] = block;
      all[size + 1] = inside - size - SET_HEAD;
      all[size + 2] = near - inside;
      size = near;
    }

    /** Handles or places of the tests with a bit; where it ends. */
    private int write(long[] bits, int from, boolean handles, int to) {
      int at = to;
      int words = (tests.length + Long.SIZE - 1) / Long.SIZE;
      for (int word = 0; word < words; word++) {
        for (long left = bits[from + word]; left != 0; left &= left - 1) {
          int test = tests[Long.SIZE * word + Long.numberOfTrailingZeros(left)];
          all[at++] = handles ? all[test] : test;
        }
      }
      return at;
    }

    /** Where the last set stands, or the same one that was there before. */
    private int shared(int from) {
      int hash = 0;
      for (int i = from; i < size; i++) {
        hash = 31 * hash + all[i];
      }
      int slot = Math.floorMod(hash * 0x9E3779B9, places.length);
      while (places[slot] != 0) {
        int place = places[slot];
        int end = place + size - from;
        if (end <= from && Arrays.equals(all, place, end, all, from, size)) {
          size = from;
          return place;
        }
        slot = (slot + 1) % places.length;
      }
      places[slot] = from;
      return from;
    }
  }
}
