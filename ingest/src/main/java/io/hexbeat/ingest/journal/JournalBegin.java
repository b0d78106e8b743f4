package io.hexbeat.ingest.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Remembers beside a journal where it begins since files of it were deleted. Any thread that may
 * wait for the disk.
 */
final class JournalBegin {
  private JournalBegin() {}

  static Path file(Path shardDir) {
    return shardDir.resolveSibling(shardDir.getFileName() + ".begin");
  }

  static void write(Path shardDir, long index) throws IOException {
    String text = Long.toHexString(index) + "\n";
    DurableFiles.write(file(shardDir), text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * A replay of the whole needs the whole.
   *
   * @throws JournalException if files of it were deleted
   */
  static void requireWhole(Path shardDir) {
    Path file = file(shardDir);
    if (Files.exists(file)) {
      throw new JournalException(
          "journal directory="
              + shardDir
              + " no longer holds its first records, and no snapshot beside it can be read:"
              + " restore a backup (hexbeat restore), or, to go on with what is left and without"
              + " who was where before, remove "
              + file);
    }
  }
}
