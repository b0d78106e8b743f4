package io.hexbeat.api.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of a delivery as the Standard Webhooks specification draws it: {@code v1,} and the
 * Base64 of HMAC-SHA256 over {@code id.timestamp.body}, one a key, with spaces between. Stateless;
 * any thread.
 */
final class Signature {
  private static final String MAC = "HmacSHA256";

  private Signature() {}

  static String of(List<byte[]> keys, String id, long timestampSeconds, String body) {
    byte[] signed = (id + "." + timestampSeconds + "." + body).getBytes(StandardCharsets.UTF_8);
    return keys.stream().map(key -> "v1," + hmac(key, signed)).collect(Collectors.joining(" "));
  }

  private static String hmac(byte[] key, byte[] signed) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return Base64.getEncoder().encodeToString(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(MAC + " is part of every JDK", e);
    }
  }
}
