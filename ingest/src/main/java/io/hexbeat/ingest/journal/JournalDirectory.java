package io.hexbeat.ingest.journal;

import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The directory of all journals, held by one process at a time. Opened and closed off the event
 * loops, by any thread. Its {@code journal.properties} says how it was written: another format or
 * shard count refuses to open, since a member's records would be looked for in another shard's
 * journal. The lock ends with the process, however it ends.
 */
public final class JournalDirectory implements AutoCloseable {
  /** How records and queues are laid out; grows when old code couldn't read new journals. */
  static final int FORMAT = 1;

  private static final String PROPERTIES = "journal.properties";
  private static final String LOCK = "journal.lock";

  private final Path dir;
  private final int shards;
  private final FileChannel lockFile;

  private JournalDirectory(Path dir, int shards, FileChannel lockFile) {
    this.dir = dir;
    this.shards = shards;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory, made if it isn't there.
   *
   * @throws JournalException if another process holds it, or it was written in another way
   */
  public static JournalDirectory open(Path dir, int shards) {
    try {
      DurableFiles.createDirectories(dir);
      FileChannel lockFile =
          FileChannel.open(dir.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locks(lockFile)) {
        lockFile.close();
        throw new JournalException(
            "journal directory=" + dir + " is in use by another process; stop it first");
      }
      try {
        checkProperties(dir, shards);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
      return new JournalDirectory(dir, shards, lockFile);
    } catch (IOException e) {
      throw new JournalException("journal directory=" + dir + " can't be opened", e);
    }
  }

  /** Opens one shard's journal, whose pages the kernel writes when it likes. */
  public ShardJournal openShard(int shard) {
    return openShard(shard, SyncPolicy.DEFAULT);
  }

  /** Opens one shard's journal. */
  public ShardJournal openShard(int shard, SyncPolicy sync) {
    if (shard < 0 || shard >= shards) {
      throw new IllegalArgumentException("shard=" + shard + " shards=" + shards);
    }
    return ShardJournal.open(dir, shard, sync);
  }

  /** Gives the directory back; the journals must be closed. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new JournalException("journal directory=" + dir + " can't be given back", e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // null or a lock
  private static boolean locks(FileChannel lockFile) throws IOException {
    try {
      @Nullable FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void checkProperties(Path dir, int shards) throws IOException {
    Path file = dir.resolve(PROPERTIES);
    if (!Files.exists(file)) {
      write(file, shards);
      return;
    }
    Properties found = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      found.load(reader);
    }
    require(file, found, "format", FORMAT);
    require(file, found, "shards", shards);
  }

  private static void require(Path file, Properties found, String key, int wanted) {
    String value = found.getProperty(key, "");
    if (!value.trim().equals(Integer.toString(wanted))) {
      throw new JournalException(
          file + " says " + key + "=" + value + ", this server wants " + key + "=" + wanted);
    }
  }

  private static void write(Path file, int shards) throws IOException {
    String text = "format=" + FORMAT + "\nshards=" + shards + "\n";
    DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
