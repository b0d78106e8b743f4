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
import java.util.OptionalInt;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The directory of all journals, held by one process at a time. Opened and closed off the event
 * loops, by any thread. Its {@code journal.properties} says how it was written: another format or
 * shard count refuses to open, since a member's records would be looked for in another shard's
 * journal. The lock ends with the process, however it ends.
 */
public final class JournalDirectory implements AutoCloseable {
  /** How records and queues are laid out; grows when old code couldn't read new journals. */
  static final int FORMAT = 2;

  /** Records without checksums; still read, new ones get theirs. */
  static final int FORMAT_WITHOUT_CHECKSUMS = 1;

  private static final String PROPERTIES = "journal.properties";
  private static final String LOCK = "journal.lock";
  private static final String FORMAT_KEY = "format";
  private static final String SHARDS = "shards";
  private static final String ROLL = "roll";

  private final Path dir;
  private final int shards;
  private final JournalRoll roll;
  private final LongSupplier clockMs;
  private final FileChannel lockFile;

  private JournalDirectory(
      Path dir, int shards, JournalRoll roll, LongSupplier clockMs, FileChannel lockFile) {
    this.dir = dir;
    this.shards = shards;
    this.roll = roll;
    this.clockMs = clockMs;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory, made if it isn't there.
   *
   * @throws JournalException if another process holds it, or it was written in another way
   */
  public static JournalDirectory open(Path dir, int shards) {
    return open(dir, shards, JournalRoll.DAILY);
  }

  /**
   * Takes the directory, made if it isn't there, its journals cut into files in this way then.
   *
   * @throws JournalException if another process holds it, or it was written in another way
   */
  public static JournalDirectory open(Path dir, int shards, JournalRoll roll) {
    return open(dir, shards, roll, System::currentTimeMillis);
  }

  /**
   * The same by another clock.
   *
   * @param clockMs says which file a record goes to
   */
  static JournalDirectory open(Path dir, int shards, JournalRoll roll, LongSupplier clockMs) {
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
        checkProperties(dir, shards, roll);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
      return new JournalDirectory(dir, shards, storedRoll(dir), clockMs, lockFile);
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
    return openShard(shard, sync, Waypoint.START);
  }

  /** Opens one shard's journal, of which a part is known to be whole. */
  public ShardJournal openShard(int shard, SyncPolicy sync, Waypoint known) {
    return openShard(shard, sync, known, ShardJournal.NOTHING);
  }

  /**
   * The same where somebody has copied records up to an index: none gets such an index again, even
   * if a power cut has taken the last of them from the journal.
   *
   * @param copiedUpTo -1 if nobody has
   */
  public ShardJournal openShard(int shard, SyncPolicy sync, Waypoint known, long copiedUpTo) {
    if (shard < 0 || shard >= shards) {
      throw new IllegalArgumentException("shard=" + shard + " shards=" + shards);
    }
    return ShardJournal.open(dir, shard, sync, known, copiedUpTo, roll, clockMs);
  }

  /** How its journals are cut into files. */
  public JournalRoll roll() {
    return roll;
  }

  public Path path() {
    return dir;
  }

  /** Where snapshots of shards lie. */
  public Path snapshots() {
    return snapshots(dir);
  }

  /** Where they lie in a directory that another process may hold. */
  public static Path snapshots(Path dir) {
    return dir.resolve("snapshots");
  }

  /** How records are laid out there. */
  public int format() {
    return FORMAT;
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

  /**
   * How many shards the journals there were written with; empty if there are none, or if what says
   * so can't be read, which {@link #open} then refuses.
   */
  public static OptionalInt storedShards(Path dir) {
    try {
      return OptionalInt.of(Integer.parseInt(properties(dir).getProperty(SHARDS, "").trim()));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** How the journals there are cut into files; those of earlier versions daily. */
  public static JournalRoll storedRoll(Path dir) {
    try {
      return JournalRoll.of(properties(dir).getProperty(ROLL, JournalRoll.DAILY.text()).trim());
    } catch (IOException e) {
      return JournalRoll.DAILY;
    } catch (IllegalArgumentException e) {
      throw new JournalException(
          dir.resolve(PROPERTIES) + " says a roll that this server doesn't know", e);
    }
  }

  private static void checkProperties(Path dir, int shards, JournalRoll roll) throws IOException {
    Path file = dir.resolve(PROPERTIES);
    if (!Files.exists(file)) {
      write(file, shards, roll);
      return;
    }
    Properties found = properties(dir);
    String format = found.getProperty(FORMAT_KEY, "").trim();
    boolean older = format.equals(Integer.toString(FORMAT_WITHOUT_CHECKSUMS));
    if (!older && !format.equals(Integer.toString(FORMAT))) {
      throw new JournalException(
          file
              + " says format="
              + format
              + ", this server reads "
              + FORMAT_WITHOUT_CHECKSUMS
              + " and "
              + FORMAT
              + ": start the version of Hexbeat that wrote it, or a newer one");
    }
    String count = found.getProperty(SHARDS, "").trim();
    if (!count.equals(Integer.toString(shards))) {
      throw new JournalException(
          file
              + " says shards="
              + count
              + ", this server wants shards="
              + shards
              + ": leave the setting out, the stored number is taken then");
    }
    if (older) {
      write(file, shards, storedRoll(dir));
    }
  }

  private static Properties properties(Path dir) throws IOException {
    Properties found = new Properties();
    try (Reader reader = Files.newBufferedReader(dir.resolve(PROPERTIES))) {
      found.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException(dir.resolve(PROPERTIES) + " is no properties file", e);
    }
    return found;
  }

  private static void write(Path file, int shards, JournalRoll roll) throws IOException {
    String text = "format=" + FORMAT + "\nshards=" + shards + "\nroll=" + roll.text() + "\n";
    DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
