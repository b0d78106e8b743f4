package io.hexbeat.ingest.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LiveFeedTest {
  private static final int[] NO_FENCES = {};

  private final LiveBoard board = new LiveBoard();
  private final Vertx vertx = Vertx.vertx();
  private Context loop;
  private LiveFeed feed;

  @BeforeEach
  void openFeed() throws Exception {
    CompletableFuture<Context> created = new CompletableFuture<>();
    vertx.deployVerticle(
        context -> {
          created.complete(context);
          return Future.succeededFuture();
        });
    loop = created.get(10, TimeUnit.SECONDS);
    feed = onLoop(() -> LiveFeed.open(board, loop));
  }

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldTellAQuietMemberAtOnce() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 1, recorder));
    move(7, 1);
    Told told = recorder.next();
    assertEquals(1, told.position.fixTimeMs());
    assertTrue(told.lagNs() < 500_000_000L, () -> "lagNs=" + told.lagNs());
  }

  @Test
  void shouldTellTheNewestOnlyAndNeverMoreThanTheRateInAnySecond() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    long untilNs = System.nanoTime() + 2_500_000_000L;
    int sent = 0;
    while (System.nanoTime() < untilNs) {
      move(7, ++sent);
      LockSupport.parkNanos(5_000_000);
    }
    List<Told> told = recorder.until(sent);
    for (int i = 5; i < told.size(); i++) {
      long spanNs = told.get(i).atNs - told.get(i - 5).atNs;
      assertTrue(spanNs >= 990_000_000L, "6 positions within ns=" + spanNs);
    }
    for (int i = 1; i < told.size(); i++) {
      assertTrue(told.get(i).position.fixTimeMs() > told.get(i - 1).position.fixTimeMs());
    }
    assertTrue(told.size() >= 11 && told.size() <= 21, "told=" + told.size());
  }

  @Test
  void shouldNotPassOnOneLatePositionToAllThatFollow() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    long startNs = System.nanoTime();
    for (int i = 1; i <= 25; i++) {
      long lateNs = i == 3 ? 120_000_000L : 0;
      waitUntil(startNs + i * 200_000_000L + lateNs);
      move(7, i);
    }
    List<Told> told = recorder.until(25);
    long lateCount = told.stream().filter(t -> t.lagNs() > 60_000_000L).count();
    assertTrue(lateCount <= 2, () -> "late positions=" + lateCount);
    assertTrue(told.size() >= 20, () -> "told=" + told.size());
  }

  @Test
  void shouldKeepPositionsConflatedWhileTheSinkCannotTake() throws Exception {
    Recorder recorder = new Recorder();
    recorder.writable = false;
    Subscription subscription = onLoop(() -> feed.subscribe(recorder, 5, recorder));
    for (int i = 1; i <= 1000; i++) {
      move(7, i);
    }
    onLoop(() -> recorder.writable = true);
    onLoop(
        () -> {
          subscription.resume();
          return true;
        });
    assertEquals(1000, recorder.next().position.fixTimeMs());
    assertTrue(recorder.told.isEmpty());
  }

  @Test
  void shouldTellEventsInOrderAndQueueThemWhileTheSinkCannotTake() throws Exception {
    Recorder recorder = new Recorder();
    Subscription subscription = onLoop(() -> feed.subscribe(recorder, 5, recorder));
    board.publish(new LiveEvent.Alert(7, "0"));
    onLoop(() -> recorder.writable = false);
    for (int i = 1; i < 100; i++) {
      board.publish(new LiveEvent.Alert(7, "" + i));
    }
    onLoop(() -> recorder.writable = true);
    onLoop(
        () -> {
          subscription.resume();
          return true;
        });
    for (int i = 0; i < 100; i++) {
      assertEquals(new LiveEvent.Alert(7, "" + i), recorder.events.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldEndASubscriptionThatIsTooFarBehindOnce() throws Exception {
    Recorder recorder = new Recorder();
    recorder.writable = false;
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    Recorder other = new Recorder();
    onLoop(() -> feed.subscribe(other, 5, other));
    for (int i = 0; i < Subscription.MAX_WAITING_EVENTS + 500; i++) {
      board.publish(new LiveEvent.Alert(7, "" + i));
    }
    assertTrue(recorder.overflowed.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < Subscription.MAX_WAITING_EVENTS + 500; i++) {
      assertEquals(new LiveEvent.Alert(7, "" + i), other.events.poll(10, TimeUnit.SECONDS));
    }
    assertEquals(1, onLoop(() -> recorder.overflows));
    assertTrue(recorder.events.isEmpty());
  }

  @Test
  void shouldEndAllSubscriptionsWhenTheLoopDoesNotTakeEvents() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    CountDownLatch release = new CountDownLatch(1);
    loop.runOnContext(v -> await(release));
    for (int i = 0; i < EventRing.SIZE + 1; i++) {
      board.publish(new LiveEvent.Alert(7, "x"));
    }
    release.countDown();
    assertTrue(recorder.overflowed.await(10, TimeUnit.SECONDS));
  }

  @Test
  void shouldTellALaterSubscriptionWhatItMissed() throws Exception {
    Recorder early = new Recorder();
    onLoop(() -> feed.subscribe(early, 5, early));
    for (int i = 0; i < 10; i++) {
      board.publish(new LiveEvent.Alert(i % 2 == 0 ? 7 : 8, "" + i));
    }
    for (int i = 0; i < 10; i++) {
      assertEquals("" + i, ((LiveEvent.Alert) early.nextEvent()).json());
    }
    Recorder late = new Recorder();
    late.onlyMember = 7;
    boolean known =
        onLoop(
            () -> {
              Subscription subscription = feed.subscribe(late, 5, late);
              long fourth = feed.nextEvent() - 7;
              boolean knows = subscription.knowsSince(fourth);
              subscription.catchUp(fourth);
              return knows;
            });
    assertTrue(known);
    board.publish(new LiveEvent.Alert(7, "new"));
    for (String expected : List.of("4", "6", "8", "new")) {
      assertEquals(expected, ((LiveEvent.Alert) late.nextEvent()).json());
    }
  }

  @Test
  void shouldSayWhenWhatWasMissedIsNoLongerKnown() throws Exception {
    Recorder recorder = new Recorder();
    Subscription subscription = onLoop(() -> feed.subscribe(recorder, 5, recorder));
    recorder.onlyMember = 7;
    for (int i = 0; i < EventRing.SIZE + 10; i++) {
      board.publish(new LiveEvent.Alert(8, "x"));
      if (i % 1_000 == 0) {
        onLoop(() -> true); // lets the loop keep up
      }
    }
    board.publish(new LiveEvent.Alert(7, "last"));
    recorder.nextEvent();
    assertFalse(onLoop(() -> subscription.knowsSince(EventRing.FIRST)));
    assertFalse(onLoop(() -> subscription.knowsSince(0)));
    assertFalse(onLoop(() -> subscription.knowsSince(feed.nextEvent() + 1)));
    assertTrue(onLoop(() -> subscription.knowsSince(feed.nextEvent())));
    assertTrue(onLoop(() -> subscription.knowsSince(feed.nextEvent() - 100)));
  }

  /** Four shards publish at once: each watcher gets every event once and each shard's in order. */
  @Test
  void shouldTellEachEventOnceHoweverManyShardsPublish() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    int shards = 4;
    int each = EventRing.SIZE / shards;
    List<CompletableFuture<Void>> publishing = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int member = shard;
      publishing.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < each; i++) {
                  board.publish(new LiveEvent.Alert(member, "" + i));
                }
              }));
    }
    int[] next = new int[shards];
    for (int i = 0; i < shards * each; i++) {
      LiveEvent.Alert alert = (LiveEvent.Alert) recorder.nextEvent();
      assertEquals(next[alert.memberHandle()]++, Integer.parseInt(alert.json()));
    }
    CompletableFuture.allOf(publishing.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    assertTrue(recorder.events.isEmpty());
  }

  @Test
  void shouldTellOnlyWhatTheFilterLetsThrough() throws Exception {
    Recorder recorder = new Recorder();
    recorder.onlyMember = 8;
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    move(7, 1);
    board.publish(new LiveEvent.Alert(7, "no"));
    board.publish(new LiveEvent.Alert(8, "yes"));
    move(8, 2);
    assertEquals(8, recorder.next().position.memberHandle());
    assertEquals(new LiveEvent.Alert(8, "yes"), recorder.events.poll(10, TimeUnit.SECONDS));
    assertTrue(recorder.events.isEmpty());
    assertFalse(recorder.told.stream().anyMatch(t -> t.position.memberHandle() == 7));
  }

  @Test
  void shouldTellAllWhoWatchTheSameByOneList() throws Exception {
    Recorder first = new Recorder();
    Recorder second = new Recorder();
    Recorder slow = new Recorder();
    slow.writable = false;
    Subscription behind =
        onLoop(
            () -> {
              feed.subscribe(new OneMember(7), 5, first);
              feed.subscribe(new OneMember(7), 5, second);
              return feed.subscribe(new OneMember(7), 5, slow);
            });
    move(7, 1);
    move(8, 2);
    assertEquals(1, first.next().position.fixTimeMs());
    assertEquals(1, second.next().position.fixTimeMs());
    assertSame(onLoop(() -> first.lastList), onLoop(() -> second.lastList));
    assertTrue(slow.told.isEmpty());
    onLoop(
        () -> {
          slow.writable = true;
          behind.resume();
          return true;
        });
    assertEquals(1, slow.next().position.fixTimeMs());
    onLoop(
        () -> {
          behind.change(new OneMember(8), 5);
          return true;
        });
    move(8, 3);
    assertEquals(3, slow.next().position.fixTimeMs());
    assertTrue(first.told.isEmpty() && second.told.isEmpty());
  }

  @Test
  void shouldTellEachPositionWhereTheRateIsUnlimited() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, Subscription.UNLIMITED_RATE, recorder));
    for (int i = 1; i <= 200; i++) {
      move(7, i);
      assertEquals(i, recorder.next().position.fixTimeMs());
    }
  }

  @Test
  void shouldTellMuchNewsInFewLists() throws Exception {
    Recorder recorder = new Recorder();
    onLoop(() -> feed.subscribe(recorder, 5, recorder));
    long startNs = System.nanoTime();
    int members = 500;
    for (int i = 1; i <= members; i++) {
      move(i, i);
      LockSupport.parkNanos(500_000);
    }
    for (int i = 1; i <= members; i++) {
      recorder.next();
    }
    long gaps = (System.nanoTime() - startNs) / LiveView.gapNs(5);
    assertTrue(onLoop(() -> recorder.lists) <= gaps + 1, () -> "lists=" + recorder.lists);
  }

  @Test
  void shouldReadWholePositionsWhileAShardWrites() throws Exception {
    LiveSlot slot = board.slot(7);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; i <= 200_000; i++) {
                slot.moved(i, fix(i), NO_FENCES);
              }
            });
    while (!writer.isDone()) {
      LivePosition position = board.of(7);
      if (position != null) {
        assertEquals(position.deviceHandle(), position.fixTimeMs());
        assertEquals(position.deviceHandle(), position.latE7());
        assertEquals(position.deviceHandle(), position.batteryPct() + position.accuracyCm());
      }
    }
    writer.get(10, TimeUnit.SECONDS);
    assertEquals(200_000, assertPresent(board.of(7)).fixTimeMs());
  }

  private void move(int memberHandle, long fixTimeMs) {
    sentNs[(int) fixTimeMs % sentNs.length] = System.nanoTime();
    board.slot(memberHandle).moved(1, fix(fixTimeMs), NO_FENCES);
  }

  private final long[] sentNs = new long[4096];

  private static PingRecord fix(long timeMs) {
    return new PingRecord()
        .wrapNew(new byte[PingRecord.HEADER_BYTES], 0, 1, 7, timeMs)
        .position((int) timeMs, 0)
        .batteryPct((int) (timeMs % 100))
        .accuracyCm((int) (timeMs - timeMs % 100));
  }

  private static void waitUntil(long ns) {
    while (System.nanoTime() - ns < 0) {
      LockSupport.parkNanos(Math.max(1, ns - System.nanoTime()));
    }
  }

  private <T> T onLoop(Callable<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.runOnContext(
        v -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(10, TimeUnit.SECONDS);
  }

  private static void await(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T assertPresent(@Nullable T value) {
    assertNotNull(value);
    return value;
  }

  /** One position as it arrived. */
  private record Told(LivePosition position, long atNs, long sentNs) {
    long lagNs() {
      return atNs - sentNs;
    }
  }

  /** Equal for the same member, as the filters of two managers of one team are. */
  private record OneMember(int memberHandle) implements LiveFeed.Filter {
    @Override
    public boolean sees(int handle) {
      return handle == memberHandle;
    }

    @Override
    public boolean covers(int latE7, int lngE7) {
      return true;
    }
  }

  private final class Recorder implements LiveFeed.Sink, LiveFeed.Filter {
    final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    final BlockingQueue<LiveEvent> events = new LinkedBlockingQueue<>();
    final CountDownLatch overflowed = new CountDownLatch(1);
    int overflows;
    int onlyMember;
    int lists;
    List<LivePosition> lastList = List.of();
    volatile boolean writable = true;

    LiveEvent nextEvent() throws Exception {
      LiveEvent event = events.poll(10, TimeUnit.SECONDS);
      assertNotNull(event);
      return event;
    }

    Told next() throws Exception {
      return assertPresent(told.poll(10, TimeUnit.SECONDS));
    }

    List<Told> until(long fixTimeMs) throws Exception {
      List<Told> all = new ArrayList<>();
      do {
        all.add(next());
      } while (all.get(all.size() - 1).position.fixTimeMs() < fixTimeMs);
      return all;
    }

    @Override
    public boolean sees(int memberHandle) {
      return onlyMember == 0 || memberHandle == onlyMember;
    }

    @Override
    public boolean covers(int latE7, int lngE7) {
      return true;
    }

    @Override
    public boolean writable() {
      return writable;
    }

    @Override
    public void positions(List<LivePosition> newest) {
      long nowNs = System.nanoTime();
      lists++;
      lastList = newest;
      for (LivePosition position : newest) {
        told.add(new Told(position, nowNs, sentNs[(int) position.fixTimeMs() % sentNs.length]));
      }
    }

    @Override
    public void event(LiveEvent event, long number) {
      events.add(event);
    }

    @Override
    public void overflow() {
      overflows++;
      overflowed.countDown();
    }
  }
}
