package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.door.Door;
import io.hexbeat.ingest.door.DoorConfig;
import io.hexbeat.ingest.door.FairShare;
import io.hexbeat.ingest.door.MqttConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DoorSettingsTest {
  @Test
  void shouldHaveTheDocumentedDefaults() {
    DoorConfig config = read(Map.of());

    assertEquals(1 << 20, config.maxBodyBytes());
    assertEquals(64 << 10, config.maxFormBytes());
    assertEquals(1_000, config.maxBatchRecords());
    assertEquals(20_000, config.maxConnections());
    assertEquals(100, config.maxInflationRatio());
    assertEquals(Duration.ofSeconds(10), config.headTimeout());
    assertEquals(Duration.ofSeconds(30), config.bodyTimeout());
    assertEquals(Duration.ofSeconds(75), config.keepAliveTimeout());
    assertEquals(new FairShare(10_000, 16, 1_000, 60_000), config.share());
    assertEquals(CoordType.WGS84, config.coordTypes().get(Door.OSMAND));
  }

  @Test
  void shouldTakeEachLimitFromItsKey() {
    DoorConfig config =
        read(
            Map.ofEntries(
                Map.entry("device.body_bytes", "200000"),
                Map.entry("device.form_bytes", "2000"),
                Map.entry("device.batch_records", "7"),
                Map.entry("device.attributes", "8"),
                Map.entry("device.head_bytes", "9000"),
                Map.entry("device.inflate_ratio", "10"),
                Map.entry("device.head_time", "11s"),
                Map.entry("device.body_time", "12s"),
                Map.entry("device.idle_time", "13m"),
                Map.entry("device.connections", "14"),
                Map.entry("device.connections_per_address", "15"),
                Map.entry("device.connections_per_device", "16"),
                Map.entry("device.records_per_second", "17"),
                Map.entry("device.records_burst", "18"),
                Map.entry("door.osmand.coord_type", "gcj02")));

    assertEquals(200_000, config.maxBodyBytes());
    assertEquals(2_000, config.maxFormBytes());
    assertEquals(7, config.maxBatchRecords());
    assertEquals(8, config.maxAttributes());
    assertEquals(9_000, config.maxHeadBytes());
    assertEquals(10, config.maxInflationRatio());
    assertEquals(Duration.ofSeconds(11), config.headTimeout());
    assertEquals(Duration.ofSeconds(12), config.bodyTimeout());
    assertEquals(Duration.ofMinutes(13), config.keepAliveTimeout());
    assertEquals(14, config.maxConnections());
    assertEquals(new FairShare(15, 16, 17, 18), config.share());
    assertEquals(CoordType.GCJ02, config.coordTypes().get(Door.OSMAND));
    assertEquals(CoordType.WGS84, config.coordTypes().get(Door.NATIVE));
  }

  @ParameterizedTest
  @CsvSource({
    "device.records_per_second, 0, a whole number from 1 to 1000000 is allowed",
    "device.head_time, 2h, a duration such as 250ms",
    "device.form_bytes, 2000000, a whole number from 1024 to 1048576 is allowed",
    "door.punches.coord_type, mars, 'one of wgs84, gcj02, bd09 is allowed'"
  })
  void shouldRefuseWhatIsOutOfRange(String key, String value, String allowed) {
    ConfigException refused = assertThrows(ConfigException.class, () -> read(Map.of(key, value)));
    assertTrue(
        refused.getMessage().startsWith(key + "=" + value + " is not usable: " + allowed),
        refused.getMessage());
  }

  @Test
  void shouldNotAllowABodyThatItsShardCouldNeverTake() {
    Settings settings = Settings.of(null, Map.of("device.body_bytes", "100000"));
    Endpoint device = Endpoint.read(settings, "device", 5055);
    assertThrows(ConfigException.class, () -> DoorSettings.read(settings, device, 1, 65_536));
    Settings none = Settings.of(null, Map.of());
    assertEquals(16_384, DoorSettings.read(none, device, 1, 65_536).maxBodyBytes());
  }

  @Test
  void shouldDocumentEveryKeyOfTheDoors() throws IOException {
    Settings settings = Settings.of(null, Map.of());
    DoorSettings.read(settings, Endpoint.read(settings, "device", 5055), 1, 1 << 24);
    MqttSettings.read(settings, 1);
    TcpSettings.read(settings, 1);
    Path root = Path.of("").toAbsolutePath();
    String readme =
        Files.readString(
            Files.exists(root.resolve("jvm.options"))
                ? root.resolve("README.md")
                : root.resolveSibling("README.md"));
    for (String key : settings.effective().keySet()) {
      String shown = key.startsWith("door.") ? "door.NAME.coord_type" : key;
      assertTrue(readme.contains("`" + shown + "`"), () -> key + " is not in the README");
    }
  }

  @Test
  void shouldNameTheLimitsOfTheMqttDoorLikeThoseOfTheOthers() {
    Settings settings =
        Settings.of(
            null,
            Map.of(
                "mqtt.connections", "7",
                "mqtt.message_bytes", "2048",
                "mqtt.window", "9",
                "mqtt.connect_time", "3s",
                "mqtt.idle_time", "4m"));
    assertEquals(
        new MqttConfig(
            "127.0.0.1", 1883, 1, 7, 2_048, 9, Duration.ofSeconds(3), Duration.ofMinutes(4)),
        MqttSettings.read(settings, 1).door());
    settings.refuseUnknown();
  }

  private static DoorConfig read(Map<String, String> values) {
    Settings settings = Settings.of(null, values);
    Endpoint device = Endpoint.read(settings, "device", 5055);
    DoorConfig config = DoorSettings.read(settings, device, 1, 16 << 20);
    settings.refuseUnknown();
    return config;
  }
}
