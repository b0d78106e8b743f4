package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ShardLineTest {
  private static final int PINGS = 100_000;
  private static final long HOUR = 3_600_000;

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

  @Test
  void shouldGiveUpAPhoneThatWasPutAwayRevokedOrIsSilentForADay() {
    DeviceIdentity old = OpenShards.who(1, 1);
    DeviceIdentity newer = OpenShards.who(2, 1);
    DeviceIdentity lone = OpenShards.who(3, 2);
    DeviceIdentity revoked = OpenShards.who(4, 3);
    DeviceRegistry registry = new DeviceRegistry();
    List.of(old, newer, lone).forEach(who -> registry.put(who.deviceId(), who));
    LiveBoard board = new LiveBoard();
    SharedPhoneBook phones = new SharedPhoneBook(100);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, 1_000_000_000L));
      ShardState state = new ShardState(10, registry, board, phones);
      ShardLine line =
          new ShardLine(ShardConfig.defaults(dir, 1), state, journal, board, phones, stats);
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      for (DeviceIdentity who : List.of(old, lone, revoked)) {
        send(line, who, OpenShards.LAT, OpenShards.T0 - 100);
      }
      send(line, newer, OpenShards.LAT + 1_000_000, OpenShards.T0 + 600_000);

      line.tick(0, 1, OpenShards.T0 + 50_000);
      assertEquals(1, inside(state, revoked), "a token may be renewed");
      line.tick(0, 1, OpenShards.T0 + 60_000);
      assertEquals(0, inside(state, revoked));
      assertEquals(1, inside(state, old));

      line.tick(0, 1, OpenShards.T0 + HOUR - 1);
      assertEquals(1, inside(state, old));
      line.tick(0, 1, OpenShards.T0 + HOUR);
      assertEquals(0, inside(state, old), "put away");

      line.tick(0, 1, OpenShards.T0 + 24 * HOUR - 1);
      assertEquals(1, inside(state, lone));
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0 + 24 * HOUR);
      line.tick(0, 1, OpenShards.T0 + 25 * HOUR - 1);
      assertEquals(1, inside(state, lone), "the server may have been away for as long");
      line.tick(0, 1, OpenShards.T0 + 25 * HOUR);
      assertEquals(0, inside(state, lone));
      assertEquals(3, stats.givenUp());
    }
  }

  private void send(ShardLine line, DeviceIdentity who, int latE7, long timeMs) {
    Submission submission = new Submission(256).reuse(who, nobody);
    OpenShards.ping(latE7, OpenShards.LNG, timeMs).accept(submission);
    line.run(submission);
  }

  private static int inside(ShardState state, DeviceIdentity who) {
    return state.device(who.deviceHandle(), who.memberHandle()).presence.size();
  }

  @Test
  void shouldEndAStayInAFenceThatClosesThoughThePhoneIsSilent() {
    long closesMs = OpenShards.T0 + 600_000;
    Fence shop =
        new Fence(
            OpenShards.FENCE,
            "shop",
            "shop",
            FenceKind.SITE,
            new Circle(OpenShards.LAT, OpenShards.LNG, 100),
            Long.MIN_VALUE,
            closesMs,
            null);
    ShardConfig config = ShardConfig.defaults(dir, 1);
    LiveBoard board = new LiveBoard();
    SharedPhoneBook phones = new SharedPhoneBook(100);
    DeviceIdentity who = OpenShards.who(1, 1);
    DeviceRegistry registry = new DeviceRegistry();
    registry.put("h1", who);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, 1_000_000_000L));
      ShardState state = new ShardState(10, registry, board, phones);
      ShardLine line = new ShardLine(config, state, journal, board, phones, stats);
      line.adopt(FenceIndex.of(1, List.of(shop)), true, OpenShards.T0);
      Submission submission = new Submission(256).reuse(who, nobody);
      OpenShards.ping(OpenShards.LAT, OpenShards.LNG, OpenShards.T0).accept(submission);
      line.run(submission);
      assertEquals(1, stats.transitions());

      line.tick(0, 1, OpenShards.T0 + 400_000);
      assertEquals(1, stats.transitions());
      line.tick(0, 1, OpenShards.T0 + 420_000);
      assertEquals(2, stats.transitions(), "the dwell");
      line.tick(0, 2, closesMs);
      line.tick(1, 2, closesMs);
      assertEquals(3, stats.transitions(), "closed");
      line.tick(0, 1, closesMs + 60_000);
      assertEquals(3, stats.transitions());
      assertEquals(0, state.device(1, 1).presence.size());
    }
  }

  @Test
  void shouldTakeNothingOfAConnectionBehindWhatItRefused() {
    ShardConfig config = ShardConfig.defaults(dir, 1);
    LiveBoard board = new LiveBoard();
    SharedPhoneBook phones = new SharedPhoneBook(100);
    DeviceIdentity who = OpenShards.who(1, 1);
    try (JournalDirectory directory = JournalDirectory.open(dir, 1);
        ShardJournal journal = directory.openShard(0)) {
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, 1_000_000_000L));
      ShardState state = new ShardState(10, new DeviceRegistry(), board, phones);
      ShardLine line = new ShardLine(config, state, journal, board, phones, stats);
      line.adopt(OpenShards.CUSTOMER, true, OpenShards.T0);
      ConnectionOrder order = new ConnectionOrder();
      Submission broken = new Submission(256).reuse(who, nobody);
      broken.inOrder(order);
      broken.reserve(PingRecord.HEADER_BYTES);
      broken.commit(PingRecord.HEADER_BYTES);
      line.run(broken);
      assertEquals(Submission.Outcome.FAILED, broken.outcome());

      Submission behind = new Submission(256).reuse(who, nobody);
      behind.inOrder(order);
      OpenShards.ping(OpenShards.LAT, OpenShards.LNG, OpenShards.T0).accept(behind);
      line.run(behind);
      assertEquals(Submission.Outcome.FAILED, behind.outcome());
      assertEquals(0, stats.pings());

      behind.reuse(who, nobody).inOrder(new ConnectionOrder());
      OpenShards.ping(OpenShards.LAT, OpenShards.LNG, OpenShards.T0).accept(behind);
      line.run(behind);
      assertEquals(Submission.Outcome.JOURNALED, behind.outcome());
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
