package io.hexbeat.ingest.door;

import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.ingest.wire.PunchRecord;

/**
 * A punch's passkey assertion on its way to be verified. See {@link LateCheck} for its threads. One
 * that was never run, or failed, is an assertion that nobody has seen: it proves nothing.
 */
final class PasskeyCheck implements LateCheck {
  private final Passkeys passkeys;
  private final int memberHandle;
  private final byte[] challenge;
  private final PasskeyAssertion assertion;
  private PasskeyProof proof;

  PasskeyCheck(Passkeys passkeys, int memberHandle, byte[] challenge, PasskeyAssertion assertion) {
    this.passkeys = passkeys;
    this.memberHandle = memberHandle;
    this.challenge = challenge;
    this.assertion = assertion;
    this.proof = PasskeyProof.failed(Outcome.UNSEEN, assertion.credentialId());
  }

  @Override
  public void run() {
    proof = passkeys.verify(memberHandle, challenge, assertion);
  }

  /** Writes what was found out into the record of the punch. */
  void tell(byte[] bytes, int offset) {
    new PunchRecord().wrap(bytes, offset).proven(proof);
  }
}
