package io.hexbeat.api.projection;

/**
 * How far PostgreSQL is behind one shard's journal. Immutable; any thread.
 *
 * @param shard its number
 * @param projectedRecords records this process has projected, the quarantined among them
 * @param quarantinedRecords records this process could not store and put aside
 * @param seconds age of the oldest record that is known to wait, 0 when none does
 * @param failing PostgreSQL has been away or has refused since the last commit
 * @param caughtUp the end of the journal was reached by the last commit
 */
public record ShardLag(
    int shard,
    long projectedRecords,
    long quarantinedRecords,
    double seconds,
    boolean failing,
    boolean caughtUp) {
  boolean isWorseThan(ShardLag other) {
    return failing != other.failing ? failing : seconds > other.seconds;
  }
}
