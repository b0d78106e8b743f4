package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * Finds the H3 cell of a point by the published geometry of the grid: the point is projected
 * (gnomonic) onto the plane of the nearest of twenty icosahedron faces, rounded to a hexagon there,
 * and the hexagon's ancestors up to the face's base cells give the digits of the index. Stateless;
 * any thread; allocates nothing. A point so near a border of hexagons that rounding might decide
 * otherwise than the library's is left to the library: the answer is {@link #UNCERTAIN}.
 *
 * <p>Constants and conventions: H3 4.x, faces, base cells and rotations as in its documentation
 * ("Core Library", uber.github.io). Axial coordinates (a, b) count the unit vectors i and j of the
 * IJK system after k was cancelled.
 */
final class FacePlane {
  /** The point is within {@link #BORDER_UNITS} of a border between cells. */
  static final long UNCERTAIN = 0;

  /**
   * In spacings of cells, at the finest resolution in use a tenth of a millimetre. The library's
   * arc cosine near a face's centre loses half its digits, up to 2e-11 radians where a border can
   * be, which is 1e-6 of a cell of resolution 10; everything else is a thousand times smaller.
   */
  private static final double BORDER_UNITS = 2e-6;

  /** Finer cells would ask for a wider {@link #BORDER_UNITS}. */
  static final int FINEST_RESOLUTION = 10;

  private static final int FACES = 20;
  private static final int AXES = 9;

  /** Spacing of the base cells' centres in the plane that touches a face's centre. */
  private static final double BASE_SPACING = 0.381966011250105;

  /** By how much the grids of odd resolutions are turned: asin(sqrt(3 / 28)). */
  private static final double ODD_TURN = 0.3334731722518321;

  /** Between the centres of neighbouring faces, rounded up: 2 sin(20.905 degrees). */
  private static final double NEIGHBOURS_CHORD = 0.71365;

  private static final double SQRT3 = Math.sqrt(3);
  private static final double SQRT7 = Math.sqrt(7);

  /** Latitude and longitude of each face's centre, azimuth of its i axis; radians. */
  private static final double[] FACE_RADIANS = {
    0.80358264971899, 1.2483974196173961, 5.6199582685239395,
    1.3077478834556382, 2.5369450098779214, 5.7603390817141875,
    1.054751253523952, -1.3475173589003966, 0.78021365439343,
    0.6001915955381868, -0.45060390946975576, 0.4304693639799999,
    0.49171542819877384, 0.40198820291130694, 6.130269123335111,
    0.1727453274156187, 1.6781468852804338, 2.692877706530643,
    0.6059293215713507, 2.9539233298124117, 2.982963003477244,
    0.42737051832897965, -1.8888762003362853, 3.532912002790141,
    -0.07906611854921283, -0.7334295133808677, 3.494305004259568,
    -0.23096164445538364, 0.506495587332349, 3.0032141694995382,
    0.07906611854921283, 2.4081631402089254, 5.930472956509812,
    0.23096164445538364, -2.635097066257444, 0.13837848409025486,
    -0.1727453274156187, -1.4634457683093596, 0.4487149470591504,
    -0.6059293215713507, -0.18766932377738163, 0.15862965011254937,
    -0.42737051832897965, 1.2527164532535078, 5.891865957979238,
    -0.6001915955381868, 2.6909887441200375, 2.711123289609793,
    -0.49171542819877384, -2.7396044506784865, 3.294508837434268,
    -0.80358264971899, -1.8931952339723972, 3.80481969224544,
    -1.3077478834556382, -0.6046476437118721, 3.6644388790551923,
    -1.054751253523952, 1.7940752946893965, 2.361378999196363
  };

  /**
   * For each face its centre, and two vectors whose products with a point, over that with the
   * centre, are a and b; even resolutions first, then odd ones.
   */
  private static final double[] EVEN = axes(0);

  private static final double[] ODD = axes(ODD_TURN);

  private static final double[] SPACINGS = spacings();

