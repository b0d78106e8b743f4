package io.hexbeat.api.passkey;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.PasskeyBook.NewPasskey;
import io.hexbeat.api.store.PasskeyBook.Passkey;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.wire.PunchRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.webauthn4j.Attestation;
import io.vertx.ext.auth.webauthn4j.Authenticator;
import io.vertx.ext.auth.webauthn4j.COSEAlgorithm;
import io.vertx.ext.auth.webauthn4j.CredentialStorage;
import io.vertx.ext.auth.webauthn4j.RelyingParty;
import io.vertx.ext.auth.webauthn4j.UserVerification;
import io.vertx.ext.auth.webauthn4j.WebAuthn4J;
import io.vertx.ext.auth.webauthn4j.WebAuthn4JCredentials;
import io.vertx.ext.auth.webauthn4j.WebAuthn4JOptions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ceremony by which a member enrols a passkey on their phone: options with a challenge, then
 * what the authenticator made of it, verified by Vert.x's WebAuthn. Runs on the control plane's
 * loops. Remembers one challenge a phone, for five minutes and one answer; a ceremony that is not
 * as asked for is refused with what is wrong.
 */
public final class PasskeyEnrolment {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int CHALLENGE_BYTES = 32;
  private static final long CHALLENGE_MS = 300_000;
  private static final int FLAG_USER_VERIFIED = 4;
  private static final int MAX_LABEL_CHARS = 100;
  private static final int MAX_TRANSPORTS = 8;

  /** What phones and computers make: a NIST curve, Windows' RSA, and Ed25519. */
  private static final List<COSEAlgorithm> ALGORITHMS =
      List.of(COSEAlgorithm.ES256, COSEAlgorithm.EdDSA, COSEAlgorithm.RS256);

  private final PasskeyBook book;
  private final Directory directory;
  private final String rpId;
  private final Supplier<List<String>> origins;
  private final PasskeyStats stats;
  private final LongSupplier clock;
  private final WebAuthn4J webAuthn;
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();

  private record Pending(String challenge, long untilMs) {}

  /**
   * @param origins of the pages that may use passkeys; asked each time
   * @param clock milliseconds since the epoch
   */
  public PasskeyEnrolment(
      Vertx vertx,
      PasskeyBook book,
      Directory directory,
      String rpId,
      Supplier<List<String>> origins,
      PasskeyStats stats,
      LongSupplier clock) {
    this.book = book;
    this.directory = directory;
    this.rpId = rpId;
    this.origins = origins;
    this.stats = stats;
    this.clock = clock;
    this.webAuthn =
        WebAuthn4J.create(
                vertx,
                new WebAuthn4JOptions()
                    .setRelyingParty(new RelyingParty().setId(rpId).setName("Hexbeat"))
                    .setAttestation(Attestation.NONE)
                    .setUserVerification(UserVerification.REQUIRED)
                    .setPubKeyCredParams(ALGORITHMS))
            .credentialStorage(new StoredByCaller());
  }

  /** What a ceremony made is stored by {@link #enrol}, with what only that knows. */
  private static final class StoredByCaller implements CredentialStorage {
    @Override
    public Future<List<Authenticator>> find(
        @Nullable String username, @Nullable String credentialId) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Void> storeCredential(Authenticator authenticator) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> updateCounter(Authenticator authenticator) {
      return Future.succeededFuture();
    }
  }

  /** What {@code PublicKeyCredential.parseCreationOptionsFromJSON} takes. */
  JsonObject options(DeviceIdentity who) {
    book.checkRoom(who.memberHandle());
    Member member = directory.member(who.memberHandle());
    byte[] challenge = new byte[CHALLENGE_BYTES];
    RANDOM.nextBytes(challenge);
    String text = base64(challenge);
    pending.put(who.deviceHandle(), new Pending(text, clock.getAsLong() + CHALLENGE_MS));
    JsonArray algorithms = new JsonArray();
    ALGORITHMS.forEach(
        each ->
            algorithms.add(new JsonObject().put("type", "public-key").put("alg", each.coseId())));
    JsonArray known = new JsonArray();
    book.of(who.memberHandle())
        .forEach(
            each ->
                known.add(
                    new JsonObject()
                        .put("type", "public-key")
                        .put("id", each.key().credentialId())
                        .put("transports", new JsonArray(each.key().transports()))));
    return new JsonObject()
        .put("rp", new JsonObject().put("id", rpId).put("name", "Hexbeat"))
        .put(
            "user",
            new JsonObject()
                .put("id", base64(UserHandle.of(rpId, who.memberHandle())))
                .put("name", who.memberId())
                .put("displayName", member == null ? who.memberId() : member.name()))
        .put("challenge", text)
        .put("pubKeyCredParams", algorithms)
        .put("timeout", CHALLENGE_MS)
        .put("excludeCredentials", known)
        .put(
            "authenticatorSelection",
            new JsonObject()
                .put("residentKey", "preferred")
                .put("requireResidentKey", false)
                .put("userVerification", "required"))
        .put("attestation", "none");
  }

