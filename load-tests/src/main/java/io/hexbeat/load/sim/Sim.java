package io.hexbeat.load.sim;

import io.hexbeat.geofence.sim.PresenceFigures;
import io.hexbeat.geofence.sim.SimSite;
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
             hexbeat sim still --data DIR [options]
             hexbeat sim trust [options]

        presence        enter, exit and dwell against the true visits, beside a raw point-in-polygon server on the same data
        still           recorded traces: what is told of who stands still; sim still --help has its options
        trust           frauds found and honest people flagged; sim trust --help has its options
        --seed N        of city, people and noise (default 1); a seed is a data set
        --people N      simulated (default 50); rows of one hardship have a fifth of them
        --days N        of each (default 7)
        --wall-m N      people stay at least so far from a site's edge (default 15)
        --wall-share N  and so many hundredths of its width (default 20)
        --tolerance-s N how far off a right transition may be (default 120)
        --misses        a line for each transition that was wrong or missed
        --json FILE     the report for machines
        --help          this text

      A told transition is right if a true one of the same fence and kind is within the tolerance, or no fix lies between.
      Recall is asked of visits of five minutes and more. The row noise_30m_strict has people 5 m from edges whatever is
      given. docs/presence.md says more.
      """;

  private static final Set<String> VALUED =
      Set.of("seed", "people", "days", "wall-m", "wall-share", "tolerance-s", "json");

  private Sim() {}

  public static void main(String[] argv) {
    List<String> words = List.of(argv);
    boolean still = !words.isEmpty() && words.get(0).equals("still");
    if (words.contains("--help") || words.contains("-h") || words.isEmpty()) {
      System.out.print(still ? StillReport.HELP : HELP);
      System.exit(words.isEmpty() ? 2 : 0);
    }
    try {
      String[] options = Arrays.copyOfRange(argv, 1, argv.length);
      if (still) {
        System.exit(StillReport.run(options));
      }
      run(argv[0], Args.parse(options, VALUED, Set.of("misses")));
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
    PresenceFigures.Rules rules =
        new PresenceFigures.Rules(
            new SimSite.Wall(
                args.integer("wall-m", 15, 0, 100), args.integer("wall-share", 20, 0, 45) / 100.0),
            args.integer("tolerance-s", 120, 0, 3_600) * 1_000L);
    List<SimRow> rows =
        switch (command) {
          case "presence" -> PresenceSim.rows(seed, people, days, rules, args.has("misses"));
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
