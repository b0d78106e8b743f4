package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FixReading;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.PhoneBook;
import io.hexbeat.geofence.trust.PunchClaim;
import io.hexbeat.geofence.trust.PunchVerdict;
import io.hexbeat.geofence.trust.TrustEngine;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.geofence.trust.TrustSignal;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.live.LiveEvent;
import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.wire.FencesRecord;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hot line of one shard: decide, append, apply, publish. Belongs to the shard's loop and knows
 * nothing of it, so a benchmark can drive it by hand. A ping that finds nothing allocates nothing.
 * What fails before it is in the journal changes nothing and fails its submission; what fails after
 * it has broken an invariant, and the line stops for good.
 */
final class ShardLine {
  private static final Logger LOG = LoggerFactory.getLogger(ShardLine.class);
  private static final byte[] NO_ALERTS = {};

  /** So long after a start silence says nothing: the server may have been away. */
  private static final long STARTING_MS = 3_600_000;

  /** Every sixteenth record is timed: four clock reads would cost as much as a decision. */
  private static final int TIMED_MASK = 15;

  private final ShardState state;
  private final ShardJournal journal;
  private final LiveBoard board;
  private final PhoneBook phones;
  private final ShardConfig config;
  private PresenceEngine presence;
  private TrustEngine trust;
  private final long stepUpMs;
  private final ShardStats stats;
  private final StageLatency stages;

  private final byte[] scratch = new byte[RecordEnvelope.MAX_RECORD_BYTES];
  private final PingRecord in = new PingRecord();
  private final FixReading fix = new FixReading();
  private final PingRecord out = new PingRecord();
  private final PingDecision outDecision = new PingDecision();
  private final PunchRecord punchIn = new PunchRecord();
  private final PunchRecord punchOut = new PunchRecord();
  private final PresenceDecision decision = new PresenceDecision();
  private FenceIndex index = FenceIndex.empty();
  private int lines;

  /** By the clock. */
  private long startedMs = Long.MAX_VALUE;

  /** In the journal, not yet wholly applied: a failure here can't be taken back. */
  private boolean applying;

  private boolean broken;

  ShardLine(
      ShardConfig config,
      ShardState state,
      ShardJournal journal,
      LiveBoard board,
      PhoneBook phones,
      ShardStats stats) {
    this.config = config;
    this.state = state;
    this.journal = journal;
    this.board = board;
    this.phones = phones;
    this.presence = new PresenceEngine(config.defaultPresence(), config.trust().clockSkewMaxMs());
    this.trust = new TrustEngine(config.trust(), config.passkeys());
    this.stepUpMs = config.passkeys().stepUpMs();
    this.stats = stats;
    this.stages = stats.stages();
  }

  /** Takes a submission down the line, record by record, and finishes it. Never throws. */
  void run(Submission submission) {
    int done = 0;
    try {
      if (broken || submission.isOutOfTurn()) {
        submission.finish(Submission.Outcome.FAILED, 0);
        return;
      }
      int offset = 0;
      while (offset < submission.lengthBytes()) {
        record(submission, offset);
        offset += RecordEnvelope.lengthBytes(submission.bytes(), offset);
        done++;
      }
      submission.finish(Submission.Outcome.JOURNALED, done);
    } catch (RuntimeException e) {
      fail(submission, done, e);
    }
  }

  /** Fails what comes from now on: the journal is about to be closed. */
  void close() {
    broken = true;
  }

  boolean broken() {
    return broken;
  }

  private void record(Submission submission, int offset) {
    byte[] bytes = submission.bytes();
    switch (RecordEnvelope.type(bytes, offset)) {
      case PING -> ping(in.wrap(bytes, offset), submission.who());
      case PUNCH -> punch(punchIn.wrap(bytes, offset), submission);
      case QUARANTINE -> quarantine(bytes, offset, submission.who());
      case FENCES -> throw new IllegalArgumentException("a device sent a FENCES record");
    }
  }

  /** Keeps what nobody could use, unless it is sent again because its answer was lost. */
  private void quarantine(byte[] bytes, int offset, DeviceIdentity who) {
    DeviceState device = state.device(who.deviceHandle(), who.memberHandle());
    if (device.refused.remembers(bytes, offset)) {
      stats.duplicates.increment();
      return;
    }
    journal.append(bytes, offset, RecordEnvelope.lengthBytes(bytes, offset));
    state.applyQuarantine(device, bytes, offset);
    stats.quarantined.increment();
  }

