package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardRouter;

/**
 * What every door works with. Immutable; its parts may be used from any loop.
 *
 * @param sites looks up the fence that a punch claims
 */
public record DoorSupplies(
    DoorConfig config, DeviceRegistry registry, ShardRouter router, Sites sites, DoorStats stats) {}
