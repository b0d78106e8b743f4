package io.hexbeat.benchmarks;

import io.hexbeat.benchmarks.BenchRow.PeerName;
import io.hexbeat.ingest.shard.ReplayBench;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * {@code hexbeat bench}: runs the JMH benchmarks and prints one table. One thread; each benchmark
 * runs in a fork with the JVM flags of this process. Exit 0 with a report, 1 when a benchmark
 * failed or answers differ, 2 for wrong arguments.
 */
public final class Bench {
  private static final String USAGE =
      """
      usage: hexbeat bench fences [options]    the fence index beside JTS, S2, H3 and a linear scan; see --help
             hexbeat bench doors [options]     what doors make of a request beside Jackson's tree; see --help
             hexbeat bench replay [options]    what a restart of one shard costs, with and without a snapshot; see --help
             hexbeat bench restart [options]   how long a whole server is away; see --help
             hexbeat bench journal [options]   appends, block changes, checksums and syncs; see --help
             hexbeat bench project [options]   journal to PostgreSQL beside PostgreSQL alone; see --help
             hexbeat bench line [options]      the parts of the hot line beside what bounds them; see --help
      """;

  private static final String CITY = "austin";
  private static final String DRAWN = "drawn";

  /** A linear scan of more takes minutes to tell what everybody knows. */
  private static final int MOST_FENCES_LINEAR = 1_000;

  private static final Map<PeerName, String> METHODS =
      Map.of(
          PeerName.JTS_STRTREE, "jtsStrtree",
          PeerName.S2, "s2",
          PeerName.TEXTBOOK_H3, "textbookH3",
          PeerName.LINEAR, "linear");

  private final BenchPlan plan;
  private final JmhRuns runs;
  private final BenchFiles files;
  private final List<BenchRow> rows = new ArrayList<>();

  private Bench(BenchPlan plan, JmhRuns runs) {
    this.plan = plan;
    this.runs = runs;
    this.files = BenchFiles.in(runs.dir());
  }

  public static void main(String[] argv) throws IOException {
    // figures are written alike everywhere
    Locale.setDefault(Locale.ROOT);
    System.exit(run(List.of(argv)));
  }

  private static int run(List<String> args) throws IOException {
    String what = args.isEmpty() ? "--help" : args.get(0);
    switch (what) {
      case "--help", "-h" -> {
        System.out.print(USAGE);
        return 0;
      }
      case "line" -> {
        return LineBench.run(args.subList(1, args.size()));
      }
      case "replay" -> {
        return ReplayBench.run(args.subList(1, args.size()));
      }
      case "doors" -> {
        return DoorBench.run(args.subList(1, args.size()));
      }
      case "journal" -> {
        return JournalBench.run(args.subList(1, args.size()));
      }
      case "fences" -> {}
      default -> {
        System.err.println(
            "hexbeat bench: " + what + " is not fences, doors, replay, journal or line");
        return 2;
      }
    }
    List<String> options = args.subList(1, args.size());
    if (options.contains("--help") || options.contains("-h")) {
      System.out.print(BenchPlan.HELP);
      return 0;
    }
    BenchPlan plan;
    try {
      plan = BenchPlan.parse(options);
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat bench: " + e.getMessage());
      return 2;
    }
    return measure(plan);
  }

  private static int measure(BenchPlan plan) throws IOException {
    try (JmhRuns runs = JmhRuns.begin()) {
      try {
        BenchReport report = new Bench(plan, runs).fences();
        System.out.print(report.text());
        if (plan.json() != null) {
          Files.writeString(plan.json(), report.json().encodePrettily() + "\n");
        }
        if (plan.chart() != null) {
          Files.writeString(plan.chart(), BenchChart.of(report).svg());
        }
        return 0;
      } catch (RunnerException e) {
        System.err.println("hexbeat bench: " + e.getMessage());
        runs.printEndOfLog();
        return 1;
      }
    }
  }

