package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.metrics.SyncStats;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs one shard's journal off its loop: while one sync runs the loop goes on appending, and the
 * next sync covers all of that. A thread of its own; {@link #request} is the loop's, the rest any
 * thread's. After each sync the listener is told on this thread. A sync that failed is the last
 * one: what the kernel makes of the pages then is unknown, so nothing is tried again and {@link
 * #failure} stays.
 */
public final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private final ShardJournal journal;
  private final SyncPolicy policy;
  private final Runnable listener;
  private final SyncStats stats;
  private final Thread thread;

  /** Written by the loop and by this thread: there is something to sync. */
  private volatile boolean wanted;

  private volatile boolean closing;

  /** Written by this thread, once. */
  private volatile @Nullable JournalException failure;

  private GroupCommit(
      ShardJournal journal, SyncPolicy policy, String name, SyncStats stats, Runnable listener) {
    this.journal = journal;
    this.policy = policy;
    this.listener = listener;
    this.stats = stats;
    this.thread = new Thread(this::run, name);
  }

  /**
   * Begins; not for {@link SyncPolicy.Mode#PROCESS}, which leaves the pages to the kernel.
   *
   * @param listener told when {@link ShardJournal#durable} has moved, or once of the failure
   */
  public static GroupCommit start(
      ShardJournal journal, SyncPolicy policy, String name, SyncStats stats, Runnable listener) {
    GroupCommit commit = new GroupCommit(journal, policy, name, stats, listener);
    commit.thread.setDaemon(true);
    commit.thread.start();
    return commit;
  }

  /** What was appended so far shall be synced soon; by the loop, costs next to nothing. */
  public void request() {
    if (!wanted) {
      wanted = true;
      LockSupport.unpark(thread);
    }
  }

  /** Why there is no sync any more, or null while all is well. */
  public @Nullable JournalException failure() {
    return failure;
  }

  /** Ends after the sync under way; may wait for the disk. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    ThreadEnd.await(thread);
  }

  private void run() {
    long records = journal.appendedRecords();
    while (awaitWork()) {
      wanted = false;
      if (journal.durable() == journal.appended()) {
        continue;
      }
      long before = records;
      records = journal.appendedRecords();
      long startNs = System.nanoTime();
      try {
        journal.sync();
      } catch (JournalException e) {
        failure = e;
        LOG.error("{}: the journal can't be synced any more: {}", thread.getName(), e.toString());
        listener.run();
        return;
      }
      stats.record(System.nanoTime() - startNs, records - before);
      listener.run();
    }
  }

  /** False when it is time to end. */
  private boolean awaitWork() {
    if (policy.mode() == SyncPolicy.Mode.INTERVAL) {
      long untilNs = System.nanoTime() + policy.interval().toNanos();
      for (long left = policy.interval().toNanos();
          left > 0 && !closing;
          left = untilNs - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
    } else {
      while (!wanted && !closing) {
        LockSupport.park(this);
      }
    }
    return !closing;
  }
}
