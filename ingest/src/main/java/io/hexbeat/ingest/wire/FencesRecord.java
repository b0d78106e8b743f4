package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;

/**
 * Flyweight over the note that from here on the shard decides by another version of the fence
 * index, little endian. One thread at a time; allocates nothing. It belongs to no device; the
 * REMOVED changes that an adoption causes follow as pings made by the server.
 *
 * <pre>
 *  byte  0                                 4
 *       +---------------------------------+--------------------------------+
 *     0 | envelope, 24 bytes, type=3: see RecordEnvelope                   |
 *    24 | indexVersion i64                                                 |
 *    32 | fenceCount i32                  | zero i32                       |
 *       +------------------------------------------------------------------+
 * </pre>
 */
public final class FencesRecord {
  /** Bytes of the whole record. */
  public static final int BYTES = 40;

  private byte[] bytes = new byte[0];
  private int offset;

  /** Reads from here on; the bytes stay the caller's. */
  public FencesRecord wrap(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.offset = offset;
    return this;
  }

  /** Wraps and writes all of it. */
  public FencesRecord wrapNew(
      byte[] bytes, int offset, long receivedTimeMs, long indexVersion, int fenceCount) {
    wrap(bytes, offset);
    RecordEnvelope.write(RecordType.FENCES, bytes, offset, BYTES, 0, 0, receivedTimeMs);
    i64(bytes, offset + 24, indexVersion);
    i32(bytes, offset + 32, fenceCount);
    i32(bytes, offset + 36, 0);
    return this;
  }

  /** When the shard adopted it. */
  public long receivedTimeMs() {
    return i64(bytes, offset + 16);
  }

  public long indexVersion() {
    return i64(bytes, offset + 24);
  }

  public int fenceCount() {
    return i32(bytes, offset + 32);
  }
}
