package io.hexbeat.ingest.door;

import java.time.Duration;

/**
 * How the TCP door listens and what it lets in. Immutable; any thread. A value outside its range is
 * refused with its name.
 *
 * @param host address to bind
 * @param port 0 for a free one
 * @param loops event loops that share the port
 * @param maxConnections open at once over all loops
 * @param maxFrameBytes of any frame: three thousand records
 * @param windowRecords of one connection on their way to the journal; then the socket is not read
 *     until some are through. Also what a client should have unacknowledged at most
 * @param maxDevices that one connection may declare: a fleet behind one gateway
 * @param helloTimeout from the connection to the end of its HELLO
 * @param idleTimeout without any frame, or without reading its acks; a silent gateway sends
 *     KEEP_ALIVE
 */
public record TcpConfig(
    String host,
    int port,
    int loops,
    int maxConnections,
    int maxFrameBytes,
    int windowRecords,
    int maxDevices,
    Duration helloTimeout,
    Duration idleTimeout) {

  public TcpConfig {
    DoorConfig.within("port", port, 0, 65_535);
    DoorConfig.within("loops", loops, 1, 1_024);
    DoorConfig.within("maxConnections", maxConnections, 1, 1_000_000);
    DoorConfig.within("maxFrameBytes", maxFrameBytes, 4_096, 16 << 20);
    DoorConfig.within("windowRecords", windowRecords, 1, 1_000_000);
    DoorConfig.within("maxDevices", maxDevices, 1, 1_000_000);
    DoorConfig.within("helloTimeout", helloTimeout.toMillis(), 1, 3_600_000);
    DoorConfig.within("idleTimeout", idleTimeout.toMillis(), 1, 86_400_000);
  }

  /** The limits as described, on the given address. */
  public static TcpConfig of(String host, int port, int loops) {
    return new TcpConfig(
        host,
        port,
        loops,
        10_000,
        256 << 10,
        4_096,
        10_000,
        Duration.ofSeconds(10),
        Duration.ofMinutes(5));
  }
}
