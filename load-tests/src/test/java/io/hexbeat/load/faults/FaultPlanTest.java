package io.hexbeat.load.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.Args;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the fault suite. */
final class FaultPlanTest {
  @TempDir Path dir;

  private FaultPlan plan(String... words) throws Exception {
    String[] all =
        Stream.concat(Arrays.stream(words), Stream.of("--dir", dir.toString()))
            .toArray(String[]::new);
    return Faults.plan(Args.parse(all, Faults.VALUED, Set.of()));
  }

  @Test
  void shouldTellHowARunIsRepeated() throws Exception {
    FaultPlan plan = plan("--runs", "3", "--seconds", "77", "--only", "kill,clock");

    assertEquals(plan, plan(plan.arguments().split(" ")));
    assertTrue(plan.arguments().startsWith("--seed " + plan.seed()), plan::arguments);
  }

  @Test
  void shouldRefuseAFaultThatDoesNotExist() {
    assertThrows(IllegalArgumentException.class, () -> plan("--only", "flood"));
  }
}
