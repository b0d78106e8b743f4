package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.benchmarks.LineBench.Row;
import io.hexbeat.ingest.live.FanOutBenchmark;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is timed does its work, and what people and machines get of it. */
class LineBenchTest {
  private static final List<Row> ROWS =
      List.of(new Row("append", 300, "bare Chronicle Queue", 200, 0.001));

  @Test
  void shouldGoOnInTimeWhileThePhonesGoToAndFro() {
    LineWorld world = LineWorld.of(100);
    long[] lastMs = new long[LineWorld.DEVICES];
    int found = 0;
    for (int i = 0; i < 3 * LineWorld.DEVICES * 256; i++) {
      world.advance();
      assertTrue(world.timeMs() > lastMs[world.device()], "time of a device went back");
      lastMs[world.device()] = world.timeMs();
      found += world.lookUp();
    }
    assertTrue(found > 0, "nobody is in any fence");
  }

  @Test
  void shouldTellEveryManagerOfEveryMember() throws Exception {
    FanOutBenchmark.Watchers watchers = new FanOutBenchmark.Watchers();
    watchers.managers = 3;
    watchers.views = 2;
    watchers.setUp();
    try {
      new FanOutBenchmark().fanOut(watchers);
      new FanOutBenchmark().fanOut(watchers);
    } finally {
      watchers.close();
    }
  }

  @Test
  void shouldNameTheFieldsOfARow() {
    JsonObject json = LineBench.json(Instant.parse("2026-11-22T10:00:00Z"), true, 10_000, ROWS);

    assertEquals("bench line", json.getString("command"));
    JsonObject row = json.getJsonArray("rows").getJsonObject(0);
    assertEquals(
        Set.of("part", "ours_ns", "floor", "floor_ns", "ratio_to_floor", "alloc_bytes_per_op"),
        row.fieldNames());
    assertEquals(1.5, row.getDouble("ratio_to_floor"));
  }

  @Test
  void shouldPrintALineAPart() {
    String text = LineBench.text(true, 10_000, 0.5, ROWS);

    assertTrue(text.contains("bare Chronicle Queue"), text);
    assertTrue(text.contains("1.50x"), text);
    assertEquals(3, text.lines().count());
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() throws Exception {
    assertEquals(2, LineBench.run(List.of("--records", "100")));
    assertEquals(2, LineBench.run(List.of("--fences", "many")));
    assertEquals(0, LineBench.run(List.of("--help")));
  }
}
