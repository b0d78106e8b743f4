package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.geofence.trust.PhoneBook;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ShardLineTest {
  private static final int PINGS = 100_000;

  @TempDir Path dir;

  @Test
  void shouldAllocateNothingAPing() {
    ShardConfig config = ShardConfig.defaults(dir, 1);
    LiveBoard board = new LiveBoard();
    PhoneBook phones = new PhoneBook(100);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096));
      ShardState state = new ShardState(10, new DeviceRegistry(), board, phones);
      ShardLine line = new ShardLine(config, state, journal, board, phones, stats);
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      DeviceIdentity who = OpenShards.who(1, 1);
      Submission submission = new Submission(256);
      run(line, submission, who, 0);

      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long startNs = System.nanoTime();
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      run(line, submission, who, PINGS);
      long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      long spentNs = System.nanoTime() - startNs;

      assertEquals(2 * PINGS, stats.pings());
      assertEquals(0, stats.alerts());
      assertTrue(
          allocated / PINGS < 100,
          () -> "bytes a ping=" + allocated / (double) PINGS + " ns a ping=" + spentNs / PINGS);
      System.out.println(
          "bytes a ping=" + allocated / (double) PINGS + " ns a ping=" + spentNs / PINGS);
    }
  }

  private static void run(ShardLine line, Submission submission, DeviceIdentity who, int from) {
    Submission.Completion nobody = s -> {};
    for (int i = from; i < from + PINGS; i++) {
      submission.reuse(who, nobody);
      OpenShards.ping(
              OpenShards.LAT + (i * 31) % 173,
              OpenShards.LNG + (i * 17) % 131,
              OpenShards.T0 + i * 1000L)
          .accept(submission);
      line.run(submission);
    }
  }
}
