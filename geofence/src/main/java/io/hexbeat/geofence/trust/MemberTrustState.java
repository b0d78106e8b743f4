package io.hexbeat.geofence.trust;

/**
 * When and with which devices one member has punched. Plain fields of the shard that owns the
 * member; only {@link TrustEngine#applyPunch} writes. Bounded, about half a kilobyte.
 */
public final class MemberTrustState {
  /** Punches remembered. */
  static final int PUNCHES = 64;
}
