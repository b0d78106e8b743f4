package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * A circle round one position of a device in which membership cannot change: no fence's edge and no
 * border of its cell is nearer. One thread, one device; allocates nothing. It belongs to the index
 * that filled it, so that another index finds it void.
 *
 * <p>Distances are those of the plane of latitude and longitude, longitudes shrunk by the cosine of
 * the anchor's latitude. Edges of polygons are straight there, so that the circle is exact for them
 * whatever its size; circles of fences and borders of cells are measured on the sphere and reduced
 * by what the plane may stretch. Law: of a point that {@link #holds}, {@link FenceIndex#containing}
 * says the same as of the anchor.
 */
public final class SafeRegion {
  /** Farther than a phone moves between fixes; keeps the plane near the sphere. */
  static final double MAX_METERS = 2_000;

  /** Nearer to a pole a plane of degrees is no picture of the sphere: no region. */
  private static final double LEAST_COS = 0.05;

  /** For the rounding of distances; positions are integers. */
  private static final double SLACK_FACTOR = 1 - 1e-9;

  private static final double SLACK_UNITS = 1;

  private @Nullable FenceIndex index;
  private int latE7;
  private int lngE7;
  private double cosLat;

  /** Membership is the same nearer than this to the anchor. */
  private double safeSquared;

  /** Of the finest resolution in use. */
  private long cell;

  /** The cell is the same nearer than this to the anchor. */
  private double cellUnits;

  /** Whether membership at the point is known to be that of the anchor, in this index. */
  public boolean holds(FenceIndex index, int latE7, int lngE7) {
    if (this.index != index) {
      return false;
    }
    double y = (double) latE7 - this.latE7;
    double x = ((double) lngE7 - this.lngE7) * cosLat;
    return x * x + y * y < safeSquared;
  }

  /** Holds nothing from now on. */
  public void clear() {
    index = null;
  }

  /** Makes the point the anchor; returns its cell if that is still known, else 0. */
  long moveTo(FenceIndex index, int latE7, int lngE7) {
    double left = this.index == index ? cellUnitsLeft(latE7, lngE7) : 0;
    if (left <= 0) {
      cosLat = Math.cos(Math.toRadians(E7.toDegrees(latE7)));
    }
    this.index = index;
    this.latE7 = latE7;
    this.lngE7 = lngE7;
    cellUnits = left;
    safeSquared = left * left;
    return left > 0 ? cell : 0;
  }

  /** Keeps the cosine of the old anchor: a plane shrunk a little otherwise is as good. */
  private double cellUnitsLeft(int latE7, int lngE7) {
    double y = (double) latE7 - this.latE7;
    double x = ((double) lngE7 - this.lngE7) * cosLat;
    return (cellUnits - Math.sqrt(x * x + y * y)) * SLACK_FACTOR - SLACK_UNITS;
  }

  /** The anchor's cell, and how far its border is at least. */
  void setCell(long cell, double borderMeters) {
    this.cell = cell;
    cellUnits = Math.max(0, unitsOf(Math.min(borderMeters, MAX_METERS)));
    safeSquared = cellUnits * cellUnits;
  }

  /** An edge is at this distance of the anchor, squared, in units. */
  void limitSquared(double squared) {
    if (squared < safeSquared) {
      safeSquared = squared;
    }
  }

  /** Something is at this great-circle distance of the anchor, at least. */
  void limitMeters(double meters) {
    double units = Math.max(0, unitsOf(Math.min(meters, MAX_METERS)));
    limitSquared(units * units);
  }

  /** Membership is known only at the anchor itself. */
  void limitToAnchor() {
    safeSquared = 0;
  }

  /** Takes off what rounding may have added. */
  void finish() {
    double units = Math.sqrt(safeSquared) * SLACK_FACTOR - SLACK_UNITS;
    safeSquared = units > 0 ? units * units : 0;
  }

  /**
   * A way that is that long in the plane is no longer than the metres on the sphere: within {@link
   * #MAX_METERS}, twice for the anchor that gave its cosine, another latitude's cosine is larger by
   * at most the angle of it.
   */
  private double unitsOf(double meters) {
    if (cosLat < LEAST_COS) {
      return 0;
    }
    double stretch = 1 + 2 * MAX_METERS / E7.EARTH_RADIUS_METERS / cosLat;
    return meters / E7.METERS_PER_UNIT / stretch;
  }

  /** Squared units from the anchor to the straight segment; ends are offsets from the anchor. */
  double segmentSquared(double latA, double lngA, double latB, double lngB) {
    double xA = lngA * cosLat;
    double dx = (lngB - lngA) * cosLat;
    double dy = latB - latA;
    double along = -(xA * dx + latA * dy);
    double length = dx * dx + dy * dy;
    if (along <= 0) {
      return xA * xA + latA * latA;
    }
    if (along >= length) {
      double xB = lngB * cosLat;
      return xB * xB + latB * latB;
    }
    double cross = xA * dy - latA * dx;
    return cross * cross / length;
  }
}
