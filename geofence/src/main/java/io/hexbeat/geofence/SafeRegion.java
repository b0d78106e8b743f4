package io.hexbeat.geofence;

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
 *
 * <p>Not final, so that the state of a device can be one and lies in memory beside it.
 */
public class SafeRegion {
  /** Farther than a phone moves between fixes; keeps the plane near the sphere. */
  static final double MAX_METERS = 2_000;

  /** Nearer to a pole a plane of degrees is no picture of the sphere: no region. */
  private static final double LEAST_COS = 0.05;

  /** For the rounding of distances, floats included; positions are integers. */
  private static final double SLACK_FACTOR = 1 - 1e-6;

  private static final double SLACK_UNITS = 1;

  /** Circles of anchors that are not far from each other: their cosines differ by less. */
  private static final double OTHER_COSINE = 1 - 1e-2;

  private static final double UNITS_PER_METER = 1 / E7.METERS_PER_UNIT;

  /** Radians: by how much the cosine may be another one, and more. */
  private static final double MOST_TURN = 2 * MAX_METERS / E7.EARTH_RADIUS_METERS;

  /** About 6 m: beside an edge a region is seldom larger. */
  private static final double LONG_WAY_UNITS = 500;

  /** Of the index; the index itself would be kept from being collected. 0 for none. */
  private int stamp;

  private int latE7;
  private int lngE7;

  /** By which longitudes are shrunk here. */
  private float cosLat;

  /** Membership is the same nearer than this to the anchor; rounded down. */
  private float safeUnits;

  /** The cell is the same nearer than this to the anchor; rounded down. */
  private float cellUnits;

  /** Whether the anchor is not near the one before. */
  private boolean fast;

  /** Of the finest resolution in use. */
  private long cell;

  /** Whether membership at the point is known to be that of the anchor, in this index. */
  public boolean holds(FenceIndex index, int latE7, int lngE7) {
    if (stamp != index.stamp) {
      return false;
    }
    double y = (double) latE7 - this.latE7;
    double x = ((double) lngE7 - this.lngE7) * cosLat;
    return x * x + y * y < (double) safeUnits * safeUnits;
  }

  /** Whether it was moved by this index last. */
  public boolean belongsTo(FenceIndex index) {
    return stamp == index.stamp;
  }

  /**
   * How many units round the point membership is known to be the anchor's; 0 where it isn't known
   * even there.
   */
  public double reachUnits(FenceIndex index, int latE7, int lngE7) {
    if (stamp != index.stamp) {
      return 0;
    }
    double y = (double) latE7 - this.latE7;
    double x = ((double) lngE7 - this.lngE7) * cosLat;
    double left = safeUnits - Math.sqrt(x * x + y * y);
    return left <= SLACK_UNITS ? 0 : left * OTHER_COSINE - SLACK_UNITS;
  }

  /**
   * Whether the straight way from a to b lies in circles without an edge: one of so many units
   * round b, and what this region leaves round a.
   */
  public boolean coversWay(
      FenceIndex index, int latA, int lngA, int latB, int lngB, double unitsRoundB) {
    double reach = unitsRoundB + reachUnits(index, latA, lngA);
    double y = (double) latB - latA;
    double x = ((double) lngB - lngA) * cosLat;
    return x * x + y * y < reach * reach;
  }

  /** Holds nothing from now on. */
  public void clear() {
    stamp = 0;
  }

  /**
   * Limits it to the anchor's cell, to be measured there; false, and membership is known only at
   * the anchor, where the last way was so long that the next would leave what can be measured.
   */
  boolean limitToCell() {
    limitUnits(fast ? 0 : cellUnits);
    return !fast;
  }

  /** Makes the point the anchor; returns its cell if that is still known, else 0. */
  long moveTo(FenceIndex index, int latE7, int lngE7) {
    double left = 0;
    fast = false;
    if (stamp == index.stamp) {
      double y = (double) latE7 - this.latE7;
      double x = ((double) lngE7 - this.lngE7) * cosLat;
      double moved = Math.sqrt(x * x + y * y);
      fast = moved > LONG_WAY_UNITS;
      left = (cellUnits - moved) * SLACK_FACTOR - SLACK_UNITS;
    }
    if (left <= 0) {
      cosLat = (float) Math.cos(Math.toRadians(E7.toDegrees(latE7)));
    }
    stamp = index.stamp;
    this.latE7 = latE7;
    this.lngE7 = lngE7;
    cellUnits = (float) Math.max(0, left);
    safeUnits = Float.MAX_VALUE;
    return left > 0 ? cell : 0;
  }

  /** The anchor's cell, and how far its border is at least. */
  void setCell(long cell, double borderMeters) {
    this.cell = cell;
    cellUnits = (float) unitsOf(borderMeters);
  }

  private void limitUnits(double units) {
    if (units < safeUnits) {
      safeUnits = (float) units;
    }
  }

  /** Whether what is so far from the anchor could still limit it. */
  boolean reaches(double units) {
    return units < safeUnits;
  }

  /** An edge is at this distance of the anchor, squared, in units. */
  void limitSquared(double squared) {
    if (squared < (double) safeUnits * safeUnits) {
      safeUnits = (float) Math.sqrt(squared);
    }
  }

  /** Something is at this great-circle distance of the anchor, at least. */
  void limitMeters(double meters) {
    limitUnits(unitsOf(meters));
  }

  /** Nothing changes within so many units to the north and south, and to the east and west. */
  void limitBox(long latUnits, long lngUnits) {
    limitUnits(Math.min((double) latUnits, lngUnits * (double) cosLat));
  }

  /** Nothing changes within so many units of a plane with another cosine. */
  void limitUnits(double units, double otherCosLat) {
    limitUnits(units * Math.min(1, cosLat / otherCosLat));
  }

  /** Membership is known only at the anchor itself. */
  void limitToAnchor() {
    safeUnits = 0;
  }

  /** Takes off what rounding may have added. */
  void finish() {
    safeUnits = (float) Math.max(0, safeUnits * SLACK_FACTOR - SLACK_UNITS);
  }

  /**
   * A way that is that long in the plane is no longer than the metres on the sphere: within {@link
   * #MAX_METERS}, twice for the anchor that gave its cosine, another latitude's cosine is larger by
   * at most the angle of it.
   */
  private double unitsOf(double meters) {
    if (meters <= 0 || cosLat < LEAST_COS) {
      return 0;
    }
    return Math.min(meters, MAX_METERS) * UNITS_PER_METER * cosLat / (cosLat + MOST_TURN);
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
