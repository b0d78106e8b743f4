package io.hexbeat.ingest.wire;

import io.hexbeat.geofence.Fix;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Flyweight over a ping's bytes, little endian. One thread at a time; allocates nothing but what
 * {@link #attributes} returns.
 *
 * <pre>
 *  byte  0        1         2               4
 *       +--------+---------+---------------+-------------------------------+
 *     0 | type=1 | version | flags u16     | lengthBytes i32               |  envelope,
 *     8 | deviceHandle i32                 | memberHandle i32              |  the same in
 *    16 | receivedTimeMs i64                                               |  every record
 *       +------------------------------------------------------------------+
 *    24 | fixTimeMs i64                                                    |
 *    32 | latE7 i32                        | lngE7 i32                     |
 *    40 | accuracyCm i32                   | altitudeCm i32                |
 *    48 | speedCmps i32                    | bearingCdeg u16 | batt | door |
 *    56 | seq i64                                                          |
 *    64 | uptimeMs i64                                                     |
 *    72 | attributesLen u16 | decisionLen u16 | phoneIdLen u8 | zero, 3    |
 *    80 | attributes: JSON object, UTF-8 | phone id, UTF-8 |               |
 *       | SIGNED: counter i64, key i32 | decision: see PingDecision        |
 *       +------------------------------------------------------------------+
 *  flags: 1 HAS_POSITION, 2 MOCK, 4 SERVER_MADE, 16 SIGNED
 * </pre>
 *
 * On its way in a record has no decision; the shard adds it before it appends. SIGNED says that the
 * door has verified the device's signature by the key of that number.
 */
public final class PingRecord implements Fix {
  /** Bytes before the attributes. */
  public static final int HEADER_BYTES = 80;

  /**
   * Most bytes of attributes: an app's free fields must not turn the journal into a document store.
   */
  public static final int MAX_ATTRIBUTES_BYTES = 2048;

  static final byte VERSION = 1;
  static final int FLAG_HAS_POSITION = 1;
  static final int FLAG_MOCK = 2;
  static final int FLAG_SERVER_MADE = 4;

  /** In clients' records {@link #signatureOffset} tells where the signature begins. */
  static final int FLAG_SIGNED = 16;

  /** Bytes of the counter and the key's number in a signed record. */
  public static final int SIGNED_BYTES = 12;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[0];
  private int offset;

  /** Reads from here on; the bytes stay the caller's. */
  public PingRecord wrap(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.offset = offset;
    return this;
  }

  /**
   * Wraps and fills in a ping without a position, every reading unknown. Needs {@link
   * #HEADER_BYTES} of room.
   */
  public PingRecord wrapNew(
      byte[] bytes, int offset, int deviceHandle, int memberHandle, long receivedTimeMs) {
    wrap(bytes, offset);
    java.util.Arrays.fill(bytes, offset, offset + HEADER_BYTES, (byte) 0);
    bytes[offset] = RecordType.PING.code();
    bytes[offset + 1] = VERSION;
    INT.set(bytes, offset + 4, HEADER_BYTES);
    INT.set(bytes, offset + 8, deviceHandle);
    INT.set(bytes, offset + 12, memberHandle);
    LONG.set(bytes, offset + 16, receivedTimeMs);
    LONG.set(bytes, offset + 24, receivedTimeMs);
    INT.set(bytes, offset + 40, UNKNOWN);
    INT.set(bytes, offset + 44, UNKNOWN_ALTITUDE);
    INT.set(bytes, offset + 48, UNKNOWN);
    SHORT.set(bytes, offset + 52, (short) -1);
    bytes[offset + 54] = (byte) UNKNOWN;
    LONG.set(bytes, offset + 56, (long) UNKNOWN);
    LONG.set(bytes, offset + 64, (long) UNKNOWN);
    return this;
  }

  /**
   * Writes over a client's record what only the server knows: whose it is, when it came and by
   * which door.
   */
  public PingRecord stamp(int deviceHandle, int memberHandle, long receivedTimeMs, int door) {
    INT.set(bytes, offset + 8, deviceHandle);
    INT.set(bytes, offset + 12, memberHandle);
    LONG.set(bytes, offset + 16, receivedTimeMs);
    return door(door);
  }

  public byte[] array() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int lengthBytes() {
    return (int) INT.get(bytes, offset + 4);
  }

  public int deviceHandle() {
    return (int) INT.get(bytes, offset + 8);
  }

  public int memberHandle() {
    return (int) INT.get(bytes, offset + 12);
  }

  @Override
  public boolean hasPosition() {
    return (flags() & FLAG_HAS_POSITION) != 0;
  }

  @Override
  public boolean mock() {
    return (flags() & FLAG_MOCK) != 0;
  }

  @Override
  public long receivedTimeMs() {
    return (long) LONG.get(bytes, offset + 16);
  }

  @Override
  public long fixTimeMs() {
    return (long) LONG.get(bytes, offset + 24);
  }

  @Override
  public int latE7() {
    return (int) INT.get(bytes, offset + 32);
  }

  @Override
  public int lngE7() {
    return (int) INT.get(bytes, offset + 36);
  }

  @Override
  public int accuracyCm() {
    return (int) INT.get(bytes, offset + 40);
  }

  @Override
  public int altitudeCm() {
    return (int) INT.get(bytes, offset + 44);
  }

  @Override
  public int speedCmps() {
    return (int) INT.get(bytes, offset + 48);
  }

  @Override
  public int bearingCdeg() {
    short stored = (short) SHORT.get(bytes, offset + 52);
    return stored == -1 ? UNKNOWN : Short.toUnsignedInt(stored);
  }

  @Override
  public int batteryPct() {
    return bytes[offset + 54];
  }

  /** Which door and format it came by; see {@code ingest.door}. */
  public int door() {
    return Byte.toUnsignedInt(bytes[offset + 55]);
  }

  @Override
  public long seq() {
    return (long) LONG.get(bytes, offset + 56);
  }

  @Override
  public long uptimeMs() {
    return (long) LONG.get(bytes, offset + 64);
  }

  public int attributesLength() {
    return Short.toUnsignedInt((short) SHORT.get(bytes, offset + 72));
  }

  /** The app's other fields as JSON text, empty for none. */
  public String attributes() {
    return new String(bytes, offset + HEADER_BYTES, attributesLength(), StandardCharsets.UTF_8);
  }

  public int decisionLength() {
    return Short.toUnsignedInt((short) SHORT.get(bytes, offset + 74));
  }

  /** Where the decision begins, counted from the start of the array. */
  public int decisionOffset() {
    int end = phoneIdOffset() + phoneIdLength();
    return isSigned() ? end + SIGNED_BYTES : end;
  }

  /** Whether the device's signature over it was found right. */
  public boolean isSigned() {
    return (flags() & FLAG_SIGNED) != 0;
  }

  @Override
  public long counter() {
    return isSigned() ? (long) LONG.get(bytes, phoneIdOffset() + phoneIdLength()) : UNKNOWN;
  }

  @Override
  public int signingKey() {
    return isSigned() ? (int) INT.get(bytes, phoneIdOffset() + phoneIdLength() + 8) : UNKNOWN;
  }

  /** Where the phone id begins, counted from the start of the array. */
  public int phoneIdOffset() {
    return offset + HEADER_BYTES + attributesLength();
  }

  public int phoneIdLength() {
    return Byte.toUnsignedInt(bytes[offset + 76]);
  }

  /** The id that the phone claims in the body, empty for none; never its identity. */
  public String phoneId() {
    return new String(bytes, phoneIdOffset(), phoneIdLength(), StandardCharsets.UTF_8);
  }

  public PingRecord fixTimeMs(long fixTimeMs) {
    LONG.set(bytes, offset + 24, fixTimeMs);
    return this;
  }

  /** Sets the position; the longitude must be normalized. */
  public PingRecord position(int latE7, int lngE7) {
    SHORT.set(bytes, offset + 2, (short) (flags() | FLAG_HAS_POSITION));
    INT.set(bytes, offset + 32, latE7);
    INT.set(bytes, offset + 36, lngE7);
    return this;
  }

  public PingRecord mock(boolean mock) {
    SHORT.set(bytes, offset + 2, (short) (mock ? flags() | FLAG_MOCK : flags() & ~FLAG_MOCK));
    return this;
  }

  public PingRecord accuracyCm(int accuracyCm) {
    INT.set(bytes, offset + 40, accuracyCm);
    return this;
  }

  public PingRecord altitudeCm(int altitudeCm) {
    INT.set(bytes, offset + 44, altitudeCm);
    return this;
  }

  public PingRecord speedCmps(int speedCmps) {
    INT.set(bytes, offset + 48, speedCmps);
    return this;
  }

  public PingRecord bearingCdeg(int bearingCdeg) {
    SHORT.set(bytes, offset + 52, (short) bearingCdeg);
    return this;
  }

  public PingRecord batteryPct(int batteryPct) {
    bytes[offset + 54] = (byte) batteryPct;
    return this;
  }

  public PingRecord door(int door) {
    bytes[offset + 55] = (byte) door;
    return this;
  }

  public PingRecord seq(long seq) {
    LONG.set(bytes, offset + 56, seq);
    return this;
  }

  public PingRecord uptimeMs(long uptimeMs) {
    LONG.set(bytes, offset + 64, uptimeMs);
    return this;
  }

  /**
   * Appends the attributes; there must be room, no decision yet, and at most {@link
   * #MAX_ATTRIBUTES_BYTES}.
   */
  public PingRecord attributes(byte[] json, int length) {
    if (length > MAX_ATTRIBUTES_BYTES) {
      throw new IllegalArgumentException(
          "attributes bytes=" + length + " max=" + MAX_ATTRIBUTES_BYTES);
    }
    System.arraycopy(json, 0, bytes, offset + HEADER_BYTES, length);
    SHORT.set(bytes, offset + 72, (short) length);
    INT.set(bytes, offset + 4, HEADER_BYTES + length);
    return this;
  }

  /**
   * Appends the id that the phone claims, at most 255 bytes; after the attributes, and there must
   * be room.
   */
  public PingRecord phoneId(byte[] utf8, int length) {
    if (length > 255) {
      throw new IllegalArgumentException("phone id bytes=" + length + " max=255");
    }
    System.arraycopy(utf8, 0, bytes, phoneIdOffset(), length);
    bytes[offset + 76] = (byte) length;
    INT.set(bytes, offset + 4, HEADER_BYTES + attributesLength() + length);
    return this;
  }

  /**
   * Marks it as signed; after the phone id, there must be {@link #SIGNED_BYTES} of room.
   *
   * @param counter at least 0
   * @param signingKey the number of the device's key
   */
  public PingRecord signed(long counter, int signingKey) {
    int at = phoneIdOffset() + phoneIdLength();
    LONG.set(bytes, at, counter);
    INT.set(bytes, at + 8, signingKey);
    SHORT.set(bytes, offset + 2, (short) (flags() | FLAG_SIGNED));
    INT.set(bytes, offset + 4, at + SIGNED_BYTES - offset);
    return this;
  }

  /**
   * In a client's signed record, whose lengths nobody has checked: where the signature begins,
   * counted from the start of the array, and all before it is signed. The counter stands before it.
   */
  public int signatureOffset() {
    return phoneIdOffset() + phoneIdLength() + Long.BYTES;
  }

  /** Sets the bytes to 0 that the server writes: signatures are made over a record without them. */
  public PingRecord unstamp() {
    return stamp(0, 0, 0, 0);
  }

  /**
   * Makes the record that it would be unsigned out of a client's signed one, which was verified.
   *
   * @return the counter that was signed
   */
  public long stripSignature() {
    long counter = counter();
    int end = phoneIdOffset() + phoneIdLength();
    SHORT.set(bytes, offset + 2, (short) (flags() & ~FLAG_SIGNED));
    INT.set(bytes, offset + 4, end - offset);
    return counter;
  }

  /**
   * Ends the record with the shard's decision, which was written at {@link #decisionOffset}; there
   * is one at most.
   */
  public PingRecord decided(PingDecision decision) {
    int length = decision.lengthBytes();
    SHORT.set(bytes, offset + 74, (short) length);
    INT.set(bytes, offset + 4, decisionOffset() + length - offset);
    return this;
  }

  /** Marks a record that no phone sent: it only tells changes of presence. */
  public PingRecord serverMade() {
    SHORT.set(bytes, offset + 2, (short) (flags() | FLAG_SERVER_MADE));
    return this;
  }

  /**
   * Whether the server made it, to tell REMOVED changes after a fence went; not a sign of life of
   * the phone.
   */
  public boolean isServerMade() {
    return (flags() & FLAG_SERVER_MADE) != 0;
  }

  /** Whether all in it is a client's to say: no decision, no flag or byte of the server's. */
  public boolean isClientMade() {
    return decisionLength() == 0
        && (flags() & ~(FLAG_HAS_POSITION | FLAG_MOCK)) == 0
        && (bytes[offset + 77] | bytes[offset + 78] | bytes[offset + 79]) == 0;
  }

  private int flags() {
    return Short.toUnsignedInt((short) SHORT.get(bytes, offset + 2));
  }
}
