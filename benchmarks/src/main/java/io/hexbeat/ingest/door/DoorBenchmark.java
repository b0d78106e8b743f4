package io.hexbeat.ingest.door;

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
 * How long does it take to make wire records of what a phone sent? One request of one door, from
 * its bytes to the records of its submission; beside it what a server does that parses a tree and
 * reads the fields from it, of the same bytes. Of both the records are compared before they are
 * timed. It is in the package of the doors because their formats are nobody else's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class DoorBenchmark {
  /** One door and what came to it. */
  @State(Scope.Benchmark)
  public static class Request {
    /** The name of a {@link DoorSample}. */
    @Param("NATIVE")
    public DoorSample door;

    DoorReading ours;
    TreeReading tree;

    /** Compares before anything is timed. */
    @Setup
    public void setUp() {
      ours = new DoorReading(door);
      tree = new TreeReading(door);
      ours.read();
      tree.read();
      ours.requireSameFixes(tree);
    }
  }

  /** By the format of the door. */
  @Benchmark
  public int hexbeat(Request request) {
    return request.ours.read();
  }

  /** By a tree. */
  @Benchmark
  public int jacksonTree(Request request) {
    return request.tree.read();
  }
}
