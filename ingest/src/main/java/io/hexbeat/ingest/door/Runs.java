package io.hexbeat.ingest.door;

import io.hexbeat.ingest.shard.ConnectionOrder;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one connection that are under way, in the order in which they came, so that they are
 * acknowledged in it. Belongs to the connection's loop. Allocates only when more runs are under way
 * than ever before; what bounds them is the connection's window.
 */
final class Runs {
  /** What a quiet connection keeps: phones send one frame at a time. */
  private static final int KEEP_RUNS = 1;

  private final DoorConfig config;
  private final DoorStats stats;
  private final Runnable onDone;
  private final ConnectionOrder order = new ConnectionOrder();
  private final ArrayDeque<Run> underWay = new ArrayDeque<>();
  private final ArrayDeque<Run> free = new ArrayDeque<>();
  private int records;

  Runs(DoorConfig config, DoorStats stats, Runnable onDone) {
    this.config = config;
    this.stats = stats;
    this.onDone = onDone;
  }

  /** One to be filled; the caller ends with {@link #underWay}. */
  Run take() {
    Run run = free.pollLast();
    if (run == null) {
      run = new Run(new Batch(config, stats).inOrder(order), onDone);
    }
    run.records = 0;
    run.refused = false;
    run.credit = null;
    run.text = false;
    run.done = false;
    return run;
  }

  /** It is filled; to be told before it is submitted. */
  void underWay(Run run) {
    underWay.addLast(run);
    records += run.records;
  }

  /** The oldest if it is done; to be given back. */
  @Nullable Run pollDone() {
    Run oldest = underWay.peekFirst();
    if (oldest == null || !oldest.done) {
      return null;
    }
    underWay.removeFirst();
    records -= oldest.records;
    return oldest;
  }

  void giveBack(Run run) {
    free.addLast(run);
  }

  boolean isEmpty() {
    return underWay.isEmpty();
  }

  /** Runs under way. */
  int size() {
    return underWay.size();
  }

  /** Records under way. */
  int records() {
    return records;
  }

  /** Gives back memory that a quiet connection does not need. */
  void trim(int keepBytes) {
    while (free.size() > KEEP_RUNS) {
      free.removeLast();
    }
    for (Run run : free) {
      run.batch.clear(keepBytes);
    }
  }
}
