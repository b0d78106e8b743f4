package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.journal.CycleFiles.CycleFile;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;

/**
 * Copies one shard's journal while a server appends to it, record by record, and makes a journal of
 * such a copy, every record under its old index. One thread, of any process. The files are held
 * open from {@link #hold} on, so that what the server deletes meanwhile is copied all the same. A
 * journal that is damaged is not copied.
 *
 * <pre>
 *  a file's copy = (index i64 | length i32 | record)..., big endian
 * </pre>
 */
public final class JournalCopy implements AutoCloseable {
  /** Where a file's copy goes. */
  @FunctionalInterface
  public interface Sink {
    /** Writes what the writer writes under the name. */
    void file(String name, Writing writing) throws IOException;
  }

  /** Writes one copy. */
  @FunctionalInterface
  public interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private final Path dir;
  private final CycleFiles files;
  private final List<Held> held = new ArrayList<>();
  private final boolean begun;

  private record Held(CycleFile file, FileChannel channel) {}

  private JournalCopy(Path journalDir, int shard) {
    this.dir = journalDir.resolve("shard-" + shard);
    this.files = new CycleFiles(dir, JournalDirectory.storedRoll(journalDir).cycle());
    this.begun = Files.exists(JournalBegin.file(dir));
  }

  /** Opens the files that are there. */
  public static JournalCopy hold(Path journalDir, int shard) throws IOException {
    JournalCopy copy = new JournalCopy(journalDir, shard);
    copy.holdNew();
    return copy;
  }

  /**
   * Copies all that the journal holds by now, but for files that lie wholly before an index.
   *
   * @param neededIndex -1 to copy from the first record on
   * @return the index of the last record copied, -1 without any
   */
  public long write(long neededIndex, Sink sink) throws IOException {
    holdNew();
    long last = -1;
    for (int i = 0; i < held.size(); i++) {
      Held each = held.get(i);
      boolean growing = i == held.size() - 1;
      if (neededIndex >= 0 && each.file().cycle() < files.cycleOf(neededIndex)) {
        continue;
      }
      long[] lastOfFile = {last};
      sink.file(
          Integer.toString(each.file().cycle()),
          out -> lastOfFile[0] = write(each, growing, lastOfFile[0], out));
      last = lastOfFile[0];
    }
    return last;
  }

  /** Whether a restart from the copy alone would miss the first records. */
  public boolean partial(long neededIndex) {
    return begun
        || (neededIndex >= 0
            && !held.isEmpty()
            && held.get(0).file().cycle() < files.cycleOf(neededIndex));
  }

  private static long write(Held each, boolean growing, long last, OutputStream to)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    long[] written = {last};
    CycleScan scan =
        CycleScan.of(
            each.channel(),
            each.file().firstIndex(),
            growing,
            (index, position, bytes, length) -> {
              out.writeLong(index);
              out.writeInt(length);
              out.write(bytes, 0, length);
              written[0] = index;
            });
    out.flush();
    if (!scan.gaps().isEmpty()) {
      throw new JournalException(
          each.file().path() + " is damaged, see hexbeat doctor; there is no backup of it");
    }
    return written[0];
  }

  private void holdNew() throws IOException {
    for (CycleFile file : files.list()) {
      if (held.isEmpty() || file.cycle() > held.get(held.size() - 1).file().cycle()) {
        held.add(new Held(file, FileChannel.open(file.path(), StandardOpenOption.READ)));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Held each : held) {
      each.channel().close();
    }
  }

  /** Makes one shard's journal of the copies of its files, given in their order. */
  public static final class Restoring implements AutoCloseable {
    private final Path dir;
    private final CycleFiles files;
    private final AtomicLong nowMs = new AtomicLong();
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final boolean partial;
    private boolean first = true;

    /**
     * @param partial the copy doesn't begin with the journal's first record
     */
    public Restoring(Path journalDir, int shard, boolean partial) {
      JournalRoll roll = JournalDirectory.storedRoll(journalDir);
      this.dir = journalDir.resolve("shard-" + shard);
      this.files = new CycleFiles(dir, roll.cycle());
      this.queue = ShardJournal.builder(dir, roll).timeProvider(nowMs::get).build();
      this.appender = queue.createAppender();
      this.partial = partial;
    }

    /** The copy of the file under this name. */
    public void file(String name, InputStream from) throws IOException {
      CycleFile file = files.of(Integer.parseInt(name));
      if (first && partial) {
        DurableFiles.createDirectories(dir);
        JournalBegin.write(dir, file.firstIndex());
      }
      first = false;
      nowMs.set(files.startMs(file.cycle()));
      JournalRepair.Copy copy = new JournalRepair.Copy(appender, file.firstIndex(), Long.MAX_VALUE);
      DataInputStream in = new DataInputStream(from);
      while (true) {
        long index;
        try {
          index = in.readLong();
        } catch (EOFException e) {
          return;
        }
        byte[] record = in.readNBytes(in.readInt());
        copy.accept(index, 0, record, record.length);
      }
    }

    @Override
    public void close() throws IOException {
      appender.close();
      queue.close();
      for (CycleFile file : files.list()) {
        DurableFiles.sync(file.path());
      }
    }
  }
}