  /** {@code 6 * base cell + turns} by face and axial coordinates of resolution 0, -1 for none. */
  private static final short[] BASES = {
    144, 195, -1, -1, -1, 65, 108, 180, 291, -1, -1, 35, 96, 198, 295, -1, 5, 48, 132, 247, -1, -1,
        24, 91, -1,
    84, 105, -1, -1, -1, 59, 36, 66, 141, -1, -1, 11, 12, 60, 145, -1, 23, 0, 30, 109, -1, -1, 25,
        49, -1,
    228, 207, -1, -1, -1, 179, 126, 114, 123, -1, -1, 83, 42, 54, 85, -1, 77, 18, 6, 37, -1, -1, 26,
        1, -1,
    348, 375, -1, -1, -1, 269, 252, 258, 285, -1, -1, 173, 156, 174, 229, -1, 95, 72, 78, 127, -1,
        -1, 27, 19, -1,
    294, 369, -1, -1, -1, 203, 246, 318, 393, -1, -1, 137, 186, 264, 349, -1, 53, 90, 168, 253, -1,
        -1, 28, 73, -1,
    297, 201, -1, -1, -1, 399, 288, 183, 111, -1, -1, 402, 300, 192, 147, -1, 525, 420, 315, 225,
        -1, -1, 498, 447, -1,
    147, 63, -1, -1, -1, 225, 138, 69, 39, -1, -1, 234, 150, 102, 87, -1, 357, 270, 213, 165, -1,
        -1, 378, 339, -1,
    87, 57, -1, -1, -1, 165, 120, 117, 129, -1, -1, 240, 216, 204, 231, -1, 363, 330, 327, 309, -1,
        -1, 432, 441, -1,
    231, 177, -1, -1, -1, 309, 282, 261, 255, -1, -1, 414, 384, 372, 351, -1, 537, 504, 495, 459,
        -1, -1, 582, 591, -1,
    351, 267, -1, -1, -1, 459, 390, 321, 249, -1, -1, 516, 450, 366, 297, -1, 627, 564, 489, 399,
        -1, -1, 642, 609, -1,
    381, 477, -1, -1, -1, 273, 354, 471, 555, -1, -1, 237, 342, 444, 501, -1, 141, 222, 312, 423,
        -1, -1, 144, 195, -1,
    435, 483, -1, -1, -1, 333, 360, 411, 465, -1, -1, 243, 276, 336, 381, -1, 123, 162, 210, 273,
        -1, -1, 84, 105, -1,
    585, 621, -1, -1, -1, 507, 534, 549, 531, -1, -1, 417, 426, 438, 435, -1, 285, 306, 324, 333,
        -1, -1, 228, 207, -1,
    645, 693, -1, -1, -1, 567, 624, 663, 669, -1, -1, 519, 576, 588, 585, -1, 393, 456, 492, 507,
        -1, -1, 348, 375, -1,
    501, 603, -1, -1, -1, 423, 522, 615, 675, -1, -1, 405, 510, 606, 645, -1, 291, 396, 486, 567,
        -1, -1, 294, 369, -1,
    498, 447, -1, -1, -1, 605, 552, 468, 357, -1, -1, 648, 570, 474, 379, -1, 713, 654, 559, 463,
        -1, -1, 706, 637, -1,
    378, 339, -1, -1, -1, 479, 462, 408, 363, -1, -1, 558, 540, 480, 433, -1, 659, 636, 595, 529,
        -1, -1, 705, 679, -1,
    432, 441, -1, -1, -1, 485, 528, 546, 537, -1, -1, 594, 630, 618, 583, -1, 641, 678, 697, 667,
        -1, -1, 704, 727, -1,
    582, 591, -1, -1, -1, 623, 666, 660, 627, -1, -1, 696, 714, 690, 643, -1, 683, 726, 721, 673,
        -1, -1, 703, 709, -1,
    642, 609, -1, -1, -1, 695, 672, 612, 525, -1, -1, 720, 684, 600, 499, -1, 731, 708, 649, 553,
        -1, -1, 702, 655, -1
  };

  private static final int BASE_REACH = 2;
  private static final int BASE_ROW = 2 * BASE_REACH + 1;

  /** The twelve base cells that are pentagons. */
  private static final long PENTAGONS_LOW =
      1L << 4 | 1L << 14 | 1L << 24 | 1L << 38 | 1L << 49 | 1L << 58 | 1L << 63;

  private static final long PENTAGONS_HIGH =
      1L << (72 - 64) | 1L << (83 - 64) | 1L << (97 - 64) | 1L << (107 - 64) | 1L << (117 - 64);

  /** Pentagon and its two faces on which the missing digit is left clockwise. */
  private static final int[] CLOCKWISE = {
    14, 2, 6, 24, 1, 5, 38, 3, 7, 49, 0, 9, 58, 4, 8, 63, 11, 15, 72, 12, 16, 83, 10, 19, 97, 13,
    17, 107, 14, 18
  };

  private static final int K_DIGIT = 1;

  /** Digit of a child by 4 * da + db + 5, each of -1, 0 and 1. */
  private static final int[] DIGITS = {1, 3, 0, 0, 5, 0, 2, 0, 0, 4, 6};

  /** A digit after so many sixths of a turn against the clock: 8 * turns + digit. */
  private static final int[] TURNED = turned();

