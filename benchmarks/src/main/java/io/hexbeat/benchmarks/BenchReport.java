package io.hexbeat.benchmarks;

import io.hexbeat.benchmarks.BenchRow.PeerName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All rows of one run and where it ran, as text and for machines. Immutable; any thread. */
record BenchReport(Instant startedAt, boolean quick, List<BenchRow> rows) {
  private static final String LINE = "%-9s  %-7s  %7s  %10s  %11s  %10s  %11s  %11s  %6s  %9s%n";

  BenchReport {
    rows = List.copyOf(rows);
  }

  /** For people: one table, and below it what the compile and edit rows also say. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Hexbeat %s, %s, %d cores%s%n"
            .formatted(
                version(), jvm(), cores(), quick ? ", quick: few and short iterations" : ""));
    text.append(
        LINE.formatted(
            "work",
            "fixes",
            "fences",
            "Hexbeat",
            "JTS STRtree",
            "S2",
            "textbook H3",
            "linear",
            "ratio",
            "B/op"));
    for (BenchRow row : rows) {
      Double ratio = row.bestPeerRatio();
      text.append(
          LINE.formatted(
              row.work(),
              row.fixes() == null ? "" : fileName(row.fixes()),
              String.format(Locale.ROOT, "%,d", row.fences()),
              time(row.oursNs()),
              time(row.peersNs().get(PeerName.JTS_STRTREE)),
              time(row.peersNs().get(PeerName.S2)),
              time(row.peersNs().get(PeerName.TEXTBOOK_H3)),
              time(row.peersNs().get(PeerName.LINEAR)),
              ratio == null ? "-" : String.format(Locale.ROOT, "%.1fx", ratio),
              bytes(row.allocBytesPerOp())));
    }
    rows.stream().filter(row -> !row.more().isEmpty()).forEach(row -> addNotes(row, text));
    return text.toString();
  }

  private static void addNotes(BenchRow row, StringBuilder text) {
    Map<String, Number> more = row.more();
    if (row.work().equals("edit")) {
      text.append(
          "edit, %,d fences loaded: p50 %s, p99 %s until readers see it, over %,d edits%n"
              .formatted(
                  row.fences(),
                  time(more.get("p50_ns").doubleValue()),
                  time(more.get("p99_ns").doubleValue()),
                  more.get("edits").longValue()));
    } else if (row.work().equals("compile")) {
      text.append(
          "compile, %,d fences: %.0f MB of heap with the fences; textbook H3 is polygonToCellsExperimental twice a fence, %,d fences extrapolated%n"
              .formatted(
                  row.fences(),
                  more.get("heap_bytes").doubleValue() / 1e6,
                  more.get("peer_sample_fences").intValue()));
    }
  }

  /** For machines. */
  JsonObject json() {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(row.json()));
    return json("bench fences", quick, startedAt, array);
  }

  /** What every report for machines says, and its rows. */
  static JsonObject json(String command, boolean quick, Instant startedAt, JsonArray rows) {
    return new JsonObject()
        .put("command", command)
        .put("quick", quick)
        .put("version", version())
        .put("jvm", jvm())
        .put("cores", cores())
        .put("started_at", startedAt.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("rows", rows);
  }

  /** Three digits and a unit. */
  static String time(@Nullable Double ns) {
    if (ns == null) {
      return "-";
    }
    if (ns < 1e3) {
      return rounded(ns, "ns");
    }
    if (ns < 1e6) {
      return rounded(ns / 1e3, "us");
    }
    return ns < 1e9 ? rounded(ns / 1e6, "ms") : rounded(ns / 1e9, "s");
  }

  private static String rounded(double value, String unit) {
    return String.format(
        Locale.ROOT, value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s", value, unit);
  }

  static String bytes(double bytes) {
    // the profiler's own noise is a fraction of a byte
    return bytes < 0.5 ? "0" : String.format(Locale.ROOT, "%,.0f", bytes);
  }

  private static String fileName(String fixes) {
    return fixes.substring(fixes.lastIndexOf('/') + 1);
  }

  static String version() {
    String packaged = BenchReport.class.getPackage().getImplementationVersion();
    return packaged == null ? "development" : packaged;
  }

  static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }
}
