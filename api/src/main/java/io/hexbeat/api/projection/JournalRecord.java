package io.hexbeat.api.projection;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A record as it was read from the journal: its place and a copy of its bytes. Immutable by use;
 * the copy outlives the tailer's buffer, so that a batch can be halved when PostgreSQL refuses it.
 */
final class JournalRecord {
  private static final int RECEIVED_AT = 16;
  private static final int ENVELOPE_BYTES = 24;

  private final long index;
  private final byte[] bytes;

  private JournalRecord(long index, byte[] bytes) {
    this.index = index;
    this.bytes = bytes;
  }

  static JournalRecord copyOf(long index, byte[] bytes, int length) {
    return new JournalRecord(index, Arrays.copyOf(bytes, length));
  }

  long index() {
    return index;
  }

  /** Not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  boolean hasEnvelope() {
    return bytes.length >= ENVELOPE_BYTES;
  }

  /** From the envelope, 0 when there is none. */
  long receivedTimeMs() {
    return hasEnvelope()
        ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(RECEIVED_AT)
        : 0;
  }

  /** The bytes for the quarantine table, cut to what an operator can look at. */
  Buffer excerpt(int maxBytes) {
    return Buffer.buffer(Arrays.copyOf(bytes, Math.min(bytes.length, maxBytes)));
  }
}
