package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * A polygon as seen in the box of one cell: only the edges that touch the box. Immutable; any
 * thread. Exact, allocates nothing when asked.
 *
 * <p>A ray from the point to the east stops at the eastern side of the box. What the rest of it
 * would count is the same for all points of a latitude: whether the polygon contains the point of
 * that side. Between the latitudes where an edge passes the side it can't change, so it is kept as
 * the short list of latitudes at which it flips.
 *
 * <p>All of it is packed into ints, to stand in an array beside others: {@code 2 * flips + inside}
 * with the state of the south-eastern corner, the flips, then {@code latLow, lngLow, latHigh,
 * lngHigh} an edge, southern end first, level ones too, ascending by it. Longitudes are offsets
 * from the box's western side.
 */
final class ClippedPolygon extends BoundaryCheck {
  private static final int STRIDE = 4;

  private final int west;

  /** Offset of the box's eastern side. */
  private final int east;

  private final int[] form;

  private ClippedPolygon(int handle, int west, int east, int[] form) {
    super(handle);
    this.west = west;
    this.east = east;
    this.form = form;
  }

  /** {@code edges} are all that touch the box, southern end first, as offsets from its west. */
  static ClippedPolygon of(int handle, Polygon polygon, CellBox box, int[] edges) {
    int east = Math.toIntExact(box.width());
    int eastE7 = E7.normalizeLngE7(box.west() + box.width());
    int[] candidates = new int[edges.length];
    int count = 0;
    for (int e = 0; e < edges.length; e += STRIDE) {
      if (Math.max(edges[e + 1], edges[e + 3]) < east) {
        continue; // never reaches the eastern side
      }
      count = addIfWithin(box, edges[e], candidates, count);
      count = addIfWithin(box, edges[e + 2], candidates, count);
      count = addIfWithin(box, sideFlipLat(edges, e, east), candidates, count);
    }
    Arrays.sort(candidates, 0, count);
    boolean start = polygon.contains(box.south(), eastE7);
    boolean inside = start;
    int flips = 0;
    for (int i = 0; i < count; i++) {
      boolean now = polygon.contains(candidates[i], eastE7);
      if (now != inside) {
        candidates[flips++] = candidates[i];
        inside = now;
      }
    }
    int[] form = new int[1 + flips + edges.length];
    form[0] = 2 * flips + (start ? 1 : 0);
    System.arraycopy(candidates, 0, form, 1, flips);
    copyAscending(edges, form, 1 + flips);
    return new ClippedPolygon(handle, box.west(), east, form);
  }

  /** Only where its edges are: to be measured and painted, not to be asked what it contains. */
  static ClippedPolygon edges(int handle, CellBox box, int[] edges) {
    int[] form = new int[1 + edges.length];
    copyAscending(edges, form, 1);
    return new ClippedPolygon(handle, box.west(), (int) box.width(), form);
  }

