package io.hexbeat.ingest.door;

import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.wire.PingRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A phone's half of a signature: HS256 by a secret, or EdDSA by the key pair of RFC 8037. */
final class Signer {
  static final byte[] SECRET = "a secret of some 32 bytes or more".getBytes(StandardCharsets.UTF_8);
  static final String X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  private static final String D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

  private final byte @Nullable [] secret;

  private Signer(byte @Nullable [] secret) {
    this.secret = secret;
  }

  static Signer hs256() {
    return hs256(SECRET);
  }

  static Signer hs256(byte[] secret) {
    return new Signer(secret);
  }

  static Signer ed25519() {
    return new Signer(null);
  }

  SigningKey key(int number, boolean required) {
    return secret == null
        ? SigningKey.ed25519(number, required, Base64.getUrlDecoder().decode(X))
        : SigningKey.hs256(number, required, secret);
  }

  /** What a phone sends in place of the payload. */
  String item(String payload) {
    return "{\"jws\":\"" + jws(payload) + "\"}";
  }

  String jws(String payload) {
    return jws("{\"alg\":\"" + (secret == null ? "EdDSA" : "HS256") + "\"}", payload);
  }

  String jws(String header, String payload) {
    String input = base64(utf8(header)) + "." + base64(utf8(payload));
    return input + "." + base64(sign(utf8(input)));
  }

  /** The client's record with counter and signature; what the server writes counts as zero. */
  byte[] record(byte[] unsigned, long counter) {
    int signatureBytes = secret == null ? 64 : 32;
    byte[] record = Arrays.copyOf(unsigned, unsigned.length + 8 + signatureBytes);
    ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(2, (short) (record[2] | 16))
        .putInt(4, record.length)
        .putLong(unsigned.length, counter);
    byte[] signed = Arrays.copyOf(record, unsigned.length + 8);
    Arrays.fill(signed, 8, 24, (byte) 0);
    signed[55] = 0;
    System.arraycopy(sign(signed), 0, record, signed.length, signatureBytes);
    return record;
  }

  byte[] ping(int number, long fixTimeMs, long counter) {
    return record(RawGateway.ping(number, fixTimeMs), counter);
  }

  static byte[] heartbeat(long fixTimeMs) {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    new PingRecord().wrapNew(bytes, 0, 0, 0, 0).fixTimeMs(fixTimeMs);
    return bytes;
  }

  private byte[] sign(byte[] bytes) {
    try {
      if (secret != null) {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return mac.doFinal(bytes);
      }
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(
                  new EdECPrivateKeySpec(
                      NamedParameterSpec.ED25519, Base64.getUrlDecoder().decode(D))));
      signer.update(bytes);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
