package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.PhoneBook;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.journal.ReplayFigures;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: an event loop, its {@link ShardLine} and the inbox before it. {@link #submit} may be
 * called on any event loop; on the shard's own it runs inline, from others through the inbox with
 * one wake-up for all that came meanwhile, urgent ones first. Starting replays the journal on a
 * worker. Stopping refuses what is new, finishes what was taken, then closes the journal.
 */
final class ShardVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ShardVerticle.class);

  /** Records taken in one turn of the loop, some milliseconds, so that its sockets get theirs. */
  private static final int MAX_RECORDS_PER_TURN = 4096;

  private final int shard;
  private final ShardConfig config;
  private final JournalDirectory directory;
  private final DeviceRegistry registry;
  private final PhoneBook phones;
  private final LiveBoard board;
  private final FenceIndex firstIndex;
  private final ShardInbox inbox;
  private final ShardStats stats;
  private final Completions completions = new Completions();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Written once by the loop at its start, read by any thread that submits. */
  private volatile @Nullable Thread loop;

  /** Written by the loop, read by any thread that submits. */
  private volatile boolean accepting;

  /** Set before the shard is ready. */
  private @Nullable ShardJournal journal;

  private @Nullable ShardLine line;

  /** The line is running: what its completions submit must queue up, not run inside of it. */
  private boolean busy;

  ShardVerticle(
      int shard,
      ShardConfig config,
      JournalDirectory directory,
      DeviceRegistry registry,
      PhoneBook phones,
      LiveBoard board,
      FenceIndex firstIndex) {
    this.shard = shard;
    this.config = config;
    this.directory = directory;
    this.registry = registry;
    this.phones = phones;
    this.board = board;
    this.firstIndex = firstIndex;
    this.inbox =
        new ShardInbox(
            config.inboxSubmissions(), config.inboxBytes(), config.inboxMaxWait().toNanos());
    this.stats = new ShardStats(inbox);
  }

  @Override
  public Future<?> start() {
    loop = Thread.currentThread();
    return vertx
        .executeBlocking(this::replay, false)
        .map(
            replayed -> {
              line = replayed;
              accepting = true;
              return null;
            });
  }

  @Override
  public Future<?> stop() {
    accepting = false;
    while (inbox.depth() > 0) {
      turn();
    }
    line().close();
    ShardJournal closing = journal;
    return closing == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              closing.close();
              return null;
            },
            false);
  }

  /** True: taken, its completion will be told. False: full or stopped. */
  boolean submit(Submission submission) {
    if (!accepting) {
      stats.refusedStopped.increment();
      return false;
    }
    if (Thread.currentThread() == loop && !busy && inbox.isEmpty(submission.isUrgent())) {
      runInline(submission);
      return true;
    }
    Context origin = Vertx.currentContext();
    if (origin == null) {
      throw new IllegalStateException("submit needs an event loop to complete on");
    }
    submission.submittedFrom(origin, System.nanoTime());
    switch (inbox.offer(submission)) {
      case TAKEN -> {
        wake();
        return true;
      }
      case FULL -> stats.refusedFull.increment();
      case LATE -> stats.refusedLate.increment();
    }
    return false;
  }

  /** Completes when the shard decides by this index. */
  Future<Void> adopt(FenceIndex index) {
    Promise<Void> adopted = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            line().adopt(index, false, System.currentTimeMillis());
            adopted.complete();
          } catch (RuntimeException e) {
            adopted.fail(e);
          }
        });
    return adopted.future();
  }

  ShardStats stats() {
    return stats;
  }

  JournalTailer tailer() {
    ShardJournal open = journal;
    if (open == null) {
      throw new IllegalStateException("shard=" + shard + " isn't started");
    }
    return open.tailer();
  }

  private void runInline(Submission submission) {
    busy = true;
    try {
      line().run(submission);
      stopIfBroken();
      submission.completion().complete(submission);
    } finally {
      busy = false;
    }
  }

  private void wake() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      context.runOnContext(v -> turn());
    }
  }

  private void turn() {
    awake.set(false);
    busy = true;
    long nowNs = System.nanoTime();
    int records = 0;
    Submission submission;
    while (records < MAX_RECORDS_PER_TURN && (submission = inbox.poll()) != null) {
      stats.stages().record(Stage.INBOX_WAIT, nowNs - submission.submittedNs());
      records += submission.count();
      line().run(submission);
      completions.add(submission);
    }
    busy = false;
    stopIfBroken();
    completions.send();
    if (inbox.depth() > 0) {
      wake();
    }
  }

  private void stopIfBroken() {
    if (line().broken()) {
      accepting = false;
    }
  }

  private ShardLine line() {
    ShardLine started = line;
    if (started == null) {
      throw new IllegalStateException("shard=" + shard + " isn't started");
    }
    return started;
  }

  /** Opens the journal and takes it in; on a worker, before the loop sees any of it. */
  private ShardLine replay() {
    ShardJournal opened = directory.openShard(shard);
    try {
      ShardLine replayed = replay(opened);
      journal = opened;
      return replayed;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private ShardLine replay(ShardJournal opened) {
    ShardState state = new ShardState(config.punchIdsKept(), registry, board, phones);
    ReplayFigures figures = opened.replay((index, bytes, length) -> state.apply(bytes, length));
    stats.replay = figures;
    stats.devices = state.devices();
    LOG.info(
        "shard {} replayed {} records in {} ms ({} records/s), {} devices",
        shard,
        figures.records(),
        figures.durationMs(),
        figures.recordsPerSecond(),
        state.devices());
    ShardLine replayed = new ShardLine(config, state, opened, board, phones, stats);
    replayed.adopt(firstIndex, true, System.currentTimeMillis());
    return replayed;
  }
}
