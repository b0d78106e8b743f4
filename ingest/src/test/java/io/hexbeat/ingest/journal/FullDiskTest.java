package io.hexbeat.ingest.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.wire.QuarantineRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space refuses appends, harms nothing, and is taken into use again. */
@Timeout(60)
final class FullDiskTest {
  private static final int FILLER_BYTES = 24 << 20;

  @TempDir Path dir;

  @Test
  void shouldRefuseAppendsOnAFullDiskAndGoOnOnceThereIsSpace() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), 64)) {
      Path filler = disk.dir().resolve("filler");
      Files.write(filler, new byte[FILLER_BYTES]);
      byte[] record = record();
      long kept = 0;
      try (JournalDirectory directory = JournalDirectory.open(disk.dir().resolve("journal"), 1);
          ShardJournal journal = directory.openShard(0)) {
        JournalException full = null;
        while (full == null) {
          try {
            journal.append(record, 0, record.length);
            kept++;
          } catch (JournalException e) {
            full = e;
          }
        }
        assertEquals("the disk is full", full.getMessage());
        assertTrue(kept > 100, "kept=" + kept);
        long before = kept;
        assertThrows(JournalException.class, () -> journal.append(record, 0, record.length));
        Files.delete(filler);
        while (kept == before) {
          try {
            journal.append(record, 0, record.length);
            kept++;
          } catch (JournalException stillFull) {
            Thread.onSpinWait();
          }
        }
      }
      try (JournalDirectory directory = JournalDirectory.open(disk.dir().resolve("journal"), 1);
          ShardJournal journal = directory.openShard(0)) {
        assertEquals(kept, journal.replay((index, bytes, length) -> {}).records());
      }
    }
  }

  private static byte[] record() {
    byte[] unusable = new byte[QuarantineRecord.MAX_RAW_BYTES];
    byte[] bytes = new byte[QuarantineRecord.MAX_BYTES];
    QuarantineRecord record =
        new QuarantineRecord().wrapNew(bytes, 0, 1, 1, 1_760_000_000_000L, 1, "test", unusable);
    return Arrays.copyOf(bytes, record.lengthBytes());
  }
}
