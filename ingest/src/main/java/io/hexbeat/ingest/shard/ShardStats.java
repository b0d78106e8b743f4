package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.journal.JournalFigures;
import io.hexbeat.ingest.journal.ReplayFigures;
import io.hexbeat.ingest.metrics.Counter;
import io.hexbeat.ingest.metrics.LoopStages;
import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.metrics.SyncStats;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one shard tells the scrape thread. The shard writes, any thread reads; nobody waits. Counts
 * begin with the process; the replayed records are told apart.
 */
public final class ShardStats {
  final Counter pings = new Counter();
  final Counter punches = new Counter();
  final Counter quarantined = new Counter();
  final Counter duplicates = new Counter();
  final Counter stale = new Counter();
  final Counter inaccurate = new Counter();
  final Counter transitions = new Counter();
  final Counter givenUp = new Counter();
  final Counter alerts = new Counter();
  final Counter proofs = new Counter();
  final Counter failed = new Counter();
  final LongAdder refusedFull = new LongAdder();
  final LongAdder refusedLate = new LongAdder();
  final LongAdder refusedStopped = new LongAdder();
  private final StageLatency stages =
      new StageLatency(
          EnumSet.of(Stage.INBOX_WAIT, Stage.DECIDE, Stage.APPEND, Stage.PUBLISH, Stage.SYNC_WAIT));
  private final LoopStages ackWaits = new LoopStages(Set.of(Stage.ACK_WAIT));
  private final SyncStats syncs = new SyncStats();
  private final ShardInbox inbox;
  volatile ReplayFigures replay = ReplayFigures.NONE;
  volatile SnapshotFigures snapshot = SnapshotFigures.NONE;
  volatile long lostRecords;
  volatile JournalFigures journal = JournalFigures.NONE;
  volatile int devices;
  volatile int held;
  volatile boolean stopped;
  volatile long indexVersion;

  ShardStats(ShardInbox inbox) {
    this.inbox = inbox;
  }

  /** Pings journaled. */
  public long pings() {
    return pings.get();
  }

  /** Punches of which a passkey proved afterwards who made them. */
  public long proofs() {
    return proofs.get();
  }

  /** Punches journaled, those counted that only told alerts about a reused id. */
  public long punches() {
    return punches.get();
  }

  /** Quarantine records journaled. */
  public long quarantined() {
    return quarantined.get();
  }

  /** Pings and punches acknowledged without being journaled: we had them. */
  public long duplicates() {
    return duplicates.get();
  }

  /** Pings journaled that were too old to move anything. */
  public long stale() {
    return stale.get();
  }

  /** Pings journaled that were too inaccurate to move anything by default. */
  public long inaccurate() {
    return inaccurate.get();
  }

  /** Transitions told. */
  public long transitions() {
    return transitions.get();
  }

  /** Phones whose stays were ended because nothing was heard of them any more. */
  public long givenUp() {
    return givenUp.get();
  }

  /** Alerts raised. */
  public long alerts() {
    return alerts.get();
  }

  /** Submissions that the journal refused. */
  public long failed() {
    return failed.get();
  }

  /** Submissions that were not taken, for whatever reason. */
  public long refused() {
    return refusedFull() + refusedLate() + refusedStopped();
  }

  /** Submissions that found the inbox full. */
  public long refusedFull() {
    return refusedFull.sum();
  }

  /** Submissions refused because what was before them had waited too long. */
  public long refusedLate() {
    return refusedLate.sum();
  }

  /** Submissions that found the shard stopped. */
  public long refusedStopped() {
    return refusedStopped.sum();
  }

  /** Submissions that wait. */
  public int inboxDepth() {
    return inbox.depth();
  }

  /** Their bytes. */
  public long inboxBytes() {
    return inbox.waitingBytes();
  }

  /** Submissions in the journal whose acknowledgement waits for a sync. */
  public int held() {
    return held;
  }

  /** The shard takes nothing any more until the server is started again. */
  public boolean stopped() {
    return stopped;
  }

  /** The journal's syncs; none while {@code journal.sync} is {@code process}. */
  public SyncStats syncs() {
    return syncs;
  }

  /** Devices with state. */
  public int devices() {
    return devices;
  }

  /** The version of the fence index that the shard decides by. */
  public long indexVersion() {
    return indexVersion;
  }

  /** What was recorded of a stage, a copy; null if the shard doesn't have it. */
  public @Nullable Histogram stage(Stage stage) {
    return switch (stage) {
      case INBOX_WAIT, DECIDE, APPEND, PUBLISH, SYNC_WAIT -> stages.snapshot(stage);
      case ACK_WAIT -> ackWaits.snapshot(stage);
      case DECODE, SOCKET, LIVE -> null;
    };
  }

  StageLatency stages() {
    return stages;
  }

  /** Recorded by the loops that are told. */
  LoopStages ackWaits() {
    return ackWaits;
  }

  /** Records that PostgreSQL had and the journal had lost when it was opened. */
  public long lostRecords() {
    return lostRecords;
  }

  /** The newest snapshot. */
  public SnapshotFigures snapshot() {
    return snapshot;
  }

  /** The journal's files, as last looked at. */
  public JournalFigures journal() {
    return journal;
  }

  /** Of this start. */
  public ReplayFigures replay() {
    return replay;
  }
}
