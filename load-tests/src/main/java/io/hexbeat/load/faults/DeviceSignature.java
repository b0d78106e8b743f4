package io.hexbeat.load.faults;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what one device sends, by HS256: JSON as a JWS, binary records as docs/wire.md says.
 * Immutable; any thread.
 */
final class DeviceSignature {
  private static final String HEADER = base64(utf8("{\"alg\":\"HS256\"}"));
  private static final int SIGNED_FLAG = 16;
  private static final int FLAGS_AT = 2;
  private static final int LENGTH_AT = 4;
  private static final int STAMP_FROM = 8;
  private static final int STAMP_TO = 24;
  private static final int DOOR_AT = 55;
  private static final int SIGNATURE_BYTES = 32;

  private final SecretKeySpec key;

  /**
   * Of one device.
   *
   * @param secret as its enrolment told it, base64url
   */
  DeviceSignature(String secret) {
    this.key = new SecretKeySpec(Base64.getUrlDecoder().decode(secret), "HmacSHA256");
  }

  /** What stands in the place of a JSON ping or punch. */
  String item(String payload) {
    String signed = HEADER + "." + base64(utf8(payload));
    return "{\"jws\":\"" + signed + "." + base64(mac(utf8(signed))) + "\"}";
  }

  /** The record with its counter and its signature. */
  byte[] record(byte[] unsigned, long counter) {
    byte[] record = Arrays.copyOf(unsigned, unsigned.length + Long.BYTES + SIGNATURE_BYTES);
    ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(FLAGS_AT, (short) (record[FLAGS_AT] | SIGNED_FLAG))
        .putInt(LENGTH_AT, record.length)
        .putLong(unsigned.length, counter);
    byte[] signed = Arrays.copyOf(record, unsigned.length + Long.BYTES);
    Arrays.fill(signed, STAMP_FROM, STAMP_TO, (byte) 0);
    signed[DOOR_AT] = 0;
    System.arraycopy(mac(signed), 0, record, signed.length, SIGNATURE_BYTES);
    return record;
  }

  private byte[] mac(byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
