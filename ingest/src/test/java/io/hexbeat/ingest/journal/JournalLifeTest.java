package io.hexbeat.ingest.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.wire.PingRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal that rolls each hour, by a clock set by hand. */
@Timeout(60)
final class JournalLifeTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final int HOURS = 5;
  private static final int AN_HOUR = 10;

  private final AtomicLong nowMs = new AtomicLong(1_760_000_400_000L);
  private final List<Long> indexes = new ArrayList<>();

  @TempDir Path dir;

  @Test
  void shouldDeleteOnlyWhatIsBeforeTheIndexAndTheTime() throws IOException {
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      write(journal);
      assertEquals(HOURS, journal.figures().files());
      long inThirdHour = indexes.get(2 * AN_HOUR + 3);

      assertEquals(0, journal.deleteBefore(inThirdHour, nowMs.get() - 10 * HOUR_MS), "too young");
      assertEquals(0, journal.deleteBefore(-1, nowMs.get()), "nothing is covered");
      assertEquals(2, journal.deleteBefore(inThirdHour, nowMs.get()));
      assertEquals(3, journal.figures().files());
      assertEquals(indexes.subList(2 * AN_HOUR, indexes.size()), read(journal.tailer()));

      assertEquals(
          2,
          journal.deleteBefore(indexes.get(indexes.size() - 1), Long.MAX_VALUE),
          "never the last");
      assertEquals(1, journal.figures().files());
    }
  }

  @Test
  void shouldGoOnAfterADeletionAndARestart() throws IOException {
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      write(journal);
      journal.deleteBefore(indexes.get(3 * AN_HOUR), nowMs.get());
    }
    try (JournalDirectory directory = open(JournalRoll.DAILY);
        ShardJournal journal = directory.openShard(0)) {
      assertEquals(JournalRoll.HOURLY, directory.roll(), "a directory keeps its own");
      List<Long> after = new ArrayList<>();
      long known = indexes.get(3 * AN_HOUR + 4);
      journal.replay(known, (index, bytes, length) -> after.add(index));
      assertEquals(indexes.subList(3 * AN_HOUR + 5, indexes.size()), after);
      assertFalse(journal.reaches(indexes.get(0)));

      JournalException refused =
          assertThrows(JournalException.class, () -> journal.replay((index, bytes, length) -> {}));
      assertTrue(refused.getMessage().contains("no longer holds"), refused.getMessage());

      long last = append(journal, HOURS * AN_HOUR);
      assertTrue(last > indexes.get(indexes.size() - 2));
    }
  }

  @Test
  void shouldScanFromAWaypointAndOnlyWhereARecordIs() throws IOException {
    long position;
    Path file;
    try (JournalDirectory directory = open(JournalRoll.DAILY);
        ShardJournal journal = directory.openShard(0);
        JournalTailer tailer = journal.tailer()) {
      for (int i = 0; i < 3 * AN_HOUR; i++) {
        append(journal, i);
      }
      assertTrue(tailer.moveToIndex(indexes.get(AN_HOUR)) && tailer.next());
      position = tailer.position();
      file = new JournalRepair(dir.resolve("shard-0")).files().list().get(0).path();
    }
    long first = indexes.get(0);
    Waypoint there = new Waypoint(indexes.get(AN_HOUR), position);

    CycleScan scan = CycleScan.from(file, first, there);

    assertNotNull(scan);
    assertEquals(3 * AN_HOUR, scan.count());
    assertEquals(CycleScan.of(file, first, (i, p, b, l) -> {}).end(), scan.end());
    assertNull(CycleScan.from(file, first, new Waypoint(there.index() + 1, position)));
    assertNull(CycleScan.from(file, first, new Waypoint(there.index(), position + 4)));
    assertNull(CycleScan.from(file, first, new Waypoint(there.index(), 1L << 40)));
  }

  @Test
  void shouldMakeTheSameJournalOfACopyWhateverIsDeletedOrAppendedMeanwhile() throws IOException {
    List<String> names = new ArrayList<>();
    List<byte[]> copies = new ArrayList<>();
    long needed;
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      write(journal);
      needed = indexes.get(2 * AN_HOUR + 5);
    }
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0);
        JournalCopy copy = JournalCopy.hold(dir, 0)) {
      assertEquals(3, journal.deleteBefore(indexes.get(3 * AN_HOUR), nowMs.get()));
      append(journal, HOURS * AN_HOUR);
      long last =
          copy.write(
              needed,
              (name, writing) -> {
                ByteArrayOutputStream to = new ByteArrayOutputStream();
                writing.to(to);
                names.add(name);
                copies.add(to.toByteArray());
              });
      assertEquals(indexes.get(indexes.size() - 1), last);
      assertTrue(copy.partial(needed));
    }
    Path other = dir.resolve("other");
    JournalDirectory.open(other, 1, JournalRoll.HOURLY).close();
    try (JournalCopy.Restoring restoring = new JournalCopy.Restoring(other, 0, true)) {
      for (int i = 0; i < names.size(); i++) {
        restoring.file(names.get(i), new ByteArrayInputStream(copies.get(i)));
      }
    }
    try (JournalDirectory directory =
            JournalDirectory.open(other, 1, JournalRoll.HOURLY, nowMs::get);
        ShardJournal journal = directory.openShard(0)) {
      assertEquals(indexes.subList(2 * AN_HOUR, indexes.size()), read(journal.tailer()));
      assertEquals(
          indexes.size() - (2 * AN_HOUR + 6),
          journal.replay(needed, (index, bytes, length) -> {}).records());
      assertThrows(JournalException.class, () -> journal.replay((index, bytes, length) -> {}));
      assertTrue(append(journal, 0) > indexes.get(indexes.size() - 2));
    }
  }

  @Test
  void shouldGoOnInTheNewestFileWhileTheClockIsBehindIt() throws IOException {
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 0);
      nowMs.addAndGet(3 * HOUR_MS);
      append(journal, 1);
      nowMs.addAndGet(-5 * HOUR_MS);
      append(journal, 2);
    }
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 3);
      nowMs.addAndGet(6 * HOUR_MS);
      append(journal, 4);

      assertEquals(indexes.stream().sorted().toList(), indexes);
      assertEquals(indexes, read(journal.tailer()));
      assertEquals(3, journal.figures().files());
    }
  }

  @Test
  void shouldBeginTheNextFileWhereTheNewestWasSealedAndTheClockIsBehind() throws IOException {
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 0);
      nowMs.addAndGet(HOUR_MS);
      append(journal, 1);
    }
    List<CycleFiles.CycleFile> files = new JournalRepair(dir.resolve("shard-0")).files().list();
    Files.delete(files.get(1).path());
    indexes.remove(1);
    Files.delete(dir.resolve("shard-0.synced"));
    nowMs.addAndGet(-HOUR_MS);
    try (JournalDirectory directory = open(JournalRoll.HOURLY);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 2);

      assertEquals(indexes, read(journal.tailer()));
      assertEquals(2, journal.figures().files());
    }
  }

  private JournalDirectory open(JournalRoll roll) {
    return JournalDirectory.open(dir, 1, roll, nowMs::get);
  }

  private void write(ShardJournal journal) {
    for (int hour = 0; hour < HOURS; hour++) {
      for (int i = 0; i < AN_HOUR; i++) {
        append(journal, hour * AN_HOUR + i);
      }
      nowMs.addAndGet(HOUR_MS);
    }
  }

  private long append(ShardJournal journal, int number) {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    new PingRecord().wrapNew(bytes, 0, 1, 1, nowMs.get()).fixTimeMs(number);
    long index = journal.append(bytes, 0, bytes.length);
    indexes.add(index);
    return index;
  }

  private static List<Long> read(JournalTailer tailer) {
    List<Long> read = new ArrayList<>();
    try (tailer) {
      while (tailer.next()) {
        read.add(tailer.index());
      }
    }
    return read;
  }
}
