package io.hexbeat.api.passkey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What authenticators call a member: 16 bytes that tell nothing of them, the same for all of their
 * passkeys. Stateless; any thread.
 */
final class UserHandle {
  private static final int BYTES = 16;

  private UserHandle() {}

  static byte[] of(String rpId, int memberHandle) {
    String text = "hexbeat-member:" + rpId + ":" + memberHandle;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(hash, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
