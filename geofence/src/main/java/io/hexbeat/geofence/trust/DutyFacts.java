package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * Whether a device's member is on duty, and what was heard since its last position. Owned by a
 * {@link TrustState}. Duty is from a clock-in to the clock-out by any of the member's phones, as
 * far as this one has punched since, at most {@link #DUTY_MS}. Of silent gaps on duty the last
 * {@link #GAPS} are remembered: those of {@link #GAP_MS} and more in which the phone neither ran
 * out of battery nor was started again.
 */
final class DutyFacts {
  static final int GAPS = 4;

  /** Shorter is no gap under any policy. */
  static final long GAP_MS = 5 * 60_000L;

  /** Who forgets to clock out is off duty after a long shift. */
  static final long DUTY_MS = 16 * 3_600_000L;

  private static final long UNKNOWN_BOOT = Long.MIN_VALUE;

  /** A phone below may have gone out. */
  private static final int LOW_BATTERY_PCT = 10;

  private long onSinceMs = MemberTrustState.OFF_DUTY;
  private boolean placed;
  private long lastMs;
  private int lastLatE7;
  private int lastLngE7;
  private int lastAccuracyCm;
  private int lastBatteryPct = Fix.UNKNOWN;
  private long lastBootMs;

  /** Records without a position since the last one with it. */
  private int signs;

  private final long[] gapFromMs = new long[GAPS];
  private final long[] gapToMs = new long[GAPS];
  private int gaps;

  /** After each punch. */
  void noteDuty(MemberTrustState member) {
    onSinceMs = member.dutySinceMs();
  }

  /** A record without a usable position: the phone lives. */
  void noteSign(Fix fix) {
    if (placed && fix.fixTimeMs() > lastMs) {
      signs++;
    }
  }

  void notePosition(Fix fix) {
    if (isGap(fix, GAP_MS) && !excused(fix)) {
      if (gaps == GAPS) {
        gaps--;
        System.arraycopy(gapFromMs, 1, gapFromMs, 0, gaps);
        System.arraycopy(gapToMs, 1, gapToMs, 0, gaps);
      }
      gapFromMs[gaps] = lastMs;
      gapToMs[gaps++] = fix.fixTimeMs();
    }
    placed = true;
    lastMs = fix.fixTimeMs();
    lastLatE7 = fix.latE7();
    lastLngE7 = fix.lngE7();
    lastAccuracyCm = fix.accuracyCm();
    lastBatteryPct = fix.batteryPct();
    lastBootMs = fix.uptimeMs() < 0 ? UNKNOWN_BOOT : fix.fixTimeMs() - fix.uptimeMs();
    signs = 0;
  }

  /** A position of earlier: what looked like a gap was a phone that sends the newest first. */
  void noteEarlier(Fix fix) {
    int i = gaps - 1;
    if (i >= 0 && fix.fixTimeMs() > gapFromMs[i] && fix.fixTimeMs() < gapToMs[i]) {
      gaps--;
    }
  }

  /** So long without a position, all of it on duty. */
  boolean isGap(Fix fix, long leastMs) {
    return placed
        && fix.fixTimeMs() - lastMs >= leastMs
        && onSinceMs != MemberTrustState.OFF_DUTY
        && lastMs >= onSinceMs
        && fix.fixTimeMs() - onSinceMs <= DUTY_MS;
  }

  /** The phone was empty, or was started since. */
  boolean excused(Fix fix) {
    boolean empty = lastBatteryPct >= 0 && lastBatteryPct <= LOW_BATTERY_PCT;
    boolean started =
        lastBootMs != UNKNOWN_BOOT
            && fix.uptimeMs() >= 0
            && fix.fixTimeMs() - fix.uptimeMs() > lastBootMs + GAP_MS;
    return empty || started;
  }

  double metersTo(Fix fix) {
    return Motion.shrunkMeters(
        lastLatE7, lastLngE7, lastAccuracyCm, fix.latE7(), fix.lngE7(), fix.accuracyCm());
  }

  long lastMs() {
    return lastMs;
  }

  int lastLatE7() {
    return lastLatE7;
  }

  int lastLngE7() {
    return lastLngE7;
  }

  int signs() {
    return signs;
  }

  /** Silent gaps of at least that length that ended since. */
  int gapsSince(long sinceMs, long leastMs) {
    int since = 0;
    for (int i = 0; i < gaps; i++) {
      since += gapToMs[i] >= sinceMs && gapToMs[i] - gapFromMs[i] >= leastMs ? 1 : 0;
    }
    return since;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    onSinceMs = fields.i64(onSinceMs);
    placed = fields.flag(placed);
    lastMs = fields.i64(lastMs);
    lastLatE7 = fields.i32(lastLatE7);
    lastLngE7 = fields.i32(lastLngE7);
    lastAccuracyCm = fields.i32(lastAccuracyCm);
    lastBatteryPct = fields.i32(lastBatteryPct);
    lastBootMs = fields.i64(lastBootMs);
    signs = fields.i32(signs);
    gaps = fields.i32(gaps);
    fields.i64s(gapFromMs, gaps);
    fields.i64s(gapToMs, gaps);
  }

  @Override
  public String toString() {
    return "on since "
        + onSinceMs
        + (placed ? " at " : " nowhere ")
        + lastMs
        + " ("
        + lastLatE7
        + ", "
        + lastLngE7
        + ") +-"
        + lastAccuracyCm
        + " battery "
        + lastBatteryPct
        + " boot "
        + lastBootMs
        + " signs "
        + signs
        + " gaps "
        + Arrays.toString(Arrays.copyOf(gapFromMs, gaps))
        + Arrays.toString(Arrays.copyOf(gapToMs, gaps));
  }
}
