package io.hexbeat.geofence.trust;

/**
 * Every limit of the trust engine, read once. Immutable; any thread. Each limit is chosen so that
 * an honest phone stays clear of it; the reason stands beside it.
 *
 * @param maxPunchAccuracyMeters a punch with worse accuracy raises LOW_ACCURACY; 100 m: beyond it a
 *     street's customers can't be told apart
 * @param assumedAccuracyMeters stands for an accuracy that was not told; 50 m, the bad end in
 *     streets
 * @param staleFixMs a punch whose position is older raises STALE_FIX; 120 s: a phone gets a fix in
 *     less, and nobody should punch with the last customer's
 * @param sitesWithinMeters a receipt names sites up to here; 2 km, a long walk
 * @param sitesMax and at most so many; 5, a list that a person reads
 * @param teleportMps faster than this is no road or rail vehicle; 110 m/s, a fast train with room
 * @param planeMps the limit for a gap in which one can have flown; 300 m/s, an airliner with
 *     tailwind
 * @param planeGapMs the least such gap; 20 min: no flight is shorter
 * @param planeMeters and the least such distance; 100 km
 * @param teleportMinMeters a shorter jump is what receivers do between houses; 1 km, accuracy of
 *     both ends taken off before
 * @param leapMemoryMs how long after a jump a jump back is still seen as its return; 12 h, a day's
 *     work
 * @param frozenFixes identical fixes in a row that raise FROZEN; 10
 * @param frozenUsualFixes or so many where the fix before them was as bare but elsewhere; 20: of an
 *     app that never tells altitude, speed and bearing their absence says nothing, and a receiver
 *     at rest can repeat itself for minutes
 * @param frozenMs and the least time they span; 45 s: some receivers repeat a reading for seconds
 * @param clockSkewMaxMs a time so far ahead of the server raises CLOCK_SKEW; 5 min: phones without
 *     network time drift by seconds a day
 * @param clockJumpMs uptime and clock may differ by so much between two records, and 1% of the time
 *     between them; 60 s, more than a network time correction
 * @param offsetJumpMs the clock may be ahead of its own median offset by so much; 120 s
 * @param offsetRecords and the median needs so many receptions; 5
 * @param counterRestartMax a counter that begins again at up to this was reinstalled; 16
 * @param sharedWindowMs two members of one phone within this raise DEVICE_SHARED; 24 h: a phone is
 *     handed over with a new enrolment, not twice a day
 * @param unusualHourMs a punch farther than this from each earlier punch's time of day is at an
 *     unusual hour; 60 min
 * @param knownPunches earlier punches that a habit needs; 5
 * @param noTrackMs a punch so long after the last ping raises NO_TRACK; 15 min
 * @param usualPings pings of a device before its silence means anything; 20
 * @param usualGapMs and the median gap between receptions at most; 5 min
 * @param lateMs a record received so long after its time was offline; 2 min: silence before it is
 *     honest
 * @param alertQuietMs an episode ends when nothing of its kind is seen for so long, and only then
 *     may the kind alert again; 30 min
 * @param alertRepeatMs or when the last alert is so old; 24 h: what never ends is told once a day
 * @param carryHalfLifeMs in which a finding from pings loses half its weight for punches; 2 h
 * @param carryMinWeight below this weight it is forgotten; 5
 */
