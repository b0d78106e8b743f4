package io.hexbeat.ingest.door;

import io.hexbeat.geofence.trust.PasskeyProof;
import java.util.List;

/** The passkeys of members, as the doors need them. Any thread. */
public interface Passkeys {
  /** For whom passkeys are made: a domain. */
  String rpId();

  /** Those that hold, base64url; answers at once. */
  List<String> credentialIds(int memberHandle);

  /**
   * Whether the assertion is one of the member over the challenge. May take some milliseconds;
   * never fails, since whatever is wrong is an outcome.
   *
   * @param challenge the SHA-256 of {@link PunchChallenge}
   */
  PasskeyProof verify(int memberHandle, byte[] challenge, PasskeyAssertion assertion);
}
