package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.wire.RecordEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Of a binary message each record is taken or put aside, one for one, wherever in its buffer the
 * message begins; what lies behind the message changes nothing.
 */
final class StreamLaw implements Law {
  private final WireRecords wire = new WireRecords(BatchLaw.CONFIG.maxAttributes());
  private final BatchLaw batchLaw = new BatchLaw();
  private final Batch batch = BatchLaw.open(Door.STREAM);
  private final Batch other = BatchLaw.open(Door.STREAM);

  @Override
  public void check(byte[] input) {
    int count = read(Unpooled.wrappedBuffer(input), 0, input.length, batch);
    byte[] padded = new byte[input.length + 300];
    java.util.Arrays.fill(padded, (byte) 0x5A);
    System.arraycopy(input, 0, padded, 13, input.length);
    ByteBuf direct = Unpooled.directBuffer(padded.length).writeBytes(padded);
    assertEquals(count, read(direct, 13, 13 + input.length, other));
    direct.release();
    if (count < 0 || count > BatchLaw.CONFIG.maxBatchRecords()) {
      assertEquals(0, batch.size());
      return;
    }
    assertEquals(count, batch.size());
    assertTrue(count * RecordEnvelope.BYTES <= input.length);
    assertArrayEquals(BatchLaw.records(batch), BatchLaw.records(other));
    batchLaw.check(batch, null);
  }

  private int read(ByteBuf in, int from, int to, Batch batch) {
    BatchLaw.reopen(batch, Door.STREAM);
    int count = WireRecords.count(in, from, to);
    int at = from;
    for (int i = 0; i < count && count <= BatchLaw.CONFIG.maxBatchRecords(); i++) {
      wire.read(in, at, batch);
      at += WireRecords.lengthBytes(in, at);
    }
    return count;
  }
}
