package io.hexbeat.api;

import io.hexbeat.ingest.door.MqttConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set of the MQTT door. Immutable.
 *
 * @param endpoint where it listens if it is open
 * @param door how it listens, or null if it is closed
 * @param publicUrl what phones are told to connect to, or null for the address that it listens on
 */
record MqttSettings(Endpoint endpoint, @Nullable MqttConfig door, @Nullable String publicUrl) {
  /** Scheme, host and port, nothing more: a client is given each of them. */
  private static final String URL = "mqtts?://[A-Za-z0-9._-]{1,253}:[0-9]{1,5}";

  static MqttSettings read(Settings settings, int loops) {
    boolean enabled = settings.flag("mqtt.enabled", true);
    Endpoint endpoint = Endpoint.read(settings, "mqtt", 1883);
    MqttConfig defaults = MqttConfig.of(endpoint.host(), endpoint.port(), loops);
    MqttConfig door =
        new MqttConfig(
            defaults.host(),
            defaults.port(),
            loops,
            (int) settings.number("mqtt.connections", defaults.maxConnections(), 1, 1_000_000),
            (int) settings.number("mqtt.message_bytes", defaults.maxMessageBytes(), 1_024, 1 << 20),
            (int) settings.number("mqtt.window", defaults.maxInFlight(), 1, 1_024),
            settings.duration(
                "mqtt.connect_time", "10s", Duration.ofSeconds(1), Duration.ofHours(1)),
            settings.duration("mqtt.idle_time", "2h", Duration.ofSeconds(1), Duration.ofDays(7)));
    return new MqttSettings(endpoint, enabled ? door : null, publicUrl(settings));
  }

  private static @Nullable String publicUrl(Settings settings) {
    String url = settings.optional("mqtt.public_url");
    if (url != null && !url.matches(URL)) {
      throw new ConfigException(
          "mqtt.public_url", url, "mqtt://host:port or mqtts://host:port is allowed");
    }
    return url;
  }
}
