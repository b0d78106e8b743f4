package io.hexbeat.api.projection;

import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.journal.Waypoint;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Real journals with records as a shard would have written them. One thread. */
public final class TestJournal implements AutoCloseable {
  private final JournalDirectory directory;
  private final List<ShardJournal> shards = new ArrayList<>();
  private final byte[] buffer = new byte[128 * 1024];

  private TestJournal(JournalDirectory directory, long[] copiedUpTo) {
    this.directory = directory;
    for (int shard = 0; shard < copiedUpTo.length; shard++) {
      this.shards.add(
          directory.openShard(shard, SyncPolicy.DEFAULT, Waypoint.START, copiedUpTo[shard]));
    }
  }

  public static TestJournal open(Path dir, int shards) {
    long[] nothing = new long[shards];
    Arrays.fill(nothing, -1);
    return open(dir, nothing);
  }

  /** As many shards as indexes up to which PostgreSQL has their records. */
  public static TestJournal open(Path dir, long[] copiedUpTo) {
    return new TestJournal(JournalDirectory.open(dir, copiedUpTo.length), copiedUpTo);
  }

  public JournalTailer tailer(int shard) {
    return shards.get(shard).tailer();
  }

  /**
   * A ping of a member, whose device has the same handle; the consumer fills in fix and decision.
   */
  public long ping(
      int shard,
      int member,
      long receivedMs,
      FixOrder order,
      Consumer<PingRecord> fix,
      Consumer<PingDecision> decision) {
    PingRecord ping = new PingRecord().wrapNew(buffer, 0, member, member, receivedMs);
    fix.accept(ping);
    PingDecision decided = new PingDecision().wrapNew(ping, order.code());
    decision.accept(decided);
    ping.decided(decided);
    return shards.get(shard).append(buffer, 0, ping.lengthBytes());
  }

  /** A located ping without changes or alerts. */
  public long ping(int shard, int member, long fixMs, int latE7, int lngE7) {
    return ping(
        shard,
        member,
        fixMs + 100,
        FixOrder.APPLIED,
        ping -> ping.fixTimeMs(fixMs).position(latE7, lngE7).accuracyCm(500),
        decision -> {});
  }

  public long punch(
      int shard, int member, long atMs, String id, String receiptJson, String alertsJson) {
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(buffer, 0, member, member, atMs + 100, PunchKind.VISIT_IN, atMs)
            .position(301_234_567, -977_654_321)
            .accuracyCm(800)
            .texts(id, "phone", "{\"note\":\"hello\"}");
    punch.decided(Verdict.VERIFIED, Place.INSIDE, 12, utf8(receiptJson), utf8(alertsJson));
    return shards.get(shard).append(buffer, 0, punch.lengthBytes());
  }

  public long refused(int shard, int member, long receivedMs, String reason, byte[] raw) {
    QuarantineRecord record =
        new QuarantineRecord().wrapNew(buffer, 0, member, member, receivedMs, 1, reason, raw);
    return shards.get(shard).append(buffer, 0, record.lengthBytes());
  }

  public long raw(int shard, byte[] bytes) {
    return shards.get(shard).append(bytes, 0, bytes.length);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    shards.forEach(ShardJournal::close);
    directory.close();
  }
}
