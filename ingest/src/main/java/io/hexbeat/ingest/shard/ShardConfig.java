package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.journal.SyncPolicy;
import java.nio.file.Path;

/**
 * Every limit of the shards, read once. Immutable; any thread.
 *
 * @param journalDir where the journals lie, one directory a shard
 * @param shards how many; a journal is bound to the number it was made with
 * @param sync what an acknowledgement waits for
 * @param inboxSubmissions submissions that may wait for one shard: at a microsecond a record, what
 *     it catches up with in some ten milliseconds
 * @param inboxBytes bytes that may wait for one shard: bounds its memory whatever the batches' size
 * @param defaultPresence for fences without a policy of their own
 * @param punchIdsKept punches of one shard whose receipts are remembered for a retry, about 600
 *     bytes each; the oldest go first
 * @param maxPhones phones noted over all shards, to see one used by several members
 */
public record ShardConfig(
    Path journalDir,
    int shards,
    SyncPolicy sync,
    int inboxSubmissions,
    long inboxBytes,
    PresencePolicy defaultPresence,
    TrustPolicy trust,
    int punchIdsKept,
    int maxPhones) {
  public ShardConfig {
    require(shards >= 1 && shards <= 256, "shards", shards, "1..256");
    require(
        inboxSubmissions >= 1 && inboxSubmissions <= 1 << 20,
        "inbox_submissions",
        inboxSubmissions,
        "1..1048576");
    require(
        inboxBytes >= 4096 && inboxBytes <= 1L << 32,
        "inbox_bytes",
        inboxBytes,
        "4096..4294967296");
    require(
        punchIdsKept >= 1 && punchIdsKept <= 10_000_000,
        "punch_ids_kept",
        punchIdsKept,
        "1..10000000");
    require(maxPhones >= 1 && maxPhones <= 10_000_000, "max_phones", maxPhones, "1..10000000");
  }

  /** What the server uses when configuration says nothing. */
  public static ShardConfig defaults(Path journalDir, int shards) {
    return new ShardConfig(
        journalDir,
        shards,
        SyncPolicy.DEFAULT,
        8192,
        32L << 20,
        PresencePolicy.DEFAULT,
        TrustPolicy.DEFAULT,
        100_000,
        1_000_000);
  }

  /** The same with another promise behind an acknowledgement. */
  public ShardConfig syncing(SyncPolicy other) {
    return new ShardConfig(
        journalDir,
        shards,
        other,
        inboxSubmissions,
        inboxBytes,
        defaultPresence,
        trust,
        punchIdsKept,
        maxPhones);
  }

  private static void require(boolean ok, String name, long value, String allowed) {
    if (!ok) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + allowed);
    }
  }
}