  private static final long CELL_MODE = 1L << 59;
  private static final int RESOLUTION_SHIFT = 52;
  private static final int BASE_SHIFT = 45;
  private static final int DIGIT_BITS = 3;
  private static final int LIBRARY_FINEST = 15;

  /** Makes what is divided by seven positive. */
  private static final int SEVENS = 1 << 24;

  private FacePlane() {}

  private static double[] axes(double turn) {
    double[] axes = new double[FACES * AXES];
    for (int face = 0; face < FACES; face++) {
      double lat = FACE_RADIANS[3 * face];
      double lng = FACE_RADIANS[3 * face + 1];
      double azimuth = FACE_RADIANS[3 * face + 2] - turn;
      double[] centre = {
        Math.cos(lat) * Math.cos(lng), Math.cos(lat) * Math.sin(lng), Math.sin(lat)
      };
      double[] north = {
        -Math.sin(lat) * Math.cos(lng), -Math.sin(lat) * Math.sin(lng), Math.cos(lat)
      };
      double[] east = {-Math.sin(lng), Math.cos(lng), 0};
      for (int d = 0; d < 3; d++) {
        double x = north[d] * Math.cos(azimuth) + east[d] * Math.sin(azimuth);
        double y = north[d] * Math.sin(azimuth) - east[d] * Math.cos(azimuth);
        axes[AXES * face + d] = centre[d];
        axes[AXES * face + 3 + d] = x + y / SQRT3;
        axes[AXES * face + 6 + d] = 2 * y / SQRT3;
      }
    }
    return axes;
  }

  private static double[] spacings() {
    double[] spacings = new double[FINEST_RESOLUTION + 1];
    double spacing = BASE_SPACING;
    for (int resolution = 0; resolution <= FINEST_RESOLUTION; resolution++) {
      spacings[resolution] = spacing;
      spacing /= SQRT7;
    }
    return spacings;
  }

  private static int[] turned() {
    int[] once = {0, 5, 3, 1, 6, 4, 2, 7};
    int[] turned = new int[6 * 8];
    for (int digit = 0; digit < 8; digit++) {
      turned[digit] = digit;
      for (int turns = 1; turns < 6; turns++) {
        turned[8 * turns + digit] = once[turned[8 * (turns - 1) + digit]];
      }
    }
    return turned;
  }

  /** The cell of a resolution that holds the point, or {@link #UNCERTAIN}. */
  static long cell(int latE7, int lngE7, int resolution) {
    return cell(latE7, lngE7, resolution, null);
  }

  /** The same, and tells the region, whose anchor the point is, its cell. */
  static long cell(int latE7, int lngE7, int resolution, @Nullable SafeRegion region) {
    double lat = Math.toRadians(latE7 / (double) E7.SCALE);
    double lng = Math.toRadians(lngE7 / (double) E7.SCALE);
    double cosLat = Math.cos(lat);
    double x = cosLat * Math.cos(lng);
    double y = cosLat * Math.sin(lng);
    double z = Math.sin(lat);
    double[] axes = (resolution & 1) == 0 ? EVEN : ODD;
    int face = nearestFace(axes, x, y, z);
    int at = AXES * face;
    double height = axes[at] * x + axes[at + 1] * y + axes[at + 2] * z;
    double scale = 1 / (height * SPACINGS[resolution]);
    double a = (axes[at + 3] * x + axes[at + 4] * y + axes[at + 5] * z) * scale;
    double b = (axes[at + 6] * x + axes[at + 7] * y + axes[at + 8] * z) * scale;
    double third = b - a;
    double nearestA = Math.rint(a);
    double nearestB = Math.rint(b);
    double nearestThird = Math.rint(third);
    if (nearestB - nearestA != nearestThird) {
      double offA = Math.abs(a - nearestA);
      double offB = Math.abs(b - nearestB);
      double offThird = Math.abs(third - nearestThird);
      if (offA > offB && offA > offThird) {
        nearestA = nearestB - nearestThird;
      } else if (offB > offThird) {
        nearestB = nearestA + nearestThird;
      }
    }
    double border = borderUnits(a - nearestA, b - nearestB);
    if (border < BORDER_UNITS) {
      return UNCERTAIN;
    }
    long cell = cell(face, (int) nearestA, (int) nearestB, resolution);
    if (region != null) {
      // the plane stretches by 1 / cos^2 at most; that changes by no more than the way itself
      double spacing = SPACINGS[resolution];
      double stretched = height * height - spacing / 2;
      double radians =
          Math.min(border * spacing * stretched, faceEdgeRadians(face, height, x, y, z));
      region.setCell(cell, radians * (1 - BORDER_UNITS) * E7.EARTH_RADIUS_METERS);
    }
    return cell;
  }

