package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LoadReportTest {
  private static final Set<String> PERCENTILES = Set.of("p50", "p99", "p999", "max");

  @Test
  void shouldNameEachFigureWithItsUnit() {
    Latencies acks = thousand(1);
    Latencies twice = thousand(2);
    LoadRow measured = row(result(2_000, 1_980, 15, 5, twice), twice);
    LoadRow row = measured.beside(result(2_000, 2_000, 0, 0, acks), acks, null);
    LoadReport report = report(row);

    JsonObject json = report.json().getJsonArray("rows").getJsonObject(0);

    assertEquals("load", report.json().getString("command"));
    assertEquals(PERCENTILES, json.getJsonObject("ack_ms").fieldNames());
    assertEquals(PERCENTILES, json.getJsonObject("live_floor_ms").fieldNames());
    assertEquals(1_000, json.getJsonObject("ack_ms").getDouble("p50"), 2);
    assertEquals(1_980, json.getJsonObject("live_ms").getDouble("p99"), 4);
    assertEquals(200, json.getDouble("offered_per_s"));
    assertEquals(198.5, json.getDouble("accepted_per_s"));
    assertEquals(198, json.getDouble("acked_per_s"));
    assertEquals(200, json.getDouble("floor_per_s"));
    assertEquals(0.99, json.getDouble("ratio_to_floor"), 1e-9);
    assertEquals(5, json.getLong("lost"));
    assertEquals(7, json.getLong("conflated"));
    assertTrue(json.getJsonObject("stages_us").containsKey("decide"), json.encode());
    assertTrue(report.text().contains("lost 5"), report.text());
    assertTrue(report.text().contains("ratio    p50 2.00"), report.text());
  }

  @Test
  void shouldReportNothingMeasuredAsZero() {
    LoadReport report = report(row(result(0, 0, 0, 0, new Latencies()), new Latencies()));

    JsonObject json = report.json().getJsonArray("rows").getJsonObject(0);

    assertEquals(0, json.getJsonObject("live_ms").getDouble("p999"));
    assertFalse(json.containsKey("floor_per_s"), "nobody measured a floor");
  }

  @Test
  void shouldKeepLatenciesWithinItsRange() {
    Latencies latencies = new Latencies();
    latencies.record(-5);
    latencies.record(Long.MAX_VALUE);

    assertEquals(2, latencies.count());
    assertEquals(60_000, latencies.toJson().getDouble("max"), 100);
  }

  @Test
  void shouldTellTheSlowestShardOfEachStageThatTheServerNames() {
    Stages stages =
        Stages.of(
            """
            # HELP hexbeat_stage_seconds Time
            hexbeat_stage_seconds{quantile="0.5",shard="0",stage="decide"} 2.0E-6
            hexbeat_stage_seconds{quantile="0.5",shard="1",stage="decide"} 3.0E-6
            hexbeat_stage_seconds{quantile="0.999",shard="0",stage="socket"} 4.5E-5
            hexbeat_stage_seconds_other{stage="decide"} 1.0
            """);

    assertEquals(3.0, stages.us().get("decide").get("p50"), 1e-9);
    assertEquals(45.0, stages.us().get("socket").get("p999"), 1e-9);
    assertEquals(2, stages.us().size());
  }

  private static LoadReport report(LoadRow row) {
    return new LoadReport(
        LoadPlans.of("--devices", "20", "--seconds", "10"), "2026-01-01T00:00:00Z", List.of(row));
  }

  private static LoadRow row(FleetResult pings, Latencies live) {
    return new LoadRow(
        Door.HTTP,
        1,
        200,
        pings,
        null,
        live,
        null,
        7,
        0,
        0,
        null,
        null,
        new Stages(Map.of("decide", Map.of("p50", 1.5))),
        0,
        0,
        null);
  }

  private static FleetResult result(
      long offered, long acked, long refused, long lost, Latencies acks) {
    return new FleetResult(offered, acked, refused, lost, 0, 10, acks, List.of(), Map.of());
  }

  /** 1 to 1,000 times so many ms. */
  private static Latencies thousand(long ms) {
    Latencies latencies = new Latencies();
    for (int i = 1; i <= 1_000; i++) {
      latencies.record(i * ms * 1_000_000L);
    }
    return latencies;
  }
}
