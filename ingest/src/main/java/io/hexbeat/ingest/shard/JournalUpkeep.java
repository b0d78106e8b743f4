package io.hexbeat.ingest.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the journals of all shards, one after the other: snapshots where they are due, then
 * deletion. A thread of its own, so that at most one shard has a second state in memory at a time.
 * What fails is logged and tried again at the next look.
 */
final class JournalUpkeep {
  private static final Logger LOG = LoggerFactory.getLogger(JournalUpkeep.class);

  private final List<ShardVerticle> shards;
  private final Duration every;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  /** Nothing is known to be projected, so nothing is deleted, until somebody says so. */
  private volatile IntToLongFunction projectedIndex = shard -> -1;

  private JournalUpkeep(List<ShardVerticle> shards, Duration every) {
    this.shards = shards;
    this.every = every;
    this.thread = new Thread(this::run, "journal-upkeep");
    thread.setDaemon(true);
  }

  static JournalUpkeep start(List<ShardVerticle> shards, Duration every) {
    JournalUpkeep upkeep = new JournalUpkeep(List.copyOf(shards), every);
    upkeep.thread.start();
    return upkeep;
  }

  /** What says up to which index a shard's journal is projected, -1 for not at all. */
  void projectedUpTo(IntToLongFunction index) {
    projectedIndex = index;
  }

  /** Gives up what is under way and returns when nothing is; may wait. */
  void stop() throws InterruptedException {
    stopping.countDown();
    shards.forEach(ShardVerticle::giveUpUpkeep);
    thread.join();
  }

  private void run() {
    try {
      while (!stopping.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        for (int shard = 0; shard < shards.size() && stopping.getCount() > 0; shard++) {
          look(shard);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(int shard) {
    try {
      shards.get(shard).upkeep(projectedIndex.applyAsLong(shard), System.currentTimeMillis());
    } catch (Exception e) {
      LOG.error("shard {}: no snapshot and no deletion this time", shard, e);
    }
  }
}
