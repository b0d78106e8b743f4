package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.wire.RecordEnvelope;
import java.nio.file.Path;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's journal: every record that was acknowledged, in its order. Opened and replayed off
 * the loop, then only the shard's loop appends; a {@link #tailer} may be made by any thread.
 * Appending allocates nothing; the file grows by blocks and rolls to a new one each day, UTC. An
 * append that fails throws and leaves nothing behind.
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

  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;

  private ShardJournal(SingleChronicleQueue queue, ExcerptAppender appender) {
    this.queue = queue;
    this.appender = appender;
  }

  /** Opens the journal under {@code journalDir/shard-N}; the caller holds the directory. */
  static ShardJournal open(Path journalDir, int shard) {
    requireNoAnalytics();
    SingleChronicleQueue queue =
        SingleChronicleQueueBuilder.binary(journalDir.resolve("shard-" + shard))
            .rollCycle(RollCycles.FAST_DAILY)
            .blockSize(BLOCK_BYTES)
            .build();
    unlock(queue, shard);
    ExcerptAppender appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
    return new ShardJournal(queue, appender);
  }

  /**
   * Writes a record and returns its index. Once it returns, the record survives the death of the
   * process.
   *
   * @throws JournalException if it can't; nothing is left of the record then
   */
  public long append(byte[] bytes, int offset, int length) {
    if (length > RecordEnvelope.MAX_RECORD_BYTES) {
      throw new JournalException(
          "record bytes=" + length + " max=" + RecordEnvelope.MAX_RECORD_BYTES);
    }
    try (DocumentContext document = appender.writingDocument()) {
      try {
        document.wire().bytes().write(bytes, offset, length);
      } catch (RuntimeException | Error e) {
        document.rollbackOnClose();
        throw e;
      }
    } catch (RuntimeException | InternalError e) { // InternalError: a page that the disk can't back
      throw new JournalException("append of bytes=" + length + " failed", e);
    }
    return appender.lastIndexAppended();
  }

  /** Reads all records from the first on; before the first append. */
  public ReplayFigures replay(RecordConsumer consumer) {
    long startNs = System.nanoTime();
    long records = 0;
    try (JournalTailer tailer = tailer()) {
      while (tailer.next()) {
        consumer.accept(tailer.index(), tailer.bytes(), tailer.length());
        records++;
      }
    }
    return new ReplayFigures(records, (System.nanoTime() - startNs) / 1_000_000);
  }

  /** A reader at the journal's start. */
  public JournalTailer tailer() {
    return new JournalTailer(queue.createTailer());
  }

  @Override
  public void close() {
    appender.close();
    queue.close();
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
