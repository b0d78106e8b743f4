package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.vertx.core.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Acks that wait for the disk, from both sides of the inbox. */
@Timeout(30)
final class CommitModeTest {
  private static final StageLatency STAGES = new StageLatency(Set.of(Stage.SYNC_WAIT));

  private static final DeviceIdentity PHONE = OpenShards.who(1, 1);

  @TempDir Path dir;

  @Test
  void shouldAcknowledgeEachSubmissionInOrderOnceItIsSynced() throws Exception {
    try (OpenShards shards = open(SyncPolicy.Mode.COMMIT)) {
      List<Context> loops = shards.homeAndAway(PHONE);
      for (Context loop : loops) {
        List<CompletableFuture<Submission>> acks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          acks.add(shards.submit(loop, PHONE, ping(loops.indexOf(loop) * 100 + i)));
        }
        for (CompletableFuture<Submission> ack : acks) {
          assertEquals(Submission.Outcome.JOURNALED, ack.get(20, TimeUnit.SECONDS).outcome());
        }
      }
      ShardStats stats = shards.router.stats(0);
      assertTrue(stats.syncs().syncs() >= 2);
      assertTrue(stats.syncs().groups().getMaxValue() >= 1);
      assertEquals(101, shards.records(0), "tailers see what is durable");
      assertEquals(0, stats.held());
      assertTrue(stats.stages().snapshot(Stage.SYNC_WAIT).getTotalCount() >= 100);
      assertTrue(stats.ackWaits().snapshot(Stage.ACK_WAIT).getTotalCount() > 0);
    }
  }

  @Test
  void shouldWaitForTheFirstOneWhenAPingIsSentTwice() throws Exception {
    try (OpenShards shards = open(SyncPolicy.Mode.COMMIT)) {
      CompletableFuture<Submission> first = shards.submit(shards.loop(), PHONE, ping(1));
      CompletableFuture<Submission> again = shards.submit(shards.loop(), PHONE, ping(1));
      assertEquals(Submission.Outcome.JOURNALED, again.get(20, TimeUnit.SECONDS).outcome());
      assertEquals(Submission.Outcome.JOURNALED, first.get(20, TimeUnit.SECONDS).outcome());
      assertEquals(1, shards.router.stats(0).duplicates());
    }
  }

  @Test
  void shouldFinishWhatIsHeldBeforeItStops() throws Exception {
    CompletableFuture<Submission> last;
    try (OpenShards shards = open(SyncPolicy.Mode.COMMIT)) {
      last = shards.submit(shards.loop(), PHONE, ping(1));
      shards.submit(PHONE, ping(2));
    }
    assertEquals(Submission.Outcome.JOURNALED, last.get(1, TimeUnit.SECONDS).outcome());
  }

  @Test
  void shouldAcknowledgeNothingMoreOnceASyncHasFailed() throws Exception {
    try (OpenShards shards = open(SyncPolicy.Mode.COMMIT)) {
      shards.submit(PHONE, ping(1));
      breakTheDisk();
      Submission failed = shards.submit(PHONE, ping(2));
      assertEquals(Submission.Outcome.FAILED, failed.outcome());
      assertTrue(shards.router.stats(0).stopped());
      assertThrows(ExecutionException.class, () -> shards.submit(PHONE, ping(3)), "refused");
    }
  }

  @Test
  void shouldSyncWithinTheIntervalWithoutHoldingAcks() throws Exception {
    try (OpenShards shards = open(SyncPolicy.Mode.INTERVAL)) {
      assertEquals(Submission.Outcome.JOURNALED, shards.submit(PHONE, ping(1)).outcome());
      while (shards.records(0) < 2) {
        Thread.onSpinWait();
      }
      assertTrue(shards.router.stats(0).syncs().syncs() >= 1);
      breakTheDisk();
      while (!shards.router.stats(0).stopped()) {
        try {
          shards.submit(PHONE, ping(2 + System.nanoTime() % 1_000));
        } catch (ExecutionException refused) {
          assertTrue(shards.router.stats(0).stopped());
        }
      }
    }
  }

  @Test
  void shouldSyncNothingByItselfInProcessMode() throws Exception {
    try (OpenShards shards = open(SyncPolicy.Mode.PROCESS)) {
      assertEquals(Submission.Outcome.JOURNALED, shards.submit(PHONE, ping(1)).outcome());
      assertEquals(0, shards.router.stats(0).syncs().syncs());
      assertEquals(2, shards.records(0));
    }
  }

  @Test
  void shouldBeFullBySubmissionsOrByBytes() {
    HeldAcks held = new HeldAcks(2, 1_000, STAGES);
    assertFalse(held.full());
    held.add(new Submission(64), 1);
    held.add(new Submission(64), 2);
    assertTrue(held.full());

    HeldAcks narrow = new HeldAcks(100, 100, STAGES);
    Submission large = new Submission(128).reuse(PHONE, done -> {});
    large.commit(100);
    narrow.add(large, 1);
    assertTrue(narrow.full());
  }

  /**
   * The file under an interrupted thread is closed: its sync fails as one of a broken disk does.
   */
  private static void breakTheDisk() {
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("journal-sync-0"))
        .forEach(Thread::interrupt);
  }

  private OpenShards open(SyncPolicy.Mode mode) {
    SyncPolicy sync = new SyncPolicy(mode, Duration.ofMillis(20));
    return new OpenShards(ShardConfig.defaults(dir, 1).syncing(sync), OpenShards.CUSTOMER);
  }

  private static Consumer<Submission> ping(long second) {
    return OpenShards.ping(OpenShards.LAT, OpenShards.LNG, OpenShards.T0 + second * 1_000);
  }
}
