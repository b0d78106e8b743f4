package io.hexbeat.benchmarks;

import com.uber.h3core.H3Core;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long does it take to make an index of fences of 32 vertices and 50-500 m, on one core? Beside
 * us the least that a user of H3 must do: {@code polygonToCellsExperimental} twice a fence, full
 * and overlapping, for a sample.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:ActiveProcessorCount=1")
public class CompileBenchmark {
  /** Fences of which H3 makes cells; its time is proportional to them. */
  static final int SAMPLE = 2_000;

  private static final int WARM_UP = 2_000;

  /** What is to be compiled. */
  @State(Scope.Benchmark)
  public static class Ours {
    /** How many. */
    @Param("1000")
    public int fences;

    List<Fence> drawn = List.of();
    FenceIndex index = FenceIndex.empty();
    private long bytesBefore;

    /** Fences are made before, since each comes with its upload. */
    @Setup
    public void setUp() {
      FenceIndex warm = FenceIndex.of(1, City.fences(City.drawn(Math.min(fences, WARM_UP))));
      if (warm.size() == 0) {
        throw new IllegalStateException("no fences to compile");
      }
      bytesBefore = usedBytes();
      drawn = City.fences(City.drawn(fences));
    }

    /** The last index is let go before the next is made. */
    @Setup(Level.Iteration)
    public void forget() {
      index = FenceIndex.empty();
    }

    /** Heap of fences and index. */
    @TearDown
    public void measureHeap() {
      drawn = List.of();
      BenchFiles.open().writeHeapBytes(fences, usedBytes() - bytesBefore);
      if (index.size() != fences) {
        throw new IllegalStateException("index has " + index.size() + " fences of " + fences);
      }
    }

    private static long usedBytes() {
      Runtime runtime = Runtime.getRuntime();
      System.gc();
      System.gc();
      return runtime.totalMemory() - runtime.freeMemory();
    }
  }

  /** The sample. */
  @State(Scope.Benchmark)
  public static class Theirs {
    List<Outline> outlines = List.of();
    H3Core h3 = TextbookH3Peer.h3();

    /** The first of the same fences. */
    @Setup
    public void setUp() {
      outlines = City.drawn(SAMPLE);
    }
  }

  /** Hexbeat. */
  @Benchmark
  public FenceIndex hexbeat(Ours ours) {
    ours.index = FenceIndex.of(1, ours.drawn);
    return ours.index;
  }

  /** H3, the sample. */
  @Benchmark
  public long polygonToCells(Theirs theirs) {
    long cells = 0;
    for (Outline outline : theirs.outlines) {
      cells += TextbookH3Peer.cover(theirs.h3, outline).boundary().length;
    }
    return cells;
  }
}
