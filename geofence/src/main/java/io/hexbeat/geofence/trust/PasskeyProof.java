package io.hexbeat.geofence.trust;

import java.util.Locale;

/**
 * What a door found out about the passkey assertion of a punch. Immutable; any thread. It is
 * journaled with the punch, so that nothing is verified a second time.
 *
 * @param outcome of the verification
 * @param credentialId of the passkey that the phone named, base64url; empty if it can't be read
 * @param userVerified the authenticator says that it knows its user: by finger, face or PIN
 * @param backedUp the passkey is synchronised, so that more than one phone may have it
 * @param counter signatures made so far; 0 of authenticators that don't count
 * @param enrolledCounter what it had counted to when it was enrolled
 */
public record PasskeyProof(
    Outcome outcome,
    String credentialId,
    boolean userVerified,
    boolean backedUp,
    long counter,
    long enrolledCounter) {

  /** Whether the assertion is one of the member over this punch. Codes are journaled. */
  public enum Outcome {
    /** Nobody has looked yet; never journaled by a door that works. */
    UNSEEN(0),
    VERIFIED(1),
    /** No such passkey of this member, or it was revoked. */
    UNKNOWN_CREDENTIAL(2),
    /** Over something else: another punch, or this one changed on its way. */
    WRONG_CHALLENGE(3),
    /** Made for a page of somebody else. */
    WRONG_ORIGIN(4),
    /** Made for another relying party. */
    WRONG_RP(5),
    /** The authenticator did not ask who holds it. */
    USER_NOT_VERIFIED(6),
    WRONG_SIGNATURE(7),
    /** No assertion at all, or one that is too long. */
    MALFORMED(8),
    /** The user handle is another member's. */
    WRONG_USER(9);

    private static final Outcome[] BY_CODE = values();

    private final byte code;

    Outcome(int code) {
      this.code = (byte) code;
    }

    public byte code() {
      return code;
    }

    /** Lower case, as in figures and metrics. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The outcome of a code.
     *
     * @throws IllegalArgumentException if no version so far has written that code
     */
    public static Outcome of(int code) {
      if (code < 0 || code >= BY_CODE.length) {
        throw new IllegalArgumentException("passkey outcome=" + code + " is unknown");
      }
      return BY_CODE[code];
    }
  }

  /** One that proves nothing. */
  public static PasskeyProof failed(Outcome outcome, String credentialId) {
    return new PasskeyProof(outcome, credentialId, false, false, 0, 0);
  }
}
