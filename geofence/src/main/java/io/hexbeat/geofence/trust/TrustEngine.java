package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.FixOrder;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds reasons to doubt pings and punches. One instance serves any number of threads, since it
 * holds limits only; a state may only be touched by its owner. A ping that finds nothing allocates
 * nothing. Never fails on input: what is unknown raises nothing.
 *
 * <p>Law: {@code decide} changes nothing; {@code apply} asks no policy. So applying recorded
 * records in their order gives the state that the live line had.
 */
public final class TrustEngine {
  private final TrustPolicy policy;
  private final PingSignals pings;
  private final PunchSignals punches;
  private final PasskeySignals passkeys;

  /** Asks nobody for a passkey. */
  public TrustEngine(TrustPolicy policy) {
    this(policy, PasskeyPolicy.DEFAULT);
  }

  public TrustEngine(TrustPolicy policy, PasskeyPolicy passkeyPolicy) {
    this.policy = policy;
    this.passkeys = new PasskeySignals(passkeyPolicy);
    this.pings = new PingSignals(policy);
    this.punches = new PunchSignals(policy, passkeys);
  }

  /** By which it decides. */
  public TrustPolicy policy() {
    return policy;
  }

  /**
   * Findings of a ping that open an alert each, now. Empty for most pings, for a DUPLICATE, and
   * while an episode of the same kind goes on.
   *
   * @param phoneId the phone id claimed in the body, else the enrolled device's id
   * @param order as presence decided
   */
  public List<Finding> decidePing(
      TrustState device,
      PhoneBook phones,
      String phoneId,
      int memberHandle,
      Fix fix,
      FixOrder order) {
    if (order == FixOrder.DUPLICATE) {
      return List.of();
    }
    return pings.find(device, phones, phoneId, memberHandle, fix, order);
  }

  /**
   * Whether exactly this signed ping is known already, by its counter and all that it tells: a
   * repetition by a phone that got no answer, also of a heartbeat or of one from long ago. Of an
   * unsigned one never.
   */
  public static boolean repeats(TrustState device, Fix fix) {
    return fix.counter() >= 0 && device.signedPings.knows(fix);
  }

  /**
   * Takes the facts of a journaled ping, live and at replay alike; a DUPLICATE changes nothing.
   *
   * @param openedBits {@link Finding#bits} of the findings whose alerts were recorded with the
   *     ping; at replay the {@link TrustSignal#bit} of each recorded alert's kind
   */
  public static void applyPing(
      TrustState device,
      PhoneBook phones,
      String phoneId,
      int memberHandle,
      Fix fix,
      FixOrder order,
      long openedBits) {
    if (order == FixOrder.DUPLICATE) {
      return;
    }
    long atMs = fix.fixTimeMs();
    long receivedMs = fix.receivedTimeMs();
    device.notePhone(phoneId);
    device.episodes.noteOpened(openedBits, receivedMs);
    if (fix.hasPosition() && fix.mock()) {
      device.episodes.noteSeen(TrustSignal.MOCK_FLAG, receivedMs);
    }
    switch (order) {
      case APPLIED -> applyPosition(device, fix, openedBits);
      case HEARTBEAT, INACCURATE -> device.duty.noteSign(fix);
      case STALE -> device.duty.noteEarlier(fix);
      case FUTURE, DUPLICATE -> {}
    }
    if (order == FixOrder.FUTURE) {
      device.episodes.noteSeen(TrustSignal.CLOCK_SKEW, receivedMs);
    } else {
      applyClock(device, atMs, receivedMs, fix.uptimeMs());
      device.clock.pings().note(fix.seq(), atMs);
    }
    device.signedPings.note(fix);
    device.rhythm.note(receivedMs);
    device.online.note(atMs, receivedMs);
    phones.note(phoneId, memberHandle, Math.min(atMs, receivedMs));
  }

  /** When the device was last heard of, by the server's clock; 0 if never. */
  public static long lastHeardMs(TrustState device) {
    return device.rhythm.lastReceivedMs();
  }

  /**
   * What to say to a punch; the device's fresh findings from pings are among the reasons with their
   * age.
   *
   * @param zone the member's
   */
  public PunchVerdict decidePunch(
      FenceIndex index,
      TrustState device,
      MemberTrustState member,
      PhoneBook phones,
      ZoneId zone,
      PunchClaim claim) {
    return punches.judge(index, device, member, phones, zone, claim);
  }

