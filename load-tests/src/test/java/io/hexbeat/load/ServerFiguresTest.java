package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class ServerFiguresTest {
  private static final String METRICS =
      """
      # HELP hexbeat_door_connections Connections of phones open
      hexbeat_door_connections 7.0
      hexbeat_door_connections_closed_total{reason="idle"} 9.0
      hexbeat_mqtt_connections 3.0
      hexbeat_netty_direct_bytes NaN
      jvm_memory_used_bytes{area="heap",id="ZGC Old Generation"} 6.291456E7
      jvm_memory_used_bytes{area="heap",id="ZGC Young Generation"} 2097152.0
      jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 5.0E7
      process_files_open_files 107.0
      """;

  @Test
  void shouldAddUpWhatTheServerTells() {
    ServerFigures figures =
        ServerFigures.of(METRICS, ServerFigures.UNKNOWN, ServerFigures.UNKNOWN, false);

    assertEquals(65_011_712, figures.heapBytes());
    assertEquals(7, figures.deviceConnections());
    assertEquals(3, figures.mqttConnections());
    assertEquals(107, figures.openFiles());
    assertEquals(ServerFigures.UNKNOWN, figures.threads());
    assertEquals(ServerFigures.UNKNOWN, figures.directBytes());
  }

  @Test
  void shouldLeaveOutOfTheReportWhatCannotBeKnown() {
    JsonObject json =
        ServerFigures.of(METRICS, ServerFigures.UNKNOWN, ServerFigures.UNKNOWN, false).json();

    assertFalse(json.containsKey("rss_bytes"));
    assertFalse(json.containsKey("threads"));
    assertEquals(7, json.getLong("device_connections"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldAskTheKernelForTheMemoryOfAProcess() {
    long self = ProcessHandle.current().pid();

    ServerFigures figures = ServerFigures.of(METRICS, self, self, false);

    assertTrue(figures.rssBytes() > 1 << 20, figures.toString());
    assertTrue(figures.peakRssBytes() >= figures.rssBytes(), figures.toString());
    assertTrue(figures.mappedBytes() < figures.rssBytes(), figures.toString());
    assertTrue(figures.databaseBytes() > 1 << 20, figures.toString());
  }
}
