package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;

/**
 * How steadily a device drives. Owned by a {@link TrustState}. A drive is a run of steps from fix
 * to fix at {@link #LEAST_MPS} and more; a step is steady if it is nearly as fast as the fastest of
 * its run so far, and not much faster: who gathers speed isn't steady either. A run's first and
 * last step don't count, since starting and stopping is no driving, nor do those of a turn; of a
 * run {@link #OF_RUN} steps count, since ferries and motorways are steady too. Counts fade, and a
 * night begins anew.
 */
final class DriveFacts {
  /** Nobody walks or runs so fast for minutes. */
  static final double LEAST_MPS = 4;

  /** Faster is a motorway, a train or a plane, which hold their speed in bends. */
  static final double MOST_MPS = 30;

  /** Of the fastest, which jitter makes too fast. */
  private static final double STEADY = 0.84;

  private static final double FADING = 0.992;
  private static final long LEAST_STEP_MS = 9_000;
  private static final long MOST_STEP_MS = 60_000;

  /** Of 45 degrees: who goes so far aside has turned. */
  private static final double TURN_COSINE_SQUARED = 0.5;

  /** Steps of one run that count. */
  private static final int OF_RUN = 8;

  private static final long NIGHT_MS = 4 * 3_600_000L;

  private boolean placed;
  private long lastMs;
  private int lastLatE7;
  private int lastLngE7;

  /** The way of the run's last step, in metres. */
  private double wayNorth;

  private double wayEast;

  /** Steps of the run, and of them the speed of the last and the fastest before it. */
  private int run;

  /** Steps since the last turn of the run. */
  private int sinceTurn;

  /** Steps of the run that were counted. */
  private int counted;

  private double heldMps;
  private double fastestMps;

  private double steps;
  private double steady;
  private double turns;

  void note(Fix fix, double cosine) {
    long gapMs = fix.fixTimeMs() - lastMs;
    if (placed && gapMs >= 0 && gapMs < LEAST_STEP_MS) {
      return;
    }
    if (placed && gapMs > 0 && gapMs <= MOST_STEP_MS) {
      step(fix, gapMs, cosine);
    } else {
      run = 0;
      if (gapMs >= NIGHT_MS) {
        steps = 0;
        steady = 0;
        turns = 0;
      }
    }
    placed = true;
    lastMs = fix.fixTimeMs();
    lastLatE7 = fix.latE7();
    lastLngE7 = fix.lngE7();
  }

  private void step(Fix fix, long gapMs, double cosine) {
    double north = LocalCosine.northMeters(lastLatE7, fix.latE7());
    double east = LocalCosine.eastMeters(lastLngE7, fix.lngE7(), cosine);
    double mps = Math.sqrt(north * north + east * east) * 1_000 / gapMs;
    if (mps < LEAST_MPS || mps > MOST_MPS) {
      run = 0;
      return;
    }
    boolean turned = run > 0 && turns(north, east);
    wayNorth = north;
    wayEast = east;
    sinceTurn = run == 0 ? 2 : sinceTurn + 1;
    counted = run == 0 ? 0 : counted;
    if (run >= 3 && sinceTurn >= 2 && !turned && counted < OF_RUN) {
      counted++;
      steps = steps * FADING + 1;
      steady = steady * FADING + (isSteady() ? 1 : 0);
    }
    if (turned) {
      sinceTurn = 0;
      turns = turns * FADING + 1;
    }
    fastestMps = run < 2 ? 0 : Math.max(fastestMps, heldMps);
    heldMps = mps;
    run++;
  }

  private boolean isSteady() {
    return heldMps >= STEADY * fastestMps && fastestMps >= STEADY * heldMps;
  }

  /** No angle is needed to tell how far aside it goes. */
  private boolean turns(double north, double east) {
    double along = wayNorth * north + wayEast * east;
    double lengths = (wayNorth * wayNorth + wayEast * wayEast) * (north * north + east * east);
    return along <= 0 || along * along <= TURN_COSINE_SQUARED * lengths;
  }

  /** Whether the fix goes on with the day that was counted. */
  boolean goesOn(Fix fix) {
    return fix.fixTimeMs() - lastMs < NIGHT_MS;
  }

  /** Steps that count, faded. */
  double steps() {
    return steps;
  }

  /** Turns between them, faded. */
  double turns() {
    return turns;
  }

  /** How many of the steps were at the speed of their drive, in percent. */
  double steadyPct() {
    return steps == 0 ? 0 : 100 * steady / steps;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    placed = fields.flag(placed);
    lastMs = fields.i64(lastMs);
    lastLatE7 = fields.i32(lastLatE7);
    lastLngE7 = fields.i32(lastLngE7);
    wayNorth = kept(fields, wayNorth);
    wayEast = kept(fields, wayEast);
    run = fields.i32(run);
    sinceTurn = fields.i32(sinceTurn);
    counted = fields.i32(counted);
    heldMps = kept(fields, heldMps);
    fastestMps = kept(fields, fastestMps);
    steps = kept(fields, steps);
    steady = kept(fields, steady);
    turns = kept(fields, turns);
  }

  private static double kept(StateFields fields, double value) {
    return Double.longBitsToDouble(fields.i64(Double.doubleToLongBits(value)));
  }

  @Override
  public String toString() {
    return (placed ? "at " : "nowhere ")
        + lastMs
        + " ("
        + lastLatE7
        + ", "
        + lastLngE7
        + ") way "
        + wayNorth
        + " "
        + wayEast
        + " run "
        + run
        + " turned "
        + sinceTurn
        + " counted "
        + counted
        + " "
        + heldMps
        + " "
        + fastestMps
        + " steps "
        + steps
        + " steady "
        + steady
        + " turns "
        + turns;
  }
}
