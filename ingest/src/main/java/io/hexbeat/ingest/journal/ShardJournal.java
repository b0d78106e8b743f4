package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.wire.RecordChecksum;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueStore;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's journal: every record that was acknowledged, in its order. Opened and replayed off
 * the loop, then only the shard's loop appends; a {@link #tailer} may be made by any thread, {@link
 * #sync} belongs to one thread that may wait for the disk. Appending allocates nothing; the file
 * grows by blocks and rolls to a new one each hour or day, UTC. An append that fails throws and
 * leaves nothing behind.
 */
public final class ShardJournal implements AutoCloseable {
  /** Receives each record of a replay; the bytes are good until it returns. */
  @FunctionalInterface
  public interface RecordConsumer {
    void accept(long index, byte[] bytes, int length);
  }

  /** A block holds several hundred thousand pings and many of the longest records. */
  static final long BLOCK_BYTES = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ShardJournal.class);

  /** The queue's own lock among writers, and what stands there while nobody holds it. */
  private static final String QUEUE_LOCK = "chronicle.write.lock";

  private static final long UNLOCKED = Long.MIN_VALUE;

  /** Headers, padding and a page of the queue's own index, which may follow any record. */
  private static final long SLACK_BYTES = 64L << 10;

  /** The index before any record. */
  static final long NOTHING = -1;

  private static final VarHandle APPENDED = handle("appended");
  private static final VarHandle DURABLE = handle("durable");

  private final Path dir;
  private final SyncPolicy sync;
  private final CycleFiles files;
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;

  /** Files that the loop began since the last sync, oldest first. */
  private final Queue<Path> begun = new ConcurrentLinkedQueue<>();

  /** Of the last record when the journal was opened. */
  private final long lastIndexFound;

  private final long lostRecords;

  private final RecordChecksum checksum = new RecordChecksum();

  private final BlockAhead ahead;

  private int cycle = Integer.MIN_VALUE;

  /** Where the last record of this process ends in its file. */
  private long position;

  private long appendedRecords;
  private long appendedBytes;

  /** Through {@link #APPENDED}: written by the loop after each append. */
  @SuppressWarnings("unused")
  private long appended = NOTHING;

  /** Through {@link #DURABLE}: written by the thread that syncs. */
  @SuppressWarnings("unused")
  private long durable = NOTHING;

  /** The file that the next sync is about; the syncing thread's. */
  private @Nullable FileChannel syncing;

  /** Up to where {@link #force} has put everything on the disk. */
  private long forced;

  /** The syncing thread's. */
  private @Nullable SyncMark mark;

  /** A sync failed: the kernel may have dropped the pages, so another one would prove nothing. */
  private volatile boolean failed;

  private ShardJournal(
      Path dir,
      SyncPolicy sync,
      CycleFiles files,
      SingleChronicleQueue queue,
      ExcerptAppender appender,
      long lastIndex,
      long lostRecords) {
    this.dir = dir;
    this.sync = sync;
    this.files = files;
    this.lastIndexFound = lastIndex;
    this.lostRecords = lostRecords;
    this.appended = lastIndex;
    this.queue = queue;
    this.appender = appender;
    this.ahead =
        BlockAhead.start(
            queue, sync.mode() != SyncPolicy.Mode.COMMIT, "journal-ahead-" + dir.getFileName());
  }

  /** Opens the journal under {@code journalDir/shard-N}; the caller holds the directory. */
  static ShardJournal open(
      Path journalDir,
      int shard,
      SyncPolicy sync,
      Waypoint known,
      long copiedUpTo,
      JournalRoll roll,
      LongSupplier clockMs) {
    requireNoAnalytics();
    Path dir = journalDir.resolve("shard-" + shard);
    try {
      JournalRepair repair = new JournalRepair(dir);
      List<JournalRepair.Scanned> found = repair.settle(known);
      JournalClock clock =
          new JournalClock(clockMs, roll.cycle().lengthInMillis(), newestMs(found, repair.files()));
      SingleChronicleQueue queue = builder(dir, roll).timeProvider(clock::nowMs).build();
      unlock(queue, shard);
      if (knowsMoreThanThereIs(queue, found)) {
        queue.close();
        JournalRepair.Scanned last = found.get(found.size() - 1);
        repair.rewrite(last.file(), last.scan(), Files.size(last.file().path()));
        queue = builder(dir, roll).timeProvider(clock::nowMs).build();
      }
      long lost = 0;
      if (copiedUpTo > lastIndex(found)) {
        queue.close();
        lost = repair.giveUp(copiedUpTo);
        LOG.warn(
            "shard {}: {} records up to index={} were copied from this journal and are not in it any"
                + " more, as a power cut does it without journal.sync; new ones go on behind them",
            shard,
            lost,
            Long.toHexString(copiedUpTo));
        found = repair.settle(known);
        queue = builder(dir, roll).timeProvider(clockMs::getAsLong).build();
      }
      ExcerptAppender appender = queue.createAppender();
      appender.singleThreadedCheckDisabled(true);
      ShardJournal journal =
          new ShardJournal(dir, sync, repair.files(), queue, appender, lastIndex(found), lost);
      journal.becomeDurable(found);
      journal.lookAhead(found);
      return journal;
    } catch (IOException e) {
      throw new JournalException("journal directory=" + dir + " can't be opened", e);
    }
  }

  static SingleChronicleQueueBuilder builder(Path dir, JournalRoll roll) {
    return SingleChronicleQueueBuilder.binary(dir).rollCycle(roll.cycle()).blockSize(BLOCK_BYTES);
  }

  /**
   * Writes a record with its checksum and returns its index. Once it returns, the record survives
   * the death of the process.
   *
   * @throws JournalException if it can't; nothing is left of the record then
   */
  public long append(byte[] bytes, int offset, int length) {
    if (length > RecordEnvelope.MAX_RECORD_BYTES) {
      throw new JournalException(
          "record bytes=" + length + " max=" + RecordEnvelope.MAX_RECORD_BYTES);
    }
    if (position > 0
        && !ahead.hasRoom(cycle, position + length + SLACK_BYTES, appender.currentFile())) {
      ahead.at(cycle, position);
      throw new JournalException("the disk is full");
    }
    try (DocumentContext document = appender.writingDocument()) {
      try {
        Bytes<?> target = document.wire().bytes();
        target
            .write(bytes, offset, length)
            .writeInt(checksum.of(bytes, offset, length, document.index()));
        position = target.writePosition();
      } catch (RuntimeException | Error e) {
        document.rollbackOnClose();
        throw e;
      }
    } catch (RuntimeException | InternalError e) { // InternalError: a page that the disk can't back
      throw new JournalException("append of bytes=" + length + " failed", e);
    }
    if (appender.cycle() != cycle) {
      cycle = appender.cycle();
      begun.add(appender.currentFile().toPath());
    }
    ahead.at(cycle, position);
    long index = appender.lastIndexAppended();
    appendedRecords++;
    appendedBytes += length;
    APPENDED.setRelease(this, index);
    return index;
  }

  /** The index of the last record; -1 while there is none. Any thread. */
  public long appended() {
    return (long) APPENDED.getAcquire(this);
  }

  /**
   * The index of the last record that survives a power cut; never beyond {@link #appended}. Any
   * thread.
   */
  public long durable() {
    return (long) DURABLE.getAcquire(this);
  }

  /** Appended since the journal was opened; for figures, by any thread. */
  public long appendedRecords() {
    return appendedRecords;
  }

  /** Their bytes. */
  public long appendedBytes() {
    return appendedBytes;
  }

  /** Records that others had copied and that were not in the journal when it was opened. */
  public long lostRecords() {
    return lostRecords;
  }

  /** The index of the last record when the journal was opened; -1 if there was none. */
  public long lastIndexFound() {
    return lastIndexFound;
  }

  /**
   * Makes durable what was appended before the call. One thread at a time, off the loop, which goes
   * on appending. On Linux syncing the file is what {@code msync} does to the mapping of it, but
   * needs no address that a block change takes away, and takes index pages and lengths along.
   *
   * @throws JournalException if the disk failed; what is durable is unknown then
   */
  public void sync() {
    long upTo = appended();
    try {
      for (Path file = begun.poll(); file != null; file = begun.poll()) {
        finishFile();
        syncing = FileChannel.open(file, StandardOpenOption.WRITE);
        DurableFiles.syncDirectory(dir);
      }
      FileChannel current = syncing;
      if (current != null) {
        current.force(false);
      }
      SyncMark written = mark;
      if (written != null && upTo != NOTHING) {
        written.write(upTo);
      }
    } catch (IOException e) {
      failed = true;
      throw new JournalException("journal directory=" + dir + " can't be synced", e);
    }
    DURABLE.setRelease(this, upTo);
  }

  /** Reads all records from the first on; before the first append. */
  public ReplayFigures replay(RecordConsumer consumer) {
    return replay(NOTHING, consumer);
  }

  /**
   * Reads all records that follow the one at the index, all if it is -1; before the first append.
   *
   * @throws JournalException if not all that follow are still there
   */
  public ReplayFigures replay(long afterIndex, RecordConsumer consumer) {
    long startNs = System.nanoTime();
    long records = 0;
    long last = afterIndex;
    try (JournalTailer tailer = new JournalTailer(queue.createTailer(), () -> Long.MAX_VALUE)) {
      goAfter(tailer, afterIndex);
      while (tailer.next()) {
        consumer.accept(tailer.index(), tailer.bytes(), tailer.length());
        records++;
      }
      last = Math.max(last, tailer.index());
    }
    if (last != NOTHING ? last < lastIndexFound : lastIndexFound != NOTHING) {
      throw new JournalException(
          "journal directory="
              + dir
              + " can be read up to index="
              + Long.toHexString(last)
              + " only, its last one is "
              + Long.toHexString(lastIndexFound)
              + "; "
              + new JournalRepair(dir).howToGoOn());
    }
    return new ReplayFigures(records, (System.nanoTime() - startNs) / 1_000_000);
  }

  /**
   * A reader of what follows the record at the index, all if it is -1.
   *
   * @throws JournalException if not all that follows is still there
   */
  public JournalTailer tailerAfter(long index) {
    JournalTailer tailer = tailer();
    try {
      goAfter(tailer, index);
      return tailer;
    } catch (RuntimeException e) {
      tailer.close();
      throw e;
    }
  }

  /** Whether the record at the index and all that follow are still in the journal. */
  public boolean reaches(long index) {
    try (JournalTailer tailer = tailer()) {
      return index <= lastIndexFound && tailer.moveToIndex(index);
    }
  }

  /**
   * Puts what was appended up to the index on the disk, whatever the sync policy; beside the thread
   * that syncs. A snapshot may say nothing that the journal could lose.
   */
  public void force(long index) throws IOException {
    for (CycleFiles.CycleFile file : files.list()) {
      if (file.cycle() >= files.cycleOf(forced) && file.cycle() <= files.cycleOf(index)) {
        DurableFiles.sync(file.path());
      }
    }
    DurableFiles.syncDirectory(dir);
    forced = index;
  }

  /**
   * Deletes the files that lie wholly before the index and before the time, never the last; by the
   * thread that makes snapshots. Where the journal begins then is noted first, durably, so that no
   * restart takes what is left for the whole.
   *
   * @return how many
   */
  public int deleteBefore(long index, long beforeMs) throws IOException {
    List<CycleFiles.CycleFile> all = files.list();
    int deleted = 0;
    while (index >= 0
        && deleted < all.size() - 1
        && all.get(deleted).cycle() < files.cycleOf(index)
        && files.startMs(all.get(deleted).cycle() + 1) <= beforeMs) {
      JournalBegin.write(dir, all.get(deleted + 1).firstIndex());
      Path name = all.get(deleted).path().getFileName();
      begun.removeIf(file -> file.endsWith(name));
      Files.delete(all.get(deleted).path());
      LOG.info("deleted {}, which snapshots and projections cover", all.get(deleted).path());
      deleted++;
    }
    if (deleted > 0) {
      DurableFiles.syncDirectory(dir);
      queue.refreshDirectoryListing();
    }
    return deleted;
  }

  /** What lies on the disk; waits for it. */
  public JournalFigures figures() throws IOException {
    List<CycleFiles.CycleFile> all = files.list();
    long bytes = 0;
    for (CycleFiles.CycleFile file : all) {
      bytes += Files.size(file.path());
    }
    long oldestMs = all.isEmpty() ? 0 : files.startMs(all.get(0).cycle());
    return new JournalFigures(all.size(), bytes, oldestMs);
  }

  private void goAfter(JournalTailer tailer, long index) {
    if (index != NOTHING) {
      if (!tailer.moveAfter(index)) {
        throw new JournalException(
            "journal directory=" + dir + " has no index=" + Long.toHexString(index));
      }
      return;
    }
    JournalBegin.requireWhole(dir);
  }

  /** A reader at the journal's start, of what the sync policy's promise covers. */
  public JournalTailer tailer() {
    boolean everything = sync.mode() == SyncPolicy.Mode.PROCESS;
    return new JournalTailer(
        queue.createTailer(), everything ? () -> Long.MAX_VALUE : this::durable);
  }

  /**
   * Syncs, unless that failed before, then gives the files back; off the loop, after the last
   * append.
   */
  @Override
  public void close() {
    ahead.close();
    try (queue;
        appender) {
      if (!failed) {
        sync();
      }
      finishFile();
      closeMark();
      if (position > 0) {
        BlockAhead.trim(appender.currentFile().toPath(), position + SLACK_BYTES);
      }
    } catch (IOException e) {
      throw new JournalException("journal directory=" + dir + " can't be synced", e);
    }
  }

  /** What an earlier process left in the page cache is on the disk before anybody builds on it. */
  private void becomeDurable(List<JournalRepair.Scanned> found) throws IOException {
    for (JournalRepair.Scanned file : found) {
      begun.add(file.file().path());
    }
    try {
      mark = SyncMark.open(dir);
      DurableFiles.syncDirectory(dir);
      DurableFiles.syncDirectory(dir.toAbsolutePath().getParent());
      sync();
    } catch (IOException | RuntimeException e) {
      failed = true;
      close();
      throw e;
    }
  }

  /** The first append finds its block as every later one does. */
  private void lookAhead(List<JournalRepair.Scanned> found) {
    if (!found.isEmpty()) {
      JournalRepair.Scanned last = found.get(found.size() - 1);
      ahead.at(last.file().cycle(), last.scan().end());
    }
  }

  /** The queue's own notes were on the disk before the records that they speak of. */
  private static boolean knowsMoreThanThereIs(
      SingleChronicleQueue queue, List<JournalRepair.Scanned> found) {
    if (found.isEmpty()) {
      return false;
    }
    JournalRepair.Scanned last = found.get(found.size() - 1);
    SingleChronicleQueueStore store = queue.storeForCycle(last.file().cycle(), 0, false, null);
    if (store == null) {
      return false;
    }
    try {
      return store.writePosition() > Math.max(0, last.scan().lastPosition());
    } finally {
      queue.closeStore(store);
    }
  }

  /** When the newest file's time begins, or the next one's if it was sealed for that already. */
  private static long newestMs(List<JournalRepair.Scanned> found, CycleFiles files) {
    if (found.isEmpty()) {
      return 0;
    }
    JournalRepair.Scanned newest = found.get(found.size() - 1);
    return files.startMs(newest.file().cycle() + (newest.scan().sealed() ? 1 : 0));
  }

  private static long lastIndex(List<JournalRepair.Scanned> found) {
    for (int i = found.size() - 1; i >= 0; i--) {
      if (found.get(i).scan().count() > 0) {
        return found.get(i).scan().nextIndex() - 1;
      }
    }
    return NOTHING;
  }

  private void finishFile() throws IOException {
    FileChannel done = syncing;
    if (done != null) {
      syncing = null;
      try (done) {
        if (!failed) {
          done.force(false);
        }
      }
    }
  }

  private void closeMark() throws IOException {
    SyncMark written = mark;
    if (written != null) {
      mark = null;
      written.close();
    }
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(ShardJournal.class, field, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * A process killed in an append leaves the queue locked under its process id. The queue unlocks
   * it itself if that process is gone, but in a container the next server often has the same id: it
   * would take the lock for its own and wait in vain. Whoever holds the directory may unlock.
   */
  private static void unlock(SingleChronicleQueue queue, int shard) {
    if (queue.tableStoreGet(QUEUE_LOCK) != UNLOCKED) {
      LOG.warn("shard {}: the last server was killed in an append, its lock is removed", shard);
      queue.tableStorePut(QUEUE_LOCK, UNLOCKED);
    }
  }

  private static void requireNoAnalytics() {
    if (!Boolean.getBoolean("chronicle.analytics.disable")) {
      throw new IllegalStateException(
          "chronicle.analytics.disable=true is missing: start Java with the flags in jvm.options");
    }
  }
}
