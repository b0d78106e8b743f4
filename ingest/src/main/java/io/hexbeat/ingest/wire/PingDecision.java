package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;
import static io.hexbeat.ingest.wire.LittleEndian.u16;
import static io.hexbeat.ingest.wire.LittleEndian.u8;

import java.nio.charset.StandardCharsets;

/**
 * Flyweight over what the shard decided about a ping, little endian: the last section of the ping's
 * record. One thread at a time; allocates nothing but what {@link #alerts} returns. A restart
 * applies what stands here and never decides again, so every change of presence, silent ones
 * included, must be in it.
 *
 * <pre>
 *  byte  0        1        2               4                6
 *       +--------+--------+---------------+----------------+----------------+
 *     0 | order  | zero   | changeCount u16 | alertsLength u16 | zero u16   |
 *       +-------------------------------------------------------------------+
 *     8 | fenceHandle i32                  | kind   | inferred | zero u16   |  one a
 *    16 | atMs i64                                                          |  change
 *       +-------------------------------------------------------------------+
 *       | alerts: JSON array, UTF-8, 0 bytes for none                       |
 *       +-------------------------------------------------------------------+
 *  order: FixOrder's code, kind: ChangeKind's code
 * </pre>
 */
public final class PingDecision {
  /** Most changes of one fix: what fits beside the alerts. */
  public static final int MAX_CHANGES = 2048;

  /** Most bytes of alerts of one fix. */
  public static final int MAX_ALERTS_BYTES = 16 * 1024;

  static final int HEADER_BYTES = 8;
  static final int CHANGE_BYTES = 16;

  private byte[] bytes = new byte[0];
  private int offset;

  /** Reads the decision of a journaled ping. */
  public PingDecision wrap(PingRecord ping) {
    if (ping.decisionLength() == 0) {
      throw new InvalidRecordException(
          "PING of device=" + ping.deviceHandle() + " has no decision");
    }
    return wrap(ping.array(), ping.decisionOffset());
  }

  PingDecision wrap(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.offset = offset;
    return this;
  }

  /** Starts the decision of a ping that has none yet; end with {@link PingRecord#decided}. */
  public PingDecision wrapNew(PingRecord ping, int orderCode) {
    wrap(ping.array(), ping.decisionOffset());
    i64(bytes, offset, 0);
    u8(bytes, offset, orderCode);
    return this;
  }

  /** Adds a change; before the alerts. */
  public PingDecision change(int fenceHandle, int kindCode, boolean inferred, long atMs) {
    int count = changeCount();
    if (count == MAX_CHANGES) {
      throw new IllegalArgumentException("changes max=" + MAX_CHANGES);
    }
    int at = changeOffset(count);
    i32(bytes, at, fenceHandle);
    u8(bytes, at + 4, kindCode);
    u8(bytes, at + 5, inferred ? 1 : 0);
    u16(bytes, at + 6, 0);
    i64(bytes, at + 8, atMs);
    u16(bytes, offset + 2, count + 1);
    return this;
  }

  /** Adds the alerts; the last thing to be written. */
  public PingDecision alerts(byte[] json) {
    if (json.length > MAX_ALERTS_BYTES) {
      throw new IllegalArgumentException(
          "alerts bytes=" + json.length + " max=" + MAX_ALERTS_BYTES);
    }
    System.arraycopy(json, 0, bytes, alertsOffset(), json.length);
    u16(bytes, offset + 4, json.length);
    return this;
  }

  public int lengthBytes() {
    return HEADER_BYTES + changeCount() * CHANGE_BYTES + alertsLength();
  }

  public int orderCode() {
    return u8(bytes, offset);
  }

  public int changeCount() {
    return u16(bytes, offset + 2);
  }

  public int fenceHandle(int change) {
    return i32(bytes, changeOffset(change));
  }

  public int kindCode(int change) {
    return u8(bytes, changeOffset(change) + 4);
  }

  /** The pass lies between two fixes and neither was inside. */
  public boolean inferred(int change) {
    return u8(bytes, changeOffset(change) + 5) != 0;
  }

  /** When it happened, Unix milliseconds. */
  public long atMs(int change) {
    return i64(bytes, changeOffset(change) + 8);
  }

  public int alertsLength() {
    return u16(bytes, offset + 4);
  }

  /** The alerts as a JSON array, empty text for none. */
  public String alerts() {
    return new String(bytes, alertsOffset(), alertsLength(), StandardCharsets.UTF_8);
  }

  static void check(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes < HEADER_BYTES) {
      throw new InvalidRecordException(
          "PING decision length=" + lengthBytes + " min=" + HEADER_BYTES);
    }
    int changes = u16(bytes, offset + 2);
    int alerts = u16(bytes, offset + 4);
    if (HEADER_BYTES + changes * CHANGE_BYTES + alerts != lengthBytes) {
      throw new InvalidRecordException(
          "PING decision length=" + lengthBytes + " changes=" + changes + " alerts=" + alerts);
    }
  }

  private int alertsOffset() {
    return changeOffset(changeCount());
  }

  private int changeOffset(int change) {
    return offset + HEADER_BYTES + change * CHANGE_BYTES;
  }
}
