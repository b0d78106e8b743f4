package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.LoadPlan.Door;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LoadReportTest {
  @Test
  void shouldNameEachFigureWithItsUnit() {
    Latencies acks = new Latencies();
    for (int ms = 1; ms <= 1_000; ms++) {
      acks.record(ms * 1_000_000L);
    }
    LoadReport report =
        new LoadReport(plan(), "2026-01-01T00:00:00Z", 2_000, 1_980, 15, 5, 7, 0, acks, acks);

    JsonObject row = report.json().getJsonArray("rows").getJsonObject(0);

    assertEquals("load", report.json().getString("command"));
    assertEquals(Set.of("p50", "p99", "p999", "max"), row.getJsonObject("ack_ms").fieldNames());
    assertEquals(500, row.getJsonObject("ack_ms").getDouble("p50"), 1);
    assertEquals(990, row.getJsonObject("live_ms").getDouble("p99"), 1);
    assertEquals(200, row.getDouble("offered_per_s"));
    assertEquals(198.5, row.getDouble("accepted_per_s"));
    assertEquals(198, row.getDouble("acked_per_s"));
    assertEquals(5, row.getLong("lost"));
    assertEquals(7, row.getLong("conflated"));
    assertTrue(report.text().contains("lost 5"), report.text());
  }

  @Test
  void shouldReportNothingMeasuredAsZero() {
    Latencies none = new Latencies();
    LoadReport report =
        new LoadReport(plan(), "2026-01-01T00:00:00Z", 0, 0, 0, 0, 0, 0, none, none);

    JsonObject row = report.json().getJsonArray("rows").getJsonObject(0);

    assertEquals(0, row.getJsonObject("live_ms").getDouble("p999"));
  }

  @Test
  void shouldKeepLatenciesWithinItsRange() {
    Latencies latencies = new Latencies();
    latencies.record(-5);
    latencies.record(Long.MAX_VALUE);

    assertEquals(2, latencies.count());
    assertEquals(60_000, latencies.toJson().getDouble("max"), 100);
  }

  private static LoadPlan plan() {
    return new LoadPlan(Door.HTTP, 20, 200, 1, 10, 1);
  }
}
