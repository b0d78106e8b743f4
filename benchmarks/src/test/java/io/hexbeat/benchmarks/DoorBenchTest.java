package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.benchmarks.DoorBench.Row;
import io.hexbeat.ingest.door.DoorBenchmark;
import io.hexbeat.ingest.door.DoorSample;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is timed reads the same, and what people and machines get of it. */
class DoorBenchTest {
  private static final List<Row> ROWS = List.of(new Row(DoorSample.NATIVE, 200, 1_100, 0.001));

  @ParameterizedTest
  @EnumSource(DoorSample.class)
  void shouldMakeTheSameFixesAsTheTree(DoorSample door) {
    DoorBenchmark.Request request = new DoorBenchmark.Request();
    request.door = door;

    request.setUp();
  }

  @Test
  void shouldNameTheFieldsOfTheContract() {
    JsonObject json = DoorBench.json(Instant.parse("2026-11-21T10:00:00Z"), true, ROWS);

    assertEquals("bench doors", json.getString("command"));
    assertEquals(
        Set.of(
            "door",
            "pings",
            "request_bytes",
            "ours_ns",
            "peers",
            "best_peer_ratio",
            "alloc_bytes_per_op"),
        json.getJsonArray("rows").getJsonObject(0).fieldNames());
    assertEquals(5.5, json.getJsonArray("rows").getJsonObject(0).getDouble("best_peer_ratio"));
  }

  @Test
  void shouldPrintALineADoor() {
    String text = DoorBench.text(true, ROWS);

    assertTrue(text.contains("native"), text);
    assertTrue(text.contains("5.5x"), text);
    assertEquals(3, text.lines().count());
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() throws Exception {
    assertEquals(2, DoorBench.run(List.of("--fences", "100")));
    assertEquals(2, DoorBench.run(List.of("--json")));
  }
}
