package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;
import static io.hexbeat.ingest.wire.LittleEndian.u16;
import static io.hexbeat.ingest.wire.LittleEndian.u8;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PunchClaim;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Flyweight over a punch, little endian: what the phone claims and, once the shard has decided, the
 * verdict with its receipt. One thread at a time; the numbers allocate nothing, the texts do. As a
 * {@link Fix} it is the position that the claim rests on.
 *
 * <pre>
 *  byte  0        1         2               4
 *       +--------+---------+---------------+-------------------------------+
 *     0 | envelope, 24 bytes, type=2: see RecordEnvelope                   |
 *    24 | atMs i64                                                         |
 *    32 | latE7 i32                        | lngE7 i32                     |
 *    40 | accuracyCm i32                   | siteHandle i32                |
 *    48 | fixTimeMs i64                                                    |
 *    56 | seq i64                                                          |
 *    64 | uptimeMs i64                                                     |
 *    72 | contentHash i64                                                  |
 *    80 | kind | door | punchIdLen u8 | phoneIdLen u8 | attributesLen u16 | zero u16 |
 *    88 | verdict | place | score | zero   | receiptLen u16 | alertsLen u16 |  zero until
 *       +------------------------------------------------------------------+  decided
 *    96 | punch id | phone id | attributes: JSON object                    |  all texts
 *       | SIGNED: counter i64, key i32                                     |  UTF-8
 *       | PASSKEY: outcome u8, bits u8, idLen u8, zero u8, counter i64,    |
 *       |          counter at enrolment i64, credential id                 |
 *       | STEP_UP: until i64                                               |
 *       | receipt: JSON object | alerts: JSON array                        |
 *       +------------------------------------------------------------------+
 *  flags: 1 HAS_POSITION, 2 MOCK, 8 REPEATED, 16 SIGNED, 32 PASSKEY, 64 STEP_UP, 128 PROVEN
 *  bits of PASSKEY: 1 user verified, 2 backed up
 * </pre>
 *
 * A REPEATED record tells only its alerts: the punch id was used before with other content, or with
 * an assertion that proves nothing, and the first punch stands. A PROVEN record is a punch that was
 * journaled before and now proves who made it: its receipt takes the place of the first. STEP_UP is
 * until when that may follow.
 */
public final class PunchRecord implements Fix {
  /** Bytes before the texts. */
  public static final int HEADER_BYTES = 96;

  /** Most bytes of attributes (Wi-Fi scan, note). */
  public static final int MAX_ATTRIBUTES_BYTES = 2048;

  /** Bytes of the counter and the key's number in a signed punch. */
  private static final int SIGNED_BYTES = 12;

  /** Most letters of a passkey's credential id. */
  public static final int MAX_CREDENTIAL_ID_BYTES = 255;

  /** Bytes of what a passkey proved, before its credential id. */
  private static final int PASSKEY_BYTES = 20;

  private static final int STEP_UP_BYTES = 8;

  /** Room that any claim fits into; what a door reserves. */
  public static final int MAX_CLAIM_BYTES =
      HEADER_BYTES
          + 255
          + 255
          + MAX_ATTRIBUTES_BYTES
          + SIGNED_BYTES
          + PASSKEY_BYTES
          + MAX_CREDENTIAL_ID_BYTES;

  /** Most bytes of a receipt: sites and reasons are few, each with a handful of figures. */
  public static final int MAX_RECEIPT_BYTES = 32 * 1024;

  /** Most bytes of a punch's alerts. */
  public static final int MAX_ALERTS_BYTES = 32 * 1024;

  private static final Pattern BSSID =
      Pattern.compile("(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])");

  private static final int FLAG_HAS_POSITION = 1;
  private static final int FLAG_MOCK = 2;
  private static final int FLAG_REPEATED = 8;
  private static final int FLAG_SIGNED = 16;
  private static final int FLAG_PASSKEY = 32;
  private static final int FLAG_STEP_UP = 64;
  private static final int FLAG_PROVEN = 128;
  private static final int BIT_USER_VERIFIED = 1;
  private static final int BIT_BACKED_UP = 2;

