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
 * it is in one array: a tile's bits, then the handles, then what decides at the edges, packed.
 */
final class CellTests {
  /** A single test is done before a tile is found. */
  private static final int LEAST_FOR_TILES = 2;

  private final RasterGrid grid;

  /** Ints of a tile's bits: that many for the fences that hold it, as many for those to test. */
  private final int words;

  /**
   * Bits by tile, then handles by test, then the beginnings of packed tests in this array and the
   * end of the last, then the packed tests.
   */
  private final int[] all;

  private final int handlesAt;
  private final int startsAt;

  /** Those that are not packed, or not wholly. */
  private final @Nullable BoundaryCheck[] checks;

  /** 0 for a single test, which is done at once. */
  private final int tiles;

  private CellTests(
      RasterGrid grid, int words, int[] all, @Nullable BoundaryCheck[] checks, int tiles) {
    this.grid = grid;
    this.words = words;
    this.all = all;
    this.handlesAt = tiles * 2 * words;
    this.startsAt = handlesAt + checks.length;
    this.checks = checks;
    this.tiles = tiles;
  }

  /**
   * @param box the one that all the tests were made for
   */
  static CellTests of(CellBox box, List<BoundaryCheck> tests) {
    return new Draft(box).with(tests).finish(null, new int[0]);
  }

  /** With some fences' tests removed, then some put; null if none is left. */
  @Nullable CellTests edited(List<Integer> removedHandles, List<BoundaryCheck> puts) {
    Draft draft = new Draft(grid.box);
    int[] kept = new int[checks.length];
    int count = 0;
    for (int test = 0; test < checks.length; test++) {
      if (!removedHandles.contains(all[handlesAt + test])) {
        draft.keep(this, test);
        kept[count++] = test;
      }
    }
    return count + puts.size() == 0
        ? null
        : draft.with(puts).finish(this, Arrays.copyOf(kept, count));
  }

  private static int words(int tests) {
    return (tests + Integer.SIZE - 1) / Integer.SIZE;
  }

  void containing(int latE7, int lngE7, FenceIds out) {
    if (tiles == 0) {
      testAll(latE7, lngE7, out);
      return;
    }
    long lng = grid.fromWest(lngE7);
    int at = grid.tile(latE7, lng) * 2 * words;
    for (int word = 0; word < words; word++) {
      int inside = all[at + word];
      for (int left = all[at + words + word]; left != 0; left &= left - 1) {
        int bit = Integer.numberOfTrailingZeros(left);
        if (contains(word * Integer.SIZE + bit, latE7, lngE7, lng)) {
          inside |= 1 << bit;
        }
      }
      addAll(inside, word, out);
    }
  }

  private void testAll(int latE7, int lngE7, FenceIds out) {
    long lng = grid.fromWest(lngE7);
    for (int test = 0; test < checks.length; test++) {
      if (contains(test, latE7, lngE7, lng)) {
        out.add(all[handlesAt + test]);
      }
    }
  }

  /** Limits the region, whose anchor the point is, to where the answer holds within the cell. */
  void limit(int latE7, int lngE7, SafeRegion region) {
    long lng = grid.fromWest(lngE7);
    if (tiles == 0) {
      for (int test = 0; test < checks.length; test++) {
        limit(test, latE7, lngE7, lng, region);
      }
      return;
    }
    int tile = grid.tile(latE7, lng);
    grid.limit(region, tile, 0, latE7, lng);
    int at = tile * 2 * words + words;
    for (int word = 0; word < words; word++) {
      for (int left = all[at + word]; left != 0; left &= left - 1) {
        int bit = Integer.numberOfTrailingZeros(left);
        limit(word * Integer.SIZE + bit, latE7, lngE7, lng, region);
      }
    }
  }

  private void addAll(int inside, int word, FenceIds out) {
    for (int left = inside; left != 0; left &= left - 1) {
      out.add(all[handlesAt + word * Integer.SIZE + Integer.numberOfTrailingZeros(left)]);
    }
  }

  private boolean contains(int test, int latE7, int lngE7, long lng) {
    int from = all[startsAt + test];
    int to = all[startsAt + test + 1];
    if (from < to) {
      if (all[from] != CircleCheck.PACKED) {
        return ClippedPolygon.contains(all, from, to, grid.east, latE7, (int) lng);
      }
      int answer = CircleCheck.contains(all, from, grid.cosLat, latE7, lng);
      if (answer != CircleCheck.NEAR) {
        return answer == CircleCheck.INSIDE;
      }
    }
    return checkOf(test).contains(latE7, lngE7);
  }

