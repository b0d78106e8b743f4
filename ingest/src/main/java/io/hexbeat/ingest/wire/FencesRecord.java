package io.hexbeat.ingest.wire;

import static io.hexbeat.ingest.wire.LittleEndian.i32;
import static io.hexbeat.ingest.wire.LittleEndian.i64;

/**
 * Flyweight over the note that from here on the shard decides by another version of the fence index
 * or of the trust policy, little endian. One thread at a time; allocates nothing. It belongs to no
 * device; the REMOVED changes that an adoption causes follow as pings made by the server.
 *
 * <pre>
 *  byte  0                                 4
 *       +---------------------------------+--------------------------------+
 *     0 | envelope, 24 bytes, type=3: see RecordEnvelope                   |
 *    24 | indexVersion i64                                                 |
 *    32 | fenceCount i32                  | policyVersion i32              |
 *       +------------------------------------------------------------------+
 *  policyVersion 0: what the settings say, and all that older code wrote
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

  /** The same under the policy of the settings. */
  public FencesRecord wrapNew(
      byte[] bytes, int offset, long receivedTimeMs, long indexVersion, int fenceCount) {
    return wrapNew(bytes, offset, receivedTimeMs, indexVersion, fenceCount, 0);
  }

  /** Wraps and writes all of it. */
  public FencesRecord wrapNew(
      byte[] bytes,
      int offset,
      long receivedTimeMs,
      long indexVersion,
      int fenceCount,
      long policyVersion) {
    wrap(bytes, offset);
    RecordEnvelope.write(RecordType.FENCES, bytes, offset, BYTES, 0, 0, receivedTimeMs);
    i64(bytes, offset + 24, indexVersion);
    i32(bytes, offset + 32, fenceCount);
    i32(bytes, offset + 36, Math.toIntExact(policyVersion));
    return this;
  }

  /** When the shard adopted it. */
  public long receivedTimeMs() {
    return i64(bytes, offset + 16);
  }

  public long indexVersion() {
    return i64(bytes, offset + 24);
  }

  /** Of the trust policy by which the shard decides from here on. */
  public long policyVersion() {
    return i32(bytes, offset + 36);
  }

  public int fenceCount() {
    return i32(bytes, offset + 32);
  }
}