  /**
   * Verifies what the authenticator made and enrols it.
   *
   * @param body {@code credential} as {@code PublicKeyCredential.toJSON} gives it, and a label
   */
  Future<Passkey> enrol(DeviceIdentity who, Actor actor, JsonObject body) {
    Pending asked = pending.remove(who.deviceHandle());
    if (asked == null || asked.untilMs() < clock.getAsLong()) {
      return refused("There is no challenge for this phone any more; ask for options again.");
    }
    JsonObject credential;
    WebAuthn4JCredentials ceremony;
    List<String> transports;
    String label;
    try {
      label = label(body);
      credential = credential(body);
      JsonObject response = credential.getJsonObject("response");
      transports = transports(response);
      ceremony =
          new WebAuthn4JCredentials()
              .setUsername(who.memberId())
              .setDomain(rpId)
              .setChallenge(asked.challenge())
              .setOrigin(allowedOrigin(response))
              .setWebauthn(credential);
    } catch (ClassCastException
        | NullPointerException
        | DecodeException
        | IllegalArgumentException e) {
      return refused("It is no credential as PublicKeyCredential.toJSON() gives it.");
    } catch (Refusal e) {
      stats.refused.increment();
      return Future.failedFuture(e);
    }
    return webAuthn
        .authenticate(ceremony)
        .map(user -> new Authenticator(user.principal()))
        .recover(failure -> refused("It could not be verified: " + failure.getMessage()))
        .compose(made -> store(who, actor, made, transports, label));
  }

  private Future<Passkey> store(
      DeviceIdentity who,
      Actor actor,
      Authenticator made,
      List<String> transports,
      @Nullable String label) {
    if ((made.getFlags() & FLAG_USER_VERIFIED) == 0) {
      return refused("The phone did not ask who holds it: user verification is required.");
    }
    if (made.getCredID().length() > PunchRecord.MAX_CREDENTIAL_ID_BYTES) {
      return refused("Its id is longer than can be kept.");
    }
    NewPasskey key =
        new NewPasskey(
            made.getCredID(),
            Buffer.buffer(Base64.getUrlDecoder().decode(made.getPublicKey())),
            made.getCounter(),
            made.getFlags() & 0xFF,
            made.getAaguid(),
            transports,
            label);
    return book.enrol(actor, who.memberHandle(), who.deviceHandle(), key)
        .onSuccess(enrolled -> stats.enrolled.increment())
        .onFailure(failure -> stats.refused.increment());
  }

  private <T> Future<T> refused(String reason) {
    stats.refused.increment();
    return Future.failedFuture(Refusal.invalid("/credential", reason));
  }

  private static @Nullable String label(JsonObject body) {
    String label = body.getString("label");
    if (label != null && (label.isBlank() || label.length() > MAX_LABEL_CHARS)) {
      throw Refusal.invalid("/label", "must be 1 to " + MAX_LABEL_CHARS + " characters");
    }
    return label == null ? null : label.replace('\0', '\uFFFD');
  }

  /** The library takes its parts for granted. */
  private static JsonObject credential(JsonObject body) {
    JsonObject credential = body.getJsonObject("credential").copy();
    if (!(credential.getValue("clientExtensionResults") instanceof JsonObject)) {
      credential.put("clientExtensionResults", new JsonObject());
    }
    JsonObject response = credential.getJsonObject("response");
    if (!(response.getValue("transports") instanceof JsonArray)) {
      response.put("transports", new JsonArray());
    }
    return credential;
  }

  private static List<String> transports(JsonObject response) {
    List<String> transports = new ArrayList<>();
    for (Object each : response.getJsonArray("transports")) {
      String transport = (String) each;
      if (transports.size() < MAX_TRANSPORTS && transport.matches("[a-z-]{1,20}")) {
        transports.add(transport);
      }
    }
    return transports;
  }

  private String allowedOrigin(JsonObject response) {
    byte[] clientData = Base64.getUrlDecoder().decode(response.getString("clientDataJSON"));
    String origin = new JsonObject(Buffer.buffer(clientData)).getString("origin");
    if (!origins.get().contains(origin)) {
      throw Refusal.invalid("/credential", "It was made for a page of another origin.");
    }
    return origin;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
