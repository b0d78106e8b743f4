package io.hexbeat.benchmarks;

import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import java.util.List;
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
 * How long does it take to tell which fences contain a point? Random points know nothing of the
 * last one: stateless. The fixes of traces come device by device in turn, forwards and then
 * backwards, and Hexbeat may use what it knows of the device; the peers look each one up. Each peer
 * must find what Hexbeat found before it is timed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class LookupBenchmark {
  /** The value of {@code fixes} that means stateless. */
  static final String RANDOM = "random";

  private static final int POINTS = 1 << 15;
  private static final int DEVICES = 256;
  private static final int FIXES_EACH = 256;

  /** The city and its fixes; not public API, JMH generates code beside it. */
  @State(Scope.Benchmark)
  public abstract static class Setting {
    /** How many. */
    @Param("1000")
    public int fences;

    /** {@link #RANDOM}, or the name of traces. */
    @Param(RANDOM)
    public String fixes = RANDOM;

    int[] devices = {};
    int[] lats = {};
    int[] lngs = {};
    int fix;
    private int next;

    /** Makes city and fixes. */
    @Setup
    public void setUp() {
      FixStream stream =
          RANDOM.equals(fixes)
              ? City.randomPoints(POINTS)
              : Traces.read(fixes, DEVICES, FIXES_EACH);
      devices = stream.devices();
      lats = stream.latsE7();
      lngs = stream.lngsE7();
      open(City.mixed(fences), stream, BenchFiles.open());
    }

    abstract void open(List<Outline> outlines, FixStream stream, BenchFiles files);

    /** The next fix: to the end, then back to the start, so that no device jumps. */
    final int next() {
      int size = lats.length;
      int at = next++ & (2 * size - 1);
      return at < size ? at : 2 * size - 1 - at;
    }
  }

  /** Hexbeat. */
  public static class Ours extends Setting {
    FenceIndex index = FenceIndex.empty();
    HexbeatStream stream = new HexbeatStream(index, 1);
    final FenceIds ids = new FenceIds();
    boolean stateless;

    @Override
    void open(List<Outline> outlines, FixStream fixStream, BenchFiles files) {
      stateless = RANDOM.equals(fixes);
      index = FenceIndex.of(1, City.fences(outlines));
      stream = new HexbeatStream(index, fixStream.deviceCount());
      Answers answers = Answers.of(index, fixStream);
      answers.check(stream, fixStream);
      answers.write(files.answers(fences, fixes));
    }
  }

  /** {@link JtsPeer}. */
  public static class Jts extends Setting {
    JtsPeer peer = JtsPeer.of(List.of());
    final Hits hits = new Hits();

    @Override
    void open(List<Outline> outlines, FixStream stream, BenchFiles files) {
      peer = JtsPeer.of(outlines);
      Answers.read(files.answers(fences, fixes)).check("JTS", peer, stream, outlines);
    }
  }

  /** {@link S2Peer}. */
  public static class S2 extends Setting {
    S2Peer peer = S2Peer.of(List.of());
    final Hits hits = new Hits();

    @Override
    void open(List<Outline> outlines, FixStream stream, BenchFiles files) {
      peer = S2Peer.of(outlines);
      Answers.read(files.answers(fences, fixes)).check("S2", peer, stream, outlines);
    }
  }

  /** {@link TextbookH3Peer}. */
  public static class TextbookH3 extends Setting {
    TextbookH3Peer peer = TextbookH3Peer.of(List.of());
    final Hits hits = new Hits();

    @Override
    void open(List<Outline> outlines, FixStream stream, BenchFiles files) {
      peer = TextbookH3Peer.of(outlines, files.covers(outlines));
      Answers.read(files.answers(fences, fixes)).check("H3", peer, stream, outlines);
    }
  }

  /** {@link LinearScan}. */
  public static class Linear extends Setting {
    LinearScan peer = LinearScan.of(List.of());
    final Hits hits = new Hits();

    @Override
    void open(List<Outline> outlines, FixStream stream, BenchFiles files) {
      peer = LinearScan.of(outlines);
      Answers.read(files.answers(fences, fixes)).check("linear", peer, stream, outlines);
    }
  }

  /** Hexbeat. */
  @Benchmark
  public int hexbeat(Ours ours) {
    int at = ours.next();
    if (ours.stateless) {
      ours.index.containing(ours.lats[at], ours.lngs[at], ours.ids);
      return ours.ids.size();
    }
    return ours.stream.evaluate(ours.devices[at], ours.lats[at], ours.lngs[at]).size();
  }

  /** JTS. */
  @Benchmark
  public int jtsStrtree(Jts jts) {
    int at = jts.next();
    jts.peer.containing(jts.lats[at], jts.lngs[at], jts.hits);
    return jts.hits.size();
  }

  /** S2. */
  @Benchmark
  public int s2(S2 s2) {
    int at = s2.next();
    s2.peer.containing(s2.lats[at], s2.lngs[at], s2.hits);
    return s2.hits.size();
  }

  /** The textbook's H3. */
  @Benchmark
  public int textbookH3(TextbookH3 h3) {
    int at = h3.next();
    h3.peer.containing(h3.lats[at], h3.lngs[at], h3.hits);
    return h3.hits.size();
  }

  /** No index at all. */
  @Benchmark
  public int linear(Linear linear) {
    int at = linear.next();
    linear.peer.containing(linear.lats[at], linear.lngs[at], linear.hits);
    return linear.hits.size();
  }
}
