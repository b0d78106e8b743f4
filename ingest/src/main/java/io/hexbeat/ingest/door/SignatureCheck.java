package io.hexbeat.ingest.door;

import io.hexbeat.ingest.SigningKey;

/**
 * A signature that takes too long for a loop, and what it is to be compared with. Made by a door's
 * loop, run by one thread of {@link SignatureChecks}, then read by the loop again; has copies of
 * all it needs, so that the door's buffers may change.
 */
final class SignatureCheck implements LateCheck {
  private final SigningKey key;
  private final byte[] signed;
  private final byte[] signature;
  private final byte[] raw;
  private final int index;
  private boolean right;

  /**
   * @param signed what the signature is over
   * @param raw the record as it was sent, for quarantine
   * @param index of the record in its batch
   */
  SignatureCheck(SigningKey key, byte[] signed, byte[] signature, byte[] raw, int index) {
    this.key = key;
    this.signed = signed;
    this.signature = signature;
    this.raw = raw;
    this.index = index;
  }

  @Override
  public void run() {
    right = key.verifies(signed, 0, signed.length, signature);
  }

  boolean right() {
    return right;
  }

  byte[] raw() {
    return raw;
  }

  int index() {
    return index;
  }
}
