package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The short form of fuzzing; {@code ./hexbeat fuzz} is the long one. */
final class FuzzTest {
  private static final int EXECUTIONS = 20_000;
  private static final long SEED = 20_261_122;

  @TempDir Path dir;

  @TestFactory
  Stream<DynamicTest> shouldKeepItsLawForTheCorpus() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (FuzzTarget target : FuzzTarget.single()) {
      Map<String, byte[]> inputs = FuzzCorpus.of(target);
      assertTrue(!inputs.isEmpty(), () -> "no seeds for " + target);
      Law law = target.law();
      inputs.forEach(
          (name, input) ->
              tests.add(dynamicTest(target.label() + " " + name, () -> law.check(input))));
    }
    return tests.stream();
  }

  @Test
  void shouldFindNothingInAShortRun() throws Exception {
    FuzzRun.Result result = new FuzzRun(FuzzTarget.ALL, dir, SEED).executions(EXECUTIONS, l -> {});

    assertTrue(result.clean(), result::finding);
    assertEquals(EXECUTIONS, result.executions());
  }
}
