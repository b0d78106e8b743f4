package io.hexbeat.benchmarks;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long does it take to put one fence into a loaded index until readers see it? Each edit gives
 * a fence of the city a new shape at a new place, a drawn polygon of 32 vertices and 50-500 m, and
 * publishes the new snapshot. Percentiles over all edits; there is no peer.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class EditBenchmark {
  private static final int EDITS = 1 << 12;
  private static final long SEED = 20_260_104;

  /** The loaded index. */
  @State(Scope.Benchmark)
  public static class Loaded {
    /** How many. */
    @Param("1000")
    public int fences;

    final List<List<Fence>> edits = new ArrayList<>();
    int next;

    // written by the editor, read by everybody who looks up
    volatile FenceIndex published = FenceIndex.empty();

    /** Loads the city and draws the edits. */
    @Setup
    public void setUp() {
      published = FenceIndex.of(1, City.fences(City.mixed(fences)));
      SplittableRandom random = new SplittableRandom(SEED);
      for (Outline outline : City.drawn(EDITS)) {
        edits.add(List.of(outline.fence(1 + random.nextInt(fences))));
      }
    }
  }

  /** One edit. */
  @Benchmark
  public FenceIndex put(Loaded loaded) {
    FenceIndex now = loaded.published;
    List<Fence> edit = loaded.edits.get(loaded.next++ & (EDITS - 1));
    FenceIndex edited = now.edited(now.version() + 1, edit, List.of());
    loaded.published = edited;
    return edited;
  }
}
