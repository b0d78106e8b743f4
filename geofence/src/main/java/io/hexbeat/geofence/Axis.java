package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * The middle line of a corridor, as short great-circle arcs on the unit sphere. Immutable; any
 * thread. {@link #distanceMeters} allocates nothing and is a true distance on the sphere: it
 * changes by no more than the way a point moves, at the antimeridian and the poles too, which is
 * what lets a covering tell whole cells to be inside. Rounding is below a micrometre.
 *
 * <p>As the edges of polygons do, lines run straight in the plane of latitude and longitude. The
 * arcs follow them within {@link #SAGITTA_METERS}.
 */
final class Axis {
  /** How far an arc may be off the straight line of degrees. */
  static final double SAGITTA_METERS = 0.1;

  /** Longer lines are halved without a look: one that crosses the equator bends both ways. */
  private static final double ARC_MAX_METERS = 10_000;

  private static final int HALVINGS_MAX = 12;
  private static final int BOXES_MAX = 64;

  /** Start, end, normal, normals of the planes across start and end; then both ends in degrees. */
  private static final int STRIDE = 19;

  private static final int END = 3;
  private static final int NORMAL = 6;
  private static final int ACROSS_START = 9;
  private static final int ACROSS_END = 12;
  private static final int DEGREES = 15;

  private final double[] arcs;

  private Axis(double[] arcs) {
    this.arcs = arcs;
  }

  /** Along {@code [latE7, lngE7, ...]}, from each vertex the shorter way round to the next. */
  static Axis along(int[] flat) {
    Builder builder = new Builder();
    long lng = flat[1];
    for (int i = 2; i < flat.length; i += 2) {
      long next = lng + E7.shortestTurn(flat[i - 1], flat[i + 1]);
      builder.addLine(flat[i - 2], lng, flat[i], next);
      lng = next;
    }
    return new Axis(Arrays.copyOf(builder.arcs, builder.size));
  }

  private static final class Builder {
    private double[] arcs = new double[4 * STRIDE];
    private int size;

    void addLine(int latA, long lngA, int latB, long lngB) {
      double south = latA / (double) E7.SCALE;
      double west = lngA / (double) E7.SCALE;
      double height = ((double) latB - latA) / E7.SCALE;
      double width = ((double) lngB - lngA) / E7.SCALE;
      double degrees = ARC_MAX_METERS / E7.METERS_PER_UNIT / E7.SCALE;
      double widest = Math.cos(Math.toRadians(Math.min(Math.abs(south), Math.abs(south + height))));
      int steps = (int) Math.ceil((Math.abs(height) + Math.abs(width) * widest) / degrees);
      for (int i = 0; i < steps; i++) {
        double from = i / (double) steps;
        double to = (i + 1) / (double) steps;
        halve(
            south + from * height,
            west + from * width,
            south + to * height,
            west + to * width,
            HALVINGS_MAX);
      }
    }

    private void halve(double latA, double lngA, double latB, double lngB, int halvingsLeft) {
      double lat = (latA + latB) / 2;
      double lng = (lngA + lngB) / 2;
      double x = x(latA, lngA) + x(latB, lngB);
      double y = y(latA, lngA) + y(latB, lngB);
      double z = z(latA) + z(latB);
      double length = Math.sqrt(x * x + y * y + z * z);
      double offX = x / length - x(lat, lng);
      double offY = y / length - y(lat, lng);
      double offZ = z / length - z(lat);
      double off = Math.sqrt(offX * offX + offY * offY + offZ * offZ) * E7.EARTH_RADIUS_METERS;
      if (off > SAGITTA_METERS && halvingsLeft > 0) {
        halve(latA, lngA, lat, lng, halvingsLeft - 1);
        halve(lat, lng, latB, lngB, halvingsLeft - 1);
      } else {
        addArc(latA, lngA, latB, lngB);
      }
    }

    private void addArc(double latA, double lngA, double latB, double lngB) {
      if (size == arcs.length) {
        arcs = Arrays.copyOf(arcs, 2 * size);
      }
      int at = size;
      size += STRIDE;
      arcs[at] = x(latA, lngA);
      arcs[at + 1] = y(latA, lngA);
      arcs[at + 2] = z(latA);
      arcs[at + END] = x(latB, lngB);
      arcs[at + END + 1] = y(latB, lngB);
      arcs[at + END + 2] = z(latB);
      double[] difference = new double[3];
      double[] sum = new double[3];
      for (int i = 0; i < 3; i++) {
        difference[i] = arcs[at + END + i] - arcs[at + i];
        sum[i] = arcs[at + END + i] + arcs[at + i];
      }
      // twice start x end, without its loss of digits where the two are close
      cross(sum, 0, difference, 0, arcs, at + NORMAL);
      normalize(at + NORMAL);
      cross(arcs, at + NORMAL, arcs, at, arcs, at + ACROSS_START);
      cross(arcs, at + END, arcs, at + NORMAL, arcs, at + ACROSS_END);
      arcs[at + DEGREES] = latA;
      arcs[at + DEGREES + 1] = lngA;
      arcs[at + DEGREES + 2] = latB;
      arcs[at + DEGREES + 3] = lngB;
    }

    private void normalize(int at) {
      double length =
          Math.sqrt(
              arcs[at] * arcs[at] + arcs[at + 1] * arcs[at + 1] + arcs[at + 2] * arcs[at + 2]);
      for (int i = 0; i < 3 && length > 0; i++) {
        arcs[at + i] /= length;
      }
    }
  }

  private static double x(double lat, double lng) {
    return Math.cos(Math.toRadians(lat)) * Math.cos(Math.toRadians(lng));
  }

  private static double y(double lat, double lng) {
    return Math.cos(Math.toRadians(lat)) * Math.sin(Math.toRadians(lng));
  }

  private static double z(double lat) {
    return Math.sin(Math.toRadians(lat));
  }

  private static void cross(double[] a, int i, double[] b, int j, double[] out, int at) {
    out[at] = a[i + 1] * b[j + 2] - a[i + 2] * b[j + 1];
    out[at + 1] = a[i + 2] * b[j] - a[i] * b[j + 2];
    out[at + 2] = a[i] * b[j + 1] - a[i + 1] * b[j];
  }

  int size() {
    return arcs.length / STRIDE;
  }

  double lengthMeters() {
    double meters = 0;
    for (int at = 0; at < arcs.length; at += STRIDE) {
      meters += chordMeters(squared(at, arcs[at + END], arcs[at + END + 1], arcs[at + END + 2]));
    }
    return meters;
  }

  /** Great-circle metres from the point to the nearest point of the line. */
  double distanceMeters(int latE7, int lngE7) {
    double lat = E7.toDegrees(latE7);
    double lng = E7.toDegrees(lngE7);
    return distanceMeters(x(lat, lng), y(lat, lng), z(lat));
  }

  private double distanceMeters(double x, double y, double z) {
    return distanceMeters(0, arcs.length, x, y, z);
  }

  private double distanceMeters(int from, int to, double x, double y, double z) {
    double leastSine = Double.POSITIVE_INFINITY;
    double leastSquared = Double.POSITIVE_INFINITY;
    for (int at = from; at < to; at += STRIDE) {
      if (isBeside(at, x, y, z)) {
        leastSine = Math.min(leastSine, Math.abs(dot(at + NORMAL, x, y, z)));
      } else {
        leastSquared = Math.min(leastSquared, squared(at, x, y, z));
        leastSquared = Math.min(leastSquared, squared(at + END, x, y, z));
      }
    }
    double beside = Math.asin(Math.min(1, leastSine)) * E7.EARTH_RADIUS_METERS;
    return leastSine > 1 ? chordMeters(leastSquared) : Math.min(beside, chordMeters(leastSquared));
  }

  /** Whether the nearest point of the arc is not one of its ends. */
  private boolean isBeside(int at, double x, double y, double z) {
    return dot(at + ACROSS_START, x, y, z) >= 0 && dot(at + ACROSS_END, x, y, z) >= 0;
  }

  private double dot(int at, double x, double y, double z) {
    return arcs[at] * x + arcs[at + 1] * y + arcs[at + 2] * z;
  }

  private double squared(int at, double x, double y, double z) {
    double dx = arcs[at] - x;
    double dy = arcs[at + 1] - y;
    double dz = arcs[at + 2] - z;
    return dx * dx + dy * dy + dz * dz;
  }

  private static double chordMeters(double squared) {
    return 2 * E7.EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(squared) / 2));
  }

  /** The arcs that come as near to the point, rather one too many than one too few. */
  Axis within(double meters, int latE7, int lngE7) {
    double lat = E7.toDegrees(latE7);
    double lng = E7.toDegrees(lngE7);
    double x = x(lat, lng);
    double y = y(lat, lng);
    double z = z(lat);
    double[] kept = new double[arcs.length];
    int size = 0;
    for (int at = 0; at < arcs.length; at += STRIDE) {
      if (distanceMeters(at, at + STRIDE, x, y, z) <= meters + SAGITTA_METERS) {
        System.arraycopy(arcs, at, kept, size, STRIDE);
        size += STRIDE;
      }
    }
    return new Axis(Arrays.copyOf(kept, size));
  }

  /** Great-circle metres between the nearest points of two lines; zero where they cross. */
  double distanceMeters(Axis other) {
    double least = Double.POSITIVE_INFINITY;
    for (int at = 0; at < arcs.length; at += STRIDE) {
      for (int of = 0; of < other.arcs.length; of += STRIDE) {
        if (crosses(at, other, of)) {
          return 0;
        }
      }
      least = Math.min(least, other.distanceMeters(arcs[at], arcs[at + 1], arcs[at + 2]));
      least =
          Math.min(
              least, other.distanceMeters(arcs[at + END], arcs[at + END + 1], arcs[at + END + 2]));
    }
    for (int of = 0; of < other.arcs.length; of += STRIDE) {
      double[] ends = other.arcs;
      least = Math.min(least, distanceMeters(ends[of], ends[of + 1], ends[of + 2]));
      least =
          Math.min(least, distanceMeters(ends[of + END], ends[of + END + 1], ends[of + END + 2]));
    }
    return least;
  }

  private boolean crosses(int at, Axis other, int of) {
    double[] ends = other.arcs;
    double start = dot(at + NORMAL, ends[of], ends[of + 1], ends[of + 2]);
    double end = dot(at + NORMAL, ends[of + END], ends[of + END + 1], ends[of + END + 2]);
    double ownStart = other.dot(of + NORMAL, arcs[at], arcs[at + 1], arcs[at + 2]);
    double ownEnd = other.dot(of + NORMAL, arcs[at + END], arcs[at + END + 1], arcs[at + END + 2]);
    boolean sameHalfOfTheEarth = dot(at, ends[of], ends[of + 1], ends[of + 2]) > 0;
    return sameHalfOfTheEarth && start * end < 0 && ownStart * ownEnd < 0;
  }

  /** At most {@link #BOXES_MAX} boxes that bound all points within a distance. */
  CellBox[] boxes(double withinMeters) {
    int perBox = (size() + BOXES_MAX - 1) / BOXES_MAX;
    CellBox[] boxes = new CellBox[(size() + perBox - 1) / perBox];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = box(i * perBox, Math.min(size(), (i + 1) * perBox), withinMeters);
    }
    return boxes;
  }

  private CellBox box(int from, int to, double withinMeters) {
    double south = 90;
    double north = -90;
    double west = Double.POSITIVE_INFINITY;
    double east = Double.NEGATIVE_INFINITY;
    for (int at = from * STRIDE; at < to * STRIDE; at += STRIDE) {
      for (int end = at + DEGREES; end < at + STRIDE; end += 2) {
        south = Math.min(south, arcs[end]);
        north = Math.max(north, arcs[end]);
        west = Math.min(west, arcs[end + 1]);
        east = Math.max(east, arcs[end + 1]);
      }
    }
    int farthest = E7.fromDegrees(-south > north ? south : north);
    CellBox reach = CellBox.around(farthest, 0, withinMeters + SAGITTA_METERS);
    long width = (long) Math.ceil((east - west) * E7.SCALE) + reach.width();
    long grow = (long) Math.ceil((withinMeters + SAGITTA_METERS) / E7.METERS_PER_UNIT) + 1;
    int low = (int) Math.max(-E7.MAX_LAT, (long) Math.floor(south * E7.SCALE) - grow);
    int high = (int) Math.min(E7.MAX_LAT, (long) Math.ceil(north * E7.SCALE) + grow);
    if (reach.allLongitudes() || width >= E7.TURN) {
      return new CellBox(low, high, E7.MIN_LNG, E7.TURN);
    }
    long start = (long) Math.floor(west * E7.SCALE) + reach.west();
    return new CellBox(low, high, E7.normalizeLngE7(start), width + 2);
  }
}
