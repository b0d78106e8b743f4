package io.hexbeat.ingest.door;

import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.ingest.wire.PunchRecord;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The {@code passkey} of a punch: an object of base64url texts. One per loop, reused; allocates the
 * decoded parts. What is not one, or too long, is remembered as malformed, for the punch counts
 * without it.
 */
final class PasskeyField {
  /** Client data names an origin and a challenge; extensions make authenticator data longer. */
  private static final int MAX_PART_BYTES = 4_096;

  private static final int MAX_USER_HANDLE_BYTES = 64;

  private boolean there;
  private boolean malformed;
  private String credentialId = "";
  private byte @Nullable [] clientData;
  private byte @Nullable [] authenticatorData;
  private byte @Nullable [] signature;
  private byte @Nullable [] userHandle;

  void clear() {
    there = false;
    malformed = false;
    credentialId = "";
    clientData = null;
    authenticatorData = null;
    signature = null;
    userHandle = null;
  }

  boolean isThere() {
    return there;
  }

  void read(JsonReader json) throws BrokenJsonException {
    clear();
    there = true;
    if (!json.beginObject()) {
      json.skip();
      malformed = true;
      return;
    }
    while (json.nextField()) {
      readPart(json, json.name().toString());
    }
  }

  private void readPart(JsonReader json, String name) throws BrokenJsonException {
    switch (name) {
      case "credential_id" -> {
        byte[] id = part(json, PunchRecord.MAX_CREDENTIAL_ID_BYTES * 3 / 4);
        credentialId = id == null ? "" : Base64.getUrlEncoder().withoutPadding().encodeToString(id);
      }
      case "client_data_json" -> clientData = part(json, MAX_PART_BYTES);
      case "authenticator_data" -> authenticatorData = part(json, MAX_PART_BYTES);
      case "signature" -> signature = part(json, MAX_PART_BYTES);
      case "user_handle" -> {
        if (!json.takeNull()) {
          userHandle = part(json, MAX_USER_HANDLE_BYTES);
        }
      }
      default -> json.skip();
    }
  }

  private byte @Nullable [] part(JsonReader json, int maxBytes) throws BrokenJsonException {
    if (!json.isText()) {
      json.skip();
      malformed = true;
      return null;
    }
    TextSlice text = json.text();
    if (text.to() - text.from() > (maxBytes + 2) / 3 * 4) {
      malformed = true;
      return null;
    }
    try {
      return Base64.getUrlDecoder().decode(text.toString());
    } catch (IllegalArgumentException e) {
      malformed = true;
      return null;
    }
  }

  /** The assertion, or null if it is none. */
  @Nullable PasskeyAssertion assertion() {
    byte[] client = clientData;
    byte[] authenticator = authenticatorData;
    byte[] signed = signature;
    if (malformed
        || credentialId.isEmpty()
        || client == null
        || authenticator == null
        || signed == null) {
      return null;
    }
    return new PasskeyAssertion(credentialId, client, authenticator, signed, userHandle);
  }

  /** What is known of it before anybody has verified it. */
  PasskeyProof unproven() {
    Outcome outcome = assertion() == null ? Outcome.MALFORMED : Outcome.UNSEEN;
    return PasskeyProof.failed(outcome, credentialId);
  }
}
