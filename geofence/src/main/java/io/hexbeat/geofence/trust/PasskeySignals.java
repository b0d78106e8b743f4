package io.hexbeat.geofence.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a punch's passkey assertion says about who punches. Immutable; any thread. The door has
 * verified it; here its counter is held against those before it, in the order of the member's
 * records.
 */
final class PasskeySignals {
  private final PasskeyPolicy policy;

  PasskeySignals(PasskeyPolicy policy) {
    this.policy = policy;
  }

  /** USER_VERIFIED, PASSKEY_INVALID, or null if the punch carries no assertion. */
  @Nullable Finding judge(MemberTrustState member, PunchClaim claim) {
    PasskeyProof proof = claim.passkey();
    if (proof == null) {
      return null;
    }
    if (proof.outcome() != PasskeyProof.Outcome.VERIFIED) {
      return Finding.of(TrustSignal.PASSKEY_INVALID)
          .with("problem", proof.outcome().text())
          .with("credential_id", proof.credentialId())
          .build();
    }
    long before = Math.max(proof.enrolledCounter(), member.passkeyCounter(proof.credentialId()));
    if ((proof.counter() > 0 || before > 0) && proof.counter() <= before) {
      return Finding.of(TrustSignal.PASSKEY_INVALID)
          .with("problem", "counter")
          .with("credential_id", proof.credentialId())
          .with("counter", proof.counter())
          .with("earlier_counter", before)
          .build();
    }
    return Finding.of(TrustSignal.USER_VERIFIED)
        .with("credential_id", proof.credentialId())
        .with("user_verified", proof.userVerified())
        .with("backed_up", proof.backedUp())
        .with("counter", proof.counter())
        .build();
  }

  /** That a proof is missing, if policy asks for one and there is none among the reasons. */
  @Nullable Finding missing(List<Finding> reasons) {
    boolean proven =
        reasons.stream().anyMatch(reason -> reason.signal() == TrustSignal.USER_VERIFIED);
    return proven || !policy.asksAt(Finding.score(reasons))
        ? null
        : Finding.of(TrustSignal.USER_VERIFICATION_MISSING)
            .with("within_ms", policy.stepUpMs())
            .build();
  }

  /** The reasons of a punch whose proof came after it. */
  static List<Finding> proven(List<Finding> reasons, Finding proof) {
    List<Finding> proven = new ArrayList<>(reasons);
    proven.removeIf(
        reason ->
            reason.signal() == TrustSignal.USER_VERIFICATION_MISSING
                || reason.signal() == TrustSignal.PASSKEY_INVALID);
    proven.add(proof);
    proven.sort(Comparator.comparingInt(Finding::weight).reversed());
    return proven;
  }
}