  private void limit(int test, int latE7, int lngE7, long lng, SafeRegion region) {
    BoundaryCheck check = checks[test];
    if (check == null) {
      ClippedPolygon.limit(
          all, all[startsAt + test], all[startsAt + test + 1], latE7, (int) lng, region);
    } else {
      check.limit(latE7, lngE7, region);
    }
  }

  private BoundaryCheck checkOf(int test) {
    BoundaryCheck check = checks[test];
    if (check == null) {
      throw new IllegalStateException("test=" + test + " is neither packed nor kept");
    }
    return check;
  }

  /** Tests on their way into an array. */
  private static final class Draft {
    private final CellBox box;
    private final List<@Nullable BoundaryCheck> checks = new ArrayList<>();
    private final List<int[]> packed = new ArrayList<>();
    private int[] handles = new int[4];

    Draft(CellBox box) {
      this.box = box;
    }

    private void add(int handle, @Nullable BoundaryCheck check, int[] form) {
      if (checks.size() == handles.length) {
        handles = Arrays.copyOf(handles, 2 * handles.length);
      }
      handles[checks.size()] = handle;
      checks.add(check);
      packed.add(form);
    }

    void keep(CellTests tests, int test) {
      int[] form =
          Arrays.copyOfRange(
              tests.all, tests.all[tests.startsAt + test], tests.all[tests.startsAt + test + 1]);
      add(tests.all[tests.handlesAt + test], tests.checks[test], form);
    }

    Draft with(List<BoundaryCheck> tests) {
      for (BoundaryCheck test : tests) {
        add(test.handle, test instanceof ClippedPolygon ? null : test, test.packed(box));
      }
      return this;
    }

    /**
     * @param before whose bits are taken where they are still right
     * @param kept the first tests here are these of the ones before
     */
    CellTests finish(@Nullable CellTests before, int[] kept) {
      int count = checks.size();
      RasterGrid grid = RasterGrid.forTests(box, count);
      int tiles = count < LEAST_FOR_TILES ? 0 : grid.tiles();
      int words = words(count);
      int startsAt = tiles * 2 * words + count;
      int end = startsAt + count + 1;
      for (int[] form : packed) {
        end += form.length;
      }
      int[] all = new int[end];
      System.arraycopy(handles, 0, all, startsAt - count, count);
      int at = startsAt + count + 1;
      for (int test = 0; test < count; test++) {
        int[] form = packed.get(test);
        all[startsAt + test] = at;
        System.arraycopy(form, 0, all, at, form.length);
        at += form.length;
      }
      all[startsAt + count] = at;
      if (tiles > 0) {
        int same = 0;
        if (before != null && before.tiles == tiles) {
          copyBits(before, kept, words, all);
          same = kept.length;
        }
        byte[] painted = new byte[tiles];
        for (int test = same; test < count; test++) {
          paint(test, grid, painted);
          draw(painted, test, words, all);
        }
      }
      return new CellTests(grid, words, all, checks.toArray(new BoundaryCheck[0]), tiles);
    }

    private static void copyBits(CellTests before, int[] kept, int words, int[] all) {
      for (int test = 0; test < kept.length; test++) {
        int from = kept[test] / Integer.SIZE;
        int to = test / Integer.SIZE;
        for (int half = 0; half < before.tiles * 2; half++) {
          int bit = before.all[half * before.words + from] >>> kept[test] & 1;
          all[half * words + to] |= bit << test;
        }
      }
    }

    private void paint(int test, RasterGrid grid, byte[] painted) {
      BoundaryCheck check = checks.get(test);
      if (check == null) {
        ClippedPolygon.paint(packed.get(test), grid, painted);
      } else {
        check.paint(grid, painted);
      }
    }

    private static void draw(byte[] painted, int test, int words, int[] all) {
      int at = test / Integer.SIZE;
      for (int tile = 0; tile < painted.length; tile++, at += 2 * words) {
        if (painted[tile] == RasterGrid.INSIDE) {
          all[at] |= 1 << test;
        } else if (painted[tile] == RasterGrid.NEAR_EDGE) {
          all[at + words] |= 1 << test;
        }
      }
    }
  }
}
