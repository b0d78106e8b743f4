package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.metrics.LoopStages;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submissions that a turn of the shard has finished, on their way back to where they came from.
 * Belongs to the shard's loop; each turn sends one task to each context that has some. Allocates
 * that task and its list.
 */
final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

  private final LoopStages waits;
  private final List<Batch> batches = new ArrayList<>();

  /**
   * The submissions of one context.
   *
   * @param doneNs when the first of them was done
   */
  private record Batch(Context origin, List<Submission> submissions, LoopStages waits, long doneNs)
      implements Handler<Void> {
    @Override
    public void handle(Void event) {
      waits.ofThisLoop().record(Stage.ACK_WAIT, System.nanoTime() - doneNs);
      for (Submission submission : submissions) {
        try {
          submission.completion().complete(submission);
        } catch (RuntimeException e) {
          LOG.error("a door failed to take its completion; the others get theirs", e);
        }
      }
    }
  }

  /**
   * @param waits gets the times on the way
   */
  Completions(LoopStages waits) {
    this.waits = waits;
  }

  void add(Submission submission) {
    Context origin = submission.origin();
    for (Batch batch : batches) {
      if (batch.origin == origin) {
        batch.submissions.add(submission);
        return;
      }
    }
    Batch batch = new Batch(origin, new ArrayList<>(), waits, System.nanoTime());
    batch.submissions.add(submission);
    batches.add(batch);
  }

  void send() {
    for (Batch batch : batches) {
      batch.origin.runOnContext(batch);
    }
    batches.clear();
  }
}