  private void ping(PingRecord in, DeviceIdentity who) {
    boolean timed = (++lines & TIMED_MASK) == 0;
    long startNs = timed ? System.nanoTime() : 0;
    DeviceState device = state.device(who.deviceHandle(), who.memberHandle());
    String phoneId = device.phoneIdOf(in, who.deviceId());

    fix.of(in);
    presence.decide(index, device.presence, fix, decision);
    FixOrder order = decision.order();
    if (order == FixOrder.DUPLICATE || TrustEngine.repeats(device.trust, fix)) {
      stats.duplicates.increment();
      return;
    }
    List<Finding> findings =
        trust.decidePing(device.trust, phones, phoneId, who.memberHandle(), fix, order);
    List<String> alerts =
        findings.isEmpty()
            ? List.of()
            : alerts(findings, device, who, in, trust.policy().version());
    long decidedNs = timed ? System.nanoTime() : 0;

    writeDecided(in, alerts);
    journal.append(scratch, 0, out.lengthBytes());
    long appendedNs = timed ? System.nanoTime() : 0;

    applying = true;
    long openedBits = findings.isEmpty() ? 0 : Finding.bits(findings);
    state.applyPing(device, phoneId, out, fix, decision, openedBits);

    publishTransitions(device);
    publishAlerts(device, alerts);
    applying = false;
    count(order);
    if (timed) {
      stages.record(Stage.DECIDE, decidedNs - startNs);
      stages.record(Stage.APPEND, appendedNs - decidedNs);
      stages.record(Stage.PUBLISH, System.nanoTime() - appendedNs);
    }
  }

  private void punch(PunchRecord in, Submission submission) {
    DeviceIdentity who = submission.who();
    DeviceState device = state.device(who.deviceHandle(), who.memberHandle());
    String claimed = in.phoneId();
    PunchClaim claim = in.claim(claimed.isEmpty() ? who.deviceId() : claimed);
    Receipt first = state.receipts().find(who.memberHandle(), claim.punchId());
    if (first != null && first.mayBeProvenBy(claim)) {
      submission.receipt(proof(in, claim, first, device, who), true);
      return;
    }
    if (first != null) {
      punchAgain(in, claim, first, device, who);
      submission.receipt(first.json(), true);
      return;
    }
    PunchVerdict verdict =
        trust.decidePunch(index, device.trust, device.member.trust, phones, who.zone(), claim);
    copyIn(in.array(), in.offset(), in.lengthBytes());
    punchOut.wrap(scratch, 0);
    StepUpOffer stepUp = verdict.asksForUser() ? submission.stepUp() : null;
    if (stepUp != null) {
      punchOut.stepUpUntilMs(in.receivedTimeMs() + stepUpMs);
    }
    String receipt = Evidence.receipt(punchOut, verdict, index, stepUp);
    Finding strongest = verdict.strongest();
    List<String> alerts =
        verdict.opensAlert() && strongest != null
            ? List.of(
                Evidence.alert(verdict, strongest, alertId(device, in, 0), who.deviceId(), in))
            : List.of();

    punchOut.decided(
        verdict.verdict(), verdict.place(), verdict.score(), utf8(receipt), array(alerts));
    journal.append(scratch, 0, punchOut.lengthBytes());

    applying = true;
    state.applyPunch(device, claim.phoneId(), punchOut, alerts.size());
    String live = Evidence.livePunch(receipt, punchOut, who.deviceId());
    board.publish(new LiveEvent.Punch(who.memberHandle(), live));
    publishAlerts(device, alerts);
    applying = false;
    stats.punches.increment();
    submission.receipt(receipt, false);
  }

  /**
   * The same punch once more, with an assertion: its receipt from now on. What proves nothing
   * leaves the first one, and is told once.
   */
  private String proof(
      PunchRecord in, PunchClaim claim, Receipt first, DeviceState device, DeviceIdentity who) {
    Finding proof = trust.decidePasskey(device.member.trust, claim);
    if (proof == null || proof.signal() != TrustSignal.USER_VERIFIED) {
      tellOnce(proof, first.assertionTold(), in, device, who);
      return first.json();
    }
    FirstReceipt before = FirstReceipt.read(first.json());
    PunchVerdict verdict = trust.proven(before.reasons(), proof, before.place());
    String receipt = Evidence.provenReceipt(before, verdict, in.receivedTimeMs());
    copyIn(in.array(), in.offset(), in.lengthBytes());
    punchOut
        .wrap(scratch, 0)
        .proves(true)
        .decided(verdict.verdict(), verdict.place(), verdict.score(), utf8(receipt), NO_ALERTS);
    journal.append(scratch, 0, punchOut.lengthBytes());

    applying = true;
    state.applyPunch(device, claim.phoneId(), punchOut, 0);
    String live = Evidence.livePunch(receipt, punchOut, who.deviceId());
    board.publish(new LiveEvent.Punch(who.memberHandle(), live));
    applying = false;
    stats.proofs.increment();
    return receipt;
  }

