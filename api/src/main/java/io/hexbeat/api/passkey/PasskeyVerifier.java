package io.hexbeat.api.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.BadChallengeException;
import com.webauthn4j.verifier.exception.BadOriginException;
import com.webauthn4j.verifier.exception.BadRpIdException;
import com.webauthn4j.verifier.exception.BadSignatureException;
import com.webauthn4j.verifier.exception.CrossOriginException;
import com.webauthn4j.verifier.exception.UserNotPresentException;
import com.webauthn4j.verifier.exception.UserNotVerifiedException;
import com.webauthn4j.verifier.exception.VerificationException;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.PasskeyBook.Passkey;
import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.ingest.door.PasskeyAssertion;
import io.hexbeat.ingest.door.Passkeys;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies assertions against the passkeys that hold, by webauthn4j. Any thread; costs a signature
 * of elliptic curves, half a millisecond. The counter is not judged here but by the member's shard,
 * in the order of their punches. Whatever is wrong is an outcome; what nobody thought of is logged
 * and counts as malformed.
 */
public final class PasskeyVerifier implements Passkeys {
  private static final Logger LOG = LoggerFactory.getLogger(PasskeyVerifier.class);

  private final PasskeyBook book;
  private final String rpId;
  private final Supplier<List<String>> origins;
  private final PasskeyStats stats;
  private final ObjectConverter converter = new ObjectConverter();
  private final WebAuthnManager webAuthn =
      WebAuthnManager.createNonStrictWebAuthnManager(converter);

  /**
   * @param origins of the pages that may use passkeys; asked each time
   */
  public PasskeyVerifier(
      PasskeyBook book, String rpId, Supplier<List<String>> origins, PasskeyStats stats) {
    this.book = book;
    this.rpId = rpId;
    this.origins = origins;
    this.stats = stats;
  }

  @Override
  public String rpId() {
    return rpId;
  }

  @Override
  public List<String> credentialIds(int memberHandle) {
    return book.of(memberHandle).stream().map(passkey -> passkey.key().credentialId()).toList();
  }

  @Override
  public PasskeyProof verify(int memberHandle, byte[] challenge, PasskeyAssertion assertion) {
    PasskeyProof proof = look(memberHandle, challenge, assertion);
    stats.add(proof.outcome());
    return proof;
  }

  private PasskeyProof look(int memberHandle, byte[] challenge, PasskeyAssertion assertion) {
    String credentialId = assertion.credentialId();
    Passkey passkey = book.byCredentialId(credentialId);
    if (passkey == null || passkey.memberHandle() != memberHandle) {
      return PasskeyProof.failed(Outcome.UNKNOWN_CREDENTIAL, credentialId);
    }
    byte[] userHandle = assertion.userHandle();
    if (userHandle != null && !Arrays.equals(userHandle, UserHandle.of(rpId, memberHandle))) {
      return PasskeyProof.failed(Outcome.WRONG_USER, credentialId);
    }
    try {
      AuthenticationData seen = webAuthn.verify(request(assertion), expected(challenge, passkey));
      var data = seen.getAuthenticatorData();
      return new PasskeyProof(
          Outcome.VERIFIED,
          credentialId,
          data.isFlagUV(),
          data.isFlagBS(),
          data.getSignCount(),
          passkey.key().counter());
    } catch (VerificationException e) {
      return PasskeyProof.failed(outcome(e), credentialId);
    } catch (DataConversionException | IllegalArgumentException e) {
      return PasskeyProof.failed(Outcome.MALFORMED, credentialId);
    } catch (RuntimeException e) {
      LOG.warn("an assertion could not be verified: {}", e.toString());
      return PasskeyProof.failed(Outcome.MALFORMED, credentialId);
    }
  }

  private static AuthenticationRequest request(PasskeyAssertion assertion) {
    return new AuthenticationRequest(
        Base64.getUrlDecoder().decode(assertion.credentialId()),
        assertion.userHandle(),
        assertion.authenticatorData(),
        assertion.clientDataJson(),
        assertion.signature());
  }

  private AuthenticationParameters expected(byte[] challenge, Passkey passkey) {
    Set<Origin> allowed =
        origins.get().stream().map(Origin::create).collect(Collectors.toUnmodifiableSet());
    ServerProperty server = new ServerProperty(allowed, rpId, new DefaultChallenge(challenge));
    return new AuthenticationParameters(server, record(passkey), null, true, true);
  }

  /** Without a counter: the shard knows it. */
  private CredentialRecord record(Passkey passkey) {
    PasskeyBook.NewPasskey key = passkey.key();
    COSEKey publicKey =
        converter.getCborConverter().readValue(key.publicKey().getBytes(), COSEKey.class);
    byte[] id = Base64.getUrlDecoder().decode(key.credentialId());
    return new CredentialRecordImpl(
        new NoneAttestationStatement(),
        true,
        passkey.mayBeBackedUp(),
        null,
        0,
        new AttestedCredentialData(AAGUID.ZERO, id, publicKey),
        null,
        null,
        null,
        null);
  }

  private static Outcome outcome(VerificationException e) {
    if (e instanceof BadChallengeException) {
      return Outcome.WRONG_CHALLENGE;
    }
    if (e instanceof BadOriginException || e instanceof CrossOriginException) {
      return Outcome.WRONG_ORIGIN;
    }
    if (e instanceof BadRpIdException) {
      return Outcome.WRONG_RP;
    }
    if (e instanceof UserNotVerifiedException || e instanceof UserNotPresentException) {
      return Outcome.USER_NOT_VERIFIED;
    }
    return e instanceof BadSignatureException ? Outcome.WRONG_SIGNATURE : Outcome.MALFORMED;
  }
}
