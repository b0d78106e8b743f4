package io.hexbeat.ingest.metrics;

import io.hexbeat.ingest.metrics.StageLatency.Stage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/**
 * Stages that run on several event loops. Each loop records into its own {@link StageLatency}, made
 * when it first asks for it; any thread reads them added up.
 */
public final class LoopStages {
  private final Set<Stage> stages;
  private final Map<Thread, StageLatency> byLoop = new ConcurrentHashMap<>();

  public LoopStages(Set<Stage> stages) {
    this.stages = stages;
  }

  public Set<Stage> stages() {
    return stages;
  }

  /** The calling loop's own. */
  public StageLatency ofThisLoop() {
    return byLoop.computeIfAbsent(Thread.currentThread(), loop -> new StageLatency(stages));
  }

  /** What all loops have recorded so far; the caller's own. */
  public Histogram snapshot(Stage stage) {
    Histogram sum = StageLatency.nothingYet();
    for (StageLatency latency : byLoop.values()) {
      sum.add(latency.snapshot(stage));
    }
    return sum;
  }
}
