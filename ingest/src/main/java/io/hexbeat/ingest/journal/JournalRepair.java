package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.journal.CycleFiles.CycleFile;
import io.hexbeat.ingest.journal.CycleScan.Gap;
import io.hexbeat.ingest.wire.RecordChecksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one shard's journal readable from end to end before its queue is opened. One thread that
 * holds the directory. A torn end, which a power cut leaves and nobody was promised, is cut by
 * itself; anything else only on demand, since it costs records that were acknowledged. Nothing is
 * deleted: the damaged file is set aside whole, and another with the same records under the same
 * indexes takes its place, gaps filled by marks.
 */
final class JournalRepair {
  /** Where damaged files go, beside the shards' directories. */
  static final String ASIDE = "damaged";

  private static final Logger LOG = LoggerFactory.getLogger(JournalRepair.class);
  private static final byte[] SEAL =
      ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0xC000_0000).array();

  private final Path dir;
  private final JournalRoll roll;
  private final CycleFiles files;

  /** One file and what is in it. */
  record Scanned(CycleFile file, CycleScan scan) {}

  JournalRepair(Path dir) {
    this.dir = dir;
    this.roll = JournalDirectory.storedRoll(dir.toAbsolutePath().getParent());
    this.files = new CycleFiles(dir, roll.cycle());
  }

  CycleFiles files() {
    return files;
  }

  /**
   * Looks at all that isn't known to be on the disk, the last file at least, and cuts a torn end.
   *
   * @param known what need not be looked at again
   * @return what was looked at, as it is now, oldest first
   * @throws JournalException if records are missing that were on the disk
   */
  List<Scanned> settle(Waypoint known) throws IOException {
    long synced = SyncMark.read(dir);
    long onDisk = Math.max(synced, known.index());
    List<Scanned> scanned = new ArrayList<>();
    List<CycleFile> all = files.list();
    for (CycleFile file : all) {
      boolean last = file.equals(all.get(all.size() - 1));
      if (last || onDisk < 0 || file.cycle() >= files.cycleOf(onDisk)) {
        scanned.add(settled(file, last, synced, known));
      }
    }
    long next = scanned.isEmpty() ? 0 : scanned.get(scanned.size() - 1).scan().nextIndex();
    if (next <= synced) {
      throw new JournalException(
          "journal directory="
              + dir
              + " ends before index="
              + Long.toHexString(synced)
              + ", which was on the disk; "
              + howToGoOn());
    }
    return scanned;
  }

  /**
   * Rewrites the file without what can't be read and sets the old one aside.
   *
   * @param cutAt the position behind which nothing is kept; the file's length to keep all
   * @return where the old file is now
   */
  Path rewrite(CycleFile file, CycleScan scan, long cutAt) throws IOException {
    Path aside = dir.resolveSibling(ASIDE);
    Path building = aside.resolve(dir.getFileName() + ".building");
    removeBuilding(building);
    DurableFiles.createDirectories(building);
    copy(file, scan, cutAt, building);
    Path built = building.resolve(file.path().getFileName());
    boolean older = file.cycle() != files.list().get(files.list().size() - 1).cycle();
    if (older) {
      seal(built, file.firstIndex());
    }
    DurableFiles.sync(built);
    Path kept =
        aside.resolve(
            dir.getFileName()
                + "-"
                + file.path().getFileName()
                + "-"
                + Instant.now().toString().replaceAll("[^0-9TZ]", ""));
    Files.copy(file.path(), kept, StandardCopyOption.COPY_ATTRIBUTES);
    DurableFiles.sync(kept);
    DurableFiles.syncDirectory(aside);
    Files.move(
        built, file.path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DurableFiles.syncDirectory(dir);
    removeBuilding(building);
    return kept;
  }

  /**
   * Marks the indexes that follow the last record as given up, until no record can get the one
   * given or one before it. No queue of this directory is open.
   *
   * @return how many
   */
  long giveUp(long upTo) {
    long startMs = files.startMs(files.cycleOf(upTo));
    byte[] lost = Excerpt.lost();
    long marks = 0;
    try (SingleChronicleQueue queue =
            ShardJournal.builder(dir, roll).timeProvider(() -> startMs).build();
        ExcerptAppender appender = queue.createAppender()) {
      long marked;
      do {
        try (DocumentContext document = appender.writingDocument()) {
          document.wire().bytes().write(lost);
        }
        marked = appender.lastIndexAppended();
        marks++;
      } while (marked < upTo);
    }
    return marks;
  }

  String howToGoOn() {
    return "nothing was changed; `hexbeat doctor` tells what is missing, `hexbeat doctor --repair`"
        + " sets the damaged file aside and goes on without it";
  }

  private Scanned settled(CycleFile file, boolean last, long synced, Waypoint known)
      throws IOException {
    CycleScan scan = scan(file, known);
    if (scan.leftOverBytes() > 0) {
      LOG.warn(
          "{}: the last server was killed in an append, {} bytes behind the last record are dropped",
          file.path(),
          scan.leftOverBytes());
    }
    if (scan.gaps().isEmpty()) {
      return new Scanned(file, scan);
    }
    Gap gap = scan.gaps().get(0);
    boolean promised = gap.index() <= synced;
    boolean torn = gap.until() == Files.size(file.path()) || gap.zeros();
    if (promised || !torn || !last) {
      throw new JournalException(
          "journal "
              + file.path()
              + " is damaged at offset="
              + gap.position()
              + " index="
              + Long.toHexString(gap.index())
              + " ("
              + gap.reason()
              + "); "
              + howToGoOn());
    }
    Path kept = rewrite(file, scan, gap.position());
    LOG.warn(
        "{}: torn at offset={} index={} ({}), as a power cut leaves it; it ends there now, the old"
            + " file is {}",
        file.path(),
        gap.position(),
        Long.toHexString(gap.index()),
        gap.reason(),
        kept);
    return new Scanned(file, scan(file));
  }

  private CycleScan scan(CycleFile file, Waypoint known) throws IOException {
    if (!known.isStart() && files.cycleOf(known.index()) == file.cycle()) {
      CycleScan scan = CycleScan.from(file.path(), file.firstIndex(), known);
      if (scan != null) {
        return scan;
      }
    }
    return scan(file);
  }

  private static CycleScan scan(CycleFile file) throws IOException {
    return CycleScan.of(file.path(), file.firstIndex(), (index, position, bytes, length) -> {});
  }

  private void copy(CycleFile file, CycleScan scan, long cutAt, Path into) throws IOException {
    long startMs = files.startMs(file.cycle());
    try (SingleChronicleQueue queue =
            ShardJournal.builder(into, roll).timeProvider(() -> startMs).build();
        ExcerptAppender appender = queue.createAppender()) {
      Copy copy = new Copy(appender, file.firstIndex(), cutAt);
      CycleScan.of(file.path(), file.firstIndex(), copy);
      boolean cut = scan.gaps().stream().anyMatch(gap -> gap.position() >= cutAt);
      if (!cut) {
        copy.fillUpTo(scan.nextIndex());
      }
    }
  }

  /** Appends each record under its old index. */
  static final class Copy implements CycleScan.RecordVisitor {
    private final ExcerptAppender appender;
    private final long cutAt;
    private final RecordChecksum checksum = new RecordChecksum();
    private final byte[] lost = Excerpt.lost();
    private long next;

    Copy(ExcerptAppender appender, long firstIndex, long cutAt) {
      this.appender = appender;
      this.next = firstIndex;
      this.cutAt = cutAt;
    }

    @Override
    public void accept(long index, long position, byte[] bytes, int length) {
      if (position >= cutAt) {
        return;
      }
      fillUpTo(index);
      try (DocumentContext document = appender.writingDocument()) {
        document
            .wire()
            .bytes()
            .write(bytes, 0, length)
            .writeInt(checksum.of(bytes, 0, length, index));
      }
      next++;
    }

    void fillUpTo(long index) {
      while (next < index) {
        try (DocumentContext document = appender.writingDocument()) {
          document.wire().bytes().write(lost);
        }
        next++;
      }
    }
  }

  private static void seal(Path file, long firstIndex) throws IOException {
    CycleScan scan = CycleScan.of(file, firstIndex, (index, position, bytes, length) -> {});
    if (!scan.sealed()) {
      try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.WRITE))) {
        channel.write(ByteBuffer.wrap(SEAL), scan.end());
      }
    }
  }

  /** What a rewrite that was killed has left; only copies are in it. */
  private static void removeBuilding(Path building) throws IOException {
    if (!Files.isDirectory(building)) {
      return;
    }
    try (Stream<Path> paths = Files.list(building)) {
      for (Path path : paths.toList()) {
        Files.delete(path);
      }
    }
    Files.delete(building);
  }
}