  /**
   * What a punch's passkey assertion says, by itself: USER_VERIFIED or PASSKEY_INVALID, or null if
   * it carries none. For a proof that follows its punch.
   */
  public @Nullable Finding decidePasskey(MemberTrustState member, PunchClaim claim) {
    Finding found = passkeys.judge(member, claim);
    return found == null ? null : policy.weighed(found);
  }

  /**
   * The verdict on a punch whose proof came after it.
   *
   * @param reasons those of its first verdict
   * @param proof what {@link #decidePasskey} found of the second
   */
  public PunchVerdict proven(List<Finding> reasons, Finding proof, PunchVerdict.Place place) {
    return PunchVerdict.of(
        PasskeySignals.proven(reasons, proof), place, List.of(), policy.version());
  }

  /** Takes the counter of a journaled proof, live and at replay alike. */
  public static void applyPasskey(MemberTrustState member, PunchClaim claim) {
    PasskeyProof proof = claim.passkey();
    if (proof != null) {
      member.notePasskey(proof);
    }
  }

  /** Takes the facts of a journaled punch, live and at replay alike. */
  public static void applyPunch(
      TrustState device, MemberTrustState member, PhoneBook phones, PunchClaim claim) {
    device.notePhone(claim.phoneId());
    long aheadMs = claim.atMs() - claim.receivedTimeMs();
    boolean live = Math.abs(aheadMs) <= ClockFacts.LIVE_OFFSET_MS;
    if (claim.hasPosition() && live) {
      device.track.notePunch(
          claim.positionTimeMs(), claim.latE7(), claim.lngE7(), claim.accuracyCm());
      device.hops.note(
          claim.positionTimeMs(), claim.latE7(), claim.lngE7(), device.cosine.at(claim.latE7()));
    }
    if (aheadMs <= ClockFacts.LIVE_OFFSET_MS) {
      applyClock(device, claim.atMs(), claim.receivedTimeMs(), claim.uptimeMs());
      device.clock.punches().note(claim.seq(), claim.atMs());
      device.notePunch(claim.punchId(), claim.atMs());
    }
    device.signedPunches.count(claim.signingKey(), claim.counter(), claim.atMs());
    device.rhythm.notePunch();
    device.claimedSites.note(claim);
    device.visits.note(claim);
    device.wifi.note(claim);
    member.note(claim);
    device.duty.noteDuty(member);
    applyPasskey(member, claim);
    phones.note(claim.phoneId(), claim.memberHandle(), claim.useMs());
  }

  /**
   * DUPLICATE_REQUEST when a punch id comes again with other content; null for an honest retry.
   *
   * @param earlierHash {@link PunchClaim#contentHash} of the first
   * @param earlierReceivedMs when the first was received
   */
  public @Nullable Finding duplicateRequest(
      long earlierHash, long earlierReceivedMs, PunchClaim again) {
    if (again.contentHash() == earlierHash) {
      return null;
    }
    Finding finding =
        Finding.of(TrustSignal.DUPLICATE_REQUEST)
            .with("punch", again.punchId())
            .time("earlier_received_time", earlierReceivedMs)
            .time("received_time", again.receivedTimeMs())
            .with("kind", again.kind().text())
            .time("at", again.atMs())
            .build();
    return policy.weighed(finding);
  }

  private static void applyPosition(TrustState device, Fix fix, long openedBits) {
    device.track.noteFix(fix.fixTimeMs(), fix.latE7(), fix.lngE7(), fix.accuracyCm());
    double cosine = device.cosine.at(fix.latE7());
    device.frozen.note(fix, cosine);
    device.visits.note(fix);
    device.hops.note(fix.fixTimeMs(), fix.latE7(), fix.lngE7(), cosine);
    device.stay.note(fix, cosine);
    device.drive.note(fix, cosine);
    device.duty.notePosition(fix);
    if ((openedBits & TrustSignal.FROZEN.bit()) != 0) {
      device.frozen.noteTold();
    }
    if (device.frozen.told()) {
      device.episodes.noteSeen(TrustSignal.FROZEN, fix.receivedTimeMs());
    }
  }

  private static void applyClock(TrustState device, long atMs, long receivedMs, long uptimeMs) {
    device.clock.noteUptime(atMs, uptimeMs);
    device.clock.noteOffset(receivedMs, atMs - receivedMs);
  }
}
