package io.hexbeat.ingest.door;

import io.hexbeat.geofence.CoordType;
import java.time.Duration;
import java.util.Map;

/**
 * How the device port listens and what it lets in. Immutable; any thread. Every limit is one that a
 * phone app in the field stays well below, so that only a mistake or an attack meets it; a value
 * outside its range is refused with its name.
 *
 * @param host address to bind; the device port may face the internet, so it is not shared with the
 *     API
 * @param port 0 for a free one
 * @param loops event loops that share the port; more than cores only adds hand-overs
 * @param maxConnections open at once over all loops: each may hold one body, so that this bounds
 *     the memory of the doors. HTTP/1.1 answers in order, so a connection has one request in flight
 * @param maxBodyBytes of a native batch: 1000 records of 600 bytes and room to spare
 * @param maxFormBytes of a form: its credential may be inside it, so this much is read from anybody
 * @param maxBatchRecords in one request: what a shard takes in one turn of its loop
 * @param maxAttributes a ping: an app's free fields beyond the ones that Hexbeat knows
 * @param maxHeadBytes of the request line, and again of the headers: 64 attributes fit into a query
 * @param maxInflationRatio of a compressed body to what it inflates to: JSON of pings reaches 20,
 *     only a bomb a hundred
 * @param headTimeout from the first byte of a head to its last: it is sent in one packet or two
 * @param bodyTimeout from the head of a request to the end of its body: a phone on a poor network
 *     still gets 600 KB through, and a client that drips bytes does not hold a buffer for ever
 * @param keepAliveTimeout from an answer to the end of the next request's head: longer than the
 *     usual reporting interval of a phone, so that most pings need no handshake
 * @param share what one device or one address may take of it
 * @param coordTypes the coordinate system that a door's phones send, where it is not WGS-84 and
 *     neither record nor device says otherwise
 */
public record DoorConfig(
    String host,
    int port,
    int loops,
    int maxConnections,
    int maxBodyBytes,
    int maxFormBytes,
    int maxBatchRecords,
    int maxAttributes,
    int maxHeadBytes,
    int maxInflationRatio,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration keepAliveTimeout,
    FairShare share,
    Map<Door, CoordType> coordTypes) {

  public DoorConfig {
    coordTypes = Map.copyOf(coordTypes);
    within("port", port, 0, 65_535);
    within("loops", loops, 1, 1_024);
    within("maxConnections", maxConnections, 1, 1_000_000);
    within("maxBodyBytes", maxBodyBytes, 1_024, 64 << 20);
    within("maxFormBytes", maxFormBytes, 1_024, maxBodyBytes);
    within("maxBatchRecords", maxBatchRecords, 1, 100_000);
    within("maxAttributes", maxAttributes, 0, 1_000);
    within("maxHeadBytes", maxHeadBytes, 1_024, 1 << 20);
    within("maxInflationRatio", maxInflationRatio, 1, 10_000);
    within("headTimeout", headTimeout.toMillis(), 1, 3_600_000);
    within("bodyTimeout", bodyTimeout.toMillis(), 1, 3_600_000);
    within("keepAliveTimeout", keepAliveTimeout.toMillis(), 1, 3_600_000);
  }

  /** The limits as described, on the given address. */
  public static DoorConfig of(String host, int port, int loops) {
    return new DoorConfig(
        host,
        port,
        loops,
        20_000,
        1 << 20,
        64 << 10,
        1_000,
        64,
        8 << 10,
        100,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(75),
        FairShare.DEFAULT,
        Map.of());
  }

  /** What a door's phones send unless they, or their enrolment, say otherwise. */
  CoordType coordType(Door door) {
    return coordTypes.getOrDefault(door, CoordType.WGS84);
  }

  static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + "=" + value + " is not within [" + min + ", " + max + "]");
    }
  }
}
