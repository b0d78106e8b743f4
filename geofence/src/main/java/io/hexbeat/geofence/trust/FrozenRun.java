package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;

/**
 * The run of identical fixes that a device is in: the same position and accuracy to the last digit,
 * and no altitude, speed or bearing (apps that can't say null say 0). It is usual if the fix before
 * it was as bare and as accurate at another place: then only the place is a sign. It is reached if
 * the phone can have come there from the fix before: then it must last, since one that loses its
 * satellites indoors repeats the place that a network gave it, and some receivers hold theirs at
 * rest. Owned by a {@link TrustState}.
 */
final class FrozenRun {
  /** A network's place is so near to where one is. */
  private static final double NEAR_METERS = 200;

  /** As fast as one gets through a town. */
  private static final double TOWN_MPS = 20;

  private int fixes;
  private boolean told;
  private boolean usual;
  private boolean reached;
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

  void note(Fix fix, double cosine) {
    if (continuedBy(fix)) {
      fixes++;
    } else {
      told = false;
      boolean bare = isBare(fix);
      reached = bare && canHaveCome(fix, cosine);
      usual = bare && fixes > 0 && fix.accuracyCm() == accuracyCm;
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
    return usual ? policy.frozenUsualFixes() : policy.frozenFixes();
  }

  /** And how long it must have lasted. */
  long neededMs(TrustPolicy policy) {
    return reached ? Math.max(policy.frozenMs(), policy.frozenReachedMs()) : policy.frozenMs();
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

  /** Whether one gets here from the fix before; a phone that was nowhere has shown nothing. */
  private boolean canHaveCome(Fix fix, double cosine) {
    double meters = LocalCosine.meters(latE7, lngE7, fix.latE7(), fix.lngE7(), cosine);
    return lastFixMs != 0
        && (meters <= NEAR_METERS || Motion.mps(meters, fix.fixTimeMs() - lastFixMs) <= TOWN_MPS);
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
    reached = fields.flag(reached);
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
        + (reached ? " reached" : "")
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
