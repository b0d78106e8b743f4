package io.hexbeat.ingest.door;

import io.hexbeat.ingest.shard.Submission;
import org.jspecify.annotations.Nullable;

/**
 * Records of one device that travel together, from a frame to the journal. Belongs to one
 * connection and is reused, with all its buffers.
 */
final class Run implements Submission.Completion {
  final Batch batch;

  /** The number after that of its last record. */
  long endSequence;

  /** Records in it. */
  int records;

  /** They were not kept: the sender may not send for their device. */
  boolean refused;

  /** Whose credit they take, of a device that may have to wait for it; null where nobody's. */
  @Nullable DeviceShare credit;

  /** They came as text, and are answered as text. */
  boolean text;

  /** Nothing is to be waited for any more. */
  boolean done;

  private final Runnable onDone;

  Run(Batch batch, Runnable onDone) {
    this.batch = batch;
    this.onDone = onDone;
  }

  boolean failed() {
    return !refused
        && batch.size() > 0
        && batch.submission().outcome() != Submission.Outcome.JOURNALED;
  }

  @Override
  public void complete(Submission submission) {
    done = true;
    onDone.run();
  }
}
