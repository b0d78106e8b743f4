package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;

/**
 * The run of identical fixes that a device is in: the same position and accuracy to the last digit,
 * and no altitude, speed or bearing (apps that can't say null say 0). It is usual if the fix before
 * it was as bare and as accurate at another place: then only the place is a sign. Owned by a {@link
 * TrustState}.
 */
final class FrozenRun {
  private int fixes;
  private boolean told;
  private boolean usual;
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
      usual = fixes > 0 && isBare(fix) && fix.accuracyCm() == accuracyCm;
      fixes = isBare(fix) ? 1 : 0;
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
