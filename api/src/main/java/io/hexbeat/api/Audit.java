package io.hexbeat.api;

import io.hexbeat.api.store.AuditChain;
import io.hexbeat.api.store.AuditChain.Verified;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code hexbeat audit verify}: walks the chain of the audit log, of a server that runs or not. The
 * main thread of a process of its own; only reads.
 */
public final class Audit {
  static final String HELP =
      """
      usage: hexbeat audit verify [--data DIR] [--config FILE] [--pg-uri URI]

        --data DIR     the data directory (default ./data)
        --config FILE, --pg-uri URI, --set KEY=VALUE
                       as the server was started, if it uses a PostgreSQL server of yours
        --help         this text

      Walks the chain of the audit log from the first entry that is kept to the last, whether the server runs or not,
      and prints how many entries were checked and the last one's number and hash: kept elsewhere, they tell later
      whether all up to there is still the same. Exit codes: 0 all is right, 1 an entry is wrong or missing, which is
      named, 2 wrong arguments, 3 it can't be looked at.
      """;

  private static final int BROKEN = 1;
  private static final int WRONG_ARGUMENTS = 2;
  private static final int NOT_LOOKED_AT = 3;
  private static final long WITHIN_HOURS = 24;

  private Audit() {}

  public static void main(String[] words) {
    System.exit(run(words, System.out, System.err));
  }

  static int run(String[] words, PrintStream out, PrintStream err) {
    List<String> all = List.of(words);
    if (all.contains("--help") || all.contains("-h")) {
      out.print(HELP);
      return 0;
    }
    try {
      if (all.isEmpty() || !all.get(0).equals("verify")) {
        throw new ConfigException("the command is hexbeat audit verify; see hexbeat audit --help");
      }
      CommandLine line = CommandLine.parse(Arrays.copyOfRange(words, 1, words.length));
      ServerConfig config = ServerConfig.read(Settings.of(line.configFile(), line.settings()));
      return verify(config, out);
    } catch (ConfigException e) {
      err.println("hexbeat audit: " + e.getMessage());
      return WRONG_ARGUMENTS;
    } catch (Exception e) {
      err.println("hexbeat audit: it can't be looked at: " + e.getMessage());
      return NOT_LOOKED_AT;
    }
  }

  private static int verify(ServerConfig config, PrintStream out) throws Exception {
    Path dataDir = config.dataDir();
    if (config.pgUri() == null && !Files.isDirectory(dataDir)) {
      throw new ConfigException(
          "--data", dataDir.toString(), "the directory of a server is needed");
    }
    Vertx vertx = Vertx.vertx();
    try (DatabaseAtHand database = DatabaseAtHand.of(dataDir, config.pgUri())) {
      Verified found =
          AuditChain.at(vertx, database.uri()).verify().await(WITHIN_HOURS, TimeUnit.HOURS);
      tell(out, found);
      return found.intact() ? 0 : BROKEN;
    } finally {
      vertx.close().await();
    }
  }

  private static void tell(PrintStream out, Verified found) {
    out.printf(
        Locale.ROOT,
        "%,d entries checked in %,d ms, %,d older ones were pruned%n",
        found.rows(),
        found.tookMs(),
        found.pruned());
    out.printf("last right entry %d, hash %s%n", found.pruned() + found.rows(), found.lastHash());
    out.println(
        found.intact()
            ? "the chain is intact"
            : "BROKEN at entry " + found.brokenSeq() + ": " + found.reason());
  }
}
