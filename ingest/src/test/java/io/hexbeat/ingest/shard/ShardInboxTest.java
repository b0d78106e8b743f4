package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ShardInboxTest {
  @Test
  void shouldRefuseMoreSubmissionsThanItsLimit() {
    ShardInbox inbox = new ShardInbox(3, 1 << 20);
    Submission first = ofBytes(10);
    assertTrue(inbox.offer(first));
    assertTrue(inbox.offer(ofBytes(10)));
    assertTrue(inbox.offer(ofBytes(10)));
    assertFalse(inbox.offer(ofBytes(10)));
    assertEquals(30, inbox.waitingBytes());
    assertSame(first, inbox.poll());
    assertTrue(inbox.offer(ofBytes(10)));
  }

  @Test
  void shouldRefuseMoreBytesThanItsLimit() {
    ShardInbox inbox = new ShardInbox(100, 4096);
    assertTrue(inbox.offer(ofBytes(4000)));
    assertFalse(inbox.offer(ofBytes(97)));
    assertTrue(inbox.offer(ofBytes(96)));
    assertEquals(2, inbox.depth());
  }

  @Test
  void shouldTakeOneSubmissionOfAnySizeWhenEmpty() {
    ShardInbox inbox = new ShardInbox(100, 4096);
    assertTrue(inbox.offer(ofBytes(100_000)));
    assertFalse(inbox.offer(ofBytes(1)));
    inbox.poll();
    assertNull(inbox.poll());
    assertEquals(0, inbox.waitingBytes());
  }

  private static Submission ofBytes(int bytes) {
    Submission submission = new Submission(bytes);
    submission.reserve(bytes);
    submission.commit(bytes);
    return submission;
  }
}
