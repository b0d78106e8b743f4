package io.hexbeat.geofence.trust;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A limit of the trust engine: what it is called, what it is by default, and what a policy may make
 * of it. Each default is chosen so that an honest phone stays clear of it; the reason stands beside
 * it. Immutable; any thread. The unit ends the name.
 */
public enum TrustLimit {
  MAX_PUNCH_ACCURACY_M(
      100,
      1,
      10_000,
      "a punch with worse accuracy raises LOW_ACCURACY; 100 m: beyond it a street's customers can't be told apart"),
  ASSUMED_ACCURACY_M(
      50, 1, 10_000, "stands for an accuracy that was not told; 50 m, the bad end in streets"),
  STALE_FIX_MS(
      120 * 1_000,
      0,
      24 * 3_600_000L,
      "a punch whose position is older raises STALE_FIX; 120 s: a phone gets a fix in less, and nobody should punch with the last customer's"),
  SITES_WITHIN_M(2_000, 0, 50_000, "a receipt names sites up to here; 2 km, a long walk"),
  SITES_MAX(5, 0, 50, "and at most so many; 5, a list that a person reads"),
  TELEPORT_MPS(
      110,
      Motion.LEAP_MPS,
      10_000,
      "faster than this is no road or rail vehicle; 110 m/s, a fast train with room"),
  PLANE_MPS(
      300,
      1,
      10_000,
      "the limit for a gap in which one can have flown; 300 m/s, an airliner with tailwind"),
  PLANE_GAP_MS(20 * 60_000, 0, 24 * 3_600_000L, "the least such gap; 20 min: no flight is shorter"),
  PLANE_M(100_000, 0, 40_000_000, "and the least such distance; 100 km"),
  TELEPORT_MIN_M(
      1_000,
      Motion.LEAP_METERS,
      1_000_000,
      "a shorter jump is what receivers do between houses; 1 km, accuracy of both ends taken off before"),
  LEAP_MEMORY_MS(
      12 * 3_600_000L,
      0,
      7 * 24 * 3_600_000L,
      "how long after a jump a jump back is still seen as its return; 12 h, a day's work"),
  FROZEN_FIXES(10, 2, 10_000, "identical fixes in a row that raise FROZEN; 10"),
  FROZEN_USUAL_FIXES(
      20,
      1,
      10_000,
      "or so many where the fix before them was as bare but elsewhere; 20: of an app that never tells altitude, speed and bearing their absence says nothing, and a receiver at rest can repeat itself for minutes"),
  FROZEN_MS(
      45 * 1_000,
      0,
      24 * 3_600_000L,
      "and the least time they span; 45 s: some receivers repeat a reading for seconds"),
  FROZEN_REACHED_MS(
      10 * 60_000,
      0,
      24 * 3_600_000L,
      "or so long where the phone can have come there from the fix before; 10 min: indoors a network's place is repeated for minutes, and some receivers hold theirs at rest, in recorded traces for 8 min"),
  CLOCK_SKEW_MAX_MS(
      5 * 60_000,
      0,
      24 * 3_600_000L,
      "a time so far ahead of the server raises CLOCK_SKEW; 5 min: phones without network time drift by seconds a day"),
  CLOCK_JUMP_MS(
      60 * 1_000,
      1_000,
      24 * 3_600_000L,
      "uptime and clock may differ by so much between two records, and 1% of the time between them; 60 s, more than a network time correction"),
  OFFSET_JUMP_MS(
      120 * 1_000,
      1_000,
      24 * 3_600_000L,
      "the clock may be ahead of its own median offset by so much; 120 s"),
  OFFSET_RECORDS(5, 1, TrustState.OFFSETS, "and the median needs so many receptions; 5"),
  COUNTER_RESTART_MAX(
      16, 0, 1_000_000, "a counter that begins again at up to this was reinstalled; 16"),
  SHARED_WINDOW_MS(
      12 * 3_600_000L,
      0,
      PhoneBook.KEPT_MS,
      "two members of one phone within this raise DEVICE_SHARED; 12 h, a day's work: a phone is handed over with a new enrolment, not twice a day"),
  UNUSUAL_HOUR_MS(
      60 * 60_000,
      0,
      12 * 3_600_000L,
      "a punch farther than this from each earlier punch's time of day is at an unusual hour; 60 min"),
  KNOWN_PUNCHES(5, 1, MemberTrustState.PUNCHES, "earlier punches that a habit needs; 5"),
  NO_TRACK_MS(
      15 * 60_000,
      60_000,
      24 * 3_600_000L,
      "a punch so long after the last ping raises NO_TRACK; 15 min"),
  USUAL_PINGS(20, 1, 1_000_000, "pings of a device before its silence means anything; 20"),
  USUAL_GAP_MS(
      5 * 60_000, 1_000, 24 * 3_600_000L, "and the median gap between receptions at most; 5 min"),
  LATE_MS(
      2 * 60_000,
      0,
      24 * 3_600_000L,
      "a record received so long after its time was offline; 2 min: silence before it is honest"),
  ALERT_QUIET_MS(
      30 * 60_000,
      0,
      24 * 3_600_000L,
      "an episode ends when nothing of its kind is seen for so long, and only then may the kind alert again; 30 min"),
  ALERT_REPEAT_MS(
      24 * 3_600_000L,
      1,
      30 * 24 * 3_600_000L,
      "or when the last alert is so old; 24 h: what never ends is told once a day"),
  CARRY_HALF_LIFE_MS(
      2 * 3_600_000L,
      60_000,
      30 * 24 * 3_600_000L,
      "in which a finding from pings loses half its weight for punches; 2 h"),
  CARRY_MIN_WEIGHT(5, 1, 100, "below this weight it is forgotten; 5"),
  MIN_DWELL_MS(
      5 * 60_000,
      0,
      24 * 3_600_000L,
      "a visit that was left sooner after its punch is short; 5 min, nobody sells in less"),
  SHORT_VISITS(
      3,
      1,
      Visits.VISITS,
      "so many short ones of the last 8 visits raise PUNCH_AND_LEAVE; 3: a closed shop happens"),
  EDGE_PUNCHES(
      7,
      4,
      Visits.VISITS,
      "so many of the last 8 visits punched at the edge of their site raise EDGE_PUNCH; 7"),
  EDGE_PCT(
      15,
      1,
      50,
      "the edge is the outermost share of the way to the middle, in percent; 15, at most 25 m"),
  ONLINE_MS(
      10 * 60_000,
      60_000,
      24 * 3_600_000L,
      "a late punch raises BACKDATED if its phone was heard live for so long while the punch waited; 10 min, an app sends at once"),
  ORDER_MS(
      2 * 60_000,
      0,
      24 * 3_600_000L,
      "or if it was counted after another punch and claims to be so much older; 2 min, a clock that was set right"),
  DARK_MS(
      45 * 60_000,
      5 * 60_000,
      24 * 3_600_000L,
      "so long without a position on duty, and elsewhere after it, raises DARK; 45 min: no tunnel is longer"),
  DARK_M(
      1_000,
      0,
      1_000_000,
      "and elsewhere is so far; 1 km: a basement is left where it was entered"),
  DARK_GAPS(
      4,
      1,
      DutyFacts.GAPS,
      "so many gaps of the last 10 days without any sign of life raise it too; 4: an app that the phone killed happens"),
  HOPS(
      2,
      1,
      HopFacts.HOPS,
      "so many hops of 12 hours, from rest to rest 500 m and more away with nothing between, raise TELEPORT; 2: out and back"),
  ROBOT_STAY_FIXES(
      90,
      30,
      1_000,
      "pairs of fixes within 40 s of each other, over the stays of 4 days, before their noise is"
          + " judged; 90: fewer say nothing"),
  ROBOT_LAG_PCT(
      22,
      0,
      90,
      "noise whose fixes resemble those before them less than this, in percent, was drawn by a"
          + " generator; 22: a receiver drifts and has 50 and more"),
  ROBOT_STAYS(2, 1, StayNoise.STAYS, "and so many stays are in it; 2"),
  ROBOT_STEPS(24, 20, 1_000, "steps of driving before their speed is judged; 24"),
  ROBOT_STEADY_PCT(
      88,
      20,
      100,
      "a device of which more steps than this, in percent, are as fast as the fastest of their drive"
          + " is a joystick if it turns; 88: whoever drives brakes and gathers speed, and has 45"),
  ROBOT_TURNS(3, 1, 100, "and so many turns of 45 degrees and more are in it; 3"),
  PIN_MOVED_MS(
      24 * 3_600_000L,
      0,
      30 * 24 * 3_600_000L,
      "a punch that only fits since the site was moved so shortly before raises PIN_MOVED; 24 h"),
  WIFI_M(
      1_000,
      100,
      100_000,
      "the same Wi-Fi scan at punches so far apart raises WIFI_MISMATCH; 1 km"),
  TANDEM_MINUTES(150, 30, 1_440, "duty minutes of both before TANDEM is judged; 150"),
  TANDEM_SHARE_PCT(
      88,
      50,
      100,
      "the share together, in percent of those in which both are known, from which it is raised; 88: who only shares a car has a lunch and a home of their own"),
  TANDEM_NEAR_M(
      30, 5, 200, "together is as near as this, or as twice the error of two receivers; 30 m"),
  TANDEM_MOVES(
      20,
      1,
      1_440,
      "and so many of the minutes in motion; 20: colleagues sit in one office all day"),
  TANDEM_PUNCHES(3, 0, 100, "and so many punches of both within the next limit; 3"),
  TANDEM_PUNCH_MS(
      60 * 1_000, 1_000, 3_600_000L, "of each other; 60 s: two phones in one pair of hands"),
  REPLAY_CELLS(
      24,
      8,
      TrackShapes.CELLS,
      "cells of 200 m that two tracks must have in common before REPLAYED_TRACK is judged; 24, some kilometres"),
  REPLAY_SHARE_PCT(
      80,
      50,
      100,
      "the share of them passed in the same rhythm, in percent, from which it is raised; 80: lights and queues differ each day"),
  REPLAY_SLACK_MS(
      12 * 1_000, 1_000, 5 * 60_000, "the same rhythm is as near as this; 12 s, a fix or two");

  /** Limits there are. */
  static final int COUNT = values().length;

  private final long byDefault;
  private final long least;
  private final long most;
  private final String text;

  TrustLimit(long byDefault, long least, long most, String text) {
    this.byDefault = byDefault;
    this.least = least;
    this.most = most;
    this.text = text;
  }

  /** Lower case, as in a policy's JSON. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where a policy says nothing. */
  public long byDefault() {
    return byDefault;
  }

  public long least() {
    return least;
  }

  public long most() {
    return most;
  }

  /** What it does, its default and why, in English. */
  public String text() {
    return text;
  }

  /** A place in a table; never stored. */
  @SuppressWarnings("EnumOrdinal")
  int index() {
    return ordinal();
  }

  /** The limit called so, or null. */
  public static @Nullable TrustLimit ofCode(String code) {
    for (TrustLimit limit : values()) {
      if (limit.code().equals(code)) {
        return limit;
      }
    }
    return null;
  }
}
