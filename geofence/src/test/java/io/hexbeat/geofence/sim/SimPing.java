package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fix;

/** A simulated ping. Immutable; any thread. {@link #edit} gives a copy that can be changed. */
public record SimPing(
    SimPhone phone,
    boolean hasPosition,
    int latE7,
    int lngE7,
    long fixTimeMs,
    long receivedTimeMs,
    int accuracyCm,
    int altitudeCm,
    int speedCmps,
    int bearingCdeg,
    int batteryPct,
    boolean mock,
    long seq,
    long uptimeMs)
    implements Fix, SimRecord {
  @Override
  public long madeMs() {
    return fixTimeMs;
  }

  public Draft edit() {
    Draft draft = new Draft(phone);
    draft.hasPosition = hasPosition;
    draft.latE7 = latE7;
    draft.lngE7 = lngE7;
    draft.fixTimeMs = fixTimeMs;
    draft.receivedTimeMs = receivedTimeMs;
    draft.accuracyCm = accuracyCm;
    draft.altitudeCm = altitudeCm;
    draft.speedCmps = speedCmps;
    draft.bearingCdeg = bearingCdeg;
    draft.batteryPct = batteryPct;
    draft.mock = mock;
    draft.seq = seq;
    draft.uptimeMs = uptimeMs;
    return draft;
  }

  /** A ping being written; what is not set is unknown. One thread. */
  public static final class Draft {
    public SimPhone phone;
    public boolean hasPosition = true;
    public int latE7;
    public int lngE7;
    public long fixTimeMs;
    public long receivedTimeMs;
    public int accuracyCm = UNKNOWN;
    public int altitudeCm = UNKNOWN_ALTITUDE;
    public int speedCmps = UNKNOWN;
    public int bearingCdeg = UNKNOWN;
    public int batteryPct = UNKNOWN;
    public boolean mock;
    public long seq = UNKNOWN;
    public long uptimeMs = UNKNOWN;

    public Draft(SimPhone phone) {
      this.phone = phone;
    }

    public SimPing build() {
      return new SimPing(
          phone,
          hasPosition,
          latE7,
          lngE7,
          fixTimeMs,
          receivedTimeMs,
          accuracyCm,
          altitudeCm,
          speedCmps,
          bearingCdeg,
          batteryPct,
          mock,
          seq,
          uptimeMs);
    }
  }
}
