package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.geofence.trust.MemberTrustState;
import io.hexbeat.ingest.live.LiveSlot;

/** What a shard knows about one of its members. Belongs to the shard's loop. */
final class MemberState {
  final int memberHandle;
  final MemberTrustState trust = new MemberTrustState();
  final LiveSlot live;

  /**
   * Effective time of the position that is shown; another phone of the member shows a later one.
   */
  long shownTimeMs = Long.MIN_VALUE;

  /** The phone that was enrolled last of those heard of since the start, and when that was. */
  private int newestDevice;

  private long newestHeardMs;

  MemberState(int memberHandle, LiveSlot live) {
    this.memberHandle = memberHandle;
    this.live = live;
  }

  void heard(int deviceHandle, long receivedMs) {
    if (deviceHandle >= newestDevice) {
      newestDevice = deviceHandle;
      newestHeardMs = Math.max(newestHeardMs, receivedMs);
    }
  }

  /** Whether a phone that was enrolled later has been heard of since then. */
  boolean hasNewer(int deviceHandle, long sinceMs) {
    return newestDevice > deviceHandle && newestHeardMs > sinceMs;
  }

  /**
   * Every field that replay makes, kept or restored; who was heard of since the start begins anew.
   */
  void keep(StateFields fields) {
    trust.keep(fields);
    shownTimeMs = fields.i64(shownTimeMs);
    live.keep(fields);
  }
}
