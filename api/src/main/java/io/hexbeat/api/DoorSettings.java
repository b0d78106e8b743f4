package io.hexbeat.api;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.door.Door;
import io.hexbeat.ingest.door.DoorConfig;
import io.hexbeat.ingest.door.FairShare;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The limits of the device port, from settings; {@link DoorConfig} says why each is there. */
final class DoorSettings {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** A body becomes records that must fit into a shard's inbox, or its phone would never get on. */
  private static final int INBOX_PER_BODY = 4;

  private DoorSettings() {}

  static DoorConfig read(Settings settings, Endpoint device, int loops, long inboxBytes) {
    DoorConfig usual = DoorConfig.of(device.host(), device.port(), loops);
    long maxBody = Math.max(1_024, Math.min(64L << 20, inboxBytes / INBOX_PER_BODY));
    long bodyFallback = Math.min(usual.maxBodyBytes(), maxBody);
    int bodyBytes = (int) settings.number("device.body_bytes", bodyFallback, 1_024, maxBody);
    return new DoorConfig(
        usual.host(),
        usual.port(),
        usual.loops(),
        (int) settings.number("device.connections", usual.maxConnections(), 1, 1_000_000),
        bodyBytes,
        (int)
            settings.number(
                "device.form_bytes", Math.min(usual.maxFormBytes(), bodyBytes), 1_024, bodyBytes),
        (int) settings.number("device.batch_records", usual.maxBatchRecords(), 1, 10_000),
        (int) settings.number("device.attributes", usual.maxAttributes(), 0, 1_000),
        (int) settings.number("device.head_bytes", usual.maxHeadBytes(), 1_024, 1 << 20),
        (int) settings.number("device.inflate_ratio", usual.maxInflationRatio(), 1, 10_000),
        duration(settings, "device.head_time", usual.headTimeout()),
        duration(settings, "device.body_time", usual.bodyTimeout()),
        duration(settings, "device.idle_time", usual.keepAliveTimeout()),
        share(settings),
        coordTypes(settings));
  }

  private static FairShare share(Settings settings) {
    FairShare usual = FairShare.DEFAULT;
    return new FairShare(
        (int)
            settings.number(
                "device.connections_per_address", usual.connectionsPerAddress(), 1, 1_000_000),
        (int)
            settings.number(
                "device.connections_per_device", usual.connectionsPerDevice(), 1, 10_000),
        (int) settings.number("device.records_per_second", usual.recordsPerSecond(), 1, 1_000_000),
        (int) settings.number("device.records_burst", usual.recordsBurst(), 1, 100_000_000));
  }

  private static Map<Door, CoordType> coordTypes(Settings settings) {
    Map<Door, CoordType> coordTypes = new EnumMap<>(Door.class);
    List<String> names = Stream.of(CoordType.values()).map(CoordType::jsonName).toList();
    for (Door door : Door.values()) {
      String name =
          settings.choice(
              "door." + door.label() + ".coord_type", CoordType.WGS84.jsonName(), names);
      coordTypes.put(door, Objects.requireNonNull(CoordType.of(name)));
    }
    return coordTypes;
  }

  private static Duration duration(Settings settings, String key, Duration fallback) {
    return settings.duration(key, fallback.toSeconds() + "s", SHORTEST, LONGEST);
  }
}
