package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.wire.InvalidRecordException;
import io.hexbeat.ingest.wire.RecordChecksum;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * A reader of one shard's journal, at its own pace, while the shard appends. One thread at a time,
 * any thread; waits for nobody and holds nobody up. Reuses one buffer: {@link #bytes} are good
 * until the next {@link #next}. Where the journal promises durability it ends at what is durable,
 * so that whoever copies from it never knows more than the journal does after a power cut. Records
 * that a repair gave up are passed over.
 */
public final class JournalTailer implements AutoCloseable {
  private final ExcerptTailer tailer;
  private final LongSupplier lastReadable;

  /** At the end: nothing, or a queue of its own. */
  private final Runnable closeQueue;

  private final RecordChecksum checksum = new RecordChecksum();
  private byte[] bytes = new byte[4096];
  private int length;
  private long index = ShardJournal.NOTHING;
  private long offset;

  JournalTailer(ExcerptTailer tailer, LongSupplier lastReadable) {
    this(tailer, lastReadable, () -> {});
  }

  private JournalTailer(ExcerptTailer tailer, LongSupplier lastReadable, Runnable closeQueue) {
    this.tailer = tailer;
    this.lastReadable = lastReadable;
    this.closeQueue = closeQueue;
    tailer.singleThreadedCheckDisabled(true);
  }

  /**
   * A reader of a journal that a process holds or has left, which changes nothing in it; what isn't
   * sound yet is for the server's next start. For tests and tools, any thread.
   */
  public static JournalTailer readOnly(Path journalDir, int shard) {
    JournalRoll roll = JournalDirectory.storedRoll(journalDir);
    ChronicleQueue queue =
        ShardJournal.builder(journalDir.resolve("shard-" + shard), roll).readOnly(true).build();
    return new JournalTailer(queue.createTailer(), () -> Long.MAX_VALUE, queue::close);
  }

  /**
   * Reads the next record, false when there is none yet.
   *
   * @throws JournalException if it is none that this code can read; the next call reads the one
   *     behind it
   */
  public boolean next() {
    do {
      if (!excerpt()) {
        return false;
      }
    } while (Excerpt.isLost(bytes, length));
    try {
      length = checksum.check(bytes, 0, length, index);
    } catch (InvalidRecordException e) {
      throw new JournalException(
          "journal index="
              + Long.toHexString(index)
              + " in "
              + tailer.currentFile()
              + " at offset="
              + offset
              + " is damaged: "
              + e.getMessage(),
          e);
    }
    return true;
  }

  /** The record last read, from 0 to {@link #length}; overwritten by the next one. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /**
   * Where the record last read stands, or one behind it that was given up; -1 before any. Grows
   * from record to record, with gaps.
   */
  public long index() {
    return index;
  }

  /** Where that record begins in its file. */
  public long position() {
    return offset - CycleScan.HEADER_BYTES;
  }

  /** {@link #next} will read the journal's first record. */
  public void toStart() {
    tailer.toStart();
  }

  /** {@link #next} will read the record at the index; false if there is none. */
  public boolean moveToIndex(long index) {
    return tailer.moveToIndex(index);
  }

  /**
   * {@link #next} will read the record that follows the one at the index, even if it is yet to
   * come; false if there is none at the index. What a reader calls that has dealt with a record
   * before a restart, whatever it was.
   */
  public boolean moveAfter(long index) {
    return tailer.moveToIndex(index) && excerpt();
  }

  @Override
  public void close() {
    tailer.close();
    closeQueue.run();
  }

  private boolean excerpt() {
    try (DocumentContext document = tailer.readingDocument()) {
      if (!document.isPresent()) {
        return false;
      }
      if (document.index() > lastReadable.getAsLong()) {
        document.rollbackOnClose();
        return false;
      }
      Bytes<?> source = document.wire().bytes();
      offset = source.readPosition();
      length = (int) source.readRemaining();
      if (length > bytes.length) {
        bytes = new byte[Math.max(length, bytes.length * 2)];
      }
      source.read(bytes, 0, length);
      index = document.index();
    }
    return true;
  }
}
