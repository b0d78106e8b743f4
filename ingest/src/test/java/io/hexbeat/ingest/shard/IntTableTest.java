package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IntTableTest {
  @Test
  void shouldHoldWhatAMapHolds() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    IntTable<String> table = new IntTable<>();
    Map<Integer, String> naive = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int key = 1 + random.nextInt(i % 2 == 0 ? 10_000 : Integer.MAX_VALUE - 1);
      assertEquals(naive.get(key), table.get(key), "seed=" + seed);
      if (!naive.containsKey(key)) {
        naive.put(key, "v" + i);
        table.put(key, "v" + i);
      }
    }
    assertEquals(naive.size(), table.size(), "seed=" + seed);
    naive.forEach((key, value) -> assertEquals(value, table.get(key), "seed=" + seed));
    int[] seen = {0};
    table.forEach(value -> seen[0]++);
    assertEquals(naive.size(), seen[0], "seed=" + seed);
  }

  @Test
  void shouldRefuseHandlesThatNoStoreGives() {
    IntTable<String> table = new IntTable<>();
    assertNull(table.get(5));
    assertThrows(IllegalArgumentException.class, () -> table.put(0, "zero"));
    assertThrows(IllegalArgumentException.class, () -> table.put(-1, "minus"));
  }
}
