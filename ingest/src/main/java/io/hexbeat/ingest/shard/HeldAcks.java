package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Submissions that are in the journal and wait for the sync that makes them durable, in the
 * journal's order. Belongs to the shard's loop. Bounded in submissions and in bytes: once {@link
 * #full} the shard takes nothing more from its inbox, which then refuses.
 */
final class HeldAcks {
  private final Deque<Submission> waiting = new ArrayDeque<>();
  private final StageLatency stages;
  private final int maxSubmissions;
  private final long maxBytes;
  private long bytes;

  /**
   * @param stages gets how long each waits
   */
  HeldAcks(int maxSubmissions, long maxBytes, StageLatency stages) {
    this.stages = stages;
    this.maxSubmissions = maxSubmissions;
    this.maxBytes = maxBytes;
  }

  void add(Submission submission, long index) {
    submission.heldUntil(index, System.nanoTime());
    bytes += submission.lengthBytes();
    waiting.add(submission);
  }

  /** Those that the journal covers by now are on their way back. */
  void release(long durableIndex, Completions to) {
    while (!waiting.isEmpty() && waiting.peek().heldUntilIndex() <= durableIndex) {
      next(to);
    }
  }

  /** None of them is known to be durable, so none is acknowledged. */
  void fail(Completions to) {
    while (!waiting.isEmpty()) {
      waiting.peek().finish(Submission.Outcome.FAILED, 0);
      next(to);
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean full() {
    return waiting.size() >= maxSubmissions || bytes >= maxBytes;
  }

  int size() {
    return waiting.size();
  }

  private void next(Completions to) {
    Submission submission = waiting.remove();
    stages.record(Stage.SYNC_WAIT, System.nanoTime() - submission.heldSinceNs());
    bytes -= submission.lengthBytes();
    to.add(submission);
  }
}
