package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ShardLineTest {
  private static final int PINGS = 100_000;

  private final PingRecord ping = new PingRecord();
  private final Submission.Completion nobody = submission -> {};

  @TempDir Path dir;

  @Test
  void shouldAllocateNothingAPing() {
    ShardConfig config = ShardConfig.defaults(dir, 1);
    LiveBoard board = new LiveBoard();
    SharedPhoneBook phones = new SharedPhoneBook(100);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, 1_000_000_000L));
      ShardState state = new ShardState(10, new DeviceRegistry(), board, phones);
      ShardLine line = new ShardLine(config, state, journal, board, phones, stats);
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      DeviceIdentity who = OpenShards.who(1, 1);
      Submission submission = new Submission(256);
      run(line, submission, who, 0);

      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      run(line, submission, who, PINGS);
      long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

      assertEquals(2 * PINGS, stats.pings());
      assertEquals(0, stats.alerts());
      assertTrue(allocated < PINGS, () -> "bytes a ping=" + allocated / (double) PINGS);
    }
  }

  private void run(ShardLine line, Submission submission, DeviceIdentity who, int from) {
    for (int i = from; i < from + PINGS; i++) {
      submission.reuse(who, nobody);
      int offset = submission.reserve(PingRecord.HEADER_BYTES);
      long timeMs = OpenShards.T0 + i * 20L; // now and then a phone's use is noted anew, by time
      ping.wrapNew(submission.bytes(), offset, who.deviceHandle(), who.memberHandle(), timeMs + 100)
          .fixTimeMs(timeMs)
          .position(OpenShards.LAT + i * 31 % 173, OpenShards.LNG + i * 17 % 131)
          .accuracyCm(500);
      submission.commit(PingRecord.HEADER_BYTES);
      line.run(submission);
    }
  }
}
