package io.hexbeat.benchmarks;

import io.hexbeat.ingest.door.DoorBenchmark;
import io.hexbeat.ingest.door.DoorSample;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
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
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * {@code hexbeat bench doors}: what each door needs to make wire records of what a phone sent,
 * beside a Jackson tree of the same bytes. One thread; each benchmark runs in a fork. Figures are
 * those of one ping, also of a batch.
 */
final class DoorBench {
  private static final String HELP =
      """
      usage: hexbeat bench doors [options]

        --quick         fewer and shorter iterations; ends within 4 minutes on 2 cores
        --json FILE     the figures for machines
        --help          this text

      Measures how long each door needs from the bytes of a request to wire records, credential included, and beside it
      Vert.x JsonObject (Jackson's tokens into a tree) and the reading of the fields from that tree into the same records.
      Both must have made the same fixes before they are timed. Nothing else should run on the machine.
      """;

  private static final String LINE = "%-13s  %5s  %6s  %9s  %12s  %6s  %6s%n";

  /** One door's figures for one ping. */
  record Row(DoorSample door, double oursNs, double treeNs, double allocBytes) {
    double ratio() {
      return treeNs / oursNs;
    }

    JsonObject json() {
      return new JsonObject()
          .put("door", door.label())
          .put("pings", door.pings())
          .put("request_bytes", door.sentBytes())
          .put("ours_ns", oursNs)
          .put("peers", new JsonObject().put("jackson_tree_ns", treeNs))
          .put("best_peer_ratio", ratio())
          .put("alloc_bytes_per_op", allocBytes);
    }
  }

  private DoorBench() {}

  static int run(List<String> args) throws IOException {
    boolean quick = false;
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
          case "--json" -> json = BenchPlan.writable(BenchPlan.value(args, ++i, option), option);
          default ->
              throw new IllegalArgumentException("unknown argument " + option + "; see --help");
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat bench: " + e.getMessage());
      return 2;
    }
    return measure(quick, json);
  }

  private static int measure(boolean quick, @Nullable Path json) throws IOException {
    Instant start = Instant.now();
    List<Row> rows = new ArrayList<>();
    try (JmhRuns runs = JmhRuns.begin()) {
      try {
        for (DoorSample door : DoorSample.values()) {
          rows.add(row(runs, door, quick));
        }
      } catch (RunnerException e) {
        System.err.println("hexbeat bench: " + e.getMessage());
        runs.printEndOfLog();
        return 1;
      }
    }
    System.out.print(text(quick, rows));
    if (json != null) {
      Files.writeString(json, json(start, quick, rows).encodePrettily() + "\n");
    }
    return 0;
  }

  private static Row row(JmhRuns runs, DoorSample door, boolean quick) throws RunnerException {
    JmhRuns.progress("door " + door.label());
    Map<String, RunResult> results =
        JmhRuns.run(
            runs.options(DoorBenchmark.class, "hexbeat|jacksonTree")
                .param("door", door.name())
                .warmupIterations(quick ? 4 : 5)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 4 : 8)
                .measurementTime(TimeValue.milliseconds(quick ? 500 : 1_000)));
    RunResult ours = results.get("hexbeat");
    return new Row(
        door,
        JmhRuns.score(ours) / door.pings(),
        JmhRuns.score(results.get("jacksonTree")) / door.pings(),
        JmhRuns.allocated(ours) / door.pings());
  }

  /** For people. */
  static String text(boolean quick, List<Row> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Hexbeat %s, %s, %d cores%s; of one ping%n"
            .formatted(
                BenchReport.version(),
                BenchReport.jvm(),
                BenchReport.cores(),
                quick ? ", quick: few and short iterations" : ""));
    text.append(
        LINE.formatted("door", "pings", "bytes", "Hexbeat", "Jackson tree", "ratio", "B/op"));
    for (Row row : rows) {
      text.append(
          LINE.formatted(
              row.door().label(),
              row.door().pings(),
              row.door().sentBytes(),
              BenchReport.time(row.oursNs()),
              BenchReport.time(row.treeNs()),
              String.format(Locale.ROOT, "%.1fx", row.ratio()),
              BenchReport.bytes(row.allocBytes())));
    }
    return text.toString();
  }

  /** For machines. */
  static JsonObject json(Instant start, boolean quick, List<Row> rows) {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(row.json()));
    return BenchReport.json("bench doors", quick, start, array);
  }
}
