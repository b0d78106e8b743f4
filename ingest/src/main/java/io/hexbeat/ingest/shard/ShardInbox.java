package io.hexbeat.ingest.shard;

import org.jspecify.annotations.Nullable;

/**
 * Bounded inbox of one shard: two lanes, of which the urgent one is emptied first and has room of
 * its own, so that pings can neither hold up nor crowd out a punch. Any thread may offer, only the
 * shard's loop polls. Allocates nothing after construction. A lane that is full, or whose oldest
 * submission has waited too long, refuses; the caller pauses its socket or answers 503.
 */
final class ShardInbox {
  /** Of the room for all others; punches are few and come one a request. */
  private static final int URGENT_SHARE = 8;

  /** Why a submission was not taken, or that it was. */
  enum Offer {
    TAKEN,
    /** No room. */
    FULL,
    /** What waits has waited so long that this one would be answered too late. */
    LATE
  }

  private final InboxLane urgent;
  private final InboxLane usual;

  /**
   * @param maxWaitNs age of the oldest submission from which a lane refuses
   */
  ShardInbox(int maxSubmissions, long maxBytes, long maxWaitNs) {
    urgent =
        new InboxLane(
            Math.max(1, maxSubmissions / URGENT_SHARE), maxBytes / URGENT_SHARE, maxWaitNs);
    usual = new InboxLane(maxSubmissions, maxBytes, maxWaitNs);
  }

  /** Nothing is kept unless it is taken. An empty lane takes a submission of any size. */
  Offer offer(Submission submission) {
    return lane(submission.isUrgent()).offer(submission);
  }

  /** The oldest urgent one, else the oldest, or null; by the shard's loop. */
  @Nullable Submission poll() {
    Submission submission = urgent.poll();
    return submission == null ? usual.poll() : submission;
  }

  /** Whether nothing waits that a submission of this urgency must not overtake. */
  boolean isEmpty(boolean isUrgent) {
    return isUrgent ? urgent.isEmpty() : urgent.isEmpty() && usual.isEmpty();
  }

  int depth() {
    return urgent.depth() + usual.depth();
  }

  long waitingBytes() {
    return urgent.waitingBytes() + usual.waitingBytes();
  }

  private InboxLane lane(boolean isUrgent) {
    return isUrgent ? urgent : usual;
  }
}
