package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.trust.TrustState;
import io.hexbeat.ingest.wire.PingRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a shard knows about one of its devices. Belongs to the shard's loop. */
final class DeviceState {
  private static final int[] NO_FENCES = {};

  final int deviceHandle;
  final MemberState member;
  final PresenceState presence = new PresenceState();
  final TrustState trust = new TrustState();
  final RefusedPrints refused = new RefusedPrints();

  /** The fences it is in, shared with the live board; replaced when they change. */
  int[] fenceHandles = NO_FENCES;

  /** Alerts that it ever raised: numbers the next one. */
  int alerts;

  private byte[] phoneIdBytes = {};
  private String phoneId = "";

  DeviceState(int deviceHandle, MemberState member) {
    this.deviceHandle = deviceHandle;
    this.member = member;
  }

  /** Every field that replay makes, kept or restored. */
  void keep(StateFields fields) {
    presence.keep(fields);
    trust.keep(fields);
    refused.keep(fields);
    alerts = fields.i32(alerts);
    if (fields.restoring() && presence.size() > 0) {
      fenceHandles = presence.fenceHandles();
    }
  }

  /**
   * The phone id that the ping claims, else the enrolled one; a text is made only when it is new.
   */
  String phoneIdOf(PingRecord ping, String enrolledId) {
    int length = ping.phoneIdLength();
    if (length == 0) {
      return enrolledId;
    }
    int from = ping.phoneIdOffset();
    if (!Arrays.equals(phoneIdBytes, 0, phoneIdBytes.length, ping.array(), from, from + length)) {
      phoneIdBytes = Arrays.copyOfRange(ping.array(), from, from + length);
      phoneId = new String(phoneIdBytes, StandardCharsets.UTF_8);
    }
    return phoneId;
  }
}
