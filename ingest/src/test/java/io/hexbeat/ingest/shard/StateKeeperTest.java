package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.journal.JournalLife;
import io.hexbeat.ingest.journal.JournalRoll;
import io.hexbeat.ingest.journal.ReplayFigures;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import io.hexbeat.ingest.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class StateKeeperTest {
  private static final int RECORDS = 3_000;

  @TempDir Path dir;

  /** One shard without loops: what a start, a stop and the upkeep do, by hand. */
  private final class Opened implements AutoCloseable {
    final ShardConfig config =
        ShardConfig.defaults(dir.resolve("journal"), 1)
            .living(
                new JournalLife(
                    JournalRoll.DAILY, Duration.ZERO, 1, 1L << 30, Duration.ofSeconds(1)));
    final LiveBoard board = new LiveBoard();
    final SharedPhoneBook phones = new SharedPhoneBook(100);
    final ShardStats stats = new ShardStats(new ShardInbox(8, 4096, Long.MAX_VALUE));
    final DeviceRegistry registry = new DeviceRegistry();
    final JournalDirectory directory;
    final StateKeeper keeper;
    final ShardJournal journal;
    final ShardState state;
    final ReplayFigures replayed;
    final ShardLine line;

    Opened() {
      for (int device = 1; device <= 12; device++) {
        registry.put("h" + device, OpenShards.who(device, (device + 1) / 2));
      }
      directory = JournalDirectory.open(config.journalDir(), 1);
      keeper = new StateKeeper(0, config, directory, registry, stats);
      journal = keeper.open(-1);
      state = new ShardState(config.punchIdsKept(), registry, board, phones);
      try {
        replayed = keeper.restore(journal, state);
      } catch (RuntimeException e) {
        close();
        throw e;
      }
      line = new ShardLine(config, state, journal, board, phones, stats);
    }

    byte[] encoded() throws IOException {
      SnapshotBook book = new SnapshotBook(dir.resolve("encoded"), 0, ShardState.ENCODING);
      SnapshotHeader same = new SnapshotHeader(ShardState.ENCODING, 0, 1, 1, 1, 1, 1);
      return Files.readAllBytes(book.write(same, state::keep).file());
    }

    @Override
    public void close() {
      journal.close();
      directory.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldRestoreFieldByFieldWhatAReplayOfTheWholeMakes(long seed) throws IOException {
    RandomTraffic traffic = new RandomTraffic(seed);
    byte[] live;
    try (Opened shard = new Opened()) {
      shard.line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      for (int part = 0; part < 3; part++) {
        traffic.run(shard.line, RECORDS / 4 + (int) seed * 37);
        shard.keeper.compact(shard.journal, false);
      }
      traffic.run(shard.line, RECORDS / 4);
      live = shard.encoded();
      assertTrue(shard.stats.alerts() > 0, "seed=" + seed + " raised no alert");
      assertTrue(shard.stats.transitions() > 0, "seed=" + seed + " told no transition");
    }
    byte[] restored;
    try (Opened shard = new Opened()) {
      assertTrue(shard.replayed.records() <= RECORDS / 4 + 100, "replayed more than the rest");
      restored = shard.encoded();
    }
    deleteSnapshots();
    try (Opened shard = new Opened()) {
      assertTrue(shard.replayed.records() > RECORDS / 2, "the whole wasn't replayed");
      assertArrayEquals(restored, shard.encoded(), "seed=" + seed);
    }
    assertArrayEquals(live, restored, "seed=" + seed);
  }

  @Test
  void shouldDecideAfterARestoreAsIfThereHadBeenNone() throws IOException {
    byte[] through;
    try (Opened shard = new Opened()) {
      shard.line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      RandomTraffic traffic = new RandomTraffic(9);
      traffic.run(shard.line, RECORDS);
      traffic.run(shard.line, RECORDS);
      through = shard.encoded();
    }
    deleteTree(dir.resolve("journal"));
    RandomTraffic traffic = new RandomTraffic(9);
    try (Opened shard = new Opened()) {
      shard.line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      traffic.run(shard.line, RECORDS);
      shard.keeper.compact(shard.journal, false);
    }
    try (Opened shard = new Opened()) {
      assertEquals(0, shard.replayed.records());
      shard.line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      traffic.run(shard.line, RECORDS);
      assertArrayEquals(through, shard.encoded());
    }
  }

  @Test
  void shouldTakeTheOlderSnapshotWhenTheNewestIsDamaged() throws IOException {
    byte[] before = twoSnapshots();
    Path newest = snapshots().get(1);
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);

    try (Opened shard = new Opened()) {
      assertTrue(shard.replayed.records() > 100, "the newest snapshot was taken");
      assertArrayEquals(before, shard.encoded());
      assertTrue(Files.exists(newest.resolveSibling(newest.getFileName() + ".refused")));
    }
  }

  @Test
  void shouldReplayTheWholeAndLeaveSnapshotsOfAnotherVersionToIt() throws IOException {
    byte[] before = twoSnapshots();
    List<Path> written = rewrittenByAnotherVersion();

    try (Opened shard = new Opened()) {
      assertTrue(shard.replayed.records() > 400, "a snapshot was taken");
      assertArrayEquals(before, shard.encoded());
      assertEquals(written, snapshots());
      shard.keeper.compact(shard.journal, false);
      new RandomTraffic(6).run(shard.line, 200);
      shard.keeper.compact(shard.journal, false);
    }

    assertEquals(2, snapshots().size());
    try (Opened shard = new Opened()) {
      assertEquals(0, shard.replayed.records(), "its own two were not kept");
    }
  }

  @Test
  void shouldChangeNothingWhereOnlyAnotherVersionCanReadWhatIsLeftOfTheState() throws IOException {
    byte[] before = twoSnapshots();
    List<byte[]> own = contents();
    List<Path> files = rewrittenByAnotherVersion();
    Files.writeString(dir.resolve("journal/shard-0.begin"), "1\n");

    JournalException refused = assertThrows(JournalException.class, Opened::new);

    assertTrue(refused.getMessage().contains("start the version that wrote"), refused::getMessage);
    assertEquals(files, snapshots());
    for (int i = 0; i < own.size(); i++) {
      Files.write(files.get(i), own.get(i));
    }
    try (Opened shard = new Opened()) {
      assertArrayEquals(before, shard.encoded());
    }
  }

  @Test
  void shouldSayWhatToDoWhenNeitherSnapshotNorWholeJournalIsThere() throws IOException {
    twoSnapshots();
    deleteSnapshots();
    Files.writeString(dir.resolve("journal/shard-0.begin"), "1\n");

    JournalException refused = assertThrows(JournalException.class, Opened::new);

    assertTrue(refused.getMessage().contains("hexbeat restore"), refused.getMessage());
  }

  private byte[] twoSnapshots() throws IOException {
    RandomTraffic traffic = new RandomTraffic(5);
    try (Opened shard = new Opened()) {
      shard.line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      for (int part = 0; part < 3; part++) {
        traffic.run(shard.line, 200);
        shard.keeper.compact(shard.journal, false);
      }
      assertEquals(2, snapshots().size());
      return shard.encoded();
    }
  }

  private List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("journal/snapshots"))) {
      return files.sorted().toList();
    }
  }

  private List<byte[]> contents() throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (Path snapshot : snapshots()) {
      contents.add(Files.readAllBytes(snapshot));
    }
    return contents;
  }

  /** As that would have left them: other fields, of which nothing is known here. */
  private List<Path> rewrittenByAnotherVersion() throws IOException {
    int encoding = ShardState.ENCODING - 1;
    SnapshotBook book = new SnapshotBook(dir.resolve("journal/snapshots"), 0, encoding);
    for (SnapshotBook.Snapshot own : book.whole()) {
      SnapshotHeader of = own.header();
      book.write(
          new SnapshotHeader(
              encoding,
              of.shard(),
              of.index(),
              of.position(),
              of.records(),
              of.indexVersion(),
              of.madeMs()),
          fields -> fields.i32(1));
    }
    return snapshots();
  }

  private void deleteSnapshots() throws IOException {
    for (Path snapshot : snapshots()) {
      Files.delete(snapshot);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