  private byte[] bytes = new byte[0];
  private int offset;

  /** Reads from here on; the bytes stay the caller's. */
  public PunchRecord wrap(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.offset = offset;
    return this;
  }

  /**
   * Wraps and fills in a punch without position, site or texts; needs {@link #MAX_CLAIM_BYTES} of
   * room. Set what is known, then end with {@link #texts}.
   */
  public PunchRecord wrapNew(
      byte[] bytes,
      int offset,
      int deviceHandle,
      int memberHandle,
      long receivedTimeMs,
      PunchKind kind,
      long atMs) {
    wrap(bytes, offset);
    Arrays.fill(bytes, offset, offset + HEADER_BYTES, (byte) 0);
    RecordEnvelope.write(
        RecordType.PUNCH, bytes, offset, HEADER_BYTES, deviceHandle, memberHandle, receivedTimeMs);
    i64(bytes, offset + 24, atMs);
    i32(bytes, offset + 40, UNKNOWN);
    i64(bytes, offset + 48, atMs);
    i64(bytes, offset + 56, UNKNOWN);
    i64(bytes, offset + 64, UNKNOWN);
    u8(bytes, offset + 80, kind.code());
    return this;
  }

  /**
   * Ends the claim; its content hash is taken here.
   *
   * @param punchId 1 to 255 bytes
   * @param phoneId the phone's own name for itself, empty for none, at most 255 bytes
   * @param attributesJson a JSON object or empty
   */
  public PunchRecord texts(String punchId, String phoneId, String attributesJson) {
    int at = offset + HEADER_BYTES;
    int punchIdLength = put(at, punchId, 255, "punch id");
    at += punchIdLength;
    int phoneIdLength = put(at, phoneId, 255, "phone id");
    at += phoneIdLength;
    int attributesLength = put(at, attributesJson, MAX_ATTRIBUTES_BYTES, "attributes");
    at += attributesLength;
    u8(bytes, offset + 82, punchIdLength);
    u8(bytes, offset + 83, phoneIdLength);
    u16(bytes, offset + 84, attributesLength);
    i32(bytes, offset + 4, at - offset);
    i64(bytes, offset + 72, claim(phoneId).contentHash());
    return this;
  }

  /**
   * Marks it as signed by the device; after {@link #texts}.
   *
   * @param counter at least 0
   * @param signingKey the number of the device's key
   */
  public PunchRecord signed(long counter, int signingKey) {
    int at = signedOffset();
    i64(bytes, at, counter);
    i32(bytes, at + 8, signingKey);
    flag(FLAG_SIGNED, true);
    i32(bytes, offset + 4, at + SIGNED_BYTES - offset);
    return this;
  }

  /**
   * Marks it as carrying a passkey assertion of which this is known so far; after {@link #texts}
   * and {@link #signed}.
   */
  public PunchRecord passkey(PasskeyProof proof) {
    int at = passkeyOffset();
    int idLength =
        put(at + PASSKEY_BYTES, proof.credentialId(), MAX_CREDENTIAL_ID_BYTES, "credential id");
    u8(bytes, at + 2, idLength);
    u8(bytes, at + 3, 0);
    flag(FLAG_PASSKEY, true);
    i32(bytes, offset + 4, at + PASSKEY_BYTES + idLength - offset);
    return proven(proof);
  }

  /** Writes what was found out over what was known before, of the same credential id. */
  public PunchRecord proven(PasskeyProof proof) {
    int at = passkeyOffset();
    u8(bytes, at, proof.outcome().code());
    u8(
        bytes,
        at + 1,
        (proof.userVerified() ? BIT_USER_VERIFIED : 0) | (proof.backedUp() ? BIT_BACKED_UP : 0));
    i64(bytes, at + 4, proof.counter());
    i64(bytes, at + 12, proof.enrolledCounter());
    return this;
  }

