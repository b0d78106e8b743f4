package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.trust.PasskeyPolicy;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.journal.JournalLife;
import io.hexbeat.ingest.journal.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Every limit of the shards, read once. Immutable; any thread.
 *
 * @param journalDir where the journals lie, one directory a shard
 * @param shards how many; a journal is bound to the number it was made with
 * @param sync what an acknowledgement waits for
 * @param life how long journals keep what they hold, and when snapshots are made
 * @param inboxSubmissions submissions that may wait for one shard: at a microsecond a record, what
 *     it catches up with in some ten milliseconds
 * @param inboxBytes bytes that may wait for one shard: bounds its memory whatever the batches' size
 * @param inboxMaxWait age of the oldest submission from which no more are taken: bounds the latency
 *     of what is, however slow the disk has become
 * @param defaultPresence for fences without a policy of their own
 * @param givingUp when a silent phone is taken to be nowhere
 * @param passkeys when a punch has to prove who makes it
 * @param punchIdsKept punches of one shard whose receipts are remembered for a retry, about 600
 *     bytes each; the oldest go first
 * @param maxPhones phones noted over all shards, to see one used by several members
 */
public record ShardConfig(
    Path journalDir,
    int shards,
    SyncPolicy sync,
    JournalLife life,
    int inboxSubmissions,
    long inboxBytes,
    Duration inboxMaxWait,
    PresencePolicy defaultPresence,
    GivingUp givingUp,
    TrustPolicy trust,
    PasskeyPolicy passkeys,
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
        inboxMaxWait.toMillis() >= 1 && inboxMaxWait.toMinutes() < 60,
        "inbox_max_wait_ms",
        inboxMaxWait.toMillis(),
        "1..3600000");
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
        JournalLife.DEFAULT,
        8192,
        32L << 20,
        Duration.ofSeconds(1),
        PresencePolicy.DEFAULT,
        GivingUp.DEFAULT,
        TrustPolicy.DEFAULT,
        PasskeyPolicy.DEFAULT,
        100_000,
        1_000_000);
  }

  /** The same with another promise behind an acknowledgement. */
  public ShardConfig syncing(SyncPolicy other) {
    return new ShardConfig(
        journalDir,
        shards,
        other,
        life,
        inboxSubmissions,
        inboxBytes,
        inboxMaxWait,
        defaultPresence,
        givingUp,
        trust,
        passkeys,
        punchIdsKept,
        maxPhones);
  }

  /** The same with journals that are kept in another way. */
  public ShardConfig living(JournalLife other) {
    return new ShardConfig(
        journalDir,
        shards,
        sync,
        other,
        inboxSubmissions,
        inboxBytes,
        inboxMaxWait,
        defaultPresence,
        givingUp,
        trust,
        passkeys,
        punchIdsKept,
        maxPhones);
  }

  /** The same, but punches have to prove otherwise who makes them. */
  public ShardConfig asking(PasskeyPolicy other) {
    return new ShardConfig(
        journalDir,
        shards,
        sync,
        life,
        inboxSubmissions,
        inboxBytes,
        inboxMaxWait,
        defaultPresence,
        givingUp,
        trust,
        other,
        punchIdsKept,
        maxPhones);
  }

  /** The same with other bounds on what may wait. */
  public ShardConfig withInbox(int submissions, long bytes, Duration maxWait) {
    return new ShardConfig(
        journalDir,
        shards,
        sync,
        life,
        submissions,
        bytes,
        maxWait,
        defaultPresence,
        givingUp,
        trust,
        passkeys,
        punchIdsKept,
        maxPhones);
  }

  private static void require(boolean ok, String name, long value, String allowed) {
    if (!ok) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + allowed);
    }
  }
}