  /** How far the next face is at least; its grid continues this one, but with a bend. */
  private static double faceEdgeRadians(int face, double height, double x, double y, double z) {
    double second = -1;
    for (int f = 0, at = 0; f < FACES; f++, at += AXES) {
      if (f != face) {
        second = Math.max(second, EVEN[at] * x + EVEN[at + 1] * y + EVEN[at + 2] * z);
      }
    }
    return (height - second) / NEIGHBOURS_CHORD;
  }

  /** Of a point off its cell's centre: how far the nearest side of the hexagon is. */
  private static double borderUnits(double a, double b) {
    double alongI = Math.abs(a - b / 2);
    double alongJ = Math.abs(b - a / 2);
    double between = Math.abs(a + b) / 2;
    return 0.5 - Math.max(Math.max(alongI, alongJ), between);
  }

  private static int nearestFace(double[] axes, double x, double y, double z) {
    int face = 0;
    double best = -1;
    for (int f = 0, at = 0; f < FACES; f++, at += AXES) {
      double product = axes[at] * x + axes[at + 1] * y + axes[at + 2] * z;
      if (product > best) {
        best = product;
        face = f;
      }
    }
    return face;
  }

  private static long cell(int face, int finestA, int finestB, int resolution) {
    int a = finestA;
    int b = finestB;
    long digits = 0;
    int shift = DIGIT_BITS * (LIBRARY_FINEST - resolution);
    for (int r = resolution; r > 0; r--) {
      int upA;
      int upB;
      int downA;
      int downB;
      if ((r & 1) == 1) {
        upA = seventh(3 * a - b);
        upB = seventh(a + 2 * b);
        downA = 2 * upA + upB;
        downB = 3 * upB - upA;
      } else {
        upA = seventh(2 * a + b);
        upB = seventh(3 * b - a);
        downA = 3 * upA - upB;
        downB = upA + 2 * upB;
      }
      digits |= (long) DIGITS[4 * (a - downA) + b - downB + 5] << shift;
      shift += DIGIT_BITS;
      a = upA;
      b = upB;
    }
    int base = BASES[(face * BASE_ROW + a + BASE_REACH) * BASE_ROW + b + BASE_REACH];
    int baseCell = base / 6;
    int turns = base % 6;
    digits =
        isPentagon(baseCell)
            ? turnedOnPentagon(digits, turns, resolution, baseCell, face)
            : turned(digits, turns, resolution);
    return CELL_MODE
        | (long) resolution << RESOLUTION_SHIFT
        | (long) baseCell << BASE_SHIFT
        | digits
        | (1L << (DIGIT_BITS * (LIBRARY_FINEST - resolution))) - 1;
  }

  /** A seventh, rounded; there are no ties. */
  private static int seventh(int value) {
    return (value + 3 + 7 * SEVENS) / 7 - SEVENS;
  }

  private static long turned(long digits, int turns, int resolution) {
    if (turns == 0) {
      return digits;
    }
    long out = 0;
    int end = DIGIT_BITS * LIBRARY_FINEST;
    for (int s = DIGIT_BITS * (LIBRARY_FINEST - resolution); s < end; s += DIGIT_BITS) {
      out |= (long) TURNED[8 * turns + (int) (digits >>> s & 7)] << s;
    }
    return out;
  }

  private static boolean isPentagon(int baseCell) {
    return baseCell < Long.SIZE
        ? (PENTAGONS_LOW >>> baseCell & 1) != 0
        : (PENTAGONS_HIGH >>> (baseCell - Long.SIZE) & 1) != 0;
  }

  /** A pentagon has no children in the direction of the first digit; the turn skips it. */
  private static long turnedOnPentagon(
      long digits, int turns, int resolution, int baseCell, int face) {
    long out = digits;
    if (leading(out) == K_DIGIT) {
      out = turned(out, isClockwise(baseCell, face) ? 5 : 1, resolution);
    }
    for (int turn = 0; turn < turns; turn++) {
      out = turned(out, 1, resolution);
      if (leading(out) == K_DIGIT) {
        out = turned(out, 1, resolution);
      }
    }
    return out;
  }

  private static int leading(long digits) {
    if (digits == 0) {
      return 0;
    }
    int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(digits);
    return (int) (digits >>> (highest / DIGIT_BITS * DIGIT_BITS)) & 7;
  }

  private static boolean isClockwise(int baseCell, int face) {
    for (int i = 0; i < CLOCKWISE.length; i += 3) {
      if (CLOCKWISE[i] == baseCell) {
        return CLOCKWISE[i + 1] == face || CLOCKWISE[i + 2] == face;
      }
    }
    return false;
  }
}
