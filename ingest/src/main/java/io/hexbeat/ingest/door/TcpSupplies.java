package io.hexbeat.ingest.door;

import io.hexbeat.ingest.GatewayRegistry;

/**
 * What the TCP door works with besides what every door does. Immutable; its parts may be used from
 * any loop.
 */
public record TcpSupplies(
    TcpConfig config, DoorSupplies doors, GatewayRegistry gateways, StreamStats stats) {}
