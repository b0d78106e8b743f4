package io.hexbeat.ingest.door;

import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.SigningKey.Algorithm;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signed record in a JSON door: {@code header.payload.signature}, each in base64url (RFC 7515,
 * section 3.1). One per loop, reused; allocates the decoded parts. The algorithm is that of the
 * device's key, and a header that names another is refused, {@code none} above all. HMACs are
 * compared at once; of Ed25519 it takes the parts out, for {@link #checkLater}.
 */
final class Jws {
  /** What people are told of a signature that is another's. */
  static final String WRONG = "is not signed by the device's key";

  /** And of one whose payload could be sent again by anybody who has seen it. */
  static final String NO_COUNTER = "must be a whole number of at least 0, growing with each record";

  private static final byte[] NOTHING = {};

  private final JsonReader json = new JsonReader();
  private byte[] bytes = NOTHING;
  private int from;
  private int signedTo;
  private byte[] payload = NOTHING;
  private byte[] signature = NOTHING;
  private @Nullable SigningKey key;
  private QuarantineReason reason = QuarantineReason.BAD_SIGNATURE;
  private String problem = "";

  /** Forgets the last one. */
  Jws clear() {
    bytes = NOTHING;
    payload = NOTHING;
    signature = NOTHING;
    key = null;
    return this;
  }

  /** Remembers where one stands, as it is: an escape in it is no base64url. */
  void standsAt(TextSlice text) {
    bytes = text.bytes();
    from = text.from();
    signedTo = text.to();
  }

  boolean isThere() {
    return bytes != NOTHING;
  }

  /**
   * Takes it apart and, if that is quick, verifies it.
   *
   * @return whether the payload may be read; if not, {@link #reason} and {@link #problem} say why
   */
  boolean open(@Nullable SigningKey key) {
    if (key == null) {
      return refuse(QuarantineReason.NO_SIGNING_KEY, "no signing key is known of this device");
    }
    this.key = key;
    int end = signedTo;
    int firstDot = dot(from, end);
    int lastDot = dot(firstDot + 1, end);
    if (lastDot == end || dot(lastDot + 1, end) != end) {
      return refuse(QuarantineReason.BAD_SIGNATURE, "must have three parts");
    }
    signedTo = lastDot;
    try {
      if (!isHeaderOf(key.algorithm(), decoded(from, firstDot))) {
        return false;
      }
      payload = decoded(firstDot + 1, lastDot);
      signature = decoded(lastDot + 1, end);
    } catch (IllegalArgumentException e) {
      return refuse(QuarantineReason.BAD_SIGNATURE, "must be base64url");
    }
    if (signature.length != key.algorithm().signatureBytes()
        || (key.algorithm() == Algorithm.HS256
            && !key.verifies(bytes, from, signedTo, signature))) {
      return refuse(QuarantineReason.BAD_SIGNATURE, WRONG);
    }
    return true;
  }

  /** The number of the key, once it is open. */
  int keyNumber() {
    return Objects.requireNonNull(key).number();
  }

  byte[] payload() {
    return payload;
  }

  QuarantineReason reason() {
    return reason;
  }

  String problem() {
    return problem;
  }

  /** Tells the batch that its last record rests on this, and whether it has yet to be verified. */
  void checkLater(Batch batch, byte[] body, int rawFrom, int rawTo) {
    SigningKey by = key;
    if (by != null && by.algorithm() != Algorithm.HS256) {
      byte[] raw = Arrays.copyOfRange(body, rawFrom, rawTo);
      batch.checkLater(by, Arrays.copyOfRange(bytes, from, signedTo), signature, raw);
    }
  }

  /** All that a header may ask for is its algorithm; what we don't know must not be critical. */
  private boolean isHeaderOf(Algorithm algorithm, byte[] header) {
    boolean same = false;
    int named = 0;
    try {
      if (!json.open(header, 0, header.length).beginObject()) {
        return refuse(QuarantineReason.BAD_SIGNATURE, "must begin with a JSON object");
      }
      while (json.nextField()) {
        boolean alg = json.name().sameAs("alg");
        if (json.name().sameAs("crit")) {
          return refuse(QuarantineReason.BAD_SIGNATURE, "asks for an extension by crit");
        }
        if (alg) {
          named++;
          same = isName(algorithm, json.text());
        } else {
          json.skip();
        }
      }
      json.expectEnd();
    } catch (BrokenJsonException e) {
      return refuse(QuarantineReason.BAD_SIGNATURE, "must begin with a JSON object");
    }
    return (same && named == 1)
        || refuse(QuarantineReason.SIGNATURE_ALG, "must be signed by " + algorithm.jsonName());
  }

  /** RFC 9864 gives EdDSA the name of its curve. */
  private static boolean isName(Algorithm algorithm, TextSlice name) {
    return name.sameAs(algorithm.jsonName())
        || (algorithm == Algorithm.EDDSA && name.sameAs("Ed25519"));
  }

  private boolean refuse(QuarantineReason reason, String problem) {
    this.reason = reason;
    this.problem = problem;
    return false;
  }

  private byte[] decoded(int from, int to) {
    return Base64.getUrlDecoder().decode(Arrays.copyOfRange(bytes, from, to));
  }

  private int dot(int from, int end) {
    int at = Math.min(from, end);
    while (at < end && bytes[at] != '.') {
      at++;
    }
    return at;
  }
}
