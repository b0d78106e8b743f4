package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the next edge is at least, from wherever one stands in a cell: what a {@link SafeRegion}
 * asks first. Looks beyond the cell, by {@link #marginMeters} all around, so that no region ends at
 * a cell's border. Immutable; any thread. Allocates nothing when asked.
 *
 * <p>A few edges are measured; more are painted into tiles, each of which then knows the number of
 * rings of empty tiles around it. Tiles count the fences that have an edge there, so that one can
 * be taken out again.
 */
final class ClearMap extends RasterGrid {
  /** Maps are of cells up to this resolution: about a kilometre across. */
  static final int FINEST_RESOLUTION = 8;

  /** So many edges are measured in the time that it takes to find a tile, or nearly. */
  private static final int FEW_EDGES = 16;

  private static final int SIDE = 64;

  /** A tile that has counted so many fences is never empty again, which is safe. */
  private static final int MOST = 127;

  /** Half of the average edge of a base cell; that of finer ones is 1 / sqrt(7) of it each. */
  private static final double BASE_MARGIN_METERS = 640_000;

  private static final double[] MARGINS = margins();
  private static final BoundaryCheck[] NONE = {};

  /** All of them while there are no tiles. */
  private final BoundaryCheck[] few;

  /** A positive number of rings, the tile itself included, or minus a number of fences. */
  private final byte @Nullable [] tiles;

  private ClearMap(CellBox box, BoundaryCheck[] few) {
    super(box, SIDE);
    this.few = few;
    this.tiles = null;
  }

  private ClearMap(CellBox box, byte[] painted) {
    super(box, SIDE);
    this.few = NONE;
    this.tiles = widened(painted);
  }

  private static double[] margins() {
    double[] margins = new double[FINEST_RESOLUTION + 1];
    for (int resolution = 0; resolution <= FINEST_RESOLUTION; resolution++) {
      margins[resolution] = BASE_MARGIN_METERS / Math.pow(7, resolution / 2.0);
    }
    return margins;
  }

  /** A cell without a map has no edge nearer than this to any of its points. */
  static double marginMeters(int resolution) {
    return MARGINS[resolution];
  }

  /** What a map of the cell looks at. */
  static CellBox box(CellNode node) {
    return CellBox.around(
        node.latE7, node.lngE7, node.reachMeters + marginMeters(node.resolution()));
  }

  /**
   * A map, null for an empty one.
   *
   * @param before the cell's map so far
   * @param box of the cell; all edges here are made for this one
   */
  static @Nullable ClearMap edited(
      @Nullable ClearMap before,
      CellBox box,
      List<BoundaryCheck> removed,
      List<BoundaryCheck> puts) {
    if (before == null || before.tiles == null) {
      BoundaryCheck[] few = few(before, removed, puts);
      if (Arrays.stream(few).mapToInt(BoundaryCheck::edges).sum() <= FEW_EDGES) {
        return few.length == 0 ? null : new ClearMap(box, few);
      }
      byte[] tiles = new byte[SIDE * SIDE];
      count(new RasterGrid(box, SIDE), List.of(few), -1, tiles);
      return new ClearMap(box, tiles);
    }
    byte[] tiles = before.tiles.clone();
    for (int tile = 0; tile < tiles.length; tile++) {
      tiles[tile] = (byte) Math.min(0, tiles[tile]);
    }
    count(before, removed, 1, tiles);
    count(before, puts, -1, tiles);
    for (byte tile : tiles) {
      if (tile != 0) {
        return new ClearMap(before.box, tiles);
      }
    }
    return null;
  }

  private static BoundaryCheck[] few(
      @Nullable ClearMap before, List<BoundaryCheck> removed, List<BoundaryCheck> puts) {
    BoundaryCheck[] kept = before == null ? NONE : before.few;
    BoundaryCheck[] few = Arrays.copyOf(kept, kept.length + puts.size());
    int count = 0;
    for (BoundaryCheck check : kept) {
      if (removed.stream().noneMatch(gone -> gone.handle == check.handle)) {
        few[count++] = check;
      }
    }
    for (BoundaryCheck check : puts) {
      few[count++] = check;
    }
    return Arrays.copyOf(few, count);
  }

  /** Adds to what tiles count, less than 0, for each fence that may have an edge there. */
  private static void count(RasterGrid grid, List<BoundaryCheck> checks, int by, byte[] tiles) {
    byte[] painted = new byte[tiles.length];
    for (BoundaryCheck check : checks) {
      Arrays.fill(painted, RasterGrid.OUTSIDE);
      check.paintEdge(grid, painted);
      for (int tile = 0; tile < tiles.length; tile++) {
        if (painted[tile] == RasterGrid.NEAR_EDGE && tiles[tile] > -MOST) {
          tiles[tile] += (byte) by;
        }
      }
    }
  }

  /** Makes of 0 the number of rings that are free of edges, the tile itself included. */
  private static byte[] widened(byte[] tiles) {
    for (int tile = 0; tile < tiles.length; tile++) {
      widen(tiles, tile, -1, tiles[tile] == 0 ? MOST : tiles[tile]);
    }
    for (int tile = tiles.length - 1; tile >= 0; tile--) {
      widen(tiles, tile, 1, tiles[tile]);
    }
    return tiles;
  }

  /** From the row before or after, and the tile beside it there. */
  private static void widen(byte[] tiles, int tile, int step, int most) {
    if (most <= 0) {
      return;
    }
    int row = tile / SIDE;
    int column = tile % SIDE;
    int least = Math.min(at(tiles, row, column + step), at(tiles, row + step, column));
    least = Math.min(least, at(tiles, row + step, column - 1));
    least = Math.min(least, at(tiles, row + step, column + 1));
    tiles[tile] = (byte) Math.min(most, Math.max(0, least) + 1);
  }

  /** What is beyond the box is not known. */
  private static int at(byte[] tiles, int row, int column) {
    return row < 0 || column < 0 || row >= SIDE || column >= SIDE ? 0 : tiles[row * SIDE + column];
  }

  /**
   * Limits the region, whose anchor the point is, to where no edge is; false if one may be so near
   * that it must be measured. Of what is beyond the box it knows nothing, so the region is to be
   * limited by {@link #marginMeters} too.
   */
  boolean limit(int latE7, int lngE7, SafeRegion region) {
    if (tiles == null) {
      for (BoundaryCheck check : few) {
        check.limit(latE7, lngE7, region);
      }
      return true;
    }
    long lng = fromWest(lngE7);
    int tile = tile(latE7, lng);
    int rings = tiles[tile];
    if (rings > 0) {
      limit(region, tile, rings - 1, latE7, lng);
    }
    return rings > 0;
  }
}
