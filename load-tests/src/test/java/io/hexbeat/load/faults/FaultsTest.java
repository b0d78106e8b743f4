package io.hexbeat.load.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the fault suite; {@code hexbeat test faults} is the long one. */
final class FaultsTest {
  private static final int KILLS = 12;
  private static final int SECONDS = 35;
  private static final long SEED = 7;

  @Test
  void shouldKeepEveryPromiseWhileKilledAtRandom(@TempDir Path dir) throws Exception {
    FaultPlan plan =
        new FaultPlan(serve(), dir, KILLS, SECONDS, SEED, EnumSet.allOf(FaultKind.class), null);

    FaultReport report;
    try (FaultRun run = new FaultRun(plan, line -> {})) {
      report = run.run();
    }

    assertTrue(report.good(), report::text);
    assertTrue(report.acks() > 100 && report.kills() > 0, report::text);
  }

  /** As the launcher does, with the classes under test. */
  private static List<String> serve() {
    Path here = Path.of("").toAbsolutePath();
    Path options = here.resolve("jvm.options");
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "@" + (Files.exists(options) ? options : here.resolveSibling("jvm.options")),
        "-Xmx384m",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "io.hexbeat.api.Server");
  }
}
