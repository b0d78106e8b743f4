package io.hexbeat.load.faults;

import io.hexbeat.load.Args;
import io.hexbeat.load.TemporaryDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code hexbeat test faults}: reads the command line, runs, reports. Ends with 1 when a promise
 * was broken, with 2 when the command line is wrong. The data directory is kept when anything was
 * found, so that it can be looked at.
 */
public final class Faults {
  private static final String HELP =
      """
      usage: hexbeat test faults [options]

      Starts a server on an empty directory, puts phones at every door, kills and hinders it at random and holds
      journal, tables, live events, presence and receipts after each start against a model that knows every ack.

        --runs N        end after so many kills (default 200)
        --seconds S     or after so long, whichever comes first (default 1500)
        --seed N        of all that is random but for how long things take (default: by the clock, and told)
        --only KINDS    only these faults, by commas: KNOWN
        --journal-sync MODE
                        of all starts: SYNCS (default: another one at each, by the seed)
        --dir DIR       an empty directory for data and logs (default: a temporary one)
        --keep          keep that directory even if all is well
        --json FILE     the report for machines as well
        --help          this text

      A journal's disk that is full or hangs is an ext4 file system in a file, which needs root and a loop device;
      a wrong clock needs libfaketime. What a machine can't do is skipped and told. A disk that is merely slow can't
      be had: what hangs for a second or two stands for it.
      Exit codes: 0 all promises kept, 1 one was broken, 2 wrong options.
      """;

  /** Options with a value. */
  static final Set<String> VALUED =
      Set.of("server-command", "runs", "seconds", "seed", "only", "journal-sync", "dir", "json");

  private Faults() {}

  /** Runs and exits. */
  public static void main(String[] argv) throws Exception {
    if (List.of(argv).contains("--help") || List.of(argv).contains("-h")) {
      System.out.print(
          HELP.replace("KNOWN", FaultKind.labels())
              .replace("SYNCS", String.join(", ", FaultPlan.SYNCS)));
      return;
    }
    Args args;
    FaultPlan plan;
    try {
      args = Args.parse(argv, VALUED, Set.of("keep"));
      plan = plan(args);
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat test faults: " + e.getMessage());
      System.exit(2);
      return;
    }
    FaultReport report = run(plan);
    System.out.print(report.text());
    String json = args.text("json");
    if (json != null) {
      Files.writeString(Path.of(json), report.json().encodePrettily());
    }
    if (!report.good()) {
      System.out.printf(
          "kept       %s%nrepeat by  hexbeat test faults %s%n", plan.dir(), plan.arguments());
    } else if (!args.has("keep")) {
      TemporaryDir.remove(plan.dir());
    }
    System.exit(report.good() ? 0 : 1);
  }

  private static FaultReport run(FaultPlan plan) throws Exception {
    System.err.println("hexbeat test faults: seed " + plan.seed() + ", data in " + plan.dir());
    try (FaultRun run =
        new FaultRun(plan, line -> System.err.println("hexbeat test faults: " + line))) {
      Runtime.getRuntime().addShutdownHook(new Thread(run::abandon, "faults-stop"));
      return run.run();
    }
  }

  static FaultPlan plan(Args args) throws IOException {
    Set<FaultKind> kinds = EnumSet.allOf(FaultKind.class);
    String only = args.text("only");
    if (only != null) {
      kinds.clear();
      for (String label : only.split(",", -1)) {
        kinds.add(FaultKind.of(label));
      }
    }
    long seed =
        args.has("seed")
            ? args.integer("seed", 0, 0, Integer.MAX_VALUE)
            : System.currentTimeMillis() % Integer.MAX_VALUE;
    String sync = args.text("journal-sync");
    if (sync != null && !FaultPlan.SYNCS.contains(sync)) {
      throw new IllegalArgumentException(
          "--journal-sync=" + sync + " must be among " + String.join(", ", FaultPlan.SYNCS));
    }
    String dir = args.text("dir");
    return new FaultPlan(
        List.of(args.text("server-command", "./hexbeat"), "serve"),
        dir == null ? Files.createTempDirectory("hexbeat-faults-") : Path.of(dir),
        args.integer("runs", 200, 1, FaultPlan.MAX_KILLS),
        args.integer("seconds", 1_500, 1, FaultPlan.MAX_SECONDS),
        seed,
        kinds,
        sync);
  }
}
