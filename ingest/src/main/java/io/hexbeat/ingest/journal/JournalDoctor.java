package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.journal.CycleFiles.CycleFile;
import io.hexbeat.ingest.journal.CycleScan.Gap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the journals of a stopped server from end to end, and repairs them on demand. One thread;
 * the caller holds the {@link JournalDirectory}, since an append would look like damage. Looking
 * changes nothing. A repair deletes nothing: files that it replaces are set aside whole.
 */
public final class JournalDoctor {
  /**
   * What one shard's journal holds.
   *
   * @param records that can be read
   * @param givenUp records that earlier repairs gave up
   * @param firstIndex of the first record, -1 without any
   * @param lastIndex of the last one
   * @param lastTimeMs when that was received, 0 without any
   * @param syncedIndex up to where it is known to be on the disk, -1 if that was never noted
   */
  public record Shard(
      int shard,
      int files,
      long bytes,
      long records,
      long givenUp,
      long firstIndex,
      long lastIndex,
      long lastTimeMs,
      long syncedIndex,
      List<Damage> damage) {
    /** It ends before what was on the disk. */
    public boolean cutShort() {
      return lastIndex < syncedIndex;
    }
  }

  /**
   * A place that can't be read.
   *
   * @param records how many are missing, 0 if nothing follows that would say
   * @param beforeMs receive time of the record before it, 0 if there is none
   * @param afterMs and of the one behind it
   * @param memberHandle whose record begins there, if those bytes are still right
   */
  public record Damage(
      Path file,
      long offset,
      long until,
      long firstIndex,
      long records,
      String reason,
      long beforeMs,
      long afterMs,
      int memberHandle) {}

  private JournalDoctor() {}

  /** Looks at all shards of a journal directory. */
  public static List<Shard> inspect(Path journalDir, int shards) throws IOException {
    List<Shard> found = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      found.add(inspectShard(journalDir.resolve("shard-" + shard), shard));
    }
    return found;
  }

  /**
   * Makes a shard's journal readable from end to end; what is lost is what {@link #inspect} told.
   *
   * @return where the files are now that were replaced
   */
  public static List<Path> repair(Path journalDir, int shard) throws IOException {
    Path dir = journalDir.resolve("shard-" + shard);
    JournalRepair repair = new JournalRepair(dir);
    List<Path> aside = new ArrayList<>();
    for (CycleFile file : repair.files().list()) {
      CycleScan scan = scan(file);
      if (!scan.gaps().isEmpty()) {
        aside.add(repair.rewrite(file, scan, Files.size(file.path())));
      }
    }
    Shard now = inspectShard(dir, shard);
    if (now.cutShort()) {
      try (SyncMark mark = SyncMark.open(dir)) {
        mark.write(Math.max(0, now.lastIndex()));
      }
    }
    return aside;
  }

  /** What says that a journal's first files were deleted since snapshots cover them, if so. */
  public static Optional<Path> begin(Path dir, int shard) {
    return Optional.of(JournalBegin.file(dir.resolve("shard-" + shard))).filter(Files::exists);
  }

  /** What says up to where a journal is on the disk. */
  public static Path synced(Path dir, int shard) {
    return SyncMark.file(dir.resolve("shard-" + shard));
  }

  private static Shard inspectShard(Path dir, int shard) throws IOException {
    List<Damage> damage = new ArrayList<>();
    List<CycleFile> files = new JournalRepair(dir).files().list();
    long bytes = 0;
    long records = 0;
    long givenUp = 0;
    long first = SyncMark.NONE;
    long last = SyncMark.NONE;
    long lastTimeMs = 0;
    for (CycleFile file : files) {
      bytes += Files.size(file.path());
      CycleScan scan = scan(file);
      long missing = 0;
      for (Gap gap : scan.gaps()) {
        missing += gap.records();
        damage.add(damage(file.path(), gap));
      }
      givenUp += scan.lost();
      records += scan.count() - scan.lost() - missing;
      if (scan.count() > 0) {
        first = first == SyncMark.NONE ? file.firstIndex() : first;
        last = scan.nextIndex() - 1;
        lastTimeMs = Math.max(lastTimeMs, scan.lastTimeMs());
      }
    }
    return new Shard(
        shard,
        files.size(),
        bytes,
        records,
        givenUp,
        first,
        last,
        lastTimeMs,
        SyncMark.read(dir),
        damage);
  }

  private static CycleScan scan(CycleFile file) throws IOException {
    return CycleScan.of(file.path(), file.firstIndex(), (index, position, bytes, length) -> {});
  }

  private static Damage damage(Path file, Gap gap) {
    return new Damage(
        file,
        gap.position(),
        gap.until(),
        gap.index(),
        gap.records(),
        gap.reason(),
        gap.beforeMs(),
        gap.afterMs(),
        gap.memberHandle());
  }
}
