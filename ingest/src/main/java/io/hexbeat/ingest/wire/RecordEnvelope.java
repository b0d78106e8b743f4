package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;
import static io.hexbeat.ingest.wire.LittleEndian.u16;
import static io.hexbeat.ingest.wire.LittleEndian.u8;

/**
 * The first 24 bytes, the same in every record, little endian. Static readers over the caller's
 * bytes; any thread; allocates nothing. {@link #check} is the gate for bytes from outside: past it
 * the flyweights may trust every length.
 *
 * <pre>
 *  byte  0        1         2               4
 *       +--------+---------+---------------+-------------------------------+
 *     0 | type   | version | flags u16     | lengthBytes i32               |
 *     8 | deviceHandle i32                 | memberHandle i32              |
 *    16 | receivedTimeMs i64                                               |
 *       +------------------------------------------------------------------+
 *  lengthBytes counts from byte 0 to the record's end. A record that belongs to no device has
 *  handles of 0.
 * </pre>
 */
public final class RecordEnvelope {
  /** Bytes of the envelope. */
  public static final int BYTES = 24;

  /** No record is longer: the size of every scratch buffer, far below a block of the journal. */
  public static final int MAX_RECORD_BYTES = 128 * 1024;

  /** What this code writes; a reader refuses what is newer. */
  static final byte VERSION = 1;

  private RecordEnvelope() {}

  public static RecordType type(byte[] bytes, int offset) {
    return RecordType.of(bytes[offset]);
  }

  public static int lengthBytes(byte[] bytes, int offset) {
    return i32(bytes, offset + 4);
  }

  public static int deviceHandle(byte[] bytes, int offset) {
    return i32(bytes, offset + 8);
  }

  public static int memberHandle(byte[] bytes, int offset) {
    return i32(bytes, offset + 12);
  }

  public static long receivedTimeMs(byte[] bytes, int offset) {
    return i64(bytes, offset + 16);
  }

  /**
   * Checks type, version and that all lengths inside the record add up within {@code
   * availableBytes}. Says nothing about the values: a latitude of 200 degrees passes.
   *
   * @return the record's length
   * @throws InvalidRecordException naming what is wrong
   */
  public static int check(byte[] bytes, int offset, int availableBytes) {
    if (availableBytes < BYTES) {
      throw new InvalidRecordException("available bytes=" + availableBytes + " min=" + BYTES);
    }
    RecordType type = typeOrThrow(bytes[offset]);
    if (bytes[offset + 1] != VERSION) {
      throw new InvalidRecordException(
          type + " version=" + bytes[offset + 1] + " is unknown, this code reads " + VERSION);
    }
    int length = lengthBytes(bytes, offset);
    int header = headerBytes(type);
    if (length < header || length > MAX_RECORD_BYTES) {
      throw new InvalidRecordException(
          type + " length=" + length + " is outside " + header + ".." + MAX_RECORD_BYTES);
    }
    if (length > availableBytes) {
      throw new InvalidRecordException(
          type + " length=" + length + " available bytes=" + availableBytes);
    }
    int sections = sectionBytes(type, bytes, offset);
    if (header + sections != length) {
      throw new InvalidRecordException(
          type + " length=" + length + " header=" + header + " sections=" + sections);
    }
    return length;
  }

  static void write(
      RecordType type,
      byte[] bytes,
      int offset,
      int lengthBytes,
      int deviceHandle,
      int memberHandle,
      long receivedTimeMs) {
    bytes[offset] = type.code();
    bytes[offset + 1] = VERSION;
    u16(bytes, offset + 2, 0);
    i32(bytes, offset + 4, lengthBytes);
    i32(bytes, offset + 8, deviceHandle);
    i32(bytes, offset + 12, memberHandle);
    i64(bytes, offset + 16, receivedTimeMs);
  }

  private static RecordType typeOrThrow(byte code) {
    try {
      return RecordType.of(code);
    } catch (IllegalArgumentException e) {
      throw new InvalidRecordException(e.getMessage());
    }
  }

  private static int headerBytes(RecordType type) {
    return switch (type) {
      case PING -> PingRecord.HEADER_BYTES;
      case PUNCH -> PunchRecord.HEADER_BYTES;
      case FENCES -> FencesRecord.BYTES;
      case QUARANTINE -> QuarantineRecord.HEADER_BYTES;
    };
  }

  private static int sectionBytes(RecordType type, byte[] bytes, int offset) {
    return switch (type) {
      case PING -> pingSections(bytes, offset);
      case PUNCH -> PunchRecord.sectionBytes(bytes, offset);
      case FENCES -> 0;
      case QUARANTINE -> QuarantineRecord.sectionBytes(bytes, offset);
    };
  }

  private static int pingSections(byte[] bytes, int offset) {
    boolean signed = (u16(bytes, offset + 2) & PingRecord.FLAG_SIGNED) != 0;
    int texts =
        u16(bytes, offset + 72) + u8(bytes, offset + 76) + (signed ? PingRecord.SIGNED_BYTES : 0);
    int decision = u16(bytes, offset + 74);
    int length = lengthBytes(bytes, offset);
    if (decision > 0 && PingRecord.HEADER_BYTES + texts + decision == length) {
      PingDecision.check(bytes, offset + PingRecord.HEADER_BYTES + texts, decision);
    }
    return texts + decision;
  }
}