  /** The same punch id once more: an honest retry, or other content, which is told once. */
  private void punchAgain(
      PunchRecord in, PunchClaim claim, Receipt first, DeviceState device, DeviceIdentity who) {
    Finding conflict = trust.duplicateRequest(first.contentHash(), first.receivedTimeMs(), claim);
    tellOnce(conflict, first.conflictTold(), in, device, who);
  }

  /** Journals an alert about a punch that is there already, unless that was told before. */
  private void tellOnce(
      @Nullable Finding conflict,
      boolean told,
      PunchRecord in,
      DeviceState device,
      DeviceIdentity who) {
    if (conflict == null || told) {
      stats.duplicates.increment();
      return;
    }
    String id = alertId(device, in, 0);
    List<String> alerts =
        List.of(
            Evidence.alert(
                conflict, id, who.deviceId(), in, in.punchId(), trust.policy().version()));
    copyIn(in.array(), in.offset(), in.lengthBytes());
    punchOut
        .wrap(scratch, 0)
        .repeated(true)
        .decided(
            PunchVerdict.Verdict.UNVERIFIED,
            PunchVerdict.Place.UNCERTAIN,
            conflict.weight(),
            NO_ALERTS,
            array(alerts));
    journal.append(scratch, 0, punchOut.lengthBytes());

    applying = true;
    state.applyPunch(device, in.phoneId(), punchOut, alerts.size());
    publishAlerts(device, alerts);
    applying = false;
    stats.punches.increment();
  }

  /**
   * From here on decides by another index. Fences that are gone end the stays in them, device by
   * device; if the journal fails in between, the devices left are told at their next fix.
   *
   * @param starting after a replay: what only time has ended isn't told by a restart
   */
  void adopt(FenceIndex next, boolean starting, long nowMs) {
    if (next.version() != state.indexVersion()) {
      note(next, trust.policy().version(), nowMs);
    }
    if (starting) {
      startedMs = nowMs;
    }
    index = next;
    stats.indexVersion = next.version();
    state.forEachDevice(device -> decideByTime(device, starting, nowMs));
  }

  /**
   * From here on decides by another trust policy. What it weighs, it weighs by the version that is
   * journaled here, and a replay asks neither.
   */
  void adopt(TrustPolicy next, long nowMs) {
    if (next.version() != state.policyVersion()) {
      note(index, next.version(), nowMs);
    }
    trust = new TrustEngine(next, config.passkeys());
    presence = new PresenceEngine(config.defaultPresence(), next.clockSkewMaxMs());
  }

  /**
   * Journals an alert that was found beside the line, under a name that its finder gives once.
   *
   * @return the alert as it was journaled and told
   */
  String raise(DeviceIdentity who, Finding finding, String id, long policyVersion, long nowMs) {
    DeviceState device = state.device(who.deviceHandle(), who.memberHandle());
    String alert = Evidence.alert(finding, id, who.deviceId(), nowMs, policyVersion);
    decision.reset(FixOrder.HEARTBEAT);
    out.wrapNew(scratch, 0, who.deviceHandle(), who.memberHandle(), nowMs).serverMade();
    writeDecision(array(List.of(alert)));
    journal.append(scratch, 0, out.lengthBytes());
    publishAlerts(device, List.of(alert));
    return alert;
  }

  private void note(FenceIndex index, long policyVersion, long nowMs) {
    FencesRecord record =
        new FencesRecord().wrapNew(scratch, 0, nowMs, index.version(), index.size(), policyVersion);
    journal.append(scratch, 0, FencesRecord.BYTES);
    state.applyFences(record);
  }

  /**
   * Tells what time alone has decided for a part of the devices: the end of a stay in a fence that
   * has closed, a dwell, an exit of which a silent phone says no more, all stays of one that is
   * given up. Each is a record of the server's own, so that a replay comes to the same.
   */
  void tick(int part, int parts, long nowMs) {
    if (broken) {
      return;
    }
    try {
      state.forEachDevice(part, parts, device -> decideByTime(device, false, nowMs));
    } catch (RuntimeException e) {
      stats.failed.increment();
      if (applying) {
        broken = true;
        LOG.error("shard stops: a journaled record could not be applied; restart replays it", e);
      } else {
        LOG.warn("what time decided could not be journaled, it is decided again: {}", e.toString());
      }
    }
  }

