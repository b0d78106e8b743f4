package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.StateFields;

/**
 * Where a phone is by all fixes since it last moved: receivers wander, so that the middle of what
 * they say is nearer to the truth than the last word. One thread; plain arithmetic, allocates
 * nothing. It asks no index and no policy, only the fixes that count, so that a replay comes to the
 * same middle.
 *
 * <p>Errors of fixes seconds apart are alike, so that a fix counts by the time since the one
 * before: wholly after {@link #APART_MS}. The error of the middle is the phone's accuracy by the
 * root of what was counted. A fix too far off to be noise is a stray; two in a row are a move, and
 * so is a told speed, or a middle of the last minutes that has left the middle of all.
 */
final class Steady {
  /** After so long a fix tells something new. */
  private static final double APART_MS = 60_000;

  /** What a single fix counts at most. */
  private static final double MOST = 1.5;

  /** What is counted at most: an error of a seventh, since some error never averages out. */
  private static final float WEIGHT_MAX = 50;

  /** The middle of the last minutes counts so many. */
  private static final float RECENT = 3;

  /** In accuracies: one of a hundred fixes of a phone at rest is farther off. */
  private static final double STRAY = 2.2;

  /** The same for the middle of the last minutes. */
  private static final double DRIFT = 2.4;

  /** Nobody stands still at such a told speed. */
  private static final int MOVING_CMPS = 100;

  /** Fixes at rest until what they scatter stands for an accuracy that is never told. */
  private static final int SCATTER_FIXES = 12;

  /** From root mean square to the circle of 68%. */
  private static final double OF_68 = 1.07;

  private static final double LEAST_METERS = 3;

  /** Who has stood for less, counted so, has only paused. */
  private static final double REST = 1.9;

  /** A longer way is no few steps. */
  private static final long STEPS_MS = 180_000;

  /** After so long nobody knows since when it has been where it is heard again. */
  private static final long SILENCE_MS = 600_000;

  /** Since when, by effective times, it has been where it is. */
  private long sinceMs;

  private int latE7;
  private int lngE7;
  private int recentLatE7;
  private int recentLngE7;
  private float weight;
  private float accuracyMeters;
  private float scatterSquared;
  private int scatterFixes;
  private boolean stray;

  /** Where it was before it last moved, and from when to when. */
  private int restLatE7;

  private int restLngE7;
  private float restErrorMeters;
  private long restSinceMs = Long.MIN_VALUE;
  private long restEndMs = Long.MIN_VALUE;

  void set(Steady other) {
    sinceMs = other.sinceMs;
    latE7 = other.latE7;
    lngE7 = other.lngE7;
    recentLatE7 = other.recentLatE7;
    recentLngE7 = other.recentLngE7;
    weight = other.weight;
    accuracyMeters = other.accuracyMeters;
    scatterSquared = other.scatterSquared;
    scatterFixes = other.scatterFixes;
    stray = other.stray;
    restLatE7 = other.restLatE7;
    restLngE7 = other.restLngE7;
    restErrorMeters = other.restErrorMeters;
    restSinceMs = other.restSinceMs;
    restEndMs = other.restEndMs;
  }

  /** Since when it has not moved; of one that moves, its last fix. */
  long sinceMs() {
    return sinceMs;
  }

  int latE7() {
    return latE7;
  }

  int lngE7() {
    return lngE7;
  }

  /** Of the middle, 68%. */
  double errorMeters() {
    return weight <= 1
        ? accuracyMeters
        : Math.max(LEAST_METERS, accuracyMeters / Math.sqrt(weight));
  }

  /** Whether it came here, a few steps at most, from where it had stood as well. */
  boolean hasRestedBefore() {
    return restEndMs != Long.MIN_VALUE && sinceMs - restEndMs <= STEPS_MS;
  }

  /** Since when it stood there; only while {@link #hasRestedBefore}. */
  long restSinceMs() {
    return restSinceMs;
  }

  long restEndMs() {
    return restEndMs;
  }

  /** The accuracy that its fixes have. */
  double usualMeters() {
    return accuracyMeters;
  }

  int restLatE7() {
    return restLatE7;
  }

  int restLngE7() {
    return restLngE7;
  }

  double restErrorMeters() {
    return restErrorMeters;
  }

  /** Whether its last fix was told at rest, where the ones before were. */
  boolean rests() {
    return weight > 0 && !stray;
  }

  /** Whether a rest has been heard of often enough to be judged once and for all. */
  boolean isKnown() {
    return weight >= RECENT;
  }

  /** Whether the last fix was so far off that the middle says nothing of it. */
  boolean stray() {
    return stray;
  }

  /** The accuracy of a fix: told, else what the phone scatters at rest, else assumed. */
  double accuracyMeters(int accuracyCm) {
    if (accuracyCm > 0) {
      return accuracyCm / 100.0;
    }
    return scatterFixes < SCATTER_FIXES
        ? PresenceEngine.ASSUMED_ACCURACY_METERS
        : Math.min(PresenceEngine.ASSUMED_ACCURACY_METERS, OF_68 * Math.sqrt(scatterSquared));
  }

  /** Whether the accuracy of a fix that tells none is more than an assumption. */
  boolean knows(int accuracyCm) {
    return accuracyCm > 0 || scatterFixes >= SCATTER_FIXES;
  }

