package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins which fields of which kind a snapshot has, in which order. A snapshot of another layout
 * under the same {@link ShardState#ENCODING} would be read as nonsense.
 */
final class StateLayoutTest {
  /** Each field that is named, by its kind. */
  private static final class Kinds implements StateFields {
    private final StringBuilder named = new StringBuilder();

    @Override
    public boolean restoring() {
      return false;
    }

    @Override
    public int i32(int value) {
      named.append('i');
      return value;
    }

    @Override
    public long i64(long value) {
      named.append('l');
      return value;
    }

    @Override
    public boolean flag(boolean value) {
      named.append('f');
      return value;
    }

    @Override
    public @Nullable String text(@Nullable String value) {
      named.append('t');
      return value;
    }

    @Override
    public void i32s(int[] values, int count) {
      named.append('I');
    }

    @Override
    public void i64s(long[] values, int count) {
      named.append('L');
    }

    @Override
    public void bits(long[] values, int count) {
      named.append('B');
    }

    @Override
    public String toString() {
      CRC32 crc = new CRC32();
      named.chars().forEach(crc::update);
      return named.length() + " fields, " + Long.toHexString(crc.getValue());
    }
  }

  @TempDir Path dir;

  @Test
  void shouldRaiseTheEncodingWithEachChangeOfTheLayout() {
    DeviceRegistry registry = new DeviceRegistry();
    LiveBoard board = new LiveBoard();
    SharedPhoneBook phones = new SharedPhoneBook(100);
    ShardState state = new ShardState(10, registry, board, phones);
    Kinds empty = new Kinds();
    state.keep(empty);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, 1_000_000_000L));
      ShardLine line =
          new ShardLine(ShardConfig.defaults(dir, 1), state, journal, board, phones, stats);
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      Submission submission = new Submission(4096).reuse(OpenShards.who(1, 1), done -> {});
      OpenShards.ping(OpenShards.LAT, OpenShards.LNG, OpenShards.T0).accept(submission);
      OpenShards.punch("p", OpenShards.LAT, OpenShards.LNG, OpenShards.T0 + 1_000)
          .accept(submission);
      line.run(submission);
    }
    Kinds used = new Kinds();
    state.keep(used);
    assertEquals(
        "encoding 4: empty 6 fields, 134fb5fa; used 263 fields, f88a7b4b",
        "encoding " + ShardState.ENCODING + ": empty " + empty + "; used " + used,
        "the layout of snapshots has changed: raise ShardState.ENCODING, then write it here");
  }
}