  private void decideByTime(DeviceState device, boolean starting, long nowMs) {
    if (device.presence.size() == 0 && (starting || !device.presence.mayBeEntering())) {
      return;
    }
    if (starting) {
      decideGone(device, nowMs);
    } else if (isGivenUp(device, nowMs)) {
      PresenceEngine.decideGivenUp(device.presence, decision);
      stats.givenUp.increment();
    } else {
      presence.decideByTime(index, device.presence, nowMs, decision);
    }
    if (decision.count() == 0) {
      return;
    }
    out.wrapNew(scratch, 0, device.deviceHandle, device.member.memberHandle, nowMs).serverMade();
    writeDecision(NO_ALERTS);
    journal.append(scratch, 0, out.lengthBytes());
    applying = true;
    state.applyRemoved(device, decision);
    publishTransitions(device);
    applying = false;
  }

  private boolean isGivenUp(DeviceState device, long nowMs) {
    long heardMs = TrustEngine.lastHeardMs(device.trust);
    long silentMs = nowMs - heardMs;
    if (silentMs < GivingUp.REVOKED_MS) {
      return false;
    }
    if (state.isRevoked(device.deviceHandle)) {
      return true;
    }
    return nowMs - STARTING_MS >= startedMs
        && config.givingUp().isDue(silentMs, device.member.hasNewer(device.deviceHandle, heardMs));
  }

  private void decideGone(DeviceState device, long nowMs) {
    decision.reset(FixOrder.HEARTBEAT);
    for (int i = 0; i < device.presence.size(); i++) {
      int fence = device.presence.fenceHandle(i);
      if (index.byHandle(fence) == null) {
        decision.add(fence, ChangeKind.REMOVED, false, nowMs);
      }
    }
  }

  private void writeDecided(PingRecord in, List<String> alerts) {
    copyIn(in.array(), in.offset(), in.lengthBytes());
    out.wrap(scratch, 0);
    writeDecision(alerts.isEmpty() ? NO_ALERTS : array(alerts));
  }

  private void writeDecision(byte[] alerts) {
    outDecision.wrapNew(out, decision.order().code());
    for (int i = 0; i < decision.count(); i++) {
      outDecision.change(
          decision.fenceHandle(i), decision.kind(i).code(), decision.inferred(i), decision.atMs(i));
    }
    outDecision.alerts(alerts);
    out.decided(outDecision);
  }

  private void copyIn(byte[] bytes, int offset, int length) {
    System.arraycopy(bytes, offset, scratch, 0, length);
  }

  private void publishTransitions(DeviceState device) {
    for (int i = 0; i < decision.count(); i++) {
      ChangeKind kind = decision.kind(i);
      if (kind.transition()) {
        stats.transitions.increment();
        board.publish(
            new LiveEvent.Transition(
                device.member.memberHandle,
                device.deviceHandle,
                decision.fenceHandle(i),
                kind.code(),
                decision.atMs(i),
                decision.inferred(i)));
      }
    }
  }

  private void publishAlerts(DeviceState device, List<String> alerts) {
    for (int i = 0; i < alerts.size(); i++) {
      stats.alerts.increment();
      board.publish(new LiveEvent.Alert(device.member.memberHandle, alerts.get(i)));
    }
  }

  private void count(FixOrder order) {
    stats.pings.increment();
    if (order == FixOrder.STALE) {
      stats.stale.increment();
    } else if (order == FixOrder.INACCURATE) {
      stats.inaccurate.increment();
    }
    if (stats.devices != state.devices()) {
      stats.devices = state.devices();
    }
  }

  private void fail(Submission submission, int done, RuntimeException e) {
    stats.failed.increment();
    submission.finish(Submission.Outcome.FAILED, done);
    if (applying) {
      broken = true;
      LOG.error("shard stops: a journaled record could not be applied; restart replays it", e);
    } else if (e instanceof JournalException) {
      LOG.warn("journal refused device={}: {}", submission.who().deviceHandle(), e.toString());
    } else {
      LOG.error("record of device={} failed undecided", submission.who().deviceHandle(), e);
    }
  }

  private static List<String> alerts(
      List<Finding> findings,
      DeviceState device,
      DeviceIdentity who,
      PingRecord in,
      long policyVersion) {
    List<String> alerts = new ArrayList<>(findings.size());
    for (Finding finding : findings) {
      String id =
          Evidence.alertId(in.receivedTimeMs(), device.deviceHandle, device.alerts + alerts.size());
      alerts.add(Evidence.alert(finding, id, who.deviceId(), in, null, policyVersion));
    }
    return alerts;
  }

  private static String alertId(DeviceState device, PunchRecord punch, int n) {
    return Evidence.alertId(punch.receivedTimeMs(), device.deviceHandle, device.alerts + n);
  }

  private static byte[] array(List<String> alerts) {
    return alerts.isEmpty() ? NO_ALERTS : utf8("[" + String.join(",", alerts) + "]");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
