package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class IdlePlanTest {
  private static final LoadPlan LOAD = LoadPlans.of("--devices", "199");

  @Test
  void shouldComeFromEachAddressInTurn() {
    IdlePlan plan = new IdlePlan(10, 10, 10, 2, 500);

    assertEquals("127.0.0.1", plan.source(0));
    assertEquals("127.0.0.2", plan.source(1));
    assertEquals("127.0.0.1", plan.source(2));
    assertNull(new IdlePlan(10, 0, 0, 0, 500).source(0));
  }

  @Test
  void shouldTakeAnotherAddressForEachFiveThousand() {
    assertEquals(1, idle("--idle-http", "4999").sourceAddresses());
    assertEquals(5, idle("--idle-http", "10000", "--idle-mqtt", "10000").sourceAddresses());
    assertEquals(3, idle("--idle-mqtt", "10", "--source-addresses", "3").sourceAddresses());
    assertEquals(0, idle("--idle-mqtt", "10", "--yes-really").sourceAddresses());
    assertThrows(
        IllegalArgumentException.class,
        () -> idle("--idle-mqtt", "10", "--yes-really", "--source-addresses", "3"));
  }

  @Test
  void shouldSayHowManyOpenFilesItNeeds() {
    IdlePlan plan = new IdlePlan(5_000, 5_000, 10_000, 5, 500);

    assertDoesNotThrow(() -> plan.checkOpenFiles(LOAD, 20_400));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> plan.checkOpenFiles(LOAD, 20_000));
    assertTrue(refused.getMessage().contains("need 20,400 open files"), refused.getMessage());
    assertTrue(refused.getMessage().contains("at most 19,600"), refused.getMessage());
  }

  private static IdlePlan idle(String... argv) {
    return Load.idlePlan(
        Args.parse(
            argv,
            Set.of("idle-stream", "idle-http", "idle-mqtt", "idle-rate", "source-addresses"),
            Set.of("yes-really")));
  }
}
