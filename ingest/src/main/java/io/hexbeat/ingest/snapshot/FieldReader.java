package io.hexbeat.ingest.snapshot;

import io.hexbeat.geofence.StateFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link FieldWriter} wrote, of a file whose checksum is known to be right. One
 * thread; one buffer. Ignores the values that it is given.
 */
final class FieldReader implements StateFields {
  private final FileChannel file;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  FieldReader(FileChannel file) {
    this.file = file;
  }

  SnapshotHeader header() {
    require(SnapshotHeader.BYTES);
    long magic = buffer.getLong();
    if (magic != SnapshotHeader.MAGIC) {
      throw new IllegalStateException("magic=" + Long.toHexString(magic) + " is no snapshot's");
    }
    SnapshotHeader header =
        new SnapshotHeader(
            buffer.getInt(),
            buffer.getInt(),
            buffer.getLong(),
            buffer.getLong(),
            buffer.getLong(),
            buffer.getLong(),
            buffer.getLong());
    buffer.getLong();
    return header;
  }

  @Override
  public boolean restoring() {
    return true;
  }

  @Override
  public int i32(int value) {
    return Math.toIntExact(i64(0));
  }

  @Override
  public long i64(long value) {
    long rest = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (!buffer.hasRemaining()) {
        require(1);
      }
      byte next = buffer.get();
      rest |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return rest >>> 1 ^ -(rest & 1);
      }
    }
    throw new IllegalStateException("a number of a snapshot has no end");
  }

  @Override
  public boolean flag(boolean value) {
    return i64(0) != 0;
  }

  @Override
  public @Nullable String text(@Nullable String value) {
    int length = i32(0) - 1;
    if (length < 0) {
      return null;
    }
    if (length > buffer.capacity()) {
      throw new IllegalStateException("a text of a snapshot has bytes=" + length);
    }
    require(length);
    String text = new String(buffer.array(), buffer.position(), length, StandardCharsets.UTF_8);
    buffer.position(buffer.position() + length);
    return text;
  }

  @Override
  public void i32s(int[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = i32(0);
    }
  }

  @Override
  public void i64s(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = i64(0);
    }
  }

  @Override
  public void bits(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      require(Long.BYTES);
      values[i] = buffer.getLong();
    }
  }

  private void require(int bytes) {
    if (buffer.remaining() >= bytes) {
      return;
    }
    buffer.compact();
    try {
      int read = 0;
      while (buffer.hasRemaining() && read >= 0) {
        read = file.read(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.flip();
    if (buffer.remaining() < bytes) {
      throw new IllegalStateException("a snapshot ends in the middle of a field");
    }
  }
}
