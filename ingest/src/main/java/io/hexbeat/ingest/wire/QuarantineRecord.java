package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;
import static io.hexbeat.ingest.wire.LittleEndian.u16;
import static io.hexbeat.ingest.wire.LittleEndian.u8;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Flyweight over bytes that a known device sent and no format could use, little endian, so that the
 * phone can be told to go on and somebody can look later. One thread at a time; the numbers
 * allocate nothing, the texts do. Raw bytes past {@link #MAX_RAW_BYTES} are cut; their true number
 * stays.
 *
 * <pre>
 *  byte  0                                 4
 *       +---------------------------------+--------------------------------+
 *     0 | envelope, 24 bytes, type=4: see RecordEnvelope                   |
 *    24 | door | zero | reasonLen u16      | sentBytes i32                  |
 *    32 | rawLen u16 | zero, 6 bytes                                       |
 *    40 | reason, UTF-8 | raw bytes                                        |
 *       +------------------------------------------------------------------+
 * </pre>
 */
public final class QuarantineRecord {
  /** Bytes before the reason. */
  public static final int HEADER_BYTES = 40;

  /** Most raw bytes kept. */
  public static final int MAX_RAW_BYTES = 4096;

  /** Most bytes of a reason; the rest is cut. */
  public static final int MAX_REASON_BYTES = 512;

  /** Room that any quarantine record fits into. */
  public static final int MAX_BYTES = HEADER_BYTES + MAX_REASON_BYTES + MAX_RAW_BYTES;

  private byte[] bytes = new byte[0];
  private int offset;

  /** Reads from here on; the bytes stay the caller's. */
  public QuarantineRecord wrap(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.offset = offset;
    return this;
  }

  /** Wraps and writes all of it; needs {@link #MAX_BYTES} of room. */
  public QuarantineRecord wrapNew(
      byte[] bytes,
      int offset,
      int deviceHandle,
      int memberHandle,
      long receivedTimeMs,
      int door,
      String reason,
      byte[] raw) {
    wrap(bytes, offset);
    Arrays.fill(bytes, offset, offset + HEADER_BYTES, (byte) 0);
    byte[] reasonBytes = reason.getBytes(StandardCharsets.UTF_8);
    int reasonLength = Math.min(reasonBytes.length, MAX_REASON_BYTES);
    int rawLength = Math.min(raw.length, MAX_RAW_BYTES);
    int length = HEADER_BYTES + reasonLength + rawLength;
    RecordEnvelope.write(
        RecordType.QUARANTINE, bytes, offset, length, deviceHandle, memberHandle, receivedTimeMs);
    u8(bytes, offset + 24, door);
    u16(bytes, offset + 26, reasonLength);
    i32(bytes, offset + 28, raw.length);
    u16(bytes, offset + 32, rawLength);
    System.arraycopy(reasonBytes, 0, bytes, offset + HEADER_BYTES, reasonLength);
    System.arraycopy(raw, 0, bytes, offset + HEADER_BYTES + reasonLength, rawLength);
    return this;
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

  public long receivedTimeMs() {
    return i64(bytes, offset + 16);
  }

  public int door() {
    return u8(bytes, offset + 24);
  }

  /** Why no format could use it. */
  public String reason() {
    return new String(
        bytes, offset + HEADER_BYTES, u16(bytes, offset + 26), StandardCharsets.UTF_8);
  }

  /** How many bytes the phone sent. */
  public int sentBytes() {
    return i32(bytes, offset + 28);
  }

  /** A copy of what was kept of them. */
  public byte[] raw() {
    int from = offset + HEADER_BYTES + u16(bytes, offset + 26);
    return Arrays.copyOfRange(bytes, from, from + u16(bytes, offset + 32));
  }

  static int sectionBytes(byte[] bytes, int offset) {
    return u16(bytes, offset + 26) + u16(bytes, offset + 32);
  }
}
