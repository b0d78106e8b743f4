package io.hexbeat.geofence.trust;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every limit of the trust engine and the weight of each signal, under a version. Immutable; any
 * thread. Versions are given by whoever stores policies and only grow; 0 is what the settings say.
 * A signal of weight 0 is silent. What is outside its range is refused with {@link
 * IllegalArgumentException}.
 */
public final class TrustPolicy {
  /** What the server uses when configuration says nothing. */
  public static final TrustPolicy DEFAULT = new TrustPolicy(0, Map.of(), Map.of());

  private final long version;
  private final long[] limits = new long[TrustLimit.COUNT];
  private final int[] weights = new int[TrustSignal.COUNT];

  /**
   * @param limits those that differ from their defaults
   * @param weights those that differ from their signals', 0..100, or -100..0 of what lowers the
   *     doubt
   */
  public TrustPolicy(
      long version, Map<TrustLimit, Long> limits, Map<TrustSignal, Integer> weights) {
    this.version = version;
    for (TrustLimit limit : TrustLimit.values()) {
      long value = limits.getOrDefault(limit, limit.byDefault());
      within(limit.code(), value, limit.least(), limit.most());
      this.limits[limit.index()] = value;
    }
    for (TrustSignal signal : TrustSignal.values()) {
      int weight = weights.getOrDefault(signal, signal.weight());
      within(signal.code(), weight, signal.leastWeight(), signal.mostWeight());
      this.weights[signal.index()] = weight;
    }
    atLeast(TrustLimit.PLANE_MPS, TrustLimit.TELEPORT_MPS);
    atLeast(TrustLimit.FROZEN_USUAL_FIXES, TrustLimit.FROZEN_FIXES);
    atLeast(TrustLimit.ALERT_REPEAT_MS, TrustLimit.ALERT_QUIET_MS);
  }

  /** Stands beside each verdict and alert that it made. */
  public long version() {
    return version;
  }

  public long of(TrustLimit limit) {
    return limits[limit.index()];
  }

  /** 0..100, or -100..0 of a signal that lowers the doubt. */
  public int weight(TrustSignal signal) {
    return weights[signal.index()];
  }

  boolean silent(TrustSignal signal) {
    return weights[signal.index()] == 0;
  }

  /**
   * The finding as this policy weighs it: what is less or more than its signal's own weight keeps
   * its proportion. Null if the signal is silent.
   */
  @Nullable Finding weighed(Finding finding) {
    int own = finding.signal().weight();
    int weight = weight(finding.signal());
    if (weight == own) {
      return finding;
    }
    if (weight == 0) {
      return null;
    }
    long scaled = Math.round(finding.weight() * (double) weight / own);
    int sign = own < 0 ? -1 : 1;
    return new Finding(
        finding.signal(),
        sign * (int) Math.max(1, Math.min(100, sign * scaled)),
        finding.figures());
  }

  /** The same policy but for how far ahead of the server a phone's clock may be. */
  public TrustPolicy withClockSkewMaxMs(long clockSkewMaxMs) {
    return with(TrustLimit.CLOCK_SKEW_MAX_MS, clockSkewMaxMs);
  }

  /** The same policy but for one limit. */
  public TrustPolicy with(TrustLimit limit, long value) {
    Map<TrustLimit, Long> all = new EnumMap<>(TrustLimit.class);
    for (TrustLimit each : TrustLimit.values()) {
      all.put(each, each == limit ? value : of(each));
    }
    Map<TrustSignal, Integer> same = new EnumMap<>(TrustSignal.class);
    for (TrustSignal signal : TrustSignal.values()) {
      same.put(signal, weight(signal));
    }
    return new TrustPolicy(version, all, same);
  }

  int maxPunchAccuracyMeters() {
    return (int) of(TrustLimit.MAX_PUNCH_ACCURACY_M);
  }

  int assumedAccuracyMeters() {
    return (int) of(TrustLimit.ASSUMED_ACCURACY_M);
  }

  long staleFixMs() {
    return of(TrustLimit.STALE_FIX_MS);
  }

  int sitesWithinMeters() {
    return (int) of(TrustLimit.SITES_WITHIN_M);
  }

  int sitesMax() {
    return (int) of(TrustLimit.SITES_MAX);
  }

  int teleportMps() {
    return (int) of(TrustLimit.TELEPORT_MPS);
  }

  int planeMps() {
    return (int) of(TrustLimit.PLANE_MPS);
  }

  long planeGapMs() {
    return of(TrustLimit.PLANE_GAP_MS);
  }

  int planeMeters() {
    return (int) of(TrustLimit.PLANE_M);
  }

  int teleportMinMeters() {
    return (int) of(TrustLimit.TELEPORT_MIN_M);
  }

  long leapMemoryMs() {
    return of(TrustLimit.LEAP_MEMORY_MS);
  }

