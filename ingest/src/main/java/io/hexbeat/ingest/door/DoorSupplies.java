package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardRouter;

/**
 * What every door works with. Immutable; its parts may be used from any loop.
 *
 * @param sites looks up the fence that a punch claims
 * @param stream limits of the WebSocket
 */
public record DoorSupplies(
    DoorConfig config,
    DeviceRegistry registry,
    ShardRouter router,
    Sites sites,
    DoorStats stats,
    StreamConfig stream,
    StreamStats streamStats) {
  /** With the limits of the WebSocket as they are by default. */
  public DoorSupplies(
      DoorConfig config,
      DeviceRegistry registry,
      ShardRouter router,
      Sites sites,
      DoorStats stats) {
    this(config, registry, router, sites, stats, StreamConfig.DEFAULT, new StreamStats());
  }
}
