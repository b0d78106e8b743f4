package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class JwsTest {
  private static final String PAYLOAD = "{\"counter\":1}";

  /** RFC 7515, appendix A.1. */
  private static final String RFC_7515_A1 =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
          + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
          + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
          + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private static final String RFC_7515_A1_KEY =
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

  /** RFC 8037, appendix A.4. */
  private static final String RFC_8037_A4 =
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
          + ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

  private final Jws jws = new Jws();

  private boolean opens(String compact, @Nullable SigningKey key) {
    byte[] bytes = compact.getBytes(StandardCharsets.UTF_8);
    TextSlice text = new TextSlice();
    text.set(bytes, 0, bytes.length, true, false);
    jws.clear().standsAt(text);
    return jws.open(key);
  }

  private void assertRefused(QuarantineReason reason, String compact, @Nullable SigningKey key) {
    assertFalse(opens(compact, key), compact);
    assertEquals(reason, jws.reason(), compact);
  }

  @Test
  void shouldVerifyTheExampleOfRfc7515() {
    byte[] secret = Base64.getUrlDecoder().decode(RFC_7515_A1_KEY);
    assertTrue(opens(RFC_7515_A1, SigningKey.hs256(1, true, secret)));
    assertTrue(new String(jws.payload(), StandardCharsets.UTF_8).contains("\"iss\":\"joe\""));
    secret[0] ^= 1;
    assertRefused(QuarantineReason.BAD_SIGNATURE, RFC_7515_A1, SigningKey.hs256(1, true, secret));
  }

  @Test
  void shouldVerifyTheExampleOfRfc8037() {
    SigningKey key = Signer.ed25519().key(1, true);
    assertTrue(opens(RFC_8037_A4, key));
    assertEquals("Example of Ed25519 signing", new String(jws.payload(), StandardCharsets.UTF_8));
    byte[] signed =
        RFC_8037_A4.substring(0, RFC_8037_A4.lastIndexOf('.')).getBytes(StandardCharsets.UTF_8);
    byte[] signature =
        Base64.getUrlDecoder().decode(RFC_8037_A4.substring(RFC_8037_A4.lastIndexOf('.') + 1));
    assertTrue(key.verifies(signed, 0, signed.length, signature));
    signature[40] ^= 1;
    assertFalse(key.verifies(signed, 0, signed.length, signature));
  }

  @Test
  void shouldTakeTheAlgorithmFromTheKeyAndNeverFromTheHeader() {
    SigningKey ed25519 = Signer.ed25519().key(1, true);
    // The public key taken for an HMAC's secret: what a verifier falls for that asks the header.
    Signer confused = Signer.hs256(Base64.getUrlDecoder().decode(Signer.X));
    assertRefused(QuarantineReason.SIGNATURE_ALG, confused.jws(PAYLOAD), ed25519);

    SigningKey hs256 = Signer.hs256().key(1, true);
    assertRefused(QuarantineReason.SIGNATURE_ALG, Signer.ed25519().jws(PAYLOAD), hs256);
    for (String header :
        new String[] {
          "{\"alg\":\"none\"}",
          "{\"alg\":\"hs256\"}",
          "{\"alg\":\"HS512\"}",
          "{\"alg\":null}",
          "{\"alg\":[\"HS256\"]}",
          "{\"alg\":\"none\",\"alg\":\"HS256\"}",
          "{}"
        }) {
      assertRefused(QuarantineReason.SIGNATURE_ALG, Signer.hs256().jws(header, PAYLOAD), hs256);
    }
    String none = Signer.hs256().jws("{\"alg\":\"none\"}", PAYLOAD);
    assertRefused(
        QuarantineReason.SIGNATURE_ALG, none.substring(0, none.lastIndexOf('.') + 1), hs256);
  }

  @Test
  void shouldRefuseWhatIsNoCompactJws() {
    SigningKey key = Signer.hs256().key(1, true);
    String whole = Signer.hs256().jws(PAYLOAD);
    assertTrue(opens(whole, key));
    for (String broken :
        new String[] {
          "",
          ".",
          "..",
          "...",
          whole + ".",
          whole + "A",
          whole.substring(0, whole.lastIndexOf('.')),
          whole.substring(0, whole.lastIndexOf('.') + 1),
          whole.replace('.', '\\'),
          whole.substring(1),
          Signer.hs256().jws("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", PAYLOAD),
          Signer.hs256().jws("{\"alg\":\"HS256\"", PAYLOAD),
          Signer.hs256().jws("[\"HS256\"]", PAYLOAD)
        }) {
      assertRefused(QuarantineReason.BAD_SIGNATURE, broken, key);
    }
    assertRefused(QuarantineReason.NO_SIGNING_KEY, whole, null);
  }

  @Test
  void shouldNoticeAnyChangedByte() {
    SigningKey key = Signer.hs256().key(1, true);
    byte[] whole = Signer.hs256().jws(PAYLOAD).getBytes(StandardCharsets.UTF_8);
    // Not the last letter, of which two bits say nothing.
    for (int i = 0; i < whole.length - 1; i++) {
      byte before = whole[i];
      whole[i] = (byte) (before == 'A' ? 'B' : 'A');
      assertFalse(opens(new String(whole, StandardCharsets.UTF_8), key), "byte " + i);
      whole[i] = before;
    }
  }
}
