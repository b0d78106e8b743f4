package io.hexbeat.ingest.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.wire.FencesRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ShardJournalTest {
  @TempDir Path dir;

  private final byte[] record = new byte[FencesRecord.BYTES];

  @Test
  void shouldReplayWhatWasAppendedBeforeARestart() {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 1);
      append(journal, 2);
    }
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      assertEquals(List.of(1L, 2L), versions(journal));
      append(journal, 3);
      assertEquals(List.of(1L, 2L, 3L), versions(journal));
    }
  }

  @Test
  void shouldReturnGrowingIndexesThatTailersFind() {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0);
        JournalTailer tailer = journal.tailer()) {
      long first = append(journal, 1);
      long second = append(journal, 2);
      assertTrue(second > first);

      assertTrue(tailer.moveToIndex(second));
      assertEquals(2, nextVersion(tailer));
      assertEquals(second, tailer.index());
      assertTrue(tailer.moveAfter(first));
      assertEquals(2, nextVersion(tailer));
      assertFalse(tailer.next());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldHaveSmallPagesReadyAheadOfTheNextAppend() throws Exception {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 1);
      while (residentKbOfPagesTakenAtRandom() < 1_024) {
        Thread.onSpinWait();
      }
      append(journal, 2);
      assertEquals(List.of(1L, 2L), versions(journal));
    }
  }

  /** Of this journal's file, where the kernel was told not to read ahead. */
  private long residentKbOfPagesTakenAtRandom() throws Exception {
    long mostKb = 0;
    boolean ours = false;
    long residentKb = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        ours = line.contains(dir.toString()) && line.endsWith(".cq4");
      } else if (line.startsWith("Rss:")) {
        residentKb = Long.parseLong(line.replaceAll("[^0-9]", ""));
      } else if (ours && line.startsWith("VmFlags:") && line.contains(" rr")) {
        mostKb = Math.max(mostKb, residentKb);
      }
    }
    return mostKb;
  }

  @Test
  void shouldGoOnAfterAnIndexWhenTheNextRecordIsYetToCome() throws Exception {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      long first = append(journal, 1);
      try (JournalTailer tailer = journal.tailer()) {
        assertTrue(tailer.moveAfter(first));
        assertFalse(tailer.next());
        append(journal, 2);
        long read =
            CompletableFuture.supplyAsync(() -> nextVersion(tailer)).get(10, TimeUnit.SECONDS);
        assertEquals(2, read);
      }
    }
  }

  @Test
  void shouldLeaveNothingOfAFailedAppend() {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 1);
      assertThrows(JournalException.class, () -> journal.append(record, 20, record.length));
      assertThrows(
          JournalException.class,
          () -> journal.append(new byte[1 << 20], 0, RecordEnvelope.MAX_RECORD_BYTES + 1));
      append(journal, 2);
      assertEquals(List.of(1L, 2L), versions(journal));
    }
  }

  @Test
  void shouldTakeOverTheLockOfAKilledServerWithTheSameProcessId() {
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 1);
    }
    try (SingleChronicleQueue queue =
        SingleChronicleQueueBuilder.binary(dir.resolve("shard-0"))
            .rollCycle(RollCycles.FAST_DAILY)
            .build()) {
      queue.tableStorePut("chronicle.write.lock", ProcessHandle.current().pid());
    }
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      append(journal, 2);
      assertEquals(List.of(1L, 2L), versions(journal));
    }
  }

  @Test
  void shouldRefuseAnotherShardCount() {
    JournalDirectory.open(dir, 2).close();
    JournalException e = assertThrows(JournalException.class, () -> JournalDirectory.open(dir, 3));
    assertTrue(e.getMessage().contains("says shards=2, this server wants shards=3"));
    JournalDirectory.open(dir, 2).close();
  }

  @Test
  void shouldRefuseAnotherFormat() throws Exception {
    Files.writeString(dir.resolve("journal.properties"), "format=9\nshards=2\n");
    JournalException e = assertThrows(JournalException.class, () -> JournalDirectory.open(dir, 2));
    assertTrue(e.getMessage().contains("says format=9, this server reads 1 and 2"));
  }

  @Test
  void shouldRefuseADirectoryInUse() {
    JournalDirectory held = JournalDirectory.open(dir, 1);
    JournalException e = assertThrows(JournalException.class, () -> JournalDirectory.open(dir, 1));
    assertTrue(e.getMessage().contains("is in use by another process"));
    held.close();
    JournalDirectory.open(dir, 1).close();
  }

  @Test
  void shouldRefuseADirectoryInUseByAnotherProcess() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertEquals('h', holder.getInputStream().read());
      assertThrows(JournalException.class, () -> JournalDirectory.open(dir, 1));
    } finally {
      holder.destroyForcibly().waitFor();
    }
    JournalDirectory.open(dir, 1).close();
  }

  @Test
  @Timeout(600)
  void shouldKeepEveryAppendThatAKilledProcessWasToldOf() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long kept = 0;
    long blocksAfterFirst = 0;
    for (int kill = 0; kill < 20; kill++) {
      long told = appendInAProcessKilledAfter(kept, 1 + random.nextInt(3_000));
      try (JournalDirectory directory = JournalDirectory.open(dir, 1);
          ShardJournal journal = directory.openShard(0)) {
        List<Long> versions = versions(journal);
        String where = "seed=" + seed + " kill=" + kill;
        assertTrue(versions.size() >= told, where + " kept=" + versions.size() + " told=" + told);
        for (int i = 0; i < versions.size(); i++) {
          assertEquals(i + 1, versions.get(i), where);
        }
        kept = versions.size();
        append(journal, ++kept);
      }
      blocksAfterFirst = kill == 0 ? diskBytes() : blocksAfterFirst;
    }
    long grown = diskBytes() - blocksAfterFirst;
    assertTrue(grown <= kept * 64 + (1 << 20), "20 kills took bytes=" + grown);
  }

  /** What the server was told before it ended, with versions that go on from those kept. */
  private long appendInAProcessKilledAfter(long kept, int appends) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dchronicle.analytics.disable=true",
                "@" + Path.of(System.getProperty("basedir", ".")).resolve("../jvm.options"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                dir.toString(),
                Long.toString(kept + 1))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long told = 0;
    try (DataInputStream acks = new DataInputStream(writer.getInputStream())) {
      while (told < kept + appends) {
        told = acks.readLong();
      }
      writer.destroyForcibly().waitFor();
    }
    return told;
  }

  /** What the journal takes on the disk, holes not counted. */
  private long diskBytes() throws Exception {
    Process du = new ProcessBuilder("du", "-sk", dir.toString()).start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(said.substring(0, said.indexOf('\t'))) * 1024;
  }

  /** Another server: appends and tells each append once it is done, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws Exception {
      DataOutputStream acks = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
      JournalDirectory directory = JournalDirectory.open(Path.of(args[0]), 1);
      ShardJournal journal = directory.openShard(0);
      byte[] record = new byte[FencesRecord.BYTES];
      for (long version = Long.parseLong(args[1]); version > 0; version++) {
        new FencesRecord().wrapNew(record, 0, 0, version, 0);
        journal.append(record, 0, record.length);
        acks.writeLong(version);
      }
      journal.close();
      directory.close();
    }
  }

  /** Another server: holds the directory until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      JournalDirectory held = JournalDirectory.open(Path.of(args[0]), 1);
      System.out.write('h');
      System.out.flush();
      Thread.currentThread().join();
      held.close();
    }
  }

  private long append(ShardJournal journal, long version) {
    new FencesRecord().wrapNew(record, 0, 0, version, 0);
    return journal.append(record, 0, record.length);
  }

  private static long nextVersion(JournalTailer tailer) {
    assertTrue(tailer.next());
    return new FencesRecord().wrap(tailer.bytes(), 0).indexVersion();
  }

  private static List<Long> versions(ShardJournal journal) {
    List<Long> versions = new ArrayList<>();
    ReplayFigures figures =
        journal.replay(
            (index, bytes, length) ->
                versions.add(new FencesRecord().wrap(bytes, 0).indexVersion()));
    assertEquals(versions.size(), figures.records());
    return versions;
  }
}
