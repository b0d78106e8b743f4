package io.hexbeat.api.store;

import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.SigningKey.Algorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the secrets by which devices sign, out of a random key that only the data directory holds
 * and a salt that PostgreSQL holds for each device: neither tells a secret alone. Immutable; any
 * thread. Losing the file makes every HS256 device's signatures wrong until it is registered again
 * with a new secret.
 */
public final class SigningSecrets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec serverKey;

  private SigningSecrets(byte[] serverKey) {
    this.serverKey = new SecretKeySpec(serverKey, MAC);
  }

  /**
   * Reads the key, or makes it, readable by its owner alone.
   *
   * @throws IOException if it can't be read or written, or is no key
   */
  public static SigningSecrets open(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path made = file.resolveSibling(file.getFileName() + ".new");
    if (!Files.exists(file)) {
      Files.deleteIfExists(made);
      Files.createFile(made, ownerOnly);
      Files.write(made, random(), StandardOpenOption.WRITE, StandardOpenOption.SYNC);
      try {
        Files.move(made, file);
      } catch (FileAlreadyExistsException e) {
        Files.delete(made);
      }
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != BYTES) {
      throw new IOException(file + " has " + key.length + " bytes; a key has " + BYTES);
    }
    return new SigningSecrets(key);
  }

  /** A key that is forgotten with this object; for a store without a data directory. */
  public static SigningSecrets passing() {
    return new SigningSecrets(random());
  }

  /** Tells the key from others, and nothing of it. */
  public String fingerprint() {
    return text(derived(text("fingerprint".getBytes(StandardCharsets.US_ASCII))));
  }

  /** Another salt. */
  public static String newSalt() {
    return text(random());
  }

  /** The secret of that salt, base64url: what the device or the receiver is given. */
  public String secret(String salt) {
    return text(derived(salt));
  }

  /** By what a device's records are verified. */
  SigningKey key(Directory.Signing signing) {
    return signing.algorithm() == Algorithm.HS256
        ? SigningKey.hs256(signing.number(), signing.required(), derived(signing.material()))
        : SigningKey.ed25519(signing.number(), signing.required(), bytes(signing.material()));
  }

  /**
   * The bytes of a base64 or base64url text, padded or not.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
  }

  static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] derived(String salt) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(serverKey);
      return mac.doFinal(bytes(salt));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(MAC + " is part of every JDK", e);
    }
  }

  private static byte[] random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
