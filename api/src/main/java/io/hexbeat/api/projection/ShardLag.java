package io.hexbeat.api.projection;

/**
 * How far PostgreSQL is behind one shard's journal. Immutable; any thread.
 *
 * @param shard its number
 * @param records journaled but not projected, as far as the journal has been looked at
 * @param seconds age of the oldest record that waits, 0 when none does
 * @param projectedRecords records this process has projected, the quarantined among them
 * @param quarantinedRecords records this process could not store and put aside
 * @param restedSeconds how long this process has rested to make way for the line
 * @param failing PostgreSQL has been away or has refused since the last commit
 * @param caughtUp the last commit reached the end of the journal
 */
public record ShardLag(
    int shard,
    long records,
    double seconds,
    long projectedRecords,
    long quarantinedRecords,
    double restedSeconds,
    boolean failing,
    boolean caughtUp) {
  boolean isWorseThan(ShardLag other) {
    return failing != other.failing ? failing : seconds > other.seconds;
  }
}
