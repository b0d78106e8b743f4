package io.hexbeat.ingest.shard;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Bounded inbox of one shard, in submissions and in bytes. Any thread may offer, only the shard's
 * loop polls. Allocates nothing after construction. A full inbox refuses; the caller pauses its
 * socket or answers 503.
 */
final class ShardInbox {
  private final MpscArrayQueue<Submission> queue;
  private final int maxSubmissions;
  private final long maxBytes;
  private final AtomicLong waitingBytes = new AtomicLong();

  ShardInbox(int maxSubmissions, long maxBytes) {
    this.queue = new MpscArrayQueue<>(Math.max(2, maxSubmissions));
    this.maxSubmissions = maxSubmissions;
    this.maxBytes = maxBytes;
  }

  /**
   * False, and nothing kept, when it doesn't fit. An empty inbox takes a submission of any size.
   */
  boolean offer(Submission submission) {
    int bytes = submission.lengthBytes();
    long before = waitingBytes.getAndAdd(bytes);
    if (before > 0 && before + bytes > maxBytes) {
      waitingBytes.getAndAdd(-bytes);
      return false;
    }
    if (!queue.offerIfBelowThreshold(submission, maxSubmissions)) {
      waitingBytes.getAndAdd(-bytes);
      return false;
    }
    return true;
  }

  /** The oldest, or null; by the shard's loop. */
  @Nullable Submission poll() {
    Submission submission = queue.poll();
    if (submission != null) {
      waitingBytes.getAndAdd(-submission.lengthBytes());
    }
    return submission;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int depth() {
    return queue.size();
  }

  long waitingBytes() {
    return waitingBytes.get();
  }
}
