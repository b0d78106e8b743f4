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
 */
public final class TrustEngine {
  private final TrustPolicy policy;

  public TrustEngine(TrustPolicy policy) {
    this.policy = policy;
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
    return List.of();
  }

  /**
   * Takes the facts of a journaled ping, live and at replay alike; not for a DUPLICATE.
   *
   * @param openedBits {@link Finding#bits} of the findings whose alerts were recorded with the ping
   */
  public static void applyPing(
      TrustState device,
      PhoneBook phones,
      String phoneId,
      int memberHandle,
      Fix fix,
      FixOrder order,
      long openedBits) {}

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
    return new PunchVerdict(
        PunchVerdict.Verdict.ofScore(0),
        Math.min(0, policy.sitesMax()),
        PunchVerdict.Place.NO_FIX,
        List.of(),
        List.of());
  }

  /** Takes the facts of a journaled punch, live and at replay alike. */
  public static void applyPunch(
      TrustState device, MemberTrustState member, PhoneBook phones, PunchClaim claim) {}

  /**
   * DUPLICATE_REQUEST when a punch id comes again with other content; null for an honest retry.
   *
   * @param earlierHash {@link PunchClaim#contentHash} of the first
   * @param earlierReceivedMs when the first was received
   */
  public static @Nullable Finding duplicateRequest(
      long earlierHash, long earlierReceivedMs, PunchClaim again) {
    return null;
  }
}
