package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.FixReading;
import io.hexbeat.geofence.StateFields;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.trust.TrustEngine;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.FencesRecord;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.util.function.Consumer;

/**
 * All that one shard knows: its devices, members and receipts. Written by what is in the journal
 * and by nothing else, live and at replay alike, so that both end equal. Belongs to the shard's
 * loop, before that to the worker that replays. Grows by a device and a member, never shrinks.
 */
final class ShardState {
  private final IntTable<DeviceState> devices = new IntTable<>();
  private final IntTable<MemberState> members = new IntTable<>();
  private final ReceiptBook receipts;
  private final DeviceRegistry registry;
  private final LiveBoard board;
  private final SharedPhoneBook phones;
  private final PresenceDecision recorded = new PresenceDecision();
  private final PingRecord ping = new PingRecord();
  private final FixReading reading = new FixReading();
  private final PingDecision pingDecision = new PingDecision();
  private final PunchRecord punch = new PunchRecord();
  private final FencesRecord fences = new FencesRecord();
  private long indexVersion;
  private long policyVersion;

  /** Version of {@link #keep}: grows with each change of what is kept or in which order. */
  static final int ENCODING = 4;

  ShardState(int maxReceipts, DeviceRegistry registry, LiveBoard board, SharedPhoneBook phones) {
    this.receipts = new ReceiptBook(maxReceipts);
    this.registry = registry;
    this.board = board;
    this.phones = phones;
  }

  int devices() {
    return devices.size();
  }

  void forEachDevice(Consumer<DeviceState> consumer) {
    devices.forEach(consumer);
  }

  /** Those of one of several parts; all parts together are all devices. */
  void forEachDevice(int part, int parts, Consumer<DeviceState> consumer) {
    devices.forEach(part, parts, consumer);
  }

  ReceiptBook receipts() {
    return receipts;
  }

  /** Of the last FENCES record, 0 before any. */
  long indexVersion() {
    return indexVersion;
  }

  /** Of the trust policy that decides, 0 where nothing but the settings ever did. */
  long policyVersion() {
    return policyVersion;
  }

  /** The device's state; a device that is new has an empty one, which is no news to the journal. */
  DeviceState device(int deviceHandle, int memberHandle) {
    DeviceState device = devices.get(deviceHandle);
    if (device == null) {
      device = new DeviceState(deviceHandle, member(memberHandle));
      devices.put(deviceHandle, device);
    }
    return device;
  }

  /** All that replay makes, kept, or restored into an empty state; by ascending handles. */
  void keep(StateFields fields) {
    indexVersion = fields.i64(indexVersion);
    policyVersion = fields.i64(policyVersion);
    int[] memberHandles = members.keys();
    int memberCount = fields.i32(memberHandles.length);
    for (int i = 0; i < memberCount; i++) {
      member(fields.i32(fields.restoring() ? 0 : memberHandles[i])).keep(fields);
    }
    int[] deviceHandles = devices.keys();
    int deviceCount = fields.i32(deviceHandles.length);
    for (int i = 0; i < deviceCount; i++) {
      int deviceHandle = fields.i32(fields.restoring() ? 0 : deviceHandles[i]);
      DeviceState known = devices.get(deviceHandle);
      int memberHandle = fields.i32(known == null ? 0 : known.member.memberHandle);
      device(deviceHandle, memberHandle).keep(fields);
    }
    receipts.keep(fields);
    phones.keep(fields);
  }

  /** A record of the journal at replay. */
  void apply(byte[] bytes, int length) {
    switch (RecordEnvelope.type(bytes, 0)) {
      case PING -> applyRecorded(ping.wrap(bytes, 0));
      case PUNCH -> applyRecorded(punch.wrap(bytes, 0));
      case FENCES -> applyFences(fences.wrap(bytes, 0));
      case QUARANTINE -> {
        int deviceHandle = RecordEnvelope.deviceHandle(bytes, 0);
        applyQuarantine(device(deviceHandle, RecordEnvelope.memberHandle(bytes, 0)), bytes, 0);
      }
    }
  }