  /** Lets a proof of who made it follow until then; before {@link #decided}. */
  public PunchRecord stepUpUntilMs(long untilMs) {
    flag(FLAG_STEP_UP, true);
    i64(bytes, stepUpOffset(), untilMs);
    return this;
  }

  /** Marks a record that proves who made a punch journaled before. */
  public PunchRecord proves(boolean proves) {
    flag(FLAG_PROVEN, proves);
    return this;
  }

  /**
   * Ends the record with the shard's decision; there must be room for both texts.
   *
   * @param score 0 to 100
   */
  public PunchRecord decided(
      Verdict verdict, Place place, int score, byte[] receiptJson, byte[] alertsJson) {
    if (receiptJson.length > MAX_RECEIPT_BYTES || alertsJson.length > MAX_ALERTS_BYTES) {
      throw new IllegalArgumentException(
          "receipt bytes=" + receiptJson.length + " alerts bytes=" + alertsJson.length);
    }
    int at = receiptOffset();
    System.arraycopy(receiptJson, 0, bytes, at, receiptJson.length);
    System.arraycopy(alertsJson, 0, bytes, at + receiptJson.length, alertsJson.length);
    u8(bytes, offset + 88, code(verdict));
    u8(bytes, offset + 89, code(place));
    u8(bytes, offset + 90, score);
    u16(bytes, offset + 92, receiptJson.length);
    u16(bytes, offset + 94, alertsJson.length);
    i32(bytes, offset + 4, at + receiptJson.length + alertsJson.length - offset);
    return this;
  }

  public PunchRecord position(int latE7, int lngE7) {
    flag(FLAG_HAS_POSITION, true);
    i32(bytes, offset + 32, latE7);
    i32(bytes, offset + 36, lngE7);
    return this;
  }

  public PunchRecord accuracyCm(int accuracyCm) {
    i32(bytes, offset + 40, accuracyCm);
    return this;
  }

  /** The fence at which the member claims to be; 0 for no claim, -1 for one that no fence has. */
  public PunchRecord siteHandle(int fenceHandle) {
    i32(bytes, offset + 44, fenceHandle);
    return this;
  }

  /** When the position was taken; the punch's own time unless set. */
  public PunchRecord fixTimeMs(long fixTimeMs) {
    i64(bytes, offset + 48, fixTimeMs);
    return this;
  }

  public PunchRecord seq(long seq) {
    i64(bytes, offset + 56, seq);
    return this;
  }

  public PunchRecord uptimeMs(long uptimeMs) {
    i64(bytes, offset + 64, uptimeMs);
    return this;
  }

  public PunchRecord door(int door) {
    u8(bytes, offset + 81, door);
    return this;
  }

  public PunchRecord mock(boolean mock) {
    flag(FLAG_MOCK, mock);
    return this;
  }

  /** Marks a record that only tells alerts about a reused punch id. */
  public PunchRecord repeated(boolean repeated) {
    flag(FLAG_REPEATED, repeated);
    return this;
  }

  /**
   * What the phone claims, as the trust engine takes it.
   *
   * @param phoneId the phone's own id, or what stands for it when it told none
   */
  public PunchClaim claim(String phoneId) {
    return new PunchClaim(
        punchId(),
        memberHandle(),
        deviceHandle(),
        phoneId,
        kind(),
        atMs(),
        hasPosition(),
        latE7(),
        lngE7(),
        accuracyCm(),
        fixTimeMs(),
        siteHandle(),
        mock(),
        uptimeMs(),
        seq(),
        counter(),
        signingKey(),
        receivedTimeMs(),
        wifiHash(),
        passkey());
  }

  /** Of the Wi-Fi networks among the attributes; see {@link PunchClaim#wifiHash}. */
  private long wifiHash() {
    String attributes = u16(bytes, offset + 84) == 0 ? "" : attributes();
    int wifi = attributes.indexOf("\"wifi\"");
    if (wifi < 0) {
      return 0;
    }
    List<String> addresses = new ArrayList<>();
    Matcher matcher = BSSID.matcher(attributes).region(wifi, attributes.length());
    while (matcher.find()) {
      addresses.add(matcher.group());
    }
    return PunchClaim.wifiHash(addresses);
  }

