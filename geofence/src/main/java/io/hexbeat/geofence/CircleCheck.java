package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * A circle for points near it: bounds of the distance in the plane decide nearly all of them, the
 * great circle the rest. Immutable; any thread. Exact, allocates nothing.
 *
 * <p>Nearest and farthest: a way on the sphere is at most as long as with the largest cosine of the
 * latitudes in question; by the haversine formula it is at least what the smallest one gives, less
 * a third of the square of half the angle.
 */
final class CircleCheck extends BoundaryCheck {
  /** Rounding of the great-circle distance, in metres and as a part of it. */
  private static final double SLACK_METERS = 1e-6;

  private static final double SLACK_FACTOR = 1e-9;

  /** Points of the circle's cells are within this many radii. */
  private static final double REACH_RADII = 2.5;

  private static final double REACH_METERS = 1_000;

  private static final double LEAST_COS = 0.05;

  /** First int of a packed circle; that of a polygon is positive. */
  static final int PACKED = -1;

  /** What a packed circle says of a point. */
  static final int OUTSIDE = 0;

  static final int INSIDE = 1;

  /** The circle itself must be asked. */
  static final int NEAR = 2;

  private final Circle circle;
  private final double reachMeters;
  private final double largestCos;
  private final double smallestCos;

  /** The part that the least distance in the plane may exceed the true one by. */
  private final double chord;

  CircleCheck(int handle, Circle circle) {
    super(handle);
    this.circle = circle;
    reachMeters = REACH_RADII * circle.radiusMeters() + REACH_METERS;
    double angle = reachMeters / E7.EARTH_RADIUS_METERS;
    double lat = Math.abs(Math.toRadians(E7.toDegrees(circle.latE7())));
    largestCos = Math.cos(Math.max(0, lat - angle));
    smallestCos = Math.cos(Math.min(Math.PI / 2, lat + angle));
    double half = smallestCos < LEAST_COS ? 1 : angle / smallestCos / 2;
    chord = half * half / 3;
  }

  /** Whether bounds in the plane hold for points at these distances. */
  private boolean isNear(double latMeters, double lngMeters) {
    return latMeters <= reachMeters
        && lngMeters * smallestCos <= reachMeters
        && smallestCos >= LEAST_COS;
  }

  private double latMeters(int latE7) {
    return Math.abs((double) latE7 - circle.latE7()) * E7.METERS_PER_UNIT;
  }

  /** At the equator. */
  private double lngMeters(int lngE7) {
    double units = Math.abs((double) lngE7 - circle.lngE7());
    return Math.min(units, E7.TURN - units) * E7.METERS_PER_UNIT;
  }

  private static double squared(double latMeters, double lngMeters, double cos) {
    double x = lngMeters * cos;
    return x * x + latMeters * latMeters;
  }

  @Override
  boolean contains(int latE7, int lngE7) {
    double y = latMeters(latE7);
    double x = lngMeters(lngE7);
    if (isNear(y, x)) {
      double inner = circle.radiusMeters() * (1 - SLACK_FACTOR) - SLACK_METERS;
      if (squared(y, x, largestCos) < inner * inner) {
        return true;
      }
      double outer = circle.radiusMeters() * (1 + SLACK_FACTOR) + SLACK_METERS;
      if (squared(y, x, smallestCos) * (1 - chord) > outer * outer) {
        return false;
      }
    }
    return circle.contains(latE7, lngE7);
  }

  @Override
  void limit(int latE7, int lngE7, SafeRegion region) {
    double y = latMeters(latE7);
    double x = lngMeters(lngE7);
    if (!isNear(y, x)) {
      region.limitMeters(circle.distanceToEdgeMeters(latE7, lngE7) - SLACK_METERS);
      return;
    }
    double most = Math.sqrt(squared(y, x, largestCos)) * (1 + SLACK_FACTOR) + SLACK_METERS;
    if (most < circle.radiusMeters()) {
      region.limitMeters(circle.radiusMeters() - most);
      return;
    }
    double least =
        Math.sqrt(squared(y, x, smallestCos) * (1 - chord)) * (1 - SLACK_FACTOR) - SLACK_METERS;
    region.limitMeters(least - circle.radiusMeters());
  }

  @Override
  void paint(RasterGrid grid, byte[] tiles) {
    paint(grid, 0, grid.side - 1, 0, grid.side - 1, tiles);
  }

  @Override
  int edges() {
    return 4;
  }

  @Override
  void paintEdge(RasterGrid grid, byte[] tiles) {
    CellBox around = CellBox.around(circle.latE7(), circle.lngE7(), circle.radiusMeters());
    long north = (long) circle.latE7() - grid.south;
    long east = centreOffset(grid.box.west());
    if (around.allLongitudes() || smallestCos < LEAST_COS) {
      Arrays.fill(tiles, RasterGrid.NEAR_EDGE);
      return;
    }
    paint(
        grid,
        grid.row(north + around.south() - circle.latE7()),
        grid.row(north + around.north() - circle.latE7()),
        grid.column(east - around.width() / 2 - 1),
        grid.column(east + around.width() / 2 + 1),
        tiles);
  }

