package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardRouter;
import org.jspecify.annotations.Nullable;

/**
 * What every door works with. Immutable; its parts may be used from any loop.
 *
 * @param sites looks up the fence that a punch claims
 * @param guard keeps devices and addresses within their share, over all doors
 * @param stream limits of the WebSocket
 * @param signatures verifies what takes too long for a loop
 * @param passkeys of the members, or null if punches know none
 * @param pages what the device port answers besides, or null for nothing
 * @param desk answers what phones ask
 */
public record DoorSupplies(
    DoorConfig config,
    DeviceRegistry registry,
    ShardRouter router,
    Sites sites,
    DoorStats stats,
    DoorGuard guard,
    StreamConfig stream,
    StreamStats streamStats,
    SignatureChecks signatures,
    @Nullable Passkeys passkeys,
    @Nullable DevicePages pages,
    MemberDesk desk) {

  /** With threads of its own for signatures. */
  public DoorSupplies(
      DoorConfig config,
      DeviceRegistry registry,
      ShardRouter router,
      Sites sites,
      DoorStats stats,
      DoorGuard guard,
      StreamConfig stream,
      StreamStats streamStats) {
    this(
        config,
        registry,
        router,
        sites,
        stats,
        guard,
        stream,
        streamStats,
        new SignatureChecks(),
        null,
        null,
        MemberDesk.NONE);
  }

  /** With a guard of its own and the usual limits of the WebSocket. */
  public DoorSupplies(
      DoorConfig config,
      DeviceRegistry registry,
      ShardRouter router,
      Sites sites,
      DoorStats stats) {
    this(
        config,
        registry,
        router,
        sites,
        stats,
        new DoorGuard(config.share()),
        StreamConfig.DEFAULT,
        new StreamStats());
  }
}
