package io.hexbeat.ingest.door;

import java.time.Duration;

/**
 * How the MQTT door listens and what it lets in. Immutable; any thread. Every limit is one that a
 * phone app in the field stays well below; a value outside its range is refused with its name.
 *
 * @param host address to bind
 * @param port 0 for a free one
 * @param loops event loops that share the port
 * @param maxConnections open at once over all loops
 * @param maxMessageBytes of one packet, its head included: OwnTracks sends some 300 bytes, a batch
 *     of our own JSON a hundred for each ping
 * @param maxInFlight messages of one connection that are not in the journal yet; beyond it nothing
 *     more is read from its socket. MQTT 5 clients are told
 * @param connectTimeout from accept to a whole CONNECT
 * @param idleTimeout since the last packet, whatever keep-alive a client asked for: OwnTracks on
 *     Android asks for an hour, which by the rules of MQTT is an hour and a half of silence
 */
public record MqttConfig(
    String host,
    int port,
    int loops,
    int maxConnections,
    int maxMessageBytes,
    int maxInFlight,
    Duration connectTimeout,
    Duration idleTimeout) {

  public MqttConfig {
    within("port", port, 0, 65_535);
    within("loops", loops, 1, 1_024);
    within("maxConnections", maxConnections, 1, 1_000_000);
    within("maxMessageBytes", maxMessageBytes, 1_024, 1 << 20);
    within("maxInFlight", maxInFlight, 1, 1_024);
    within("connectTimeout", connectTimeout.toMillis(), 1, 3_600_000);
    within("idleTimeout", idleTimeout.toMillis(), 1, 604_800_000);
  }

  /** The limits as described, on the given address. */
  public static MqttConfig of(String host, int port, int loops) {
    return new MqttConfig(
        host, port, loops, 20_000, 64 << 10, 32, Duration.ofSeconds(10), Duration.ofHours(2));
  }

  private static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + "=" + value + " is not within [" + min + ", " + max + "]");
    }
  }
}
