package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.benchmarks.BenchRow.PeerName;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** What people, machines and the documentation get of a run. */
class BenchReportTest {
  private static final BenchRow STATELESS =
      new BenchRow(
          "stateless",
          "austin",
          "random",
          1_000,
          100,
          Map.of(
              PeerName.JTS_STRTREE, 260.0,
              PeerName.S2, 400.0,
              PeerName.TEXTBOOK_H3, 250.0,
              PeerName.LINEAR, 9_000.0),
          0,
          1_234L,
          Map.of());
  private static final BenchRow EDIT =
      new BenchRow(
          "edit",
          "austin",
          null,
          1_000,
          2e6,
          Map.of(),
          5_000,
          null,
          Map.of("p50_ns", 1e6, "p99_ns", 5e6, "edits", 700L));
  private static final BenchReport REPORT =
      new BenchReport(Instant.parse("2026-11-21T10:00:00.123456Z"), true, List.of(STATELESS, EDIT));

  @Test
  void shouldNameTheFieldsOfTheContract() {
    JsonObject json = new JsonObject(REPORT.json().encode());
    assertTrue(
        json.fieldNames()
            .containsAll(Set.of("command", "version", "jvm", "cores", "started_at", "rows")));
    assertEquals("bench fences", json.getString("command"));
    assertEquals("2026-11-21T10:00:00.123Z", json.getString("started_at"));

    JsonObject row = json.getJsonArray("rows").getJsonObject(0);
    assertTrue(
        row.fieldNames()
            .containsAll(
                Set.of(
                    "work",
                    "world",
                    "fences",
                    "ours_ns",
                    "peers",
                    "best_peer_ratio",
                    "alloc_bytes_per_op",
                    "hits")));
    assertEquals(
        Set.of("jts_strtree_ns", "s2_ns", "textbook_h3_ns", "linear_ns"),
        row.getJsonObject("peers").fieldNames());
    assertEquals(1_234, row.getLong("hits"));
  }

  @Test
  void shouldHoldUsAgainstTheFastestPeer() {
    assertEquals(
        2.5, REPORT.json().getJsonArray("rows").getJsonObject(0).getDouble("best_peer_ratio"));
  }

  @Test
  void shouldTellLatenciesWherePeersAreMissing() {
    JsonObject row = REPORT.json().getJsonArray("rows").getJsonObject(1);
    assertNull(row.getDouble("best_peer_ratio"));
    assertNull(row.getJsonObject("peers").getDouble("s2_ns"));
    assertEquals(5e6, row.getDouble("p99_ns"));
    assertTrue(REPORT.text().contains("p99 5.00 ms"), REPORT.text());
  }

  @Test
  void shouldPrintOneLineARow() {
    assertTrue(
        REPORT
            .text()
            .lines()
            .anyMatch(line -> line.startsWith("stateless") && line.contains("2.5x")),
        REPORT.text());
  }

  @Test
  void shouldDrawAChartThatIsXml() throws Exception {
    String svg = BenchChart.of(REPORT).svg();
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    // a legend entry and a bar for each of the five
    assertEquals(10, document.getElementsByTagName("rect").getLength());
  }
}
