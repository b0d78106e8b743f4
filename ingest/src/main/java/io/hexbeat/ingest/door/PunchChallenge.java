package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The content of a punch in one canonical form, over whose SHA-256 a passkey signs. Immutable; any
 * thread. Every value is an integer or an id, so that a phone makes the same bytes in any language;
 * positions count as they are sent, before any conversion. The punch's id makes each challenge one
 * of its own: sent again it gets the first receipt. See docs/passkeys.md for the form and vectors.
 *
 * @param atMs when, by the phone
 * @param latE7 1e-7 degree, null without a position
 * @param accuracyCm null if not told
 * @param coordType as the punch names it, or null
 * @param site the fence claimed, or null
 */
public record PunchChallenge(
    String id,
    String kind,
    long atMs,
    @Nullable Integer latE7,
    @Nullable Integer lngE7,
    @Nullable Integer accuracyCm,
    @Nullable String coordType,
    @Nullable String site,
    String member) {

  /** Ten lines, each but the last ended by a newline; what is unknown is empty. */
  public String text() {
    return "hexbeat-punch-v1\nid:"
        + id
        + "\nkind:"
        + kind
        + "\nat:"
        + atMs
        + "\nlat_e7:"
        + orEmpty(latE7)
        + "\nlng_e7:"
        + orEmpty(lngE7)
        + "\naccuracy_cm:"
        + orEmpty(accuracyCm)
        + "\ncoord_type:"
        + orEmpty(coordType)
        + "\nsite:"
        + orEmpty(site)
        + "\nmember:"
        + member;
  }

  /** SHA-256 of the text in UTF-8. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** The hash in base64url, as it stands in client data. */
  public String base64() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash());
  }

  private static String orEmpty(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
