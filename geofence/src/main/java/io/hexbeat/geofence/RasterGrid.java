package io.hexbeat.geofence;

/**
 * How a cell's box is cut into tiles, rows from south to north, each from west to east. What is in
 * the tiles is an heir's, for it to lie beside this in memory. Immutable; any thread. A tile is
 * found by one multiplication a coordinate; tiles are closed boxes that share their borders, so
 * that what touches none of two neighbours does not run between them.
 */
class RasterGrid {
  /** What {@link BoundaryCheck#paint} says of a tile. */
  static final byte OUTSIDE = 0;

  static final byte INSIDE = 1;
  static final byte NEAR_EDGE = 2;

  private static final int FIXED_POINT_BITS = 32;

  final CellBox box;

  /** Of the box. */
  final int south;

  /** Offset of the box's eastern side, where it is an int. */
  final int east;

  /** Of the latitude in the middle of the box. */
  final double cosLat;

  /** Tiles of a row, and rows: a power of two. */
  final int side;

  private final int west;

  /** Rows, columns an E7 unit, in fixed point. */
  private final long rowsPerUnit;

  private final long columnsPerUnit;

  RasterGrid(CellBox box, int side) {
    this.box = box;
    this.side = side;
    south = box.south();
    west = box.west();
    east = (int) Math.min(Integer.MAX_VALUE, box.width());
    cosLat = cosLat(box);
    rowsPerUnit = ((long) side << FIXED_POINT_BITS) / (box.north() - (long) box.south() + 1);
    columnsPerUnit = ((long) side << FIXED_POINT_BITS) / (box.width() + 1);
  }

  static double cosLat(CellBox box) {
    return Math.cos(Math.toRadians(E7.toDegrees((int) (((long) box.south() + box.north()) / 2))));
  }

  /** Of a longitude: its offset from the western side. */
  long fromWest(int lngE7) {
    long offset = (long) lngE7 - west;
    return offset < 0 ? offset + E7.TURN : offset;
  }

  int tile(int latE7, long lng) {
    return row((long) latE7 - south) * side + column(lng);
  }

  /** Of an offset from the southern side, the nearest row if it is outside. */
  int row(long latOffset) {
    return clamped((latOffset * rowsPerUnit) >> FIXED_POINT_BITS);
  }

  /** Of an offset from the western side, the nearest column if it is outside. */
  int column(long lngOffset) {
    return clamped((lngOffset * columnsPerUnit) >> FIXED_POINT_BITS);
  }

  private int clamped(long tile) {
    return (int) Math.max(0, Math.min(side - 1, tile));
  }

  /** Whether there is a column for some of the offsets from the western side. */
  boolean hasColumns(double from, double to) {
    return to >= 0 && from <= columnStart(side);
  }

  /** Where a row begins and the one before it ends: an offset from the southern side. */
  long rowStart(int row) {
    return start(row, rowsPerUnit);
  }

  /** Where a column begins and the one before it ends: an offset from the western side. */
  long columnStart(int column) {
    return start(column, columnsPerUnit);
  }

  /** The least offset that is in it. */
  private static long start(int tile, long perUnit) {
    return (((long) tile << FIXED_POINT_BITS) + perUnit - 1) / perUnit;
  }

  /** A point of a tile, for those who know that all of it is alike. */
  int middleLatE7(int row) {
    return (int) (south + (rowStart(row) + rowStart(row + 1) - 1) / 2);
  }

  /** Likewise, as an offset from the western side. */
  long middleOffset(int column) {
    return (columnStart(column) + columnStart(column + 1) - 1) / 2;
  }

  int middleLngE7(int column) {
    return E7.normalizeLngE7(west + middleOffset(column));
  }

  /** No point of a tile is farther from its middle. */
  double reachMeters() {
    double latUnits = (double) (1L << FIXED_POINT_BITS) / rowsPerUnit;
    double lngUnits = (double) (1L << FIXED_POINT_BITS) / columnsPerUnit;
    return (latUnits + lngUnits) * E7.METERS_PER_UNIT;
  }

  /** Limits the region to a tile and the given number of rings of tiles around it. */
  void limit(SafeRegion region, int tile, int rings, int latE7, long lng) {
    int row = tile / side;
    int column = tile % side;
    long lat = (long) latE7 - south;
    long toSouth = lat - rowStart(Math.max(0, row - rings));
    long toNorth = rowStart(Math.min(side, row + rings + 1)) - lat;
    long toWest = lng - columnStart(Math.max(0, column - rings));
    long toEast = columnStart(Math.min(side, column + rings + 1)) - lng;
    region.limitBox(Math.min(toSouth, toNorth), Math.min(toWest, toEast));
  }
}
