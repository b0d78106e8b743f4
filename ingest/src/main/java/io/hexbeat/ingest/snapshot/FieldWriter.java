package io.hexbeat.ingest.snapshot;

import io.hexbeat.geofence.StateFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields behind each other into a file and sums them up. One thread; one buffer. Numbers are
 * zigzag varints, so that what is small or unknown takes a byte or two; hashes are 8 bytes, texts
 * UTF-8 behind their length, 0 for none.
 */
final class FieldWriter implements StateFields {
  private static final int MAX_VARINT_BYTES = 10;

  private final FileChannel file;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] bytes = buffer.array();

  FieldWriter(FileChannel file) {
    this.file = file;
  }

  void header(SnapshotHeader header) {
    buffer.putLong(SnapshotHeader.MAGIC).putInt(header.encoding()).putInt(header.shard());
    buffer.putLong(header.index()).putLong(header.position()).putLong(header.records());
    buffer.putLong(header.indexVersion()).putLong(header.madeMs()).putLong(0);
  }

  /** Ends the file by its checksum. */
  void finish() {
    flush();
    buffer.putInt((int) crc.getValue());
    flush();
  }

  @Override
  public boolean restoring() {
    return false;
  }

  @Override
  public int i32(int value) {
    i64(value);
    return value;
  }

  @Override
  public long i64(long value) {
    if (buffer.remaining() < MAX_VARINT_BYTES) {
      flush();
    }
    int at = buffer.position();
    long rest = value << 1 ^ value >> 63;
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    buffer.position(at);
    return value;
  }

  @Override
  public boolean flag(boolean value) {
    i64(value ? 1 : 0);
    return value;
  }

  @Override
  public @Nullable String text(@Nullable String value) {
    if (value == null) {
      i64(0);
      return null;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    i64(utf8.length + 1L);
    for (int from = 0; from < utf8.length; ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int length = Math.min(buffer.remaining(), utf8.length - from);
      buffer.put(utf8, from, length);
      from += length;
    }
    return value;
  }

  @Override
  public void i32s(int[] values, int count) {
    for (int i = 0; i < count; i++) {
      i64(values[i]);
    }
  }

  @Override
  public void i64s(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      i64(values[i]);
    }
  }

  @Override
  public void bits(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      if (buffer.remaining() < Long.BYTES) {
        flush();
      }
      buffer.putLong(values[i]);
    }
  }

  private void flush() {
    buffer.flip();
    crc.update(bytes, 0, buffer.limit());
    try {
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.clear();
  }
}
