package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.Wakeup;
import io.hexbeat.ingest.journal.GroupCommit;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.journal.ReplayFigures;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: an event loop, its {@link ShardLine} and the inbox before it. {@link #submit} may be
 * called on any event loop; on the shard's own it runs inline, from others through the inbox with
 * one wake-up for all that a loop has read in one round, urgent ones first. Where acks wait for the
 * disk, a sync wakes the loop, which sends those that it covers, in order. Starting replays the
 * journal on a worker. Stopping refuses what is new, finishes what was taken, then closes the
 * journal. A shard that can't apply a record or sync its journal takes nothing any more.
 */
final class ShardVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ShardVerticle.class);

  /** Records taken in one turn of the loop, some milliseconds, so that its sockets get theirs. */
  private static final int MAX_RECORDS_PER_TURN = 4096;

  /** Each tick looks at one part of the devices, so that none takes long. */
  private static final long TICK_MS = 1_000;

  private static final int TICK_PARTS = 15;

  private final int shard;
  private final ShardConfig config;
  private final DeviceRegistry registry;
  private final SharedPhoneBook phones;
  private final LiveBoard board;
  private final FenceIndex firstIndex;
  private final ShardInbox inbox;
  private final ShardStats stats;
  private final StateKeeper keeper;
  private final long copiedUpTo;
  private final Completions completions;
  private final boolean holding;
  private final HeldAcks held;
  private final Promise<Void> drained = Promise.promise();
  private final Wakeup wakeup = new Wakeup(action -> context.runOnContext(action), this::turn);

  /** Written once by the loop at its start, read by any thread that submits. */
  private volatile @Nullable Thread loop;

  /** Written by the loop, read by any thread that submits. */
  private volatile boolean accepting;

  /** Set before the shard is ready. */
  private @Nullable ShardJournal journal;

  private @Nullable ShardLine line;

  /** Null where the kernel syncs when it likes. */
  private @Nullable GroupCommit commit;

  private boolean stopping;
  private int tickPart;

  /** The line is running: what its completions submit must queue up, not run inside of it. */
  private boolean busy;

  ShardVerticle(
      int shard,
      ShardConfig config,
      JournalDirectory directory,
      DeviceRegistry registry,
      SharedPhoneBook phones,
      LiveBoard board,
      FenceIndex firstIndex,
      long copiedUpTo) {
    this.shard = shard;
    this.config = config;
    this.registry = registry;
    this.phones = phones;
    this.board = board;
    this.firstIndex = firstIndex;
    this.copiedUpTo = copiedUpTo;
    this.inbox =
        new ShardInbox(
            config.inboxSubmissions(), config.inboxBytes(), config.inboxMaxWait().toNanos());
    this.stats = new ShardStats(inbox);
    this.keeper = new StateKeeper(shard, config, directory, registry, stats);
    this.holding = config.sync().mode() == SyncPolicy.Mode.COMMIT;
    this.held = new HeldAcks(config.inboxSubmissions(), config.inboxBytes(), stats.stages());
    this.completions = new Completions(stats.ackWaits());
  }

  @Override
  public Future<?> start() {
    loop = Thread.currentThread();
    return vertx
        .executeBlocking(this::replay, false)
        .map(
            replayed -> {
              line = replayed;
              commit = startSyncing();
              requestSync();
              accepting = true;
              vertx.setPeriodic(TICK_MS, tick -> decideByTime());
              return null;
            });
  }

  @Override
  public Future<?> stop() {
    accepting = false;
    stopping = true;
    drain();
    return drained.future().compose(v -> closeJournal());
  }

  /** True: taken, its completion will be told. False: full or stopped. */
  boolean submit(Submission submission) {
    if (!accepting) {
      stats.refusedStopped.increment();
      return false;
    }
    if (Thread.currentThread() == loop
        && !busy
        && inbox.isEmpty(submission.isUrgent())
        && !held.full()) {
      runInline(submission);
      return true;
    }
    submission.submittedFrom(origin(), System.nanoTime());
    switch (inbox.offer(submission)) {
      case TAKEN -> {
        wakeup.soon();
        return true;
      }
      case FULL -> stats.refusedFull.increment();
      case LATE -> stats.refusedLate.increment();
    }
    return false;
  }

  /** Completes when the shard decides by this index. */
  Future<Void> adopt(FenceIndex index) {
    return onLoop(line -> line.adopt(index, false, System.currentTimeMillis()));
  }

  /** Completes when the shard weighs by this policy. */
  Future<Void> adopt(TrustPolicy policy) {
    return onLoop(line -> line.adopt(policy, System.currentTimeMillis()));
  }

  /** Completes when the alert is in the journal. */
  Future<Void> raise(DeviceIdentity who, Finding finding, String id, long policyVersion) {
    return onLoop(line -> line.raise(who, finding, id, policyVersion, System.currentTimeMillis()));
  }

  private Future<Void> onLoop(Consumer<ShardLine> work) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            work.accept(line());
            requestSync();
            done.complete();
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  private void decideByTime() {
    if (accepting && !busy) {
      tickPart = (tickPart + 1) % TICK_PARTS;
      line().tick(tickPart, TICK_PARTS, System.currentTimeMillis());
      requestSync();
    }
  }

  /** How long a task waits for the loop now; told on the loop. */
  Future<Long> loopDelayNs() {
    Promise<Long> waited = Promise.promise();
    long askedNs = System.nanoTime();
    context.runOnContext(v -> waited.complete(System.nanoTime() - askedNs));
    return waited.future();
  }

  ShardStats stats() {
    return stats;
  }

  /** Makes a snapshot if it is due and deletes what it makes needless; not on the loop. */
  void upkeep(long projectedIndex, long nowMs) throws IOException {
    ShardJournal kept = journal();
    if (keeper.due(kept)) {
      keeper.compact(kept, true);
    }
    keeper.trim(kept, projectedIndex, nowMs);
  }

  /** The upkeep under way ends soon. Any thread. */
  void giveUpUpkeep() {
    keeper.stop();
  }

  JournalTailer tailer() {
    return journal().tailer();
  }

  private void runInline(Submission submission) {
    busy = true;
    try {
      line().run(submission);
      stopIfBroken();
      if (!mustHold()) {
        submission.completion().complete(submission);
        return;
      }
    } finally {
      busy = false;
    }
    submission.submittedFrom(origin(), 0);
    hold(submission);
    requestSync();
  }

  /**
   * Where a completion is told: the context of the door's verticle. Vert.x duplicates that for each
   * HTTP request, and what goes back to one context goes back as one task.
   */
  private static Context origin() {
    ContextInternal current = ContextInternal.current();
    if (current == null) {
      throw new IllegalStateException("submit needs an event loop to complete on");
    }
    return current.unwrap();
  }

  private void turn() {
    busy = true;
    long nowNs = System.nanoTime();
    int records = 0;
    Submission submission;
    while (records < MAX_RECORDS_PER_TURN && !held.full() && (submission = inbox.poll()) != null) {
      stats.stages().record(Stage.INBOX_WAIT, nowNs - submission.submittedNs());
      records += submission.count();
      line().run(submission);
      if (mustHold()) {
        hold(submission);
      } else {
        completions.add(submission);
      }
    }
    busy = false;
    stopIfBroken();
    completions.send();
    requestSync();
    if (inbox.depth() > 0 && !held.full()) {
      wakeup.now();
    }
  }

  /**
   * Whether the ack of what was just run has to wait: for its own records, or for those that it
   * found there already.
   */
  private boolean mustHold() {
    return holding
        && (!held.isEmpty() || journal().durable() < journal().appended())
        && !line().broken();
  }

  private void hold(Submission submission) {
    held.add(submission, journal().appended());
    stats.held = held.size();
  }

  private void requestSync() {
    GroupCommit syncing = commit;
    if (holding && syncing != null && journal().durable() < journal().appended()) {
      syncing.request();
    }
  }

  /** The journal is durable a bit further, or never again. */
  private void synced() {
    GroupCommit syncing = commit;
    if (syncing != null && syncing.failure() != null) {
      line().close();
      stopIfBroken();
      held.fail(completions);
    } else {
      held.release(journal().durable(), completions);
    }
    stats.held = held.size();
    completions.send();
    if (stopping) {
      drain();
    } else if (inbox.depth() > 0) {
      wakeup.now();
    }
  }

  /** Finishes what was taken; goes on after each sync until nothing is left. */
  private void drain() {
    while (inbox.depth() > 0 && !held.full()) {
      turn();
    }
    if (inbox.depth() == 0 && held.isEmpty()) {
      drained.tryComplete();
    }
  }

  private Future<Void> closeJournal() {
    line().close();
    GroupCommit syncing = commit;
    ShardJournal closing = journal();
    return vertx.executeBlocking(
        () -> {
          try {
            if (syncing != null) {
              syncing.close();
            }
            keepState(closing);
          } finally {
            closing.close();
          }
          return null;
        },
        false);
  }

  /** The next start is quick; if not, it replays. */
  private void keepState(ShardJournal closing) {
    try {
      if (keeper.worthIt(closing)) {
        keeper.compact(closing, false);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("shard {}: no snapshot at the stop, the next start replays more", shard, e);
    }
  }

  private void stopIfBroken() {
    if (line().broken()) {
      accepting = false;
      stats.stopped = true;
    }
  }

  private @Nullable GroupCommit startSyncing() {
    return config.sync().mode() == SyncPolicy.Mode.PROCESS
        ? null
        : GroupCommit.start(
            journal(),
            config.sync(),
            "journal-sync-" + shard,
            stats.syncs(),
            () -> context.runOnContext(v -> synced()));
  }

  private ShardJournal journal() {
    ShardJournal opened = journal;
    if (opened == null) {
      throw new IllegalStateException("shard=" + shard + " isn't started");
    }
    return opened;
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
    ShardJournal opened = keeper.open(copiedUpTo);
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
    ReplayFigures figures = keeper.restore(opened, state);
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
    replayed.adopt(config.trust(), System.currentTimeMillis());
    return replayed;
  }
}
