package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PunchClaim;
import io.hexbeat.geofence.trust.PunchKind;

/**
 * A simulated punch. Immutable; any thread. {@link #edit} gives a copy that can be changed.
 *
 * @param siteHandle the site it claims, 0 for none
 */
public record SimPunch(
    SimPhone phone,
    String punchId,
    PunchKind kind,
    long atMs,
    boolean hasPosition,
    int latE7,
    int lngE7,
    int accuracyCm,
    long fixTimeMs,
    int siteHandle,
    boolean mock,
    long uptimeMs,
    long seq,
    long receivedTimeMs)
    implements SimRecord {
  @Override
  public long madeMs() {
    return atMs;
  }

  /** As the shard hands it to the trust engine. */
  public PunchClaim claim(int memberHandle) {
    return new PunchClaim(
        punchId,
        memberHandle,
        phone.deviceHandle(),
        phone.phoneId(),
        kind,
        atMs,
        hasPosition,
        latE7,
        lngE7,
        accuracyCm,
        fixTimeMs,
        siteHandle,
        mock,
        uptimeMs,
        seq,
        Fix.UNKNOWN,
        Fix.UNKNOWN,
        receivedTimeMs,
        0,
        null);
  }

  public Draft edit() {
    Draft draft = new Draft(phone, punchId, kind);
    draft.atMs = atMs;
    draft.hasPosition = hasPosition;
    draft.latE7 = latE7;
    draft.lngE7 = lngE7;
    draft.accuracyCm = accuracyCm;
    draft.fixTimeMs = fixTimeMs;
    draft.siteHandle = siteHandle;
    draft.mock = mock;
    draft.uptimeMs = uptimeMs;
    draft.seq = seq;
    draft.receivedTimeMs = receivedTimeMs;
    return draft;
  }

  /** A punch being written; what is not set is unknown. One thread. */
  public static final class Draft {
    public SimPhone phone;
    public String punchId;
    public PunchKind kind;
    public long atMs;
    public boolean hasPosition = true;
    public int latE7;
    public int lngE7;
    public int accuracyCm = Fix.UNKNOWN;
    public long fixTimeMs = Fix.UNKNOWN;
    public int siteHandle;
    public boolean mock;
    public long uptimeMs = Fix.UNKNOWN;
    public long seq = Fix.UNKNOWN;
    public long receivedTimeMs;

    public Draft(SimPhone phone, String punchId, PunchKind kind) {
      this.phone = phone;
      this.punchId = punchId;
      this.kind = kind;
    }

    public SimPunch build() {
      return new SimPunch(
          phone,
          punchId,
          kind,
          atMs,
          hasPosition,
          latE7,
          lngE7,
          accuracyCm,
          fixTimeMs,
          siteHandle,
          mock,
          uptimeMs,
          seq,
          receivedTimeMs);
    }
  }
}