  public byte[] array() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int lengthBytes() {
    return i32(bytes, offset + 4);
  }

  public int deviceHandle() {
    return i32(bytes, offset + 8);
  }

  public int memberHandle() {
    return i32(bytes, offset + 12);
  }

  /** When the member pressed the button, by the phone's clock. */
  public long atMs() {
    return i64(bytes, offset + 24);
  }

  public int siteHandle() {
    return i32(bytes, offset + 44);
  }

  public long contentHash() {
    return i64(bytes, offset + 72);
  }

  public PunchKind kind() {
    return PunchKind.of(bytes[offset + 80]);
  }

  public int door() {
    return u8(bytes, offset + 81);
  }

  public boolean repeated() {
    return (flags() & FLAG_REPEATED) != 0;
  }

  public String punchId() {
    return text(offset + HEADER_BYTES, punchIdLength());
  }

  /** Empty for none. */
  public String phoneId() {
    return text(offset + HEADER_BYTES + punchIdLength(), phoneIdLength());
  }

  /** JSON object, empty for none. */
  public String attributes() {
    return text(offset + HEADER_BYTES + punchIdLength() + phoneIdLength(), u16(bytes, offset + 84));
  }

  /** Once decided. */
  public Verdict verdict() {
    return switch (u8(bytes, offset + 88)) {
      case 1 -> Verdict.VERIFIED;
      case 2 -> Verdict.UNVERIFIED;
      case 3 -> Verdict.INVALID;
      default -> throw new InvalidRecordException("PUNCH verdict=" + bytes[offset + 88]);
    };
  }

  /** Once decided. */
  public Place place() {
    return switch (u8(bytes, offset + 89)) {
      case 1 -> Place.INSIDE;
      case 2 -> Place.OUTSIDE;
      case 3 -> Place.UNCERTAIN;
      case 4 -> Place.NO_FIX;
      default -> throw new InvalidRecordException("PUNCH place=" + bytes[offset + 89]);
    };
  }

  public int score() {
    return u8(bytes, offset + 90);
  }

  /** The receipt as it was answered, empty until decided and in a repeated record. */
  public String receiptJson() {
    return text(receiptOffset(), u16(bytes, offset + 92));
  }

  /** JSON array, empty for none. */
  public String alerts() {
    return text(receiptOffset() + u16(bytes, offset + 92), u16(bytes, offset + 94));
  }

  @Override
  public boolean hasPosition() {
    return (flags() & FLAG_HAS_POSITION) != 0;
  }

  @Override
  public int latE7() {
    return i32(bytes, offset + 32);
  }

  @Override
  public int lngE7() {
    return i32(bytes, offset + 36);
  }

  @Override
  public long fixTimeMs() {
    return i64(bytes, offset + 48);
  }

  @Override
  public long receivedTimeMs() {
    return i64(bytes, offset + 16);
  }

  @Override
  public int accuracyCm() {
    return i32(bytes, offset + 40);
  }

  @Override
  public int altitudeCm() {
    return UNKNOWN_ALTITUDE;
  }

  @Override
  public int speedCmps() {
    return UNKNOWN;
  }

  @Override
  public int bearingCdeg() {
    return UNKNOWN;
  }

  @Override
  public int batteryPct() {
    return UNKNOWN;
  }

  @Override
  public boolean mock() {
    return (flags() & FLAG_MOCK) != 0;
  }

  @Override
  public long seq() {
    return i64(bytes, offset + 56);
  }

  @Override
  public long uptimeMs() {
    return i64(bytes, offset + 64);
  }

  /** Whether the device's signature over it was found right. */
  public boolean isSigned() {
    return (flags() & FLAG_SIGNED) != 0;
  }

  @Override
  public long counter() {
    return isSigned() ? i64(bytes, signedOffset()) : UNKNOWN;
  }

