package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks at the snapshots of a stopped server as its next start will, and changes nothing. Any
 * thread that may wait for the disk.
 */
public final class SnapshotDoctor {
  /** How the snapshots are written that this version reads. */
  public static final int ENCODING = ShardState.ENCODING;

  private SnapshotDoctor() {}

  /** Of one shard, the newest first. */
  public static List<SnapshotBook.Found> inspect(Path journalDir, int shard, long lastIndex)
      throws IOException {
    Path dir = JournalDirectory.snapshots(journalDir);
    return new SnapshotBook(dir, shard, ENCODING).look(lastIndex);
  }
}
