package io.hexbeat.ingest.shard;

import static io.hexbeat.ingest.shard.OpenShards.CUSTOMER;
import static io.hexbeat.ingest.shard.OpenShards.FAR_LAT;
import static io.hexbeat.ingest.shard.OpenShards.FENCE;
import static io.hexbeat.ingest.shard.OpenShards.LAT;
import static io.hexbeat.ingest.shard.OpenShards.LNG;
import static io.hexbeat.ingest.shard.OpenShards.T0;
import static io.hexbeat.ingest.shard.OpenShards.await;
import static io.hexbeat.ingest.shard.OpenShards.mockPunchWithoutFix;
import static io.hexbeat.ingest.shard.OpenShards.ping;
import static io.hexbeat.ingest.shard.OpenShards.punch;
import static io.hexbeat.ingest.shard.OpenShards.who;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveEvent;
import io.hexbeat.ingest.live.LiveFeed;
import io.hexbeat.ingest.live.LivePosition;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.shard.Submission.Outcome;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ShardRouterTest {
  private static final DeviceIdentity ANNA = who(1, 1);
  private static final DeviceIdentity BEN = who(2, 2);

  @TempDir Path dir;

  @Test
  void shouldHaveEachRecordInTheJournalWhenItIsAcknowledged() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Submission done =
          shards.submit(
              ANNA,
              s -> {
                ping(LAT, LNG, T0).accept(s);
                ping(LAT, LNG + 100, T0 + 1000).accept(s);
              });
      assertEquals(Outcome.JOURNALED, done.outcome());
      assertEquals(2, done.journaled());
      assertEquals(List.of(RecordType.FENCES, RecordType.PING, RecordType.PING), types(shards, 0));
      assertEquals(2, shards.router.stats(0).pings());
    }
  }

  @Test
  void shouldCompleteOnTheSubmittingContextWhetherInlineOrThroughTheInbox() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      for (Context from : shards.homeAndAway(ANNA)) {
        CompletableFuture<Context> completedOn = new CompletableFuture<>();
        from.runOnContext(
            v -> {
              Submission submission =
                  new Submission(256)
                      .reuse(ANNA, s -> completedOn.complete(io.vertx.core.Vertx.currentContext()));
              ping(LAT, LNG, T0).accept(submission);
              assertTrue(shards.router.submit(submission));
            });
        assertSame(from, completedOn.get(10, TimeUnit.SECONDS));
      }
      assertTrue(shards.router.stats(0).stages().snapshot(Stage.INBOX_WAIT).getTotalCount() > 0);
    }
  }

  @Test
  void shouldQueueWhatACompletionSubmitsInsteadOfRunningInsideOfIt() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Context home = shards.homeAndAway(ANNA).get(0);
      List<String> order = new ArrayList<>();
      CompletableFuture<List<String>> done = new CompletableFuture<>();
      home.runOnContext(
          v -> {
            Submission second =
                new Submission(256)
                    .reuse(
                        ANNA,
                        s -> {
                          order.add("second");
                          done.complete(order);
                        });
            ping(LAT, LNG + 9, T0 + 1000).accept(second);
            Submission first =
                new Submission(256)
                    .reuse(
                        ANNA,
                        s -> {
                          shards.router.submit(second);
                          order.add("first");
                        });
            ping(LAT, LNG, T0).accept(first);
            shards.router.submit(first);
          });
      assertEquals(List.of("first", "second"), done.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldAcknowledgeADuplicateWithoutJournalingIt() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      Submission again = shards.submit(ANNA, ping(LAT, LNG, T0));
      assertEquals(Outcome.JOURNALED, again.outcome());
      assertEquals(1, shards.router.stats(0).duplicates());
      assertEquals(2, shards.records(0));
    }
  }

  @Test
  void shouldJournalQuarantineThroughTheSameLine() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Submission done = shards.submit(ANNA, refused(T0, 1));
      assertEquals(Outcome.JOURNALED, done.outcome());
      assertEquals(List.of(RecordType.FENCES, RecordType.QUARANTINE), types(shards, 0));
    }
  }

  @Test
  void shouldRecogniseHeartbeatsAndRefusedRecordsThatAreSentAgainAlsoAfterARestart()
      throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, heartbeat(T0));
      shards.submit(ANNA, refused(T0, 1));
      shards.submit(BEN, refused(T0, 1));
      shards.submit(ANNA, heartbeat(T0));
      shards.submit(ANNA, refused(T0 + 1000, 1));
      assertEquals(2, shards.router.stats(0).duplicates());
      assertEquals(4, shards.records(0));
    }
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, heartbeat(T0));
      Submission again = shards.submit(ANNA, refused(T0 + 2000, 1));
      assertEquals(Outcome.JOURNALED, again.outcome());
      assertEquals(2, shards.router.stats(0).duplicates());
      assertEquals(4, shards.records(0));

      shards.submit(ANNA, heartbeat(T0 + 1));
      shards.submit(ANNA, refused(T0, 2));
      shards.submit(ANNA, refused(T0 + Duration.ofDays(1).toMillis(), 1));
      assertEquals(7, shards.records(0));
    }
  }

  @Test
  void shouldRememberABoundedNumberOfRefusedRecords() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      for (int raw = 0; raw <= RefusedPrints.REMEMBERED; raw++) {
        shards.submit(ANNA, refused(T0, raw));
      }
      shards.submit(ANNA, refused(T0, RefusedPrints.REMEMBERED));
      assertEquals(1, shards.router.stats(0).duplicates());
      shards.submit(ANNA, refused(T0, 0));
      assertEquals(1, shards.router.stats(0).duplicates());
    }
  }

  private static Consumer<Submission> refused(long receivedTimeMs, int raw) {
    return s -> {
      int offset = s.reserve(QuarantineRecord.MAX_BYTES);
      byte[] bytes = {(byte) raw};
      QuarantineRecord record =
          new QuarantineRecord()
              .wrapNew(
                  s.bytes(),
                  offset,
                  s.who().deviceHandle(),
                  s.who().memberHandle(),
                  receivedTimeMs,
                  2,
                  "bad",
                  bytes);
      s.commit(record.lengthBytes());
    };
  }

  private static Consumer<Submission> heartbeat(long fixTimeMs) {
    return s -> {
      int offset = s.reserve(PingRecord.HEADER_BYTES);
      new PingRecord()
          .wrapNew(
              s.bytes(), offset, s.who().deviceHandle(), s.who().memberHandle(), fixTimeMs + 100)
          .fixTimeMs(fixTimeMs);
      s.commit(PingRecord.HEADER_BYTES);
    };
  }

  @Test
  void shouldKeepPresenceReceiptsAndPositionsOverARestartAndRepeatNoEvent() throws Exception {
    String receipt;
    LivePosition before;
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      Submission punched = shards.submit(ANNA, punch("p-1", LAT, LNG, T0 + 5000));
      receipt = present(punched.receiptJson());
      before = present(shards.board.of(1));
      assertArrayEquals(new int[] {FENCE}, shards.fencesOf(1));
    }
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Watcher watcher = Watcher.on(shards);
      LivePosition after = present(shards.board.of(1));
      assertEquals(before.fixTimeMs(), after.fixTimeMs());
      assertArrayEquals(before.fenceHandles(), after.fenceHandles());
      assertEquals(3, shards.router.stats(0).replay().records());
      assertEquals(3, shards.records(0));

      Submission again = shards.submit(ANNA, punch("p-1", LAT, LNG, T0 + 5000));
      assertEquals(receipt, again.receiptJson());
      assertTrue(again.receiptRepeated());
      shards.submit(ANNA, ping(LAT, LNG + 10, T0 + 10_000));
      assertEquals(LNG + 10, watcher.position().lngE7());
      assertTrue(watcher.events.isEmpty(), watcher.events::toString);
    }
  }

  @Test
  void shouldGiveTheReceiptThatTheContractNames() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      String receipt =
          present(shards.submit(ANNA, punch("p-1", LAT, LNG, T0 + 1000)).receiptJson());
      assertTrue(
          receipt.startsWith("{\"id\":\"p-1\",\"kind\":\"visit_in\",\"verdict\":\""), receipt);
      assertTrue(receipt.contains("\"place\":\"inside\""), receipt);
      assertTrue(
          receipt.contains("\"sites\":[{\"fence\":\"acme\",\"name\":\"acme\",\"distance_m\":0.0}]"),
          receipt);
      assertTrue(
          receipt.endsWith("\"received_time\":\"2025-10-09T08:53:21.100Z\",\"journaled\":true}"),
          receipt);
    }
  }

  @Test
  void shouldTellAConflictOfPunchIdsOnceAndKeepTheFirstReceipt() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Watcher watcher = Watcher.on(shards);
      String first = shards.submit(ANNA, punch("p-1", LAT, LNG, T0)).receiptJson();
      while (!(watcher.event() instanceof LiveEvent.Punch)) {
        // what its verdict opened comes after the punch
      }
      long before = shards.records(0);
      watcher.events.clear();
      Submission other = shards.submit(ANNA, punch("p-1", FAR_LAT, LNG, T0));
      assertEquals(first, other.receiptJson());
      assertTrue(other.receiptRepeated());
      LiveEvent.Alert alert = watcher.alert("DUPLICATE_REQUEST");
      assertTrue(alert.json().contains("\"punch\":\"p-1\""), alert.json());
      shards.submit(ANNA, punch("p-1", FAR_LAT, LNG + 7, T0));
      assertEquals(before + 1, shards.records(0));
    }
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      long before = shards.records(0);
      shards.submit(ANNA, punch("p-1", FAR_LAT, LNG, T0));
      assertEquals(before, shards.records(0));
    }
  }

  @Test
  void shouldRaiseAnAlertForAPunchFarFromItsSite() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Watcher watcher = Watcher.on(shards);
      shards.submit(ANNA, ping(FAR_LAT, LNG, T0));
      Submission done = shards.submit(ANNA, punch("p-9", FAR_LAT, LNG, T0 + 1000));
      assertTrue(present(done.receiptJson()).contains("OUTSIDE_SITE"), done.receiptJson());
      LiveEvent.Alert alert = watcher.alert("OUTSIDE_SITE");
      assertTrue(alert.json().contains("\"device\":\"phone-1\""), alert.json());
      try (JournalTailer tailer = shards.router.tailer(0)) {
        String journaled = "";
        while (tailer.next()) {
          if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PUNCH) {
            journaled = new PunchRecord().wrap(tailer.bytes(), 0).alerts();
          }
        }
        assertEquals("[" + alert.json() + "]", journaled);
      }
    }
  }

  @Test
  void shouldLeaveThePlaceOutOfAnAlertThatHasNone() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Watcher watcher = Watcher.on(shards);
      shards.submit(ANNA, mockPunchWithoutFix("p-10", T0));
      LiveEvent.Alert alert = watcher.alert("MOCK_FLAG");
      assertFalse(alert.json().contains("\"lat\""), alert.json());
    }
  }

  @Test
  void shouldTellAnEnterBeforeAnythingIsAskedAgain() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      Watcher watcher = Watcher.on(shards);
      shards.submit(ANNA, ping(FAR_LAT, LNG, T0));
      shards.submit(ANNA, ping(LAT, LNG, T0 + 600_000));
      assertEquals(
          new LiveEvent.Transition(1, 1, FENCE, ChangeKind.ENTER.code(), T0 + 600_000, false),
          watcher.event());
    }
  }

  @Test
  void shouldRefuseWhenTheInboxIsFullAndTakeTheRestLater() throws Exception {
    ShardConfig small = ShardConfig.defaults(dir, 1).withInbox(2, 4096, Duration.ofMinutes(1));
    try (OpenShards shards = new OpenShards(small, CUSTOMER)) {
      List<Context> loops = shards.homeAndAway(ANNA);
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      loops.get(0).runOnContext(v -> hold(held, release));
      assertTrue(held.await(10, TimeUnit.SECONDS));

      var first = shards.submit(loops.get(1), ANNA, ping(LAT, LNG, T0));
      var second = shards.submit(loops.get(1), ANNA, ping(LAT, LNG, T0 + 1000));
      var third = shards.submit(loops.get(1), ANNA, ping(LAT, LNG, T0 + 2000));
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> third.get(10, TimeUnit.SECONDS));
      assertEquals("refused", refused.getCause().getMessage());
      assertFalse(first.isDone());
      assertEquals(2, shards.router.stats(0).inboxDepth());
      assertEquals(2 * PingRecord.HEADER_BYTES, shards.router.stats(0).inboxBytes());
      assertEquals(1, shards.router.stats(0).refused());

      release.countDown();
      assertEquals(Outcome.JOURNALED, first.get(10, TimeUnit.SECONDS).outcome());
      assertEquals(Outcome.JOURNALED, second.get(10, TimeUnit.SECONDS).outcome());
      assertEquals(0, shards.router.stats(0).inboxBytes());
    }
  }

  @Test
  void shouldRefuseAtOnceWhenWhatWaitsIsLateAndTakeAgainOnceItHasCaughtUp() throws Exception {
    ShardConfig impatient =
        ShardConfig.defaults(dir, 1).withInbox(100_000, 1 << 28, Duration.ofMillis(20));
    try (OpenShards shards = new OpenShards(impatient, CUSTOMER)) {
      List<Context> loops = shards.homeAndAway(ANNA);
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      loops.get(0).runOnContext(v -> hold(held, release));
      assertTrue(held.await(10, TimeUnit.SECONDS));

      List<CompletableFuture<Submission>> taken = new ArrayList<>();
      CompletableFuture<Submission> last;
      do {
        last = shards.submit(loops.get(1), ANNA, ping(LAT, LNG, T0 + taken.size() * 1000L));
        taken.add(last);
        CompletableFuture<Void> dealt = new CompletableFuture<>();
        loops.get(1).runOnContext(v -> dealt.complete(null));
        dealt.get(10, TimeUnit.SECONDS);
      } while (!last.isCompletedExceptionally());
      taken.remove(taken.size() - 1);
      assertEquals(1, shards.router.stats(0).refusedLate());
      assertEquals(0, shards.router.stats(0).refusedFull());

      release.countDown();
      for (CompletableFuture<Submission> one : taken) {
        assertEquals(Outcome.JOURNALED, one.get(10, TimeUnit.SECONDS).outcome());
      }
      var again = shards.submit(loops.get(1), ANNA, ping(LAT, LNG, T0 + 3_600_000));
      assertEquals(Outcome.JOURNALED, again.get(10, TimeUnit.SECONDS).outcome());
    }
  }

  @Test
  void shouldKeepAllOfAMembersRecordsOnOneOfTwoShards() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 2)) {
      for (int i = 0; i < 5; i++) {
        shards.submit(ANNA, ping(LAT, LNG + i, T0 + i * 1000L));
        shards.submit(BEN, ping(LAT, LNG + i, T0 + i * 1000L));
      }
      assertEquals(5, shards.router.stats(1).pings());
      assertEquals(5, shards.router.stats(0).pings());
      assertEquals(2, shards.board.snapshot().size());
    }
    try (OpenShards shards = OpenShards.open(dir, 2)) {
      assertEquals(2, shards.board.snapshot().size());
      assertEquals(6, shards.router.stats(0).replay().records());
    }
  }

  @Test
  void shouldEndStaysInFencesThatAnAdoptedIndexNoLongerHas() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      Watcher watcher = Watcher.on(shards);
      await(shards.router.adopt(FenceIndex.of(2, List.of())));

      LiveEvent.Transition removed = (LiveEvent.Transition) watcher.event();
      assertEquals(ChangeKind.REMOVED.code(), removed.kindCode());
      assertArrayEquals(new int[0], shards.fencesOf(1));
      assertEquals(2, shards.router.stats(0).indexVersion());
      assertEquals(
          List.of(RecordType.FENCES, RecordType.PING, RecordType.FENCES, RecordType.PING),
          types(shards, 0));
    }
    try (OpenShards shards =
        new OpenShards(ShardConfig.defaults(dir, 1), FenceIndex.of(2, List.of()))) {
      assertArrayEquals(new int[0], shards.fencesOf(1));
      assertEquals(4, shards.records(0));
      assertEquals(T0, present(shards.board.of(1)).fixTimeMs());
    }
  }

  @Test
  void shouldEndStaysAtStartWhenTheFenceWentMeanwhile() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
    }
    try (OpenShards shards =
        new OpenShards(ShardConfig.defaults(dir, 1), FenceIndex.of(2, List.of()))) {
      assertArrayEquals(new int[0], shards.fencesOf(1));
      assertEquals(4, shards.records(0));
    }
  }

  @Test
  void shouldFailTheSubmissionAndKeepItsStateWhenTheJournalRefuses() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      Submission tooLong =
          shards.submit(
              ANNA,
              s -> {
                ping(LAT, LNG + 5, T0 + 1000).accept(s);
                int bytes = RecordEnvelope.MAX_RECORD_BYTES + 100;
                int offset = s.reserve(bytes);
                QuarantineRecord record =
                    new QuarantineRecord()
                        .wrapNew(s.bytes(), offset, 1, 1, T0, 2, "bad", new byte[10]);
                s.bytes()[offset + 4] = (byte) bytes;
                s.bytes()[offset + 5] = (byte) (bytes >> 8);
                s.bytes()[offset + 6] = (byte) (bytes >> 16);
                assertEquals(bytes, record.lengthBytes());
                s.commit(bytes);
                ping(LAT, LNG + 6, T0 + 2000).accept(s);
              });
      assertEquals(Outcome.FAILED, tooLong.outcome());
      assertEquals(1, tooLong.journaled());
      assertEquals(1, shards.router.stats(0).failed());
      assertEquals(LNG + 5, present(shards.board.of(1)).lngE7());
      assertEquals(3, shards.records(0));
      assertEquals(Outcome.JOURNALED, shards.submit(ANNA, ping(LAT, LNG + 7, T0 + 3000)).outcome());
    }
  }

  @Test
  void shouldRecordEachDecisionWithItsPing() throws Exception {
    try (OpenShards shards = OpenShards.open(dir, 1)) {
      shards.submit(ANNA, ping(LAT, LNG, T0));
      try (JournalTailer tailer = shards.router.tailer(0)) {
        assertTrue(tailer.next());
        assertTrue(tailer.next());
        PingDecision decision = new PingDecision().wrap(new PingRecord().wrap(tailer.bytes(), 0));
        assertEquals(1, decision.changeCount());
        assertEquals(FENCE, decision.fenceHandle(0));
        assertEquals(ChangeKind.ENTER.code(), decision.kindCode(0));
      }
    }
  }

  @Test
  void shouldNotStartOverAJournalOfAnotherShardCount() throws Exception {
    OpenShards.open(dir, 2).close();
    CompletionException e =
        assertThrows(CompletionException.class, () -> OpenShards.open(dir, 1).close());
    assertTrue(e.getCause().getMessage().contains("says shards=2"), e.getCause().toString());
  }

  /** What one watcher of everything was told. */
  private static final class Watcher implements LiveFeed.Sink, LiveFeed.Filter {
    final BlockingQueue<LiveEvent> events = new LinkedBlockingQueue<>();
    final BlockingQueue<LivePosition> positions = new LinkedBlockingQueue<>();

    static Watcher on(OpenShards shards) throws Exception {
      Watcher watcher = new Watcher();
      Context context = shards.loop();
      CompletableFuture<Void> subscribed = new CompletableFuture<>();
      context.runOnContext(
          v -> {
            LiveFeed.open(shards.board, context).subscribe(watcher, 5, watcher);
            subscribed.complete(null);
          });
      subscribed.get(10, TimeUnit.SECONDS);
      return watcher;
    }

    LiveEvent event() throws Exception {
      return present(events.poll(10, TimeUnit.SECONDS));
    }

    LivePosition position() throws Exception {
      return present(positions.poll(10, TimeUnit.SECONDS));
    }

    LiveEvent.Alert alert(String kind) throws Exception {
      while (true) {
        if (event() instanceof LiveEvent.Alert alert
            && alert.json().contains("\"kind\":\"" + kind + "\"")) {
          return alert;
        }
      }
    }

    @Override
    public boolean sees(int memberHandle) {
      return true;
    }

    @Override
    public boolean covers(int latE7, int lngE7) {
      return true;
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void positions(List<LivePosition> newest) {
      positions.addAll(newest);
    }

    @Override
    public void event(LiveEvent event, long number) {
      events.add(event);
    }

    @Override
    public void overflow() {
      throw new IllegalStateException("overflow");
    }
  }

  private static void hold(CountDownLatch held, CountDownLatch release) {
    held.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T present(@Nullable T value) {
    assertNotNull(value);
    return value;
  }

  private static List<RecordType> types(OpenShards shards, int shard) {
    List<RecordType> types = new ArrayList<>();
    try (JournalTailer tailer = shards.router.tailer(shard)) {
      while (tailer.next()) {
        types.add(RecordEnvelope.type(tailer.bytes(), 0));
      }
    }
    return types;
  }
}
