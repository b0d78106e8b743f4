package io.hexbeat.ingest.live;

import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to tell managers of a position, from the shard's write to their sinks? A
 * thousand members move, and the operation ends when every manager was told of each: two threads,
 * the shard's and the loop of the sockets. Sinks count and make no frames. Beside it a bare queue
 * and wake-up between the same threads, for nobody to conflate or to choose.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class FanOutBenchmark {
  /** Members that move in one operation. */
  static final int MEMBERS = 1_000;

  private static final int[] NO_FENCES = {};

  /** Managers on one loop. */
  @State(Scope.Thread)
  public static class Watchers {
    /** How many. */
    @Param("1")
    public int managers;

    /** How many different things they watch. */
    @Param("1")
    public int views;

    final Vertx vertx = Vertx.vertx();
    final LiveBoard board = new LiveBoard();
    final LiveSlot[] slots = new LiveSlot[MEMBERS];
    final Semaphore told = new Semaphore(0);
    final MpscUnboundedArrayQueue<LiveSlot> queue = new MpscUnboundedArrayQueue<>(1024);
    final PingRecord fix =
        new PingRecord().wrapNew(new byte[PingRecord.HEADER_BYTES], 0, 1, 1, 1_760_000_000_000L);
    @Nullable Context loop;
    private int left;

    /** All of a view see the same. */
    private record View(int number) implements LiveFeed.Filter {
      @Override
      public boolean sees(int memberHandle) {
        return true;
      }

      @Override
      public boolean covers(int latE7, int lngE7) {
        return true;
      }
    }

    private final class Sink implements LiveFeed.Sink {
      @Override
      public boolean writable() {
        return true;
      }

      @Override
      public void positions(List<LivePosition> newest) {
        left -= newest.size();
        if (left == 0) {
          left = MEMBERS * managers;
          told.release();
        }
      }

      @Override
      public void event(LiveEvent event, long number) {
        throw new IllegalStateException("nothing happens");
      }

      @Override
      public void overflow() {
        throw new IllegalStateException("nothing happens");
      }
    }

    /** Opens the feed; all subscribe. */
    @Setup
    public void setUp() throws InterruptedException {
      for (int i = 0; i < MEMBERS; i++) {
        slots[i] = board.slot(i + 1);
      }
      left = MEMBERS * managers;
      Context context = vertx.getOrCreateContext();
      loop = context;
      context.runOnContext(
          v -> {
            LiveFeed feed = LiveFeed.open(board, context);
            for (int i = 0; i < managers; i++) {
              View view = new View(i % views);
              feed.subscribe(view, Subscription.UNLIMITED_RATE, new Sink());
            }
            told.release();
          });
      told.acquire();
    }

    /** Ends the loop. */
    @TearDown
    public void close() {
      vertx.close().await();
    }
  }

  /** By views. */
  @Benchmark
  @OperationsPerInvocation(MEMBERS)
  public void fanOut(Watchers watchers) throws InterruptedException {
    for (LiveSlot slot : watchers.slots) {
      slot.moved(1, watchers.fix, NO_FENCES);
    }
    watchers.told.acquire();
  }

  /** Beside it: as many references through a queue, one wake-up. */
  @Benchmark
  @OperationsPerInvocation(MEMBERS)
  public void fanOutFloor(Watchers watchers) throws InterruptedException {
    for (LiveSlot slot : watchers.slots) {
      watchers.queue.offer(slot);
    }
    Objects.requireNonNull(watchers.loop)
        .runOnContext(
            v -> {
              while (watchers.queue.relaxedPoll() != null) {
                Thread.onSpinWait();
              }
              watchers.told.release();
            });
    watchers.told.acquire();
  }
}
