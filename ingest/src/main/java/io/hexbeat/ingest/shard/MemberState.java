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

  MemberState(int memberHandle, LiveSlot live) {
    this.memberHandle = memberHandle;
    this.live = live;
  }

  /** Every field that replay makes, kept or restored. */
  void keep(StateFields fields) {
    trust.keep(fields);
    shownTimeMs = fields.i64(shownTimeMs);
    live.keep(fields);
  }
}
