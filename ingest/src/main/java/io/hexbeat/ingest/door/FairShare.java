package io.hexbeat.ingest.door;

/**
 * How much of the doors one phone or one address may take, so that one that is broken or hostile
 * leaves room for the others. Immutable; any thread. A value outside its range is refused with its
 * name.
 *
 * @param connectionsPerAddress open at once: many, because a carrier puts thousands of phones
 *     behind one address and a proxy all of them
 * @param connectionsPerDevice open at once: a phone needs one, and leaves a few dead ones behind
 *     when it changes networks; past it the oldest is closed, so that the newest always gets in
 * @param recordsPerSecond that a device may store in the long run: no phone measures so often, and
 *     a backlog of a month goes through in a minute
 * @param recordsBurst that it may store at once after a rest
 */
public record FairShare(
    int connectionsPerAddress, int connectionsPerDevice, int recordsPerSecond, int recordsBurst) {
  public static final FairShare DEFAULT = new FairShare(10_000, 16, 1_000, 60_000);

  public FairShare {
    DoorConfig.within("connectionsPerAddress", connectionsPerAddress, 1, 1_000_000);
    DoorConfig.within("connectionsPerDevice", connectionsPerDevice, 1, 10_000);
    DoorConfig.within("recordsPerSecond", recordsPerSecond, 1, 1_000_000);
    DoorConfig.within("recordsBurst", recordsBurst, 1, 100_000_000);
  }
}
