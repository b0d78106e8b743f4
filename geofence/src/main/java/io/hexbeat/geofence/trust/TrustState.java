package io.hexbeat.geofence.trust;

/**
 * Facts about one device that signals need. Plain fields of the shard that owns the device; only
 * {@link TrustEngine#applyPing} and {@link TrustEngine#applyPunch} write. Bounded, about a
 * kilobyte, allocated at once. Holds facts and what was told, never judgements, so that a policy or
 * code change does not rewrite it.
 */
public final class TrustState {
  /** Receptions whose clock offset is remembered. */
  static final int OFFSETS = 15;
}
