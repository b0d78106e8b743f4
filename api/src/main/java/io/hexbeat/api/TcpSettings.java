package io.hexbeat.api;

import io.hexbeat.ingest.door.TcpConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set of the TCP door. Immutable.
 *
 * @param endpoint where it listens if it is open
 * @param door how it listens, or null if it is closed
 * @param publicUrl what gateways are told to connect to, or null for the address that it listens on
 */
record TcpSettings(Endpoint endpoint, @Nullable TcpConfig door, @Nullable String publicUrl) {
  /** Scheme, host and port, nothing more. */
  private static final String URL = "(tcp|tls)://[A-Za-z0-9._-]{1,253}:[0-9]{1,5}";

  static TcpSettings read(Settings settings, int loops) {
    boolean enabled = settings.flag("tcp.enabled", true);
    Endpoint endpoint = Endpoint.read(settings, "tcp", 5056);
    TcpConfig usual = TcpConfig.of(endpoint.host(), endpoint.port(), loops);
    Duration second = Duration.ofSeconds(1);
    TcpConfig door =
        new TcpConfig(
            usual.host(),
            usual.port(),
            loops,
            (int) settings.number("tcp.connections", usual.maxConnections(), 1, 1_000_000),
            (int) settings.number("tcp.frame_bytes", usual.maxFrameBytes(), 4_096, 16 << 20),
            (int) settings.number("tcp.window", usual.windowRecords(), 1, 1_000_000),
            (int) settings.number("tcp.devices", usual.maxDevices(), 1, 1_000_000),
            settings.duration("tcp.hello_time", "10s", second, Duration.ofHours(1)),
            settings.duration("tcp.idle_time", "5m", second, Duration.ofDays(1)));
    return new TcpSettings(endpoint, enabled ? door : null, publicUrl(settings));
  }

  private static @Nullable String publicUrl(Settings settings) {
    String url = settings.optional("tcp.public_url");
    if (url != null && !url.matches(URL)) {
      throw new ConfigException(
          "tcp.public_url", url, "tcp://host:port or tls://host:port is allowed");
    }
    return url;
  }
}