public record TrustPolicy(
    int maxPunchAccuracyMeters,
    int assumedAccuracyMeters,
    long staleFixMs,
    int sitesWithinMeters,
    int sitesMax,
    int teleportMps,
    int planeMps,
    long planeGapMs,
    int planeMeters,
    int teleportMinMeters,
    long leapMemoryMs,
    int frozenFixes,
    int frozenUsualFixes,
    long frozenMs,
    long clockSkewMaxMs,
    long clockJumpMs,
    long offsetJumpMs,
    int offsetRecords,
    int counterRestartMax,
    long sharedWindowMs,
    long unusualHourMs,
    int knownPunches,
    long noTrackMs,
    int usualPings,
    long usualGapMs,
    long lateMs,
    long alertQuietMs,
    long alertRepeatMs,
    long carryHalfLifeMs,
    int carryMinWeight) {
  private static final long SECOND_MS = 1_000;
  private static final long MINUTE_MS = 60 * SECOND_MS;
  private static final long HOUR_MS = 60 * MINUTE_MS;

  /** What the server uses when configuration says nothing. */
  public static final TrustPolicy DEFAULT =
      new TrustPolicy(
          100,
          50,
          120 * SECOND_MS,
          2_000,
          5,
          110,
          300,
          20 * MINUTE_MS,
          100_000,
          1_000,
          12 * HOUR_MS,
          10,
          20,
          45 * SECOND_MS,
          5 * MINUTE_MS,
          60 * SECOND_MS,
          120 * SECOND_MS,
          5,
          16,
          24 * HOUR_MS,
          60 * MINUTE_MS,
          5,
          15 * MINUTE_MS,
          20,
          5 * MINUTE_MS,
          2 * MINUTE_MS,
          30 * MINUTE_MS,
          24 * HOUR_MS,
          2 * HOUR_MS,
          5);

  /** The same policy but for how far ahead of the server a phone's clock may be. */
  public TrustPolicy withClockSkewMaxMs(long clockSkewMaxMs) {
    return new TrustPolicy(
        maxPunchAccuracyMeters,
        assumedAccuracyMeters,
        staleFixMs,
        sitesWithinMeters,
        sitesMax,
        teleportMps,
        planeMps,
        planeGapMs,
        planeMeters,
        teleportMinMeters,
        leapMemoryMs,
        frozenFixes,
        frozenUsualFixes,
        frozenMs,
        clockSkewMaxMs,
        clockJumpMs,
        offsetJumpMs,
        offsetRecords,
        counterRestartMax,
        sharedWindowMs,
        unusualHourMs,
        knownPunches,
        noTrackMs,
        usualPings,
        usualGapMs,
        lateMs,
        alertQuietMs,
        alertRepeatMs,
        carryHalfLifeMs,
        carryMinWeight);
  }

  public TrustPolicy {
    within("max_punch_accuracy_m", maxPunchAccuracyMeters, 1, 10_000);
    within("assumed_accuracy_m", assumedAccuracyMeters, 1, 10_000);
    within("stale_fix_ms", staleFixMs, 0, 24 * HOUR_MS);
    within("sites_within_m", sitesWithinMeters, 0, 50_000);
    within("sites_max", sitesMax, 0, 50);
    within("teleport_mps", teleportMps, Motion.LEAP_MPS, 10_000);
    within("plane_mps", planeMps, teleportMps, 10_000);
    within("plane_gap_ms", planeGapMs, 0, 24 * HOUR_MS);
    within("plane_m", planeMeters, 0, 40_000_000);
    within("teleport_min_m", teleportMinMeters, Motion.LEAP_METERS, 1_000_000);
    within("leap_memory_ms", leapMemoryMs, 0, 7 * 24 * HOUR_MS);
    within("frozen_fixes", frozenFixes, 2, 10_000);
    within("frozen_usual_fixes", frozenUsualFixes, frozenFixes, 10_000);
    within("frozen_ms", frozenMs, 0, 24 * HOUR_MS);
    within("clock_skew_max_ms", clockSkewMaxMs, 0, 24 * HOUR_MS);
    within("clock_jump_ms", clockJumpMs, SECOND_MS, 24 * HOUR_MS);
    within("offset_jump_ms", offsetJumpMs, SECOND_MS, 24 * HOUR_MS);
    within("offset_records", offsetRecords, 1, TrustState.OFFSETS);
    within("counter_restart_max", counterRestartMax, 0, 1_000_000);
    within("shared_window_ms", sharedWindowMs, 0, PhoneBook.KEPT_MS);
    within("unusual_hour_ms", unusualHourMs, 0, 12 * HOUR_MS);
    within("known_punches", knownPunches, 1, MemberTrustState.PUNCHES);
    within("no_track_ms", noTrackMs, MINUTE_MS, 24 * HOUR_MS);
    within("usual_pings", usualPings, 1, 1_000_000);
    within("usual_gap_ms", usualGapMs, SECOND_MS, 24 * HOUR_MS);
    within("late_ms", lateMs, 0, 24 * HOUR_MS);
    within("alert_quiet_ms", alertQuietMs, 0, 24 * HOUR_MS);
    within("alert_repeat_ms", alertRepeatMs, alertQuietMs, 30 * 24 * HOUR_MS);
    within("carry_half_life_ms", carryHalfLifeMs, MINUTE_MS, 30 * 24 * HOUR_MS);
    within("carry_min_weight", carryMinWeight, 1, 100);
  }

  private static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + least + ".." + most);
    }
  }
}