  @Override
  public int signingKey() {
    return isSigned() ? i32(bytes, signedOffset() + 8) : UNKNOWN;
  }

  /** What its passkey assertion proved, or null if it carries none. */
  public @Nullable PasskeyProof passkey() {
    if ((flags() & FLAG_PASSKEY) == 0) {
      return null;
    }
    int at = passkeyOffset();
    int bits = u8(bytes, at + 1);
    return new PasskeyProof(
        PasskeyProof.Outcome.of(u8(bytes, at)),
        text(at + PASSKEY_BYTES, u8(bytes, at + 2)),
        (bits & BIT_USER_VERIFIED) != 0,
        (bits & BIT_BACKED_UP) != 0,
        i64(bytes, at + 4),
        i64(bytes, at + 12));
  }

  /** Until when a proof of who made it may follow; 0 if none is asked for. */
  public long stepUpUntilMs() {
    return (flags() & FLAG_STEP_UP) != 0 ? i64(bytes, stepUpOffset()) : 0;
  }

  /** Whether it proves who made a punch that was journaled before. */
  public boolean proves() {
    return (flags() & FLAG_PROVEN) != 0;
  }

  /** Bytes of all sections; more than the record may have, if one does not fit into it. */
  static int sectionBytes(byte[] bytes, int offset) {
    int flags = u16(bytes, offset + 2);
    int length =
        u8(bytes, offset + 82)
            + u8(bytes, offset + 83)
            + u16(bytes, offset + 84)
            + ((flags & FLAG_SIGNED) != 0 ? SIGNED_BYTES : 0)
            + ((flags & FLAG_STEP_UP) != 0 ? STEP_UP_BYTES : 0)
            + u16(bytes, offset + 92)
            + u16(bytes, offset + 94);
    if ((flags & FLAG_PASSKEY) == 0) {
      return length;
    }
    PunchRecord record = new PunchRecord().wrap(bytes, offset);
    int idLengthAt = record.passkeyOffset() + 2;
    int end = offset + Math.min(record.lengthBytes(), bytes.length - offset);
    return length + PASSKEY_BYTES + (idLengthAt < end ? u8(bytes, idLengthAt) : 0);
  }

  private int receiptOffset() {
    return stepUpOffset() + ((flags() & FLAG_STEP_UP) != 0 ? STEP_UP_BYTES : 0);
  }

  private int stepUpOffset() {
    int at = passkeyOffset();
    return (flags() & FLAG_PASSKEY) != 0 ? at + PASSKEY_BYTES + u8(bytes, at + 2) : at;
  }

  private int passkeyOffset() {
    return isSigned() ? signedOffset() + SIGNED_BYTES : signedOffset();
  }

  private int signedOffset() {
    return offset + HEADER_BYTES + punchIdLength() + phoneIdLength() + u16(bytes, offset + 84);
  }

  private int punchIdLength() {
    return u8(bytes, offset + 82);
  }

  private int phoneIdLength() {
    return u8(bytes, offset + 83);
  }

  private static int code(Verdict verdict) {
    return switch (verdict) {
      case VERIFIED -> 1;
      case UNVERIFIED -> 2;
      case INVALID -> 3;
    };
  }

  private static int code(Place place) {
    return switch (place) {
      case INSIDE -> 1;
      case OUTSIDE -> 2;
      case UNCERTAIN -> 3;
      case NO_FIX -> 4;
    };
  }

  private int put(int at, String text, int maxBytes, String name) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > maxBytes) {
      throw new IllegalArgumentException(name + " bytes=" + encoded.length + " max=" + maxBytes);
    }
    System.arraycopy(encoded, 0, bytes, at, encoded.length);
    return encoded.length;
  }

  private String text(int at, int length) {
    return new String(bytes, at, length, StandardCharsets.UTF_8);
  }

  private int flags() {
    return u16(bytes, offset + 2);
  }

  private void flag(int flag, boolean on) {
    u16(bytes, offset + 2, on ? flags() | flag : flags() & ~flag);
  }
}
