package io.hexbeat.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a load run measured, a row a door, for people and for machines. Immutable but for the
 * histograms in it; any thread.
 *
 * @param startedAt ISO 8601
 */
record LoadReport(LoadPlan plan, String startedAt, List<LoadRow> rows) {
  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "load       %,d devices, %,d fences, %d managers watching, %d s after %d s of warm-up%n",
            plan.devices(),
            plan.fences(),
            plan.managers(),
            plan.seconds(),
            plan.warmUpSeconds()));
    rows.forEach(row -> text.append(row.text()));
    if (!rows.isEmpty()) {
      String stages = rows.get(rows.size() - 1).stages().text();
      if (!stages.isEmpty()) {
        text.append("stages     in the server since its start, of the slowest shard\n")
            .append(stages);
      }
    }
    return text.append(
            """
            latencies count from the intended send time, on the sender's machine
            host       %s
            jvm        %s
            """
                .formatted(host(), jvm()))
        .toString();
  }

  /** For machines. */
  JsonObject json() {
    JsonArray all = new JsonArray();
    rows.forEach(row -> all.add(row.json(plan)));
    return new JsonObject()
        .put("command", "load")
        .put("version", version())
        .put("jvm", jvm())
        .put("host", host())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("started_at", startedAt)
        .put("rows", all);
  }

  /** A file for each door and kind of latency, such as {@code http-ack.hgrm}. */
  void writeDistributions(Path dir) throws IOException {
    for (LoadRow row : rows) {
      for (Map.Entry<String, Latencies> kind : row.latencies().entrySet()) {
        Path file = dir.resolve(row.door().label() + "-" + kind.getKey() + ".hgrm");
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, UTF_8)) {
          kind.getValue().writePercentiles(out);
        }
      }
    }
  }

  static String version() {
    String packaged = LoadReport.class.getPackage().getImplementationVersion();
    return packaged == null ? "development" : packaged;
  }

  static String host() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores";
  }

  static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }
}
