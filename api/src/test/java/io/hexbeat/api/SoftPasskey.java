package io.hexbeat.api;

import io.hexbeat.ingest.door.PunchChallenge;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * An authenticator and a browser in one, honest unless told otherwise: it makes a passkey (ES256,
 * no attestation) and signs with it.
 */
final class SoftPasskey {
  static final int USER_PRESENT = 1;
  static final int USER_VERIFIED = 4;
  private static final int ATTESTED = 64;
  private static final int COORDINATE_BYTES = 32;

  final byte[] id = new byte[32];
  private final KeyPair keys;
  private final String rpId;
  private final String origin;

  SoftPasskey(String rpId, String origin) throws GeneralSecurityException {
    new SecureRandom().nextBytes(id);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    this.keys = generator.generateKeyPair();
    this.rpId = rpId;
    this.origin = origin;
  }

  private SoftPasskey(SoftPasskey same, String rpId, String origin) {
    System.arraycopy(same.id, 0, id, 0, id.length);
    this.keys = same.keys;
    this.rpId = rpId;
    this.origin = origin;
  }

  /** The same key used for another party or page. */
  SoftPasskey elsewhere(String otherRpId, String otherOrigin) {
    return new SoftPasskey(this, otherRpId, otherOrigin);
  }

  String credentialId() {
    return text(id);
  }

  /** What {@code PublicKeyCredential.toJSON()} gives of a new passkey. */
  JsonObject make(String challenge, int flags) throws GeneralSecurityException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(head(flags | ATTESTED, 0));
    data.writeBytes(new byte[16]);
    data.write(0);
    data.write(id.length);
    data.writeBytes(id);
    data.writeBytes(coseKey());
    return new JsonObject()
        .put("id", credentialId())
        .put("rawId", credentialId())
        .put("type", "public-key")
        .put("clientExtensionResults", new JsonObject())
        .put(
            "response",
            new JsonObject()
                .put("clientDataJSON", text(clientData("webauthn.create", challenge)))
                .put("attestationObject", text(attestation(data.toByteArray()))));
  }

  /** The {@code passkey} of a punch. */
  JsonObject prove(PunchChallenge punch, int flags, int counter) throws GeneralSecurityException {
    byte[] clientData = clientData("webauthn.get", punch.base64());
    byte[] authenticatorData = head(flags, counter);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(authenticatorData);
    signature.update(sha256(clientData));
    return new JsonObject()
        .put("credential_id", credentialId())
        .put("client_data_json", text(clientData))
        .put("authenticator_data", text(authenticatorData))
        .put("signature", text(signature.sign()));
  }

  private byte[] head(int flags, int counter) throws GeneralSecurityException {
    return ByteBuffer.allocate(37)
        .put(sha256(rpId.getBytes(StandardCharsets.UTF_8)))
        .put((byte) flags)
        .putInt(counter)
        .array();
  }

  private byte[] clientData(String type, String challenge) {
    return new JsonObject()
        .put("type", type)
        .put("challenge", challenge)
        .put("origin", origin)
        .put("crossOrigin", false)
        .encode()
        .getBytes(StandardCharsets.UTF_8);
  }

  /** CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
  private byte[] coseKey() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.writeBytes(new byte[] {(byte) 0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32});
    cbor.writeBytes(unsigned(key.getW().getAffineX().toByteArray()));
    cbor.writeBytes(new byte[] {0x22, 0x58, 32});
    cbor.writeBytes(unsigned(key.getW().getAffineY().toByteArray()));
    return cbor.toByteArray();
  }

  /** CBOR: {"fmt": "none", "attStmt": {}, "authData": …}. */
  private static byte[] attestation(byte[] data) {
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.write(0xA3);
    cborText(cbor, "fmt");
    cborText(cbor, "none");
    cborText(cbor, "attStmt");
    cbor.write(0xA0);
    cborText(cbor, "authData");
    cbor.write(0x58);
    cbor.write(data.length);
    cbor.writeBytes(data);
    return cbor.toByteArray();
  }

  private static void cborText(ByteArrayOutputStream cbor, String text) {
    cbor.write(0x60 + text.length());
    cbor.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] unsigned(byte[] number) {
    byte[] bytes = new byte[COORDINATE_BYTES];
    int length = Math.min(number.length, COORDINATE_BYTES);
    System.arraycopy(number, number.length - length, bytes, COORDINATE_BYTES - length, length);
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
