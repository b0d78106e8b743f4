package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.hexbeat.ingest.shard.ShardInbox.Offer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ShardInboxTest {
  private static final long MAX_WAIT_NS = 1_000;
  private static final long NOW_NS = 50_000;

  private static Vertx vertx;
  private static Context origin;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    origin = vertx.getOrCreateContext();
  }

  @AfterAll
  static void close() {
    vertx.close().await();
  }

  @Test
  void shouldRefuseMoreSubmissionsThanItsLimit() {
    ShardInbox inbox = new ShardInbox(3, 1 << 20, MAX_WAIT_NS);
    Submission first = ofBytes(10);
    assertEquals(Offer.TAKEN, inbox.offer(first));
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(10)));
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(10)));
    assertEquals(Offer.FULL, inbox.offer(ofBytes(10)));
    assertEquals(30, inbox.waitingBytes());
    assertSame(first, inbox.poll());
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(10)));
  }

  @Test
  void shouldRefuseMoreBytesThanItsLimit() {
    ShardInbox inbox = new ShardInbox(100, 4096, MAX_WAIT_NS);
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(4000)));
    assertEquals(Offer.FULL, inbox.offer(ofBytes(97)));
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(96)));
    assertEquals(2, inbox.depth());
  }

  @Test
  void shouldTakeOneSubmissionOfAnySizeWhenEmpty() {
    ShardInbox inbox = new ShardInbox(100, 4096, MAX_WAIT_NS);
    assertEquals(Offer.TAKEN, inbox.offer(ofBytes(100_000)));
    assertEquals(Offer.FULL, inbox.offer(ofBytes(1)));
    inbox.poll();
    assertNull(inbox.poll());
    assertEquals(0, inbox.waitingBytes());
  }

  @Test
  void shouldHandOutUrgentSubmissionsFirstAndEachKindInItsOrder() {
    ShardInbox inbox = new ShardInbox(100, 1 << 20, MAX_WAIT_NS);
    Submission ping = ofBytes(10);
    Submission laterPing = ofBytes(10);
    Submission punch = urgent(ofBytes(10));
    Submission laterPunch = urgent(ofBytes(10));
    for (Submission submission : new Submission[] {ping, laterPing, punch, laterPunch}) {
      assertEquals(Offer.TAKEN, inbox.offer(submission));
    }
    assertSame(punch, inbox.poll());
    assertSame(laterPunch, inbox.poll());
    assertSame(ping, inbox.poll());
    assertSame(laterPing, inbox.poll());
  }

  @Test
  void shouldKeepRoomForUrgentSubmissionsAndBoundThemToo() {
    ShardInbox inbox = new ShardInbox(16, 1 << 20, MAX_WAIT_NS);
    for (int i = 0; i < 16; i++) {
      assertEquals(Offer.TAKEN, inbox.offer(ofBytes(10)));
    }
    assertEquals(Offer.FULL, inbox.offer(ofBytes(10)));
    assertEquals(Offer.TAKEN, inbox.offer(urgent(ofBytes(10))));
    assertEquals(Offer.TAKEN, inbox.offer(urgent(ofBytes(10))));
    assertEquals(Offer.FULL, inbox.offer(urgent(ofBytes(10))));
  }

  @Test
  void shouldRefuseBehindASubmissionThatWaitsTooLong() {
    ShardInbox inbox = new ShardInbox(100, 1 << 20, MAX_WAIT_NS);
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS)));
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + MAX_WAIT_NS)));
    assertEquals(Offer.LATE, inbox.offer(at(NOW_NS + MAX_WAIT_NS + 1)));
    inbox.poll();
    assertEquals(Offer.LATE, inbox.offer(at(NOW_NS + MAX_WAIT_NS + 1)), "the first is worked on");
    inbox.poll();
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + MAX_WAIT_NS + 1)));
  }

  @Test
  void shouldNotTakeAnIdleTimeForWaiting() {
    ShardInbox inbox = new ShardInbox(100, 1 << 20, MAX_WAIT_NS);
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS)));
    inbox.poll();
    assertNull(inbox.poll());
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + 100 * MAX_WAIT_NS)));
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + 100 * MAX_WAIT_NS)));
  }

  /** A turn of the shard may end with the very last submission, and never look again. */
  @Test
  void shouldNotTakeTheLastThatWasPolledForOneThatWaits() {
    ShardInbox inbox = new ShardInbox(100, 1 << 20, MAX_WAIT_NS);
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS)));
    inbox.poll();
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + 100 * MAX_WAIT_NS)));
    assertEquals(Offer.TAKEN, inbox.offer(at(NOW_NS + 100 * MAX_WAIT_NS + 1)));
    assertEquals(Offer.LATE, inbox.offer(at(NOW_NS + 102 * MAX_WAIT_NS)));
  }

  private static Submission urgent(Submission submission) {
    submission.urgent();
    return submission;
  }

  private static Submission at(long submittedNs) {
    Submission submission = ofBytes(10);
    submission.submittedFrom(origin, submittedNs);
    return submission;
  }

  private static Submission ofBytes(int bytes) {
    Submission submission = new Submission(bytes);
    submission.reserve(bytes);
    submission.commit(bytes);
    return submission;
  }
}
