package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveBoard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** STUB of the seam. */
@SuppressWarnings("DoNotCallSuggester")
public final class ShardRouter {
  private ShardRouter() {}

  /** Deploys and replays; ready when all shards have adopted the index. */
  public static Future<ShardRouter> start(
      Vertx vertx, ShardConfig config, DeviceRegistry devices, FenceIndex index, LiveBoard board) {
    throw new UnsupportedOperationException("seam");
  }

  /**
   * Hands a submission to its shard; on an event loop. True: it is taken and {@link
   * Submission#completion} will be told on this loop, possibly before this returns. False: full.
   */
  public boolean submit(Submission submission) {
    throw new UnsupportedOperationException("seam");
  }

  /** Completes when each shard decides by this index. */
  public Future<Void> adopt(FenceIndex index) {
    throw new UnsupportedOperationException("seam");
  }

  /** Drains what was taken, then closes the journals. */
  public Future<Void> stop() {
    throw new UnsupportedOperationException("seam");
  }

  public int shards() {
    throw new UnsupportedOperationException("seam");
  }

  public ShardStats stats(int shard) {
    throw new UnsupportedOperationException("seam");
  }

  /** A reader of one shard's journal, from its start; any thread, the caller closes it. */
  public JournalTailer tailer(int shard) {
    throw new UnsupportedOperationException("seam");
  }
}
