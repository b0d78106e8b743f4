package io.hexbeat.ingest.door;

import org.jspecify.annotations.Nullable;

/**
 * A WebAuthn assertion as a phone sends it, decoded. Not verified; its arrays are not copied and
 * must not be changed, so that any thread may read it.
 */
public final class PasskeyAssertion {
  private final String credentialId;
  private final byte[] clientDataJson;
  private final byte[] authenticatorData;
  private final byte[] signature;
  private final byte @Nullable [] userHandle;

  /**
   * @param credentialId base64url without padding
   * @param userHandle as it was given at enrolment, or null if the authenticator does not tell it
   */
  public PasskeyAssertion(
      String credentialId,
      byte[] clientDataJson,
      byte[] authenticatorData,
      byte[] signature,
      byte @Nullable [] userHandle) {
    this.credentialId = credentialId;
    this.clientDataJson = clientDataJson;
    this.authenticatorData = authenticatorData;
    this.signature = signature;
    this.userHandle = userHandle;
  }

  public String credentialId() {
    return credentialId;
  }

  public byte[] clientDataJson() {
    return clientDataJson;
  }

  public byte[] authenticatorData() {
    return authenticatorData;
  }

  public byte[] signature() {
    return signature;
  }

  public byte @Nullable [] userHandle() {
    return userHandle;
  }
}
