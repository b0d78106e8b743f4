package io.hexbeat.ingest.shard;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a {@link ShardInbox}, bounded in submissions, in bytes and in how long they wait.
 * Any thread may offer, only the shard's loop polls. Allocates nothing after construction. What
 * doesn't fit is refused and leaves no trace.
 *
 * <p>The bound in time is what keeps latency: a shard whose disk has become slow would otherwise
 * take in seconds of work before it is full. It needs no clock of the shard: a submission that is
 * being worked on was the oldest, so while it takes long, what waits is known to wait long too.
 */
final class InboxLane {
  /** Nothing waits. */
  private static final long IDLE = 0;

  private final MpscArrayQueue<Submission> queue;
  private final int maxSubmissions;
  private final long maxBytes;
  private final long maxWaitNs;
  private final AtomicLong waitingBytes = new AtomicLong();

  /** When the submission came that was polled last, or the first that found the lane empty. */
  private final AtomicLong oldestNs = new AtomicLong(IDLE);

  InboxLane(int maxSubmissions, long maxBytes, long maxWaitNs) {
    this.queue = new MpscArrayQueue<>(Math.max(2, maxSubmissions));
    this.maxSubmissions = maxSubmissions;
    this.maxBytes = maxBytes;
    this.maxWaitNs = maxWaitNs;
  }

  ShardInbox.Offer offer(Submission submission) {
    long sinceNs = oldestNs.get();
    if (sinceNs == IDLE || queue.isEmpty()) {
      oldestNs.compareAndSet(sinceNs, stamp(submission));
    } else if (submission.submittedNs() - sinceNs > maxWaitNs) {
      return ShardInbox.Offer.LATE;
    }
    int bytes = submission.lengthBytes();
    long before = waitingBytes.getAndAdd(bytes);
    if (before > 0 && before + bytes > maxBytes) {
      waitingBytes.getAndAdd(-bytes);
      return ShardInbox.Offer.FULL;
    }
    if (!queue.offerIfBelowThreshold(submission, maxSubmissions)) {
      waitingBytes.getAndAdd(-bytes);
      return ShardInbox.Offer.FULL;
    }
    return ShardInbox.Offer.TAKEN;
  }

  /** The oldest, or null; by the shard's loop. */
  @Nullable Submission poll() {
    Submission submission = queue.poll();
    if (submission == null) {
      if (oldestNs.get() != IDLE) {
        oldestNs.lazySet(IDLE);
      }
      return null;
    }
    oldestNs.lazySet(stamp(submission));
    waitingBytes.getAndAdd(-submission.lengthBytes());
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

  private static long stamp(Submission submission) {
    long submittedNs = submission.submittedNs();
    return submittedNs == IDLE ? 1 : submittedNs;
  }
}
