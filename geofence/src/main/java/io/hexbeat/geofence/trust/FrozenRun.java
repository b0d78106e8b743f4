package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;

/**
 * The run of identical fixes that a device is in: the same position and accuracy to the last digit,
 * and no altitude, speed or bearing (apps that can't say null say 0). It is usual if the fix before
 * it was as bare and as accurate at another place: then only the place is a sign. It may be a
 * network's if the phone told more just before and can have come from there: one that loses its
 * satellites indoors repeats the place that a network gave it, for as long as that is kept. Owned
 * by a {@link TrustState}.
 */
final class FrozenRun {
  /** A network's place is so near to where the receiver last had satellites. */
  private static final double NEAR_METERS = 200;

  /** Or one got there since, through a town. */
  private static final double TOWN_MPS = 20;

  private int fixes;
  private boolean told;
  private boolean usual;
  private boolean network;
  private int latE7;
  private int lngE7;
  private int accuracyCm;
  private long firstFixMs;
  private long lastFixMs;
  private long lastReceivedMs;

  /** Whether the fix would be one more of the run. */
  boolean continuedBy(Fix fix) {
    return fixes > 0
        && isBare(fix)
        && fix.latE7() == latE7
        && fix.lngE7() == lngE7
        && fix.accuracyCm() == accuracyCm;
  }

  void note(Fix fix) {
    if (continuedBy(fix)) {
      fixes++;
    } else {
      told = false;
      boolean bare = isBare(fix);
      boolean wasBare = fixes > 0;
      network = bare && (network || !wasBare) && lastFixMs > 0 && isReached(fix);
      usual = bare && wasBare && fix.accuracyCm() == accuracyCm;
      fixes = bare ? 1 : 0;
      latE7 = fix.latE7();
      lngE7 = fix.lngE7();
      accuracyCm = fix.accuracyCm();
      firstFixMs = fix.fixTimeMs();
    }
    lastFixMs = fix.fixTimeMs();
    lastReceivedMs = fix.receivedTimeMs();
  }

  void noteTold() {
    told = true;
  }

  boolean told() {
    return told;
  }

  /** How many fixes make this run a finding. */
  int neededFixes(TrustPolicy policy) {
    return usual || network ? policy.frozenUsualFixes() : policy.frozenFixes();
  }

  /** And how long it must have lasted. */
  long neededMs(TrustPolicy policy) {
    return network ? Math.max(policy.frozenMs(), policy.frozenNetworkMs()) : policy.frozenMs();
  }

  int fixes() {
    return fixes;
  }

  int accuracyCm() {
    return accuracyCm;
  }

  long firstFixMs() {
    return firstFixMs;
  }

  long lastFixMs() {
    return lastFixMs;
  }

  long lastReceivedMs() {
    return lastReceivedMs;
  }

  /** Whether one can have come here from the fix before. */
  private boolean isReached(Fix fix) {
    double meters =
        Motion.shrunkMeters(latE7, lngE7, accuracyCm, fix.latE7(), fix.lngE7(), fix.accuracyCm());
    return meters <= NEAR_METERS || Motion.mps(meters, fix.fixTimeMs() - lastFixMs) <= TOWN_MPS;
  }

  private static boolean isBare(Fix fix) {
    return (fix.altitudeCm() == Fix.UNKNOWN_ALTITUDE || fix.altitudeCm() == 0)
        && fix.speedCmps() <= 0
        && fix.bearingCdeg() <= 0;
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    fixes = fields.i32(fixes);
    told = fields.flag(told);
    usual = fields.flag(usual);
    network = fields.flag(network);
    latE7 = fields.i32(latE7);
    lngE7 = fields.i32(lngE7);
    accuracyCm = fields.i32(accuracyCm);
    firstFixMs = fields.i64(firstFixMs);
    lastFixMs = fields.i64(lastFixMs);
    lastReceivedMs = fields.i64(lastReceivedMs);
  }

  @Override
  public String toString() {
    return fixes
        + (told ? " told" : "")
        + (usual ? " usual" : "")
        + (network ? " network" : "")
        + " of ("
        + latE7
        + ", "
        + lngE7
        + ") +-"
        + accuracyCm
        + " from "
        + firstFixMs
        + " to "
        + lastFixMs
        + " received "
        + lastReceivedMs;
  }
}
