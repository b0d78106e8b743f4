package io.hexbeat.load.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Cuts the unused end of a dead server's last journal files off at a random byte, as a machine does
 * that had not written their lengths yet. Stateless; the server must be gone. What was written, and
 * so whatever was acknowledged, is not touched.
 */
final class TornTail {
  private static final int CHUNK_BYTES = 1 << 20;

  /** A record that ends in zeros ends at most so far behind the last other byte. */
  private static final int MARGIN_BYTES = 256;

  private TornTail() {}

  /** Cuts each shard's last file; false if there was nothing to cut. */
  static boolean cut(Path journalDir, Random random) throws IOException {
    boolean any = false;
    try (Stream<Path> shards = Files.list(journalDir)) {
      for (Path shard : shards.filter(Files::isDirectory).toList()) {
        Optional<Path> last = lastFile(shard);
        if (last.isPresent()) {
          any |= cutFile(last.get(), random);
        }
      }
    }
    return any;
  }

  private static Optional<Path> lastFile(Path shard) throws IOException {
    try (Stream<Path> files = Files.list(shard)) {
      List<Path> cycles = files.filter(file -> file.toString().endsWith(".cq4")).toList();
      return cycles.stream().max(Comparator.comparing(Path::toString));
    }
  }

  private static boolean cutFile(Path file, Random random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long from = endOfWritten(channel) + MARGIN_BYTES;
      if (from >= channel.size()) {
        return false;
      }
      channel.truncate(from + random.nextInt((int) Math.min(CHUNK_BYTES, channel.size() - from)));
      return true;
    }
  }

  private static long endOfWritten(FileChannel channel) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    for (long end = channel.size(); end > 0; end -= CHUNK_BYTES) {
      long from = Math.max(0, end - CHUNK_BYTES);
      chunk.clear().limit((int) (end - from));
      while (chunk.hasRemaining() && channel.read(chunk, from + chunk.position()) >= 0) {
        // until the chunk is full
      }
      for (int i = chunk.position() - 1; i >= 0; i--) {
        if (chunk.get(i) != 0) {
          return from + i + 1;
        }
      }
    }
    return 0;
  }
}
