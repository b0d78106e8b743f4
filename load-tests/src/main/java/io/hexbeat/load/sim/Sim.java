package io.hexbeat.load.sim;

import io.hexbeat.load.Args;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code hexbeat sim}: how right the engines are, by a simulator that knows the truth. The main
 * thread does it all. Exit 0 with a report, 1 when its file can't be written, 2 for wrong
 * arguments.
 */
public final class Sim {
  static final String HELP =
      """
      usage: hexbeat sim presence [options]
             hexbeat sim trust [options]

        presence        enter, exit and dwell against the true visits, beside a raw point-in-polygon server on the same data
        trust           frauds found and honest people flagged; sim trust --help has its options
        --seed N        of city, people and noise (default 1); a seed is a data set
        --people N      simulated (default 50); rows of one hardship have a fifth of them
        --days N        of each (default 7)
        --json FILE     the report for machines
        --help          this text

      A told transition is right if a true one of the same fence and kind is within two minutes, or no fix lies between.
      Recall is asked of visits of five minutes and more. docs/presence.md says more.
      """;

  private static final Set<String> VALUED = Set.of("seed", "people", "days", "json");

  private Sim() {}

  public static void main(String[] argv) {
    List<String> words = List.of(argv);
    if (words.contains("--help") || words.contains("-h") || words.isEmpty()) {
      System.out.print(HELP);
      System.exit(words.isEmpty() ? 2 : 0);
    }
    try {
      run(argv[0], Args.parse(Arrays.copyOfRange(argv, 1, argv.length), VALUED, Set.of()));
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat sim: " + e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      System.err.println("hexbeat sim: " + e);
      System.exit(1);
    }
  }

  private static void run(String command, Args args) throws IOException {
    Instant started = Instant.now();
    int seed = args.integer("seed", 1, 0, Integer.MAX_VALUE);
    int people = args.integer("people", 50, 1, 10_000);
    int days = args.integer("days", 7, 1, 366);
    List<SimRow> rows =
        switch (command) {
          case "presence" ->
              PresenceSim.rows(
                  seed, people, days, kind -> System.err.println("simulating " + kind));
          default ->
              throw new IllegalArgumentException(
                  "there is no simulation " + command + "; see --help");
        };
    System.out.printf(
        Locale.ROOT, "%s, seed %d, %d people, %d days%n%n", command, seed, people, days);
    System.out.println(SimRow.HEAD);
    rows.forEach(row -> System.out.println(row.text()));
    String file = args.text("json");
    if (file != null) {
      Files.writeString(Path.of(file), json(command, started, rows).encodePrettily());
    }
  }

  static JsonObject json(String command, Instant started, List<SimRow> rows) {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(row.json()));
    return new JsonObject()
        .put("command", "sim " + command)
        .put("version", version())
        .put("jvm", System.getProperty("java.vm.version"))
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("started_at", started.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("rows", array);
  }

  private static String version() {
    String version = Sim.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