  private void paint(
      RasterGrid grid, int firstRow, int lastRow, int firstColumn, int lastColumn, byte[] tiles) {
    double inner = circle.radiusMeters() * (1 - SLACK_FACTOR) - SLACK_METERS;
    double outer = circle.radiusMeters() * (1 + SLACK_FACTOR) + SLACK_METERS;
    double north = (double) circle.latE7() - grid.south;
    double east = centreOffset(grid.box.west());
    for (int row = firstRow; row <= lastRow; row++) {
      double latFrom = grid.rowStart(row) - north;
      double latTo = grid.rowStart(row + 1) - north;
      double nearY = nearest(latFrom, latTo) * E7.METERS_PER_UNIT;
      double farY = Math.max(-latFrom, latTo) * E7.METERS_PER_UNIT;
      for (int column = firstColumn; column <= lastColumn; column++) {
        double lngFrom = grid.columnStart(column) - east;
        double lngTo = grid.columnStart(column + 1) - east;
        double nearX = nearest(lngFrom, lngTo) * E7.METERS_PER_UNIT;
        double farX = Math.max(-lngFrom, lngTo) * E7.METERS_PER_UNIT;
        byte answer = RasterGrid.NEAR_EDGE;
        if (isNear(farY, farX)) {
          if (squared(farY, farX, largestCos) < inner * inner) {
            answer = RasterGrid.INSIDE;
          } else if (squared(nearY, nearX, smallestCos) * (1 - chord) > outer * outer) {
            answer = RasterGrid.OUTSIDE;
          }
        }
        tiles[row * grid.side + column] = answer;
      }
    }
  }

  /** How far 0 is from the interval. */
  private static double nearest(double from, double to) {
    return Math.max(0, Math.max(from, -to));
  }

  /**
   * {@link #PACKED}, the centre's latitude, its longitude as an offset from the box's western side,
   * and the squares of two distances, in units of the plane with the cosine of the box's middle:
   * what is nearer than the first is inside, what is farther than the second is not. Doubles are
   * two ints.
   */
  @Override
  int[] packed(CellBox box) {
    long east = centreOffset(box.west());
    double farLat =
        Math.max(
            Math.abs((double) circle.latE7() - box.south()),
            Math.abs((double) circle.latE7() - box.north()));
    double farLng = Math.max(Math.abs(east), Math.abs(east - box.width()));
    if (!isNear(farLat * E7.METERS_PER_UNIT, farLng * E7.METERS_PER_UNIT)
        || east != (int) east
        || box.width() != (int) box.width()) {
      return super.packed(box);
    }
    double cos = RasterGrid.cosLat(box);
    double inner = circle.radiusMeters() * (1 - SLACK_FACTOR) - SLACK_METERS;
    double outer = circle.radiusMeters() * (1 + SLACK_FACTOR) + SLACK_METERS;
    double stretch = Math.min(1, cos / largestCos);
    double shrink = Math.max(1, cos / smallestCos);
    double unit = E7.METERS_PER_UNIT * E7.METERS_PER_UNIT;
    int[] form = new int[7];
    form[0] = PACKED;
    form[1] = circle.latE7();
    form[2] = (int) east;
    put(inner * inner * stretch * stretch / unit * (1 - SLACK_FACTOR), form, 3);
    put(outer * outer * shrink * shrink / (1 - chord) / unit * (1 + SLACK_FACTOR), form, 5);
    return form;
  }

  private static void put(double value, int[] form, int at) {
    long bits = Double.doubleToLongBits(value);
    form[at] = (int) (bits >>> Integer.SIZE);
    form[at + 1] = (int) bits;
  }

  private static double get(int[] form, int at) {
    return Double.longBitsToDouble((long) form[at] << Integer.SIZE | (form[at + 1] & 0xFFFF_FFFFL));
  }

  /** Says {@link #INSIDE}, {@link #OUTSIDE} or {@link #NEAR} of what is packed in an array. */
  static int contains(int[] all, int from, double cosLat, int latE7, long lng) {
    double y = (double) latE7 - all[from + 1];
    double x = ((double) lng - all[from + 2]) * cosLat;
    double squared = x * x + y * y;
    if (squared < get(all, from + 3)) {
      return INSIDE;
    }
    return squared > get(all, from + 5) ? OUTSIDE : NEAR;
  }

  /** {@link #limit(int, int, SafeRegion)} of what is packed in an array. */
  static void limit(int[] all, int from, double cosLat, int latE7, long lng, SafeRegion region) {
    double y = (double) latE7 - all[from + 1];
    double x = ((double) lng - all[from + 2]) * cosLat;
    double units = Math.sqrt(x * x + y * y);
    double toInner = Math.sqrt(get(all, from + 3)) - units;
    double toOuter = units - Math.sqrt(get(all, from + 5));
    region.limitUnits(Math.max(0, Math.max(toInner, toOuter)), cosLat);
  }

  /** From a longitude to the centre, the shorter way round; east is positive. */
  private long centreOffset(int lngE7) {
    return Math.floorMod((long) circle.lngE7() - lngE7 + E7.TURN / 2, E7.TURN) - E7.TURN / 2;
  }
}
