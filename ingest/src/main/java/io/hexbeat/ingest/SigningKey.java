package io.hexbeat.ingest;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * By what one device's records are verified. Immutable; any thread. A verification allocates what
 * the JDK's algorithms do: some hundred bytes for an HMAC, many kilobytes for Ed25519. The key
 * alone says which algorithm is used, never what is verified.
 */
public final class SigningKey {
  /** How records are signed, by its name in RFC 7518 and RFC 8037. */
  public enum Algorithm {
    /** HMAC with SHA-256, by a secret that server and device share: about a microsecond. */
    HS256("HS256", 32),
    /** Ed25519, by the device's private key: around a millisecond, too long for a loop. */
    EDDSA("EdDSA", 64);

    private final String jsonName;
    private final int signatureBytes;

    Algorithm(String jsonName, int signatureBytes) {
      this.jsonName = jsonName;
      this.signatureBytes = signatureBytes;
    }

    public String jsonName() {
      return jsonName;
    }

    public int signatureBytes() {
      return signatureBytes;
    }

    /**
     * The algorithm of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Algorithm of(String jsonName) {
      for (Algorithm algorithm : values()) {
        if (algorithm.jsonName.equals(jsonName)) {
          return algorithm;
        }
      }
      throw new IllegalArgumentException("algorithm=" + jsonName);
    }
  }

  /** Bytes of an Ed25519 public key as RFC 8032 writes it. */
  public static final int ED25519_BYTES = 32;

  /** What X.509 puts before them: the algorithm's name and lengths (RFC 8410, section 4). */
  private static final byte[] X509_HEAD = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private final Algorithm algorithm;
  private final int number;
  private final boolean required;
  private final java.security.Key key;

  private SigningKey(Algorithm algorithm, int number, boolean required, java.security.Key key) {
    this.algorithm = algorithm;
    this.number = number;
    this.required = required;
    this.key = key;
  }

  /**
   * A secret for HS256.
   *
   * @param number tells a device's keys apart: by another number its counter begins anew
   * @param required whether the device's records are refused without a signature
   */
  public static SigningKey hs256(int number, boolean required, byte[] secret) {
    return new SigningKey(
        Algorithm.HS256, number, required, new SecretKeySpec(secret, "HmacSHA256"));
  }

  /**
   * A public key for EdDSA.
   *
   * @param publicKey {@link #ED25519_BYTES} bytes, as the {@code x} of a JSON Web Key
   * @throws IllegalArgumentException if these are no key
   */
  public static SigningKey ed25519(int number, boolean required, byte[] publicKey) {
    if (publicKey.length != ED25519_BYTES) {
      throw new IllegalArgumentException(
          "public key bytes=" + publicKey.length + ", Ed25519 has " + ED25519_BYTES);
    }
    byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + ED25519_BYTES);
    System.arraycopy(publicKey, 0, encoded, X509_HEAD.length, ED25519_BYTES);
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      Signature.getInstance("Ed25519").initVerify(key);
      return new SigningKey(Algorithm.EDDSA, number, required, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no public key of Ed25519", e);
    }
  }

  public Algorithm algorithm() {
    return algorithm;
  }

  public int number() {
    return number;
  }

  public boolean required() {
    return required;
  }

  /** Whether the signature over these bytes is the device's. */
  public boolean verifies(byte[] bytes, int from, int to, byte[] signature) {
    try {
      return switch (algorithm) {
        case HS256 -> {
          Mac mac = Mac.getInstance("HmacSHA256");
          mac.init(key);
          mac.update(bytes, from, to - from);
          yield MessageDigest.isEqual(mac.doFinal(), signature);
        }
        case EDDSA -> verifiesEd25519(bytes, from, to, signature);
      };
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("the key was looked at when it was made", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 and Ed25519 are part of every JDK", e);
    }
  }

  private boolean verifiesEd25519(byte[] bytes, int from, int to, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify((PublicKey) key);
    verifier.update(bytes, from, to - from);
    try {
      return verifier.verify(signature);
    } catch (SignatureException e) {
      // The JDK's word for a signature that can't even be read.
      return false;
    }
  }

  /** Without the key, which may be a secret. */
  @Override
  public String toString() {
    return "SigningKey[" + algorithm + ", number=" + number + ", required=" + required + "]";
  }
}