  /**
   * Counts a fix.
   *
   * @param atMs when it counts
   * @param gapMs since the fix before
   */
  void take(int fixLatE7, int fixLngE7, int accuracyCm, int speedCmps, long atMs, long gapMs) {
    double accuracy = accuracyMeters(accuracyCm);
    boolean moving = speedCmps > MOVING_CMPS;
    if (weight == 0 || moving) {
      begin(fixLatE7, fixLngE7, accuracy, atMs, atMs - gapMs);
      weight = moving ? 0 : 1;
      return;
    }
    long deltaLat = (long) fixLatE7 - latE7;
    long deltaLng = (long) fixLngE7 - lngE7;
    double error = errorMeters();
    double squared = E7.nearSquaredMeters(latE7, deltaLat, deltaLng);
    double usual = Math.max(accuracy, accuracyMeters);
    if (squared > STRAY * STRAY * (usual * usual + error * error)) {
      if (stray) {
        long lastMs = atMs - gapMs;
        begin(fixLatE7, fixLngE7, accuracy, gapMs >= SILENCE_MS ? atMs : lastMs, lastMs);
      } else {
        stray = true;
      }
      return;
    }
    stray = false;
    count(deltaLat, deltaLng, fixLatE7, fixLngE7, accuracy, squared, atMs, gapMs);
  }

  private void count(
      long deltaLat,
      long deltaLng,
      int fixLatE7,
      int fixLngE7,
      double accuracy,
      double squared,
      long atMs,
      long gapMs) {
    double trust = Math.min(1, accuracyMeters / accuracy);
    double counts = Math.min(MOST, Math.max(1_000, gapMs) / APART_MS) * trust * trust;
    weight = (float) Math.min(WEIGHT_MAX, weight + counts);
    double part = counts / weight;
    latE7 += (int) Math.rint(deltaLat * part);
    lngE7 += (int) Math.rint(deltaLng * part);
    accuracyMeters += (float) ((accuracy - accuracyMeters) * part);
    if (scatterFixes < SCATTER_FIXES) {
      scatterFixes++;
    }
    scatterSquared += (float) ((squared - scatterSquared) * Math.max(0.05, 1.0 / scatterFixes));
    double recent = Math.max(part, counts / RECENT);
    recentLatE7 += (int) Math.rint(((long) fixLatE7 - recentLatE7) * recent);
    recentLngE7 += (int) Math.rint(((long) fixLngE7 - recentLngE7) * recent);
    double drift =
        E7.nearSquaredMeters(latE7, (long) recentLatE7 - latE7, (long) recentLngE7 - lngE7);
    double noise = accuracyMeters * accuracyMeters * (1 / RECENT + 1 / weight);
    if (weight > RECENT && drift > DRIFT * DRIFT * noise) {
      rest(atMs - (long) (RECENT * APART_MS));
      latE7 = recentLatE7;
      lngE7 = recentLngE7;
      weight = RECENT;
      sinceMs = Math.max(sinceMs, atMs - (long) (RECENT * APART_MS));
    }
  }

  private void begin(int fixLatE7, int fixLngE7, double accuracy, long atMs, long lastMs) {
    rest(lastMs);
    sinceMs = atMs;
    latE7 = fixLatE7;
    lngE7 = fixLngE7;
    recentLatE7 = fixLatE7;
    recentLngE7 = fixLngE7;
    weight = 1;
    accuracyMeters = (float) accuracy;
    stray = false;
  }

  private void rest(long endMs) {
    if (weight < REST) {
      return;
    }
    restLatE7 = latE7;
    restLngE7 = lngE7;
    restErrorMeters = (float) errorMeters();
    restSinceMs = sinceMs;
    restEndMs = endMs;
  }

  void keep(StateFields fields) {
    sinceMs = fields.i64(sinceMs);
    latE7 = fields.i32(latE7);
    lngE7 = fields.i32(lngE7);
    recentLatE7 = fields.i32(recentLatE7);
    recentLngE7 = fields.i32(recentLngE7);
    weight = Float.intBitsToFloat(fields.i32(Float.floatToIntBits(weight)));
    accuracyMeters = Float.intBitsToFloat(fields.i32(Float.floatToIntBits(accuracyMeters)));
    scatterSquared = Float.intBitsToFloat(fields.i32(Float.floatToIntBits(scatterSquared)));
    scatterFixes = fields.i32(scatterFixes);
    stray = fields.flag(stray);
    restLatE7 = fields.i32(restLatE7);
    restLngE7 = fields.i32(restLngE7);
    restErrorMeters = Float.intBitsToFloat(fields.i32(Float.floatToIntBits(restErrorMeters)));
    restSinceMs = fields.i64(restSinceMs);
    restEndMs = fields.i64(restEndMs);
  }

  @Override
  public String toString() {
    return "since=%d (%d, %d) recent=(%d, %d) weight=%s accuracy=%s scatter=%s/%d stray=%s"
        .formatted(
            sinceMs,
            latE7,
            lngE7,
            recentLatE7,
            recentLngE7,
            weight,
            accuracyMeters,
            scatterSquared,
            scatterFixes,
            stray);
  }
}
