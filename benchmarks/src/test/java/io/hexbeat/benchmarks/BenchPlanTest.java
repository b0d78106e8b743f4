package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command lines, good and bad. */
class BenchPlanTest {
  @Test
  void shouldMeasureThreeCitiesWithoutOptions() {
    BenchPlan plan = BenchPlan.parse(List.of());
    assertEquals(List.of(1_000, 10_000, 100_000), plan.fences());
    assertEquals(List.of(Traces.PHONES, Traces.BUSES), plan.traces());
  }

  @Test
  void shouldTakeSeveralTraces(@TempDir Path dir) throws IOException {
    StringBuilder csv = new StringBuilder("user,timestamp_ms,lat,lon,alt\n");
    for (int i = 0; i < 20; i++) {
      csv.append("a,").append(1_000 * i).append(",1.000").append(i).append(",2.0,\n");
    }
    String file = Files.writeString(dir.resolve("own.csv"), csv).toString();
    BenchPlan plan = BenchPlan.parse(List.of("--traces", "phones", file, "--quick"));
    assertEquals(List.of("phones", file), plan.traces());
    assertTrue(plan.quick());
    assertEquals(8 * 4, Traces.read(file, 8, 4).size());
  }

  @Test
  void shouldNotTakeTwoPlacesInTurnForATrace(@TempDir Path dir) throws IOException {
    StringBuilder csv = new StringBuilder("user,timestamp_ms,lat,lon,alt\n");
    for (int i = 0; i < 40; i++) {
      csv.append("a,").append(5_000 * i).append(i % 2 == 0 ? ",1.0" : ",1.1").append(",2.0,\n");
    }
    String file = Files.writeString(dir.resolve("two.csv"), csv).toString();
    assertThrows(IllegalArgumentException.class, () -> BenchPlan.parse(List.of("--traces", file)));
  }

  @Test
  void shouldSayWhatIsWrong(@TempDir Path dir) throws IOException {
    String empty = Files.writeString(dir.resolve("empty.csv"), "lat,lon\n").toString();
    assertRefused("--fences=0", "--fences", "0");
    assertRefused("--fences=1000,x", "--fences", "1000,x");
    assertRefused("--fences needs a value", "--fences");
    assertRefused("unknown argument --fast", "--fast");
    assertRefused("no file that can be read", "--traces", dir.resolve("none.csv").toString());
    assertRefused("the first line must be", "--traces", empty);
    assertRefused("--json=", "--json", dir.resolve("no/such.json").toString());
  }

  private static void assertRefused(String message, String... args) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> BenchPlan.parse(List.of(args)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
