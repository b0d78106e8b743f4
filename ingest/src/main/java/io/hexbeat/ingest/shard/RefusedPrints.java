package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.util.concurrent.TimeUnit;

/**
 * The last records of one device that went to quarantine, to recognise what is sent again because
 * its acknowledgement was lost. Belongs to the shard's loop; written by what is in the journal, so
 * that it survives a restart. Holds 64 numbers, and takes that memory with the first such record
 * only. The same bytes on another day are kept again, so that the quarantine shows what goes on.
 */
final class RefusedPrints {
  static final int REMEMBERED = 64;

  private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

  private long[] prints = {};
  private int size;
  private int next;

  boolean remembers(byte[] bytes, int offset) {
    if (size == 0) {
      return false;
    }
    long print = print(bytes, offset);
    for (int i = 0; i < size; i++) {
      if (prints[i] == print) {
        return true;
      }
    }
    return false;
  }

  /** Takes a journaled record; it pushes the oldest out. */
  void remember(byte[] bytes, int offset) {
    if (prints.length == 0) {
      prints = new long[REMEMBERED];
    }
    prints[next] = print(bytes, offset);
    next = (next + 1) % REMEMBERED;
    size = Math.min(size + 1, REMEMBERED);
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    size = fields.i32(size);
    next = fields.i32(next);
    if (size > 0 && prints.length == 0) {
      prints = new long[REMEMBERED];
    }
    fields.bits(prints, size);
  }

  /**
   * 64 bits of what lies behind the envelope, which is the door, the reason and the raw bytes, and
   * of the day: FNV-1a. Two different records share one by a chance of some 2^-64.
   */
  private static long print(byte[] bytes, int offset) {
    long print = 0xCBF2_9CE4_8422_2325L ^ RecordEnvelope.receivedTimeMs(bytes, offset) / DAY_MS;
    int end = offset + RecordEnvelope.lengthBytes(bytes, offset);
    for (int i = offset + RecordEnvelope.BYTES; i < end; i++) {
      print = (print ^ (bytes[i] & 0xFF)) * 0x0000_0100_0000_01B3L;
    }
    return print;
  }
}
