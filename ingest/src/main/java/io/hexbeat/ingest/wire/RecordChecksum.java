package io.hexbeat.ingest.wire;

import java.util.zip.CRC32C;

/**
 * What the journal writes after each record, so that a byte that a disk changed is found: CRC32C of
 * the record, XORed with the low 32 bits of its index. So it also says which record it is, and a
 * record in a wrong place is found too. One thread; allocates nothing.
 *
 * <pre>
 *  excerpt = record (lengthBytes) | checksum u32, little endian
 *  A journal of format 1 has no checksum: the excerpt ends with the record.
 * </pre>
 */
public final class RecordChecksum {
  /** Bytes after the record. */
  public static final int BYTES = 4;

  private final CRC32C crc = new CRC32C();

  /** The checksum of a record at an index. */
  public int of(byte[] bytes, int offset, int lengthBytes, long index) {
    crc.reset();
    crc.update(bytes, offset, lengthBytes);
    return (int) crc.getValue() ^ (int) index;
  }

  /** The low 32 bits of the index that a record with this checksum was written at. */
  public int lowIndexOf(byte[] bytes, int offset, int lengthBytes) {
    return of(bytes, offset, lengthBytes, LittleEndian.i32(bytes, offset + lengthBytes));
  }

  /**
   * The gate for an excerpt of a journal.
   *
   * @return the length of its record
   * @throws InvalidRecordException naming what is wrong
   */
  public int check(byte[] bytes, int offset, int excerptBytes, long index) {
    int length = RecordEnvelope.check(bytes, offset, excerptBytes);
    if (length == excerptBytes) {
      return length;
    }
    if (length + BYTES != excerptBytes) {
      throw new InvalidRecordException(
          "excerpt bytes=" + excerptBytes + " of a record of length=" + length);
    }
    if (lowIndexOf(bytes, offset, length) != (int) index) {
      throw new InvalidRecordException("checksum of the record of length=" + length + " is wrong");
    }
    return length;
  }
}
