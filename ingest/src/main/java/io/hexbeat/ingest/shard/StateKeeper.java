package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalDoctor;
import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.journal.JournalFigures;
import io.hexbeat.ingest.journal.JournalLife;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.journal.ReplayFigures;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.journal.Waypoint;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import io.hexbeat.ingest.snapshot.SnapshotBook.Snapshot;
import io.hexbeat.ingest.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one shard's state as snapshots, so that a restart replays only what came since. Opening and
 * restoring belong to the worker that starts the shard; {@link #compact} and {@link #trim} to one
 * worker after it, beside the loop, of which nothing is touched: the next snapshot is made of the
 * last one and the journal since, in a state of its own that is dropped afterwards. What fails
 * leaves the snapshots that are there.
 */
final class StateKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(StateKeeper.class);

  /** The index before any record. */
  private static final long NOTHING = -1;

  /** Of the records that call for a snapshot; fewer than so few are replayed sooner than kept. */
  private static final int STOP_SHARE = 100;

  /** Records between rests, some milliseconds. */
  private static final int SLICE_RECORDS = 8_192;

  private final int shard;
  private final ShardConfig config;
  private final JournalDirectory directory;
  private final DeviceRegistry registry;
  private final ShardStats stats;
  private final SnapshotBook book;

  /** The newest first. */
  private List<Snapshot> snapshots = List.of();

  /** Of another version, which may need them; the newest first. */
  private List<Snapshot> foreign = List.of();

  /** Records of the journal, appended by this process, that are in the newest snapshot. */
  private long coveredRecords;

  private long coveredBytes;

  /** Records that the restart replayed: they call for a snapshot like those appended since. */
  private long replayedRecords;

  private volatile boolean stopping;

  StateKeeper(
      int shard,
      ShardConfig config,
      JournalDirectory directory,
      DeviceRegistry registry,
      ShardStats stats) {
    this.shard = shard;
    this.config = config;
    this.directory = directory;
    this.registry = registry;
    this.stats = stats;
    this.book = new SnapshotBook(directory.snapshots(), shard, ShardState.ENCODING);
  }

  /**
   * Opens the journal; what the newest snapshot covers is not looked at again.
   *
   * @param copiedUpTo the last index that PostgreSQL has, -1 for none
   */
  ShardJournal open(long copiedUpTo) {
    try {
      Map<Boolean, List<Snapshot>> whole =
          book.whole().stream().collect(Collectors.partitioningBy(book::canRead));
      snapshots = whole.getOrDefault(true, List.of());
      foreign = whole.getOrDefault(false, List.of());
      Snapshot newest = newest();
      ShardJournal opened =
          directory.openShard(
              shard, config.sync(), newest == null ? Waypoint.START : at(newest), copiedUpTo);
      stats.lostRecords = opened.lostRecords();
      return opened;
    } catch (IOException e) {
      throw new JournalException("snapshots=" + directory.snapshots() + " can't be read", e);
    }
  }

  /** Fills an empty state: the newest snapshot that the journal bears out, and what followed. */
  ReplayFigures restore(ShardJournal journal, ShardState state) {
    long startNs = System.nanoTime();
    try {
      snapshots = borneOut(journal, snapshots);
      foreign = borneOut(journal, foreign);
      tellOfForeign();
      Snapshot newest = newest();
      if (newest != null) {
        newest.restore(state::keep);
        told(newest, (System.nanoTime() - startNs) / 1_000_000);
      }
      ReplayFigures figures =
          journal.replay(
              newest == null ? NOTHING : newest.header().index(),
              (index, bytes, length) -> state.apply(bytes, length));
      replayedRecords = figures.records();
      return figures;
    } catch (IOException e) {
      throw new JournalException("snapshots=" + directory.snapshots() + " can't be read", e);
    }
  }

  /** Whether enough was appended since the last snapshot for another one. */
  boolean due(ShardJournal journal) {
    JournalLife life = config.life();
    return sinceSnapshot(journal) >= life.snapshotRecords()
        || journal.appendedBytes() - coveredBytes >= life.snapshotBytes();
  }

  /** The same at a stop, where a little is enough for the next start to be quick. */
  boolean worthIt(ShardJournal journal) {
    return sinceSnapshot(journal) > config.life().snapshotRecords() / STOP_SHARE;
  }

  /** Makes the next snapshot; {@code gently} leaves the core to others half of the time. */
  void compact(ShardJournal journal, boolean gently) throws IOException {
    long startNs = System.nanoTime();
    long upTo = journal.durable();
    long records = journal.appendedRecords();
    long bytes = journal.appendedBytes();
    if (config.sync().mode() == SyncPolicy.Mode.PROCESS) {
      upTo = journal.appended();
    }
    Snapshot last = newest();
    if (upTo == NOTHING || (last != null && upTo <= last.header().index())) {
      return;
    }
    ShardState state =
        new ShardState(
            config.punchIdsKept(),
            registry,
            new LiveBoard(),
            new SharedPhoneBook(config.maxPhones()));
    if (last != null) {
      last.restore(state::keep);
    }
    SnapshotHeader header = replay(journal, last, upTo, state, gently);
    if (header == null) {
      return;
    }
    journal.force(header.index());
    Snapshot made = book.write(header, state::keep);
    snapshots = last == null ? List.of(made) : List.of(made, last);
    coveredRecords = records;
    coveredBytes = bytes;
    replayedRecords = 0;
    long durationMs = (System.nanoTime() - startNs) / 1_000_000;
    told(made, durationMs);
    LOG.info(
        "shard {}: snapshot of {} records and {} devices, {} bytes, in {} ms",
        shard,
        header.records(),
        state.devices(),
        made.bytes(),
        durationMs);
  }

  /** Deletes what no restart and no projection needs and retention doesn't keep. */
  void trim(ShardJournal journal, long projectedIndex, long nowMs) throws IOException {
    if (snapshots.size() > 1) {
      long needed = Math.min(snapshots.get(1).header().index(), projectedIndex);
      journal.deleteBefore(needed, nowMs - config.life().retention().toMillis());
    }
    JournalFigures figures = journal.figures();
    stats.journal = figures;
  }

  /** A compaction under way is given up. Any thread. */
  void stop() {
    stopping = true;
  }

  private @Nullable SnapshotHeader replay(
      ShardJournal journal, @Nullable Snapshot last, long upTo, ShardState state, boolean gently) {
    long records = last == null ? 0 : last.header().records();
    long index = last == null ? NOTHING : last.header().index();
    long position = 0;
    long sliceNs = System.nanoTime();
    try (JournalTailer tailer = journal.tailerAfter(index)) {
      while (index < upTo && tailer.next()) {
        if (tailer.index() > upTo) {
          break;
        }
        state.apply(tailer.bytes(), tailer.length());
        index = tailer.index();
        position = tailer.position();
        records++;
        if (records % SLICE_RECORDS == 0 && gently) {
          if (stopping) {
            return null;
          }
          LockSupport.parkNanos(System.nanoTime() - sliceNs);
          sliceNs = System.nanoTime();
        }
      }
    }
    if (index == (last == null ? NOTHING : last.header().index())) {
      return null;
    }
    return new SnapshotHeader(
        ShardState.ENCODING,
        shard,
        index,
        position,
        records,
        state.indexVersion(),
        System.currentTimeMillis());
  }

  /** A journal that was cut since bears a snapshot out no more, whatever it grows to again. */
  private List<Snapshot> borneOut(ShardJournal journal, List<Snapshot> claimed) throws IOException {
    List<Snapshot> borneOut = new ArrayList<>();
    for (Snapshot snapshot : claimed) {
      if (journal.reaches(snapshot.header().index())) {
        borneOut.add(snapshot);
      } else {
        book.refuse(
            snapshot.file(),
            "the journal doesn't hold its last record, index="
                + Long.toHexString(snapshot.header().index()));
      }
    }
    return borneOut;
  }

  /** Of snapshots that only another version reads, which can be all that is left of the state. */
  private void tellOfForeign() {
    Optional<Path> begin = JournalDoctor.begin(directory.path(), shard);
    for (Snapshot snapshot : foreign) {
      LOG.warn("{} is not used: {}", snapshot.file(), book.unreadable(snapshot));
      if (begin.isPresent() && newest() == null) {
        throw new JournalException(
            "snapshot="
                + snapshot.file()
                + " can't be used, "
                + book.unreadable(snapshot)
                + ", and the journal of shard "
                + shard
                + " no longer holds its first records. Nothing was changed: start the version that"
                + " wrote the snapshot, or, to go on with this one and without who was where"
                + " before, remove "
                + begin.get());
      }
    }
  }

  private long sinceSnapshot(ShardJournal journal) {
    return replayedRecords + journal.appendedRecords() - coveredRecords;
  }

  private void told(Snapshot snapshot, long durationMs) {
    stats.snapshot =
        new SnapshotFigures(
            snapshot.header().index(), snapshot.header().madeMs(), snapshot.bytes(), durationMs);
  }

  private @Nullable Snapshot newest() {
    return snapshots.isEmpty() ? null : snapshots.get(0);
  }

  private static Waypoint at(Snapshot snapshot) {
    return new Waypoint(snapshot.header().index(), snapshot.header().position());
  }
}