  private BenchReport fences() throws RunnerException {
    Instant start = Instant.now();
    for (int fences : plan.fences()) {
      lookups("stateless", fences, LookupBenchmark.RANDOM);
      for (String traces : plan.traces()) {
        lookups("stream", fences, traces);
      }
    }
    rows.sort(Comparator.comparing(BenchRow::work).thenComparing(row -> row.fixes()));
    compile(plan.largest());
    for (int fences : plan.quick() ? List.of(plan.largest()) : plan.fences()) {
      edit(fences);
    }
    return new BenchReport(start, plan.quick(), rows);
  }

  private void lookups(String work, int fences, String fixes) throws RunnerException {
    // by name: Hexbeat answers first, then the peers are held against it
    String methods = "hexbeat|jtsStrtree|s2|textbookH3";
    if (fences <= MOST_FENCES_LINEAR) {
      methods += "|linear";
    }
    // the check of answers has warmed up most already
    JmhRuns.progress(work + ", " + fixes + ", " + fences + " fences");
    Map<String, RunResult> results =
        JmhRuns.run(
            runs.options(LookupBenchmark.class, methods)
                .param("fences", Integer.toString(fences))
                .param("fixes", fixes)
                .warmupIterations(plan.quick() ? 1 : 3)
                .warmupTime(TimeValue.milliseconds(plan.quick() ? 300 : 1_000))
                .measurementIterations(plan.quick() ? 3 : 5)
                .measurementTime(TimeValue.milliseconds(plan.quick() ? 300 : 1_000)));
    Map<PeerName, Double> peers = new EnumMap<>(PeerName.class);
    METHODS.forEach(
        (peer, method) -> {
          RunResult result = results.get(method);
          if (result != null) {
            peers.put(peer, JmhRuns.score(result));
          }
        });
    RunResult ours = results.get("hexbeat");
    long hits = Answers.read(files.answers(fences, fixes)).hits();
    rows.add(
        new BenchRow(
            work,
            CITY,
            fixes,
            fences,
            JmhRuns.score(ours),
            peers,
            JmhRuns.allocated(ours),
            hits,
            Map.of()));
  }

  private void compile(int fences) throws RunnerException {
    JmhRuns.progress("compile, " + fences + " fences");
    Map<String, RunResult> results =
        JmhRuns.run(
            runs.options(CompileBenchmark.class, "hexbeat|polygonToCells")
                .param("fences", Integer.toString(fences))
                .warmupIterations(plan.quick() ? 0 : 1)
                .measurementIterations(plan.quick() ? 1 : 3));
    RunResult ours = results.get("hexbeat");
    double h3Ns = JmhRuns.score(results.get("polygonToCells")) * fences / CompileBenchmark.SAMPLE;
    Map<String, Number> more =
        Map.of(
            "heap_bytes", files.heapBytes(fences), "peer_sample_fences", CompileBenchmark.SAMPLE);
    rows.add(
        new BenchRow(
            "compile",
            DRAWN,
            null,
            fences,
            JmhRuns.score(ours),
            Map.of(PeerName.TEXTBOOK_H3, h3Ns),
            JmhRuns.allocated(ours),
            null,
            more));
  }

  private void edit(int fences) throws RunnerException {
    JmhRuns.progress("edit, " + fences + " fences");
    RunResult result =
        JmhRuns.run(
                runs.options(EditBenchmark.class, "put")
                    .param("fences", Integer.toString(fences))
                    .warmupIterations(plan.quick() ? 1 : 2)
                    .warmupTime(TimeValue.seconds(plan.quick() ? 1 : 5))
                    .measurementIterations(plan.quick() ? 1 : 3)
                    .measurementTime(TimeValue.seconds(plan.quick() ? 3 : 5)))
            .get("put");
    Statistics edits = result.getPrimaryResult().getStatistics();
    Map<String, Number> more =
        Map.of(
            "p50_ns", edits.getPercentile(50),
            "p99_ns", edits.getPercentile(99),
            "edits", edits.getN());
    rows.add(
        new BenchRow(
            "edit",
            CITY,
            null,
            fences,
            JmhRuns.score(result),
            Map.of(),
            JmhRuns.allocated(result),
            null,
            more));
  }
}