  private static void copyAscending(int[] edges, int[] to, int at) {
    long[] order = new long[edges.length / STRIDE];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) edges[STRIDE * i] << Integer.SIZE | i;
    }
    Arrays.sort(order);
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(edges, STRIDE * (int) order[i], to, at + STRIDE * i, STRIDE);
    }
  }

  private static int addIfWithin(CellBox box, int lat, int[] candidates, int count) {
    if (lat > box.south() && lat <= box.north()) {
      candidates[count++] = lat;
    }
    return count;
  }

  /** The first latitude at which the eastern side is on another side of the edge than before. */
  private static int sideFlipLat(int[] edges, int e, int east) {
    int low = edges[e];
    int high = edges[e + 2];
    boolean atLow = isWestOf(edges, e, low, east);
    if (isWestOf(edges, e, high, east) == atLow) {
      return high;
    }
    while (high - low > 1) {
      int middle = (int) (((long) low + high) >> 1);
      if (isWestOf(edges, e, middle, east) == atLow) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static boolean isWestOf(int[] edges, int e, int lat, int lng) {
    return Orientation.sign(edges[e], edges[e + 1], edges[e + 2], edges[e + 3], lat, lng) > 0;
  }

  private int offset(int lngE7) {
    long offset = (long) lngE7 - west;
    return (int) (offset < 0 ? offset + E7.TURN : offset);
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    return contains(form, 0, form.length, east, latE7, offset(lngE7));
  }

  @Override
  void limit(int latE7, int lngE7, SafeRegion region) {
    limit(form, 0, form.length, latE7, offset(lngE7), region);
  }

  @Override
  void paint(RasterGrid grid, byte[] tiles) {
    paint(form, grid, tiles);
  }

  @Override
  int edges() {
    return (form.length - 1 - (form[0] >>> 1)) / STRIDE;
  }

  @Override
  void paintEdge(RasterGrid grid, byte[] tiles) {
    paintEdges(form, grid, tiles);
  }

  @Override
  int[] packed(CellBox box) {
    return form;
  }

  /** {@link #contains(int, int)} of what is packed in a part of an array. */
  static boolean contains(int[] all, int from, int to, int east, int latE7, int lng) {
    boolean odd = (all[from] & 1) != 0;
    int edges = from + 1 + (all[from] >>> 1);
    for (int flip = from + 1; flip < edges; flip++) {
      odd ^= latE7 >= all[flip];
    }
    for (int e = edges; e < to && all[e] <= latE7; e += STRIDE) {
      if (latE7 < all[e + 2]) {
        odd ^= isWestOf(all, e, latE7, lng) ^ isWestOf(all, e, latE7, east);
      }
    }
    return odd;
  }

  /** {@link #limit(int, int, SafeRegion)} of what is packed in a part of an array. */
  static void limit(int[] all, int from, int to, int latE7, int lng, SafeRegion region) {
    for (int e = from + 1 + (all[from] >>> 1); e < to; e += STRIDE) {
      double south = (double) all[e] - latE7;
      double north = (double) all[e + 2] - latE7;
      if (!region.reaches(south)) {
        return;
      }
      if (region.reaches(-north)) {
        region.limitSquared(
            region.segmentSquared(
                south, (double) all[e + 1] - lng, north, (double) all[e + 3] - lng));
      }
    }
  }

  /** {@link #paint(RasterGrid, byte[])} of what is packed in an array. */
  static void paint(int[] form, RasterGrid grid, byte[] tiles) {
    Arrays.fill(tiles, RasterGrid.OUTSIDE);
    paintEdges(form, grid, tiles);
    for (int row = 0; row < grid.side; row++) {
      byte before = RasterGrid.NEAR_EDGE;
      for (int column = 0; column < grid.side; column++) {
        int tile = row * grid.side + column;
        if (tiles[tile] != RasterGrid.NEAR_EDGE && before == RasterGrid.NEAR_EDGE) {
          int lat = grid.middleLatE7(row);
          int lng = (int) grid.middleOffset(column);
          boolean inside = contains(form, 0, form.length, grid.east, lat, lng);
          tiles[tile] = inside ? RasterGrid.INSIDE : RasterGrid.OUTSIDE;
        } else if (tiles[tile] != RasterGrid.NEAR_EDGE) {
          tiles[tile] = before;
        }
        before = tiles[tile];
      }
    }
  }

  private static void paintEdges(int[] form, RasterGrid grid, byte[] tiles) {
    for (int e = 1 + (form[0] >>> 1); e < form.length; e += STRIDE) {
      paintEdge(form, e, grid, tiles);
    }
  }

  /** Two units more on each side: rounding, and tiles that it only touches. */
  private static void paintEdge(int[] edges, int e, RasterGrid grid, byte[] tiles) {
    long latLow = (long) edges[e] - grid.south;
    long latHigh = (long) edges[e + 2] - grid.south;
    double lngPerLat =
        latHigh == latLow ? 0 : ((double) edges[e + 3] - edges[e + 1]) / (latHigh - latLow);
    int lastRow = grid.row(latHigh + 1);
    for (int row = grid.row(latLow - 1); row <= lastRow; row++) {
      double from = edges[e + 1];
      double to = edges[e + 3];
      if (latHigh > latLow) {
        from += Math.max(0, grid.rowStart(row) - latLow) * lngPerLat;
        to -= Math.max(0, latHigh - grid.rowStart(row + 1)) * lngPerLat;
      }
      double west = Math.min(from, to) - 2;
      double east = Math.max(from, to) + 2;
      if (grid.hasColumns(west, east)) {
        int columns = grid.column((long) Math.ceil(east));
        for (int column = grid.column((long) Math.floor(west)); column <= columns; column++) {
          tiles[row * grid.side + column] = RasterGrid.NEAR_EDGE;
        }
      }
    }
  }
}