  int frozenFixes() {
    return (int) of(TrustLimit.FROZEN_FIXES);
  }

  int frozenUsualFixes() {
    return (int) of(TrustLimit.FROZEN_USUAL_FIXES);
  }

  long frozenMs() {
    return of(TrustLimit.FROZEN_MS);
  }

  long frozenReachedMs() {
    return of(TrustLimit.FROZEN_REACHED_MS);
  }

  public long clockSkewMaxMs() {
    return of(TrustLimit.CLOCK_SKEW_MAX_MS);
  }

  long clockJumpMs() {
    return of(TrustLimit.CLOCK_JUMP_MS);
  }

  long offsetJumpMs() {
    return of(TrustLimit.OFFSET_JUMP_MS);
  }

  int offsetRecords() {
    return (int) of(TrustLimit.OFFSET_RECORDS);
  }

  int counterRestartMax() {
    return (int) of(TrustLimit.COUNTER_RESTART_MAX);
  }

  long sharedWindowMs() {
    return of(TrustLimit.SHARED_WINDOW_MS);
  }

  long unusualHourMs() {
    return of(TrustLimit.UNUSUAL_HOUR_MS);
  }

  int knownPunches() {
    return (int) of(TrustLimit.KNOWN_PUNCHES);
  }

  long noTrackMs() {
    return of(TrustLimit.NO_TRACK_MS);
  }

  int usualPings() {
    return (int) of(TrustLimit.USUAL_PINGS);
  }

  long usualGapMs() {
    return of(TrustLimit.USUAL_GAP_MS);
  }

  long lateMs() {
    return of(TrustLimit.LATE_MS);
  }

  long alertQuietMs() {
    return of(TrustLimit.ALERT_QUIET_MS);
  }

  long alertRepeatMs() {
    return of(TrustLimit.ALERT_REPEAT_MS);
  }

  long carryHalfLifeMs() {
    return of(TrustLimit.CARRY_HALF_LIFE_MS);
  }

  int carryMinWeight() {
    return (int) of(TrustLimit.CARRY_MIN_WEIGHT);
  }

  long minDwellMs() {
    return of(TrustLimit.MIN_DWELL_MS);
  }

  int shortVisits() {
    return (int) of(TrustLimit.SHORT_VISITS);
  }

  int edgePunches() {
    return (int) of(TrustLimit.EDGE_PUNCHES);
  }

  int edgePct() {
    return (int) of(TrustLimit.EDGE_PCT);
  }

  long onlineMs() {
    return of(TrustLimit.ONLINE_MS);
  }

  long orderMs() {
    return of(TrustLimit.ORDER_MS);
  }

  long darkMs() {
    return of(TrustLimit.DARK_MS);
  }

  int darkMeters() {
    return (int) of(TrustLimit.DARK_M);
  }

  int darkGaps() {
    return (int) of(TrustLimit.DARK_GAPS);
  }

  int hops() {
    return (int) of(TrustLimit.HOPS);
  }

  int robotStayFixes() {
    return (int) of(TrustLimit.ROBOT_STAY_FIXES);
  }

  int robotLagPct() {
    return (int) of(TrustLimit.ROBOT_LAG_PCT);
  }

  int robotStays() {
    return (int) of(TrustLimit.ROBOT_STAYS);
  }

  int robotSteps() {
    return (int) of(TrustLimit.ROBOT_STEPS);
  }

  int robotSteadyPct() {
    return (int) of(TrustLimit.ROBOT_STEADY_PCT);
  }

  int robotTurns() {
    return (int) of(TrustLimit.ROBOT_TURNS);
  }

  long pinMovedMs() {
    return of(TrustLimit.PIN_MOVED_MS);
  }

  int wifiMeters() {
    return (int) of(TrustLimit.WIFI_M);
  }

  int tandemMinutes() {
    return (int) of(TrustLimit.TANDEM_MINUTES);
  }

  int tandemSharePct() {
    return (int) of(TrustLimit.TANDEM_SHARE_PCT);
  }

  int tandemNearMeters() {
    return (int) of(TrustLimit.TANDEM_NEAR_M);
  }

  int tandemMoves() {
    return (int) of(TrustLimit.TANDEM_MOVES);
  }

  int tandemPunches() {
    return (int) of(TrustLimit.TANDEM_PUNCHES);
  }

  long tandemPunchMs() {
    return of(TrustLimit.TANDEM_PUNCH_MS);
  }

  int replayCells() {
    return (int) of(TrustLimit.REPLAY_CELLS);
  }

  int replaySharePct() {
    return (int) of(TrustLimit.REPLAY_SHARE_PCT);
  }

  long replaySlackMs() {
    return of(TrustLimit.REPLAY_SLACK_MS);
  }

  private void atLeast(TrustLimit limit, TrustLimit other) {
    within(limit.code(), of(limit), of(other), limit.most());
  }

  private static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + least + ".." + most);
    }
  }
}
