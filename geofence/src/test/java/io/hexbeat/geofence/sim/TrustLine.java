package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.MemberTrustState;
import io.hexbeat.geofence.trust.PunchClaim;
import io.hexbeat.geofence.trust.PunchVerdict;
import io.hexbeat.geofence.trust.Severity;
import io.hexbeat.geofence.trust.TandemFinder;
import io.hexbeat.geofence.trust.TrackShapes;
import io.hexbeat.geofence.trust.TrustEngine;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.geofence.trust.TrustState;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real engines and finders, driven as a shard and the watch beside it drive them: decide, then
 * apply. Knows no label. One thread.
 */
final class TrustLine {
  private final PresenceEngine presence;
  private final TrustEngine trust;
  private final TandemFinder tandems;
  private final TrackShapes shapes;
  private final SimPhoneBook phones = new SimPhoneBook();
  private final PresenceDecision decision = new PresenceDecision();
  private final Map<Integer, Device> devices = new HashMap<>();
  private final Map<Integer, MemberTrustState> members = new HashMap<>();
  private final ZoneId zone;
  private final Told told;
  private FenceIndex index;
  private long finderNs;
  private long engineNs;
  private long pings;

  /** Whoever hears of what was found. */
  interface Told {
    /** An alert of a ping or of the finders, or a verdict that opens one. */
    void told(int member, Severity severity, List<Finding> reasons);
  }

  private static final class Device {
    final PresenceState presence = new PresenceState();
    final TrustState trust = new TrustState();
  }

  TrustLine(TrustPolicy policy, FenceIndex index, ZoneId zone, Told told) {
    this.presence = new PresenceEngine(PresencePolicy.DEFAULT, policy.clockSkewMaxMs());
    this.trust = new TrustEngine(policy);
    this.tandems = new TandemFinder(policy);
    this.shapes = new TrackShapes(policy);
    this.index = index;
    this.zone = zone;
    this.told = told;
  }

  void adopt(FenceIndex next) {
    this.index = next;
  }

  void run(int member, SimRecord record) {
    if (record instanceof SimPing ping) {
      ping(member, ping);
    } else {
      punch(member, (SimPunch) record);
    }
  }

  private void ping(int member, SimPing ping) {
    pings++;
    long startNs = System.nanoTime();
    Device device = devices.computeIfAbsent(ping.phone().deviceHandle(), handle -> new Device());
    presence.decide(index, device.presence, ping, decision);
    FixOrder order = decision.order();
    String phone = ping.phone().phoneId();
    List<Finding> found = trust.decidePing(device.trust, phones, phone, member, ping, order);
    PresenceEngine.apply(device.presence, ping, decision);
    TrustEngine.applyPing(device.trust, phones, phone, member, ping, order, Finding.bits(found));
    long decidedNs = System.nanoTime();
    engineNs += decidedNs - startNs;
    for (Finding finding : found) {
      told.told(member, finding.severity(), List.of(finding));
    }
    if (order == FixOrder.APPLIED && ping.hasPosition() && !ping.mock()) {
      finders(member, ping);
    }
    finderNs += System.nanoTime() - decidedNs;
  }

  private void finders(int member, Fix fix) {
    tandems.fix(member, fix.fixTimeMs(), fix.latE7(), fix.lngE7(), fix.accuracyCm());
    shapes.fix(member, fix.fixTimeMs(), fix.latE7(), fix.lngE7(), fix.accuracyCm());
    for (TandemFinder.Tandem pair : tandems.drain()) {
      told.told(pair.member(), pair.finding().severity(), List.of(pair.finding()));
    }
    for (TrackShapes.Replayed track : shapes.drain()) {
      told.told(track.member(), track.finding().severity(), List.of(track.finding()));
    }
  }

  private void punch(int member, SimPunch punch) {
    Device device = devices.computeIfAbsent(punch.phone().deviceHandle(), handle -> new Device());
    MemberTrustState state = members.computeIfAbsent(member, handle -> new MemberTrustState());
    PunchClaim claim = punch.claim(member);
    PunchVerdict verdict = trust.decidePunch(index, device.trust, state, phones, zone, claim);
    TrustEngine.applyPunch(device.trust, state, phones, claim);
    tandems.punch(member, punch.atMs(), punch.kind());
    if (verdict.opensAlert()) {
      told.told(member, verdict.severity(), verdict.reasons());
    }
  }

  long pings() {
    return pings;
  }

  double engineNsPerPing() {
    return engineNs / (double) Math.max(1, pings);
  }

  double finderNsPerPing() {
    return finderNs / (double) Math.max(1, pings);
  }
}
