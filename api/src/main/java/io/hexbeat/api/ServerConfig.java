package io.hexbeat.api;

import io.hexbeat.api.console.ConsoleSettings;
import io.hexbeat.api.store.Database;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.ingest.door.StreamConfig;
import io.hexbeat.ingest.door.TcpConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, read and validated once. The README's table documents each key;
 * {@code effective} is logged at start with secrets masked.
 *
 * @param dataDir journal, embedded PostgreSQL and its binaries live under it
 * @param api where managers and systems connect
 * @param device where phones connect
 * @param stream limits of the device port's WebSocket
 * @param tcp the TCP door, or null if it stays closed
 * @param tcpPublicUrl what gateways are told to use, or null for the TCP door's address
 * @param transport what the event loops wait on, one of {@link Loops#NAMES}
 * @param pgUri a PostgreSQL server to use, or null for the embedded one
 * @param shards owners of device state, one event loop each; fixed for a data directory
 * @param inboxSubmissions requests that may wait for one shard: beyond it 503, so that latency
 *     stays bounded
 * @param inboxBytes and their bytes, so that memory stays bounded
 * @param clockSkewMax how far ahead of the server a phone's clock may be
 * @param presence the default presence policy
 * @param punchIdsKept punches a shard remembers to answer a repeated id, about 1 KiB each
 * @param loginBcryptCost work factor of password hashes
 * @param sessionLifetime how long a login lasts
 * @param drainTimeout how long a stop waits for the projections to catch up
 * @param console what the web console is told
 * @param notices what an operator should know about what was set
 * @param effective what was set or defaulted, for the log
 */
record ServerConfig(
    Path dataDir,
    Endpoint api,
    Endpoint device,
    @Nullable String devicePublicUrl,
    StreamConfig stream,
    @Nullable TcpConfig tcp,
    @Nullable String tcpPublicUrl,
    String transport,
    @Nullable String pgUri,
    int shards,
    int inboxSubmissions,
    long inboxBytes,
    Duration clockSkewMax,
    PresencePolicy presence,
    int punchIdsKept,
    int loginBcryptCost,
    Duration sessionLifetime,
    Duration drainTimeout,
    ConsoleSettings console,
    List<String> notices,
    Map<String, String> effective) {

  /** An address to listen on; port 0 takes a free one. */
  record Endpoint(String host, int port) {}

  static ServerConfig read(Settings settings) {
    int cores = Runtime.getRuntime().availableProcessors();
    int shards = (int) settings.number("shards", Math.min(cores, 64), 1, 64);
    ServerConfig config =
        new ServerConfig(
            Path.of(settings.text("data.dir", "data")).toAbsolutePath().normalize(),
            new Endpoint(settings.text("api.host", "127.0.0.1"), settings.port("api.port", 8080)),
            new Endpoint(
                settings.text("device.host", "127.0.0.1"), settings.port("device.port", 5055)),
            settings.optional("device.public_url"),
            stream(settings),
            tcp(settings, shards),
            settings.optional("tcp.public_url"),
            settings.choice("transport", "auto", Loops.NAMES),
            pgUri(settings),
            shards,
            (int) settings.number("inbox.submissions", 4096, 16, 1_048_576),
            settings.number("inbox.bytes", 16L << 20, 1L << 16, 1L << 30),
            settings.duration("clock.skew_max", "5m", Duration.ofSeconds(1), Duration.ofDays(1)),
            presence(settings),
            (int) settings.number("punch.ids_kept", 50_000, 100, 10_000_000),
            (int) settings.number("login.bcrypt_cost", 12, 4, 16),
            settings.duration("login.session", "12h", Duration.ofMinutes(1), Duration.ofDays(30)),
            settings.duration("drain.timeout", "10s", Duration.ZERO, Duration.ofMinutes(10)),
            console(settings),
            notices(settings),
            settings.effective());
    settings.refuseUnknown();
    return config;
  }

  private static StreamConfig stream(Settings settings) {
    StreamConfig fallback = StreamConfig.DEFAULT;
    Duration day = Duration.ofDays(1);
    return new StreamConfig(
        (int) settings.number("stream.frame_bytes", fallback.maxFrameBytes(), 1_024, 16 << 20),
        (int) settings.number("stream.window", fallback.windowFrames(), 1, 1_024),
        settings.duration("stream.ping_every", "30s", Duration.ofSeconds(1), Duration.ofHours(1)),
        settings.duration("stream.idle_timeout", "90s", Duration.ofSeconds(1), day));
  }

  private static @Nullable TcpConfig tcp(Settings settings, int loops) {
    TcpConfig fallback =
        TcpConfig.of(
            settings.text("tcp.host", "127.0.0.1"), settings.port("tcp.port", 5056), loops);
    Duration second = Duration.ofSeconds(1);
    TcpConfig config =
        new TcpConfig(
            fallback.host(),
            fallback.port(),
            loops,
            (int) settings.number("tcp.connections", fallback.maxConnections(), 1, 1_000_000),
            (int) settings.number("tcp.frame_bytes", fallback.maxFrameBytes(), 4_096, 16 << 20),
            (int) settings.number("tcp.window", fallback.windowRecords(), 1, 1_000_000),
            (int) settings.number("tcp.devices", fallback.maxDevices(), 1, 1_000_000),
            settings.duration("tcp.hello_timeout", "10s", second, Duration.ofHours(1)),
            settings.duration("tcp.idle_timeout", "5m", second, Duration.ofDays(1)));
    return settings.flag("tcp.enabled", true) ? config : null;
  }

  private static @Nullable String pgUri(Settings settings) {
    String uri = settings.optional("pg.uri");
    if (uri != null && !Database.isUri(uri)) {
      // the value may hold a password, so it is not repeated
      throw new ConfigException(
          "pg.uri", "***", "postgresql://user:password@host:port/database is allowed");
    }
    return uri;
  }

  private static ConsoleSettings console(Settings settings) {
    try {
      return new ConsoleSettings(
          settings.optional("console.tile_url"),
          settings.optional("console.tile_attribution"),
          settings.choice("console.language", "en", List.of("en", "zh-CN")),
          Server.VERSION);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** Doors that the command line already knows and this version does not have. */
  private static List<String> notices(Settings settings) {
    return Stream.of("mqtt.port")
        .filter(key -> settings.optional(key) != null)
        .map(key -> key + " is set, but this version has no such door yet: it stays closed")
        .toList();
  }

  private static PresencePolicy presence(Settings settings) {
    PresencePolicy fallback = PresencePolicy.DEFAULT;
    Duration day = Duration.ofDays(1);
    return new PresencePolicy(
        (int) settings.number("presence.max_accuracy_m", fallback.maxAccuracyMeters(), 1, 10_000),
        (int) settings.number("presence.exit_buffer_m", fallback.exitBufferMeters(), 0, 10_000),
        (int) settings.number("presence.exit_fixes", fallback.exitFixes(), 1, 100),
        settings
            .duration("presence.exit_after", fallback.exitAfterMs() + "ms", Duration.ZERO, day)
            .toMillis(),
        settings
            .duration("presence.dwell", fallback.dwellAfterMs() + "ms", Duration.ZERO, day)
            .toMillis());
  }
}
