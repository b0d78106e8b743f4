package io.hexbeat.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Remembers beside a journal up to where it is known to be on the disk: what is missing before it
 * was lost by the disk, what is torn behind it was never promised. Belongs to the thread that
 * syncs. Written after each sync and left to the kernel, so it may be older than the truth, never
 * newer.
 */
final class SyncMark implements AutoCloseable {
  /** There is no mark, or nothing was synced. */
  static final long NONE = -1;

  private final FileChannel channel;
  private final ByteBuffer index = ByteBuffer.allocateDirect(Long.BYTES);

  private SyncMark(FileChannel channel) {
    this.channel = channel;
  }

  static Path file(Path shardDir) {
    return shardDir.resolveSibling(shardDir.getFileName() + ".synced");
  }

  static long read(Path shardDir) throws IOException {
    Path file = file(shardDir);
    if (!Files.exists(file)) {
      return NONE;
    }
    byte[] bytes = Files.readAllBytes(file);
    long index = bytes.length == Long.BYTES ? ByteBuffer.wrap(bytes).getLong() : 0;
    return index > 0 ? index : NONE;
  }

  static SyncMark open(Path shardDir) throws IOException {
    return new SyncMark(
        FileChannel.open(file(shardDir), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  void write(long syncedIndex) throws IOException {
    index.clear().putLong(syncedIndex).flip();
    channel.write(index, 0);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      channel.force(true);
    }
  }
}
