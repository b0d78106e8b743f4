package io.hexbeat.benchmarks;

import io.hexbeat.api.live.EncodeBenchmark;
import io.hexbeat.ingest.door.DoorBenchmark;
import io.hexbeat.ingest.door.DoorSample;
import io.hexbeat.ingest.live.FanOutBenchmark;
import io.hexbeat.ingest.shard.LineBenchmark;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * {@code hexbeat bench line}: what each part of the hot line costs a ping, beside what bounds it.
 * Each benchmark runs in a fork. The fan-out takes two threads, all else one.
 */
final class LineBench {
  private static final String HELP =
      """
      usage: hexbeat bench line [options]

        --quick         fewer and shorter iterations; ends within 4 minutes on 2 cores
        --fences N      in the city (default 10000)
        --json FILE     the figures for machines
        --help          this text

      Measures of one ping: decoding (wire record, native JSON, OsmAnd form), the shard's inbox, the decision with presence
      and trust, the append to the journal, the whole line from a submission to the live board, its JSON
      in a frame to managers, and telling managers of it. Beside each what bounds it, in the same run: a Jackson tree, a
      queue of the JDK, the fence look-up alone, the bare Chronicle Queue, a JSON tree, a bare queue between two threads.
      Nothing else should run on the machine.
      """;

  private static final String LINE = "%-34s  %10s  %-24s  %10s  %6s  %6s%n";
  private static final int MANAGERS = 100;

  /**
   * One part's figures.
   *
   * @param floor what stands beside it
   */
  record Row(String part, double oursNs, String floor, double floorNs, double allocBytes) {
    double ratio() {
      return oursNs / floorNs;
    }

    JsonObject json() {
      return new JsonObject()
          .put("part", part)
          .put("ours_ns", oursNs)
          .put("floor", floor)
          .put("floor_ns", floorNs)
          .put("ratio_to_floor", ratio())
          .put("alloc_bytes_per_op", allocBytes);
    }
  }

  private final JmhRuns runs;
  private final boolean quick;
  private final int fences;
  private final List<Row> rows = new ArrayList<>();

  private LineBench(JmhRuns runs, boolean quick, int fences) {
    this.runs = runs;
    this.quick = quick;
    this.fences = fences;
  }

  static int run(List<String> args) throws IOException {
    boolean quick = false;
    int fences = 10_000;
    Path json = null;
    try {
      for (int i = 0; i < args.size(); i++) {
        String option = args.get(i);
        switch (option) {
          case "--help", "-h" -> {
            System.out.print(HELP);
            return 0;
          }
          case "--quick" -> quick = true;
          case "--fences" -> fences = fences(BenchPlan.value(args, ++i, option));
          case "--json" -> json = BenchPlan.writable(BenchPlan.value(args, ++i, option), option);
          default ->
              throw new IllegalArgumentException("unknown argument " + option + "; see --help");
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat bench: " + e.getMessage());
      return 2;
    }
    return measure(quick, fences, json);
  }

  private static int fences(String text) {
    return BenchPlan.sizes(text).get(0);
  }

  private static int measure(boolean quick, int fences, @Nullable Path json) throws IOException {
    Instant start = Instant.now();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    try (JmhRuns runs = JmhRuns.begin()) {
      try {
        List<Row> rows = new LineBench(runs, quick, fences).parts();
        System.out.print(text(quick, fences, load, rows));
        if (json != null) {
          Files.writeString(json, json(start, quick, fences, rows).encodePrettily() + "\n");
        }
        return 0;
      } catch (RunnerException e) {
        System.err.println("hexbeat bench: " + e.getMessage());
        runs.printEndOfLog();
        return 1;
      }
    }
  }

  private List<Row> parts() throws RunnerException {
    for (DoorSample door : List.of(DoorSample.WIRE, DoorSample.NATIVE, DoorSample.OSMAND_FORM)) {
      JmhRuns.progress("decode, " + door.label());
      Map<String, RunResult> results =
          JmhRuns.run(
              timed(runs.options(DoorBenchmark.class, "hexbeat|jacksonTree"))
                  .param("door", door.name()));
      add("decode, " + door.label(), results, "hexbeat", "Jackson tree", "jacksonTree");
    }
    JmhRuns.progress("inbox");
    add(
        "inbox, in and out",
        JmhRuns.run(timed(runs.options(LineBenchmark.class, "inbox|inboxFloor"))),
        "inbox",
        "ArrayBlockingQueue",
        "inboxFloor");
    JmhRuns.progress("decide, append and the whole line, " + fences + " fences");
    Map<String, RunResult> line =
        JmhRuns.run(
            timed(runs.options(LineBenchmark.class, "decide|decideFloor|append|appendFloor|line"))
                .param("fences", Integer.toString(fences)));
    add("decide, presence and trust", line, "decide", "fence look-up", "decideFloor");
    add("append", line, "append", "bare Chronicle Queue", "appendFloor");
    add("line, submission to live board", line, "line", "bare Chronicle Queue", "appendFloor");
    JmhRuns.progress("encode");
    add(
        "encode, live frame of 100",
        JmhRuns.run(timed(runs.options(EncodeBenchmark.class, "encode|jsonTree"))),
        "encode",
        "JSON tree",
        "jsonTree");
    fanOut(1, 1);
    fanOut(MANAGERS, 1);
    fanOut(MANAGERS, MANAGERS);
    return rows;
  }

  private void fanOut(int managers, int views) throws RunnerException {
    String part = "fan-out, " + managers + " managers, " + views + " views";
    JmhRuns.progress(part);
    Map<String, RunResult> results =
        JmhRuns.run(
            timed(runs.options(FanOutBenchmark.class, "fanOut|fanOutFloor"))
                .param("managers", Integer.toString(managers))
                .param("views", Integer.toString(views)));
    add(part, results, "fanOut", "queue and wake-up", "fanOutFloor");
  }

  private void add(
      String part,
      Map<String, RunResult> results,
      String method,
      String floor,
      String floorMethod) {
    RunResult ours = results.get(method);
    rows.add(
        new Row(
            part,
            JmhRuns.score(ours),
            floor,
            JmhRuns.score(results.get(floorMethod)),
            JmhRuns.allocated(ours)));
  }

  private ChainedOptionsBuilder timed(ChainedOptionsBuilder options) {
    return options
        .warmupIterations(quick ? 3 : 5)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(quick ? 3 : 8)
        .measurementTime(TimeValue.milliseconds(quick ? 500 : 1_000));
  }

  /** For people. */
  static String text(boolean quick, int fences, double load, List<Row> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Hexbeat %s, %s, %d cores%s; of one ping, %,d fences, load average %.1f before%n"
            .formatted(
                BenchReport.version(),
                BenchReport.jvm(),
                BenchReport.cores(),
                quick ? ", quick: few and short iterations" : "",
                fences,
                load));
    text.append(LINE.formatted("part", "Hexbeat", "beside", "", "ratio", "B/op"));
    for (Row row : rows) {
      text.append(
          LINE.formatted(
              row.part(),
              BenchReport.time(row.oursNs()),
              row.floor(),
              BenchReport.time(row.floorNs()),
              String.format(Locale.ROOT, "%.2fx", row.ratio()),
              BenchReport.bytes(row.allocBytes())));
    }
    return text.toString();
  }

  /** For machines. */
  static JsonObject json(Instant start, boolean quick, int fences, List<Row> rows) {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(row.json()));
    return BenchReport.json("bench line", quick, start, array).put("fences", fences);
  }
}
