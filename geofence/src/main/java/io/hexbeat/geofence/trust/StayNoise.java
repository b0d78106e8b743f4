package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * How a device's fixes scatter while it stays somewhere. Owned by a {@link TrustState}. A
 * receiver's error drifts: each fix resembles the one before, and it takes minutes to wander from
 * one side of the truth to the other. Noise that a program adds is drawn anew for each fix and
 * resembles nothing. Sums of the stay under way, and the figures of the last {@link #STAYS} that
 * had {@link #FIXES} fixes or more.
 */
final class StayNoise {
  static final int STAYS = 8;

  /** Fewer say nothing about noise under any policy. */
  static final int FIXES = 10;

  /** Farther from where the stay began is going. */
  private static final double STAY_METERS = 45;

  /** After a longer pause even a drift is another, and after a shorter one it is one reading. */
  private static final long PAUSE_MS = 40_000;

  private static final long READING_MS = 2_000;

  /** Below it there is no noise to judge: that is FROZEN's. */
  private static final double LEAST_DEVIATION_METERS = 0.3;

  private int originLatE7;
  private int originLngE7;
  private long lastMs;
  private int fixes;
  private int pairs;
  private double east;
  private double north;
  private double eastSum;
  private double northSum;
  private double squares;
  private double differences;

  private final long[] endedMs = new long[STAYS];
  private final int[] stayPairs = new int[STAYS];
  private final int[] lagPct = new int[STAYS];
  private final int[] deviationCm = new int[STAYS];
  private int stays;

  void note(Fix fix, double cosine) {
    long gapMs = fix.fixTimeMs() - lastMs;
    if (fixes > 0 && gapMs >= 0 && gapMs < READING_MS) {
      return;
    }
    double toEast = 0;
    double toNorth = 0;
    boolean rests = false;
    if (fixes > 0 && gapMs >= 0) {
      toNorth = LocalCosine.northMeters(originLatE7, fix.latE7());
      toEast = LocalCosine.eastMeters(originLngE7, fix.lngE7(), cosine);
      rests = toNorth * toNorth + toEast * toEast <= STAY_METERS * STAY_METERS;
    }
    if (!rests) {
      end();
      originLatE7 = fix.latE7();
      originLngE7 = fix.lngE7();
      toEast = 0;
      toNorth = 0;
    } else if (gapMs <= PAUSE_MS) {
      double byEast = toEast - east;
      double byNorth = toNorth - north;
      differences += byEast * byEast + byNorth * byNorth;
      pairs++;
    }
    fixes++;
    east = toEast;
    north = toNorth;
    eastSum += toEast;
    northSum += toNorth;
    squares += toEast * toEast + toNorth * toNorth;
    lastMs = fix.fixTimeMs();
  }

  /** Pairs of fixes of the stay under way that can be compared. */
  int pairs() {
    return pairs;
  }

  /**
   * How much a fix of the stay under way resembles the one before, in percent: near 100 of a drift,
   * 0 of noise drawn anew, by the mean square of differences against that about the middle.
   */
  int lagPct() {
    double variance = variance();
    if (pairs < FIXES || variance <= LEAST_DEVIATION_METERS * LEAST_DEVIATION_METERS) {
      return 100;
    }
    return (int) Math.round(100 * (1 - differences / pairs / (2 * variance)));
  }

  int deviationCm() {
    return (int) Math.round(100 * Math.sqrt(Math.max(0, variance()) / 2));
  }

  /** Earlier stays remembered. */
  int stays() {
    return stays;
  }

  long endedMs(int i) {
    return endedMs[i];
  }

  int stayPairs(int i) {
    return stayPairs[i];
  }

  int lagPct(int i) {
    return lagPct[i];
  }

  int deviationCm(int i) {
    return deviationCm[i];
  }

  /** Of both axes together. */
  private double variance() {
    if (fixes == 0) {
      return 0;
    }
    double meanEast = eastSum / fixes;
    double meanNorth = northSum / fixes;
    return squares / fixes - meanEast * meanEast - meanNorth * meanNorth;
  }

  private void end() {
    if (pairs >= FIXES) {
      if (stays == STAYS) {
        stays--;
        System.arraycopy(endedMs, 1, endedMs, 0, stays);
        System.arraycopy(stayPairs, 1, stayPairs, 0, stays);
        System.arraycopy(lagPct, 1, lagPct, 0, stays);
        System.arraycopy(deviationCm, 1, deviationCm, 0, stays);
      }
      endedMs[stays] = lastMs;
      stayPairs[stays] = pairs;
      lagPct[stays] = lagPct();
      deviationCm[stays] = deviationCm();
      stays++;
    }
    fixes = 0;
    pairs = 0;
    eastSum = 0;
    northSum = 0;
    squares = 0;
    differences = 0;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    originLatE7 = fields.i32(originLatE7);
    originLngE7 = fields.i32(originLngE7);
    lastMs = fields.i64(lastMs);
    fixes = fields.i32(fixes);
    pairs = fields.i32(pairs);
    east = kept(fields, east);
    north = kept(fields, north);
    eastSum = kept(fields, eastSum);
    northSum = kept(fields, northSum);
    squares = kept(fields, squares);
    differences = kept(fields, differences);
    stays = fields.i32(stays);
    fields.i64s(endedMs, stays);
    fields.i32s(stayPairs, stays);
    fields.i32s(lagPct, stays);
    fields.i32s(deviationCm, stays);
  }

  private static double kept(StateFields fields, double value) {
    return Double.longBitsToDouble(fields.i64(Double.doubleToLongBits(value)));
  }

  @Override
  public String toString() {
    return fixes
        + " fixes about ("
        + originLatE7
        + ", "
        + originLngE7
        + ") last "
        + lastMs
        + " at "
        + east
        + " "
        + north
        + " sums "
        + eastSum
        + " "
        + northSum
        + " "
        + squares
        + " "
        + differences
        + " of "
        + pairs
        + " stays "
        + Arrays.toString(Arrays.copyOf(endedMs, stays))
        + Arrays.toString(Arrays.copyOf(stayPairs, stays))
        + Arrays.toString(Arrays.copyOf(lagPct, stays))
        + Arrays.toString(Arrays.copyOf(deviationCm, stays));
  }
}