  /**
   * Takes a journaled ping and shows its member where it is.
   *
   * @param fix what the ping says
   */
  void applyPing(
      DeviceState device,
      String phoneId,
      PingRecord ping,
      Fix fix,
      PresenceDecision decision,
      long openedBits) {
    FixOrder order = decision.order();
    PresenceEngine.apply(device.presence, fix, decision);
    TrustEngine.applyPing(
        device.trust, phones, phoneId, device.member.memberHandle, fix, order, openedBits);
    device.alerts += Long.bitCount(openedBits);
    boolean fencesChanged = refreshFences(device, decision);
    MemberState member = device.member;
    member.heard(device.deviceHandle, fix.receivedTimeMs());
    if (order.live() && order.effectiveTimeMs(fix) >= member.shownTimeMs) {
      member.shownTimeMs = order.effectiveTimeMs(fix);
      member.live.moved(device.deviceHandle, ping, device.fenceHandles);
    } else {
      if (fencesChanged) {
        member.live.fences(device.deviceHandle, device.fenceHandles);
      }
      member.live.heard(device.deviceHandle, fix.receivedTimeMs(), fix.batteryPct());
    }
  }

  /** Takes the changes of a ping that the server made. */
  void applyRemoved(DeviceState device, PresenceDecision decision) {
    PresenceEngine.applyChanges(device.presence, decision);
    if (refreshFences(device, decision)) {
      device.member.live.fences(device.deviceHandle, device.fenceHandles);
    }
  }

  /** Takes a journaled punch: the first of its id, its proof, or one that only tells an alert. */
  void applyPunch(DeviceState device, String phoneId, PunchRecord punch, int alerts) {
    int memberHandle = device.member.memberHandle;
    String punchId = punch.punchId();
    device.alerts += alerts;
    if (punch.repeated()) {
      Receipt first = receipts.find(memberHandle, punchId);
      if (first != null) {
        receipts.put(memberHandle, punchId, first.told(punch.contentHash()));
      }
      return;
    }
    if (punch.proves()) {
      TrustEngine.applyPasskey(device.member.trust, punch.claim(phoneId));
      Receipt first = receipts.find(memberHandle, punchId);
      if (first != null) {
        receipts.put(memberHandle, punchId, first.proven(punch.receiptJson()));
      }
      return;
    }
    TrustEngine.applyPunch(device.trust, device.member.trust, phones, punch.claim(phoneId));
    receipts.put(memberHandle, punchId, Receipt.of(punch));
  }

  /** Takes a journaled record that nobody could use: it is only remembered. */
  void applyQuarantine(DeviceState device, byte[] bytes, int offset) {
    device.refused.remember(bytes, offset);
  }

  void applyFences(FencesRecord record) {
    indexVersion = record.indexVersion();
    policyVersion = record.policyVersion();
  }

  private void applyRecorded(PingRecord ping) {
    DeviceState device = device(ping.deviceHandle(), ping.memberHandle());
    pingDecision.wrap(ping);
    recorded.reset(FixOrder.of((byte) pingDecision.orderCode()));
    for (int i = 0; i < pingDecision.changeCount(); i++) {
      recorded.add(
          pingDecision.fenceHandle(i),
          ChangeKind.of((byte) pingDecision.kindCode(i)),
          pingDecision.inferred(i),
          pingDecision.atMs(i));
    }
    if (ping.isServerMade()) {
      applyRemoved(device, recorded);
    } else {
      long openedBits = Evidence.signalBits(pingDecision.alerts());
      String phoneId = device.phoneIdOf(ping, enrolledId(ping.deviceHandle()));
      applyPing(device, phoneId, ping, reading.of(ping), recorded, openedBits);
    }
  }

  private void applyRecorded(PunchRecord punch) {
    DeviceState device = device(punch.deviceHandle(), punch.memberHandle());
    String claimed = punch.phoneId();
    String phoneId = claimed.isEmpty() ? enrolledId(punch.deviceHandle()) : claimed;
    applyPunch(device, phoneId, punch, punch.alerts().isEmpty() ? 0 : 1);
  }

  /** Whether it may never send again. */
  boolean isRevoked(int deviceHandle) {
    return registry.byHandle(deviceHandle) == null;
  }

  /** A device that was revoked since has lost its name, not its history. */
  private String enrolledId(int deviceHandle) {
    DeviceIdentity identity = registry.byHandle(deviceHandle);
    return identity == null ? "revoked-" + deviceHandle : identity.deviceId();
  }

  private MemberState member(int memberHandle) {
    MemberState member = members.get(memberHandle);
    if (member == null) {
      member = new MemberState(memberHandle, board.slot(memberHandle));
      members.put(memberHandle, member);
    }
    return member;
  }

  private static boolean refreshFences(DeviceState device, PresenceDecision decision) {
    if (decision.count() == 0) {
      return false;
    }
    device.fenceHandles = device.presence.fenceHandles();
    return true;
  }
}
