package io.hexbeat.ingest.door;

import java.time.Duration;

/**
 * What the WebSocket {@code /v1/stream} lets in. Immutable; any thread. A value outside its range
 * is refused with its name.
 *
 * @param maxFrameBytes of a message: a thousand native pings, three thousand wire records
 * @param windowFrames of one socket on their way to the journal; then the socket is not read until
 *     one is through
 * @param pingEvery how often a silent phone is asked for a sign of life
 * @param idleTimeout without any sign of life, or without reading its acks: longer than a phone's
 *     worst handover between networks
 */
public record StreamConfig(
    int maxFrameBytes, int windowFrames, Duration pingEvery, Duration idleTimeout) {
  public static final StreamConfig DEFAULT =
      new StreamConfig(256 << 10, 16, Duration.ofSeconds(30), Duration.ofSeconds(90));

  public StreamConfig {
    DoorConfig.within("maxFrameBytes", maxFrameBytes, 1_024, 16 << 20);
    DoorConfig.within("windowFrames", windowFrames, 1, 1_024);
    DoorConfig.within("pingEvery", pingEvery.toMillis(), 1, 3_600_000);
    DoorConfig.within("idleTimeout", idleTimeout.toMillis(), 1, 86_400_000);
  }
}
