package io.hexbeat.ingest.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.journal.CycleFiles.CycleFile;
import io.hexbeat.ingest.wire.FencesRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What power cuts, disks and older versions leave behind, and what a start makes of it. */
@Timeout(60)
final class DamagedJournalTest {
  private static final int RECORDS = 1_000;

  @TempDir Path dir;

  private final byte[] record = new byte[FencesRecord.BYTES];
  private final List<Long> positions = new ArrayList<>();
  private CycleFile file = new CycleFile(Path.of(""), 0, 0);

  @BeforeEach
  void writeAJournal() throws IOException {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      for (int version = 1; version <= RECORDS; version++) {
        append(journal, version);
      }
    }
    file = new JournalRepair(shard()).files().list().get(0);
    CycleScan scan =
        CycleScan.of(
            file.path(),
            file.firstIndex(),
            (index, position, bytes, length) -> positions.add(position));
    assertEquals(RECORDS, scan.count());
    assertEquals(List.of(), scan.gaps());
  }

  @Test
  void shouldCutATornTailAndGoOn() throws IOException {
    notSyncedBeyond(900);
    write(positions.get(950), new byte[(int) (scan().end() - positions.get(950))]);

    assertEquals(upTo(950), versions());
    assertEquals(1, aside().size(), "the old file is kept");
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 951);
    }
    assertEquals(upTo(951), versions());
  }

  @Test
  void shouldCutWhatFollowsAPageThatNeverReachedTheDisk() throws IOException {
    notSyncedBeyond(500);
    long page = (positions.get(700) / 4096 + 1) * 4096;
    write(page, new byte[4096]);
    long kept = positions.stream().filter(position -> position + 44 <= page).count();

    assertEquals(upTo(kept), versions());
    assertEquals(1, aside().size());
  }

  @Test
  void shouldGoOnAfterAFileThatEndsInAPage() throws IOException {
    notSyncedBeyond(500);
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.truncate(positions.get(800) + 20);
    }
    assertEquals(upTo(800), versions());
  }

  @Test
  void shouldGiveNoIndexAgainThatWasCopiedBeforeAPowerCut() throws IOException {
    notSyncedBeyond(900);
    write(positions.get(950), new byte[(int) (scan().end() - positions.get(950))]);
    long copied = file.firstIndex() + RECORDS - 1;

    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0, SyncPolicy.DEFAULT, Waypoint.START, copied)) {
      assertEquals(RECORDS - 950, journal.lostRecords());
      assertEquals(upTo(950), versions(journal));
      try (JournalTailer follower = journal.tailerAfter(copied)) {
        assertFalse(follower.next());
        assertEquals(copied + 1, append(journal, 951));
        assertTrue(follower.next());
      }
    }
    assertEquals(upTo(951), versions());
  }

  @Test
  void shouldGiveNoIndexAgainThatWasCopiedOfAJournalThatIsGone(@TempDir Path empty) {
    long copied = file.firstIndex() + 20;
    try (JournalDirectory directory = JournalDirectory.open(empty, 1);
        ShardJournal journal = directory.openShard(0, SyncPolicy.DEFAULT, Waypoint.START, copied)) {
      assertEquals(21, journal.lostRecords());
      try (JournalTailer follower = journal.tailerAfter(copied)) {
        assertTrue(append(journal, 1) > copied);
        assertTrue(follower.next());
      }
      assertEquals(List.of(1L), versions(journal));
    }
  }

  @Test
  void shouldStopAtAFlippedByteAndSayWhere() throws IOException {
    flip(positions.get(400) + 4 + 20);
    JournalException e = assertThrows(JournalException.class, this::versions);
    assertTrue(e.getMessage().contains(file.path().toString()), e.getMessage());
    assertTrue(e.getMessage().contains("offset=" + positions.get(400)), e.getMessage());
    assertTrue(
        e.getMessage().contains("index=" + Long.toHexString(file.firstIndex() + 400)),
        e.getMessage());
    assertTrue(e.getMessage().contains("hexbeat doctor"), e.getMessage());
  }

  @Test
  void shouldStopWhenSyncedRecordsAreGone() throws IOException {
    write(positions.get(990), new byte[(int) (scan().end() - positions.get(990))]);
    JournalException e = assertThrows(JournalException.class, this::versions);
    assertTrue(e.getMessage().contains("ends before index="), e.getMessage());
  }

  @Test
  void shouldStopWhenTheNewestFileIsGone() throws IOException {
    Files.delete(file.path());
    JournalException e = assertThrows(JournalException.class, this::versions);
    assertTrue(e.getMessage().contains("ends before index="), e.getMessage());
  }

  @Test
  void shouldFindAnyFlippedByteOfAnyRecord() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      int victim = random.nextInt(RECORDS - 1);
      long from = positions.get(victim);
      int length = 4 + FencesRecord.BYTES + 4;
      long at = from + random.nextInt(length);
      flip(at);
      CycleScan scan = scan();
      assertEquals(1, scan.gaps().size(), () -> "seed=" + seed + " victim=" + victim);
      CycleScan.Gap gap = scan.gaps().get(0);
      assertEquals(file.firstIndex() + victim, gap.index(), () -> "seed=" + seed);
      assertEquals(1, gap.records(), () -> "seed=" + seed + " victim=" + victim + " at=" + at);
      assertEquals(RECORDS, scan.count(), () -> "seed=" + seed);
      flip(at);
    }
  }

  @Test
  void shouldKeepEveryIndexWhenTheDamageIsRepaired() throws IOException {
    flip(positions.get(400) + 1); // a length
    for (int at = 0; at < 100; at++) {
      flip(positions.get(600) + at);
    }
    CycleScan scan = scan();
    Path kept = new JournalRepair(shard()).rewrite(file, scan, Files.size(file.path()));

    assertTrue(Files.exists(kept));
    List<Long> left = new ArrayList<>(upTo(RECORDS));
    left.removeAll(List.of(401L, 601L, 602L, 603L));
    assertEquals(left, versions());
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0);
        JournalTailer tailer = journal.tailer()) {
      assertTrue(tailer.moveAfter(file.firstIndex() + 400), "the lost one has kept its place");
      assertTrue(tailer.next());
      assertEquals(402, new FencesRecord().wrap(tailer.bytes(), 0).indexVersion());
      assertTrue(tailer.moveToIndex(file.firstIndex() + 999));
      assertTrue(tailer.next());
      assertEquals(1_000, new FencesRecord().wrap(tailer.bytes(), 0).indexVersion());
      assertEquals(file.firstIndex() + RECORDS, append(journal, 1_001));
    }
  }

  @Test
  void shouldReadAJournalOfTheVersionWithoutChecksums() throws IOException {
    Path old = dir.resolve("old");
    Files.createDirectories(old);
    Files.writeString(old.resolve("journal.properties"), "format=1\nshards=1\n");
    try (SingleChronicleQueue queue =
            ShardJournal.builder(old.resolve("shard-0"), JournalRoll.DAILY).build();
        ExcerptAppender appender = queue.createAppender()) {
      for (int version = 1; version <= 3; version++) {
        new FencesRecord().wrapNew(record, 0, 0, version, 0);
        try (DocumentContext document = appender.writingDocument()) {
          document.wire().bytes().write(record);
        }
      }
    }
    try (JournalDirectory directory = JournalDirectory.open(old, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 4);
      assertEquals(upTo(4), versions(journal));
    }
    assertEquals(
        "format=2\nshards=1\nroll=daily\n", Files.readString(old.resolve("journal.properties")));
  }

  @Test
  void shouldDropWhatAKilledAppendHasLeftBehindTheLastRecord() throws IOException {
    byte[] half = new byte[300];
    new Random(1).nextBytes(half);
    write(scan().end() + 4, half);
    assertEquals(upTo(RECORDS), versions());
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, RECORDS + 1);
      append(journal, RECORDS + 2);
    }
    assertEquals(upTo(RECORDS + 2), versions());
  }

  private CycleScan scan() throws IOException {
    return CycleScan.of(file.path(), file.firstIndex(), (index, position, bytes, length) -> {});
  }

  private Path shard() {
    return dir.resolve("shard-0");
  }

  /** As after a power cut: what lies behind was never promised. */
  private void notSyncedBeyond(int records) throws IOException {
    try (SyncMark mark = SyncMark.open(shard())) {
      mark.write(file.firstIndex() + records - 1);
    }
  }

  private List<Path> aside() throws IOException {
    try (Stream<Path> paths = Files.list(dir.resolve(JournalRepair.ASIDE))) {
      return paths.toList();
    }
  }

  private void write(long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  private void flip(long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 0x08)).flip();
      channel.write(one, at);
    }
  }

  private long append(ShardJournal journal, long version) {
    new FencesRecord().wrapNew(record, 0, 0, version, 0);
    return journal.append(record, 0, record.length);
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private List<Long> versions() {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      return versions(journal);
    }
  }

  private static List<Long> versions(ShardJournal journal) {
    List<Long> versions = new ArrayList<>();
    journal.replay(
        (index, bytes, length) -> versions.add(new FencesRecord().wrap(bytes, 0).indexVersion()));
    return versions;
  }
}
