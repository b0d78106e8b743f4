package io.hexbeat.ingest.shard;

import io.hexbeat.benchmarks.LineWorld;
import io.hexbeat.geofence.FixReading;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.TrustEngine;
import io.hexbeat.geofence.trust.TrustState;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does each part of the hot line cost a ping, and the whole of it? One thread, as a shard is.
 * Beside each part stands what bounds it: the bare look-up beside the decision, the bare queue
 * beside the append, a queue of the JDK beside the inbox. It is in the shard's package because the
 * line is nobody else's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class LineBenchmark {
  /** City and phones. */
  @State(Scope.Thread)
  public static class Setting {
    /** How many. */
    @Param("10000")
    public int fences;

    LineWorld world = LineWorld.of(1);
    final List<DeviceIdentity> phones = new ArrayList<>();

    /** Makes them. */
    @Setup
    public void setUp() {
      world = LineWorld.of(fences);
      for (int i = 1; i <= LineWorld.DEVICES; i++) {
        ZoneId zone = ZoneId.of("America/Chicago");
        phones.add(new DeviceIdentity(i, "phone-" + i, i, "member-" + i, zone));
      }
    }

    /** The next fix as the record that a door makes of it. */
    final DeviceIdentity next(PingRecord ping, byte[] bytes, int offset) {
      world.advance();
      DeviceIdentity who = phones.get(world.device());
      long timeMs = world.timeMs();
      ping.wrapNew(bytes, offset, who.deviceHandle(), who.memberHandle(), timeMs + 300)
          .fixTimeMs(timeMs)
          .position(world.latE7(), world.lngE7())
          .speedCmps(130 + (int) (timeMs & 63))
          .batteryPct(80)
          .accuracyCm(800);
      return who;
    }
  }

  /** Engines and the states of the phones, without a shard. */
  @State(Scope.Thread)
  public static class Engines {
    final ShardConfig config = ShardConfig.defaults(Path.of("unused"), 1);
    final PresenceEngine presence =
        new PresenceEngine(config.defaultPresence(), config.trust().clockSkewMaxMs());
    final TrustEngine trust = new TrustEngine(config.trust());
    final SharedPhoneBook book = new SharedPhoneBook(config.maxPhones());
    final PresenceDecision decision = new PresenceDecision();
    final PresenceState[] presences = new PresenceState[LineWorld.DEVICES];
    final TrustState[] trusts = new TrustState[LineWorld.DEVICES];
    final byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    final PingRecord ping = new PingRecord();
    final FixReading fix = new FixReading();

    /** Nobody has been seen. */
    @Setup
    public void setUp() {
      for (int i = 0; i < LineWorld.DEVICES; i++) {
        presences[i] = new PresenceState();
        trusts[i] = new TrustState();
      }
    }
  }

  /** A shard's line over a journal of its own. */
  @State(Scope.Thread)
  public static class Shard {
    private @Nullable JournalDirectory directory;
    @Nullable ShardJournal journal;
    @Nullable ShardLine line;
    final Submission submission = new Submission(PingRecord.HEADER_BYTES);
    final Submission.Completion told = submission -> {};
    final byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    final PingRecord ping = new PingRecord();

    /** Opens the journal. */
    @Setup
    public void setUp(Setting setting) {
      ShardConfig config = ShardConfig.defaults(LineWorld.newFolder(), 1);
      LiveBoard board = new LiveBoard();
      SharedPhoneBook book = new SharedPhoneBook(config.maxPhones());
      ShardStats stats = new ShardStats(new ShardInbox(8, 4096, Long.MAX_VALUE));
      JournalDirectory opened = JournalDirectory.open(config.journalDir(), 1);
      ShardState state = new ShardState(config.punchIdsKept(), new DeviceRegistry(), board, book);
      ShardJournal appending = opened.openShard(0);
      ShardLine made = new ShardLine(config, state, appending, board, book, stats);
      made.adopt(setting.world.index(), true, setting.world.timeMs());
      directory = opened;
      journal = appending;
      line = made;
    }

    /** The run deletes it. */
    @TearDown
    public void close() {
      if (journal != null && directory != null) {
        journal.close();
        directory.close();
      }
    }
  }

  /** The library that the journal is made of. */
  @State(Scope.Thread)
  public static class BareQueue {
    private @Nullable SingleChronicleQueue queue;
    @Nullable ExcerptAppender appender;

    /** Opens it. */
    @Setup
    public void setUp() {
      SingleChronicleQueue opened =
          SingleChronicleQueueBuilder.binary(LineWorld.newFolder()).build();
      queue = opened;
      appender = opened.createAppender();
    }

    /** The run deletes it. */
    @TearDown
    public void close() {
      if (appender != null && queue != null) {
        appender.close();
        queue.close();
      }
    }
  }

  /** Both inboxes. */
  @State(Scope.Thread)
  public static class Inboxes {
    final ShardInbox inbox = new ShardInbox(4096, 64L << 20, Long.MAX_VALUE);
    final ArrayBlockingQueue<Submission> queue = new ArrayBlockingQueue<>(4096);
    final Submission submission = new Submission(128);
  }

  /** One submission in and out. */
  @Benchmark
  public @Nullable Submission inbox(Inboxes state) {
    state.inbox.offer(state.submission);
    return state.inbox.poll();
  }

  /** Beside it: the JDK's bounded queue. */
  @Benchmark
  public @Nullable Submission inboxFloor(Inboxes state) {
    state.queue.offer(state.submission);
    return state.queue.poll();
  }

  /** Presence and trust, and the states they leave. */
  @Benchmark
  public int decide(Setting setting, Engines engines) {
    DeviceIdentity who = setting.next(engines.ping, engines.bytes, 0);
    int device = setting.world.device();
    PresenceDecision decision = engines.decision;
    FixReading fix = engines.fix.of(engines.ping);
    engines.presence.decide(setting.world.index(), engines.presences[device], fix, decision);
    List<Finding> findings =
        engines.trust.decidePing(
            engines.trusts[device],
            engines.book,
            who.deviceId(),
            who.memberHandle(),
            fix,
            decision.order());
    PresenceEngine.apply(engines.presences[device], fix, decision);
    TrustEngine.applyPing(
        engines.trusts[device],
        engines.book,
        who.deviceId(),
        who.memberHandle(),
        fix,
        decision.order(),
        findings.isEmpty() ? 0 : Finding.bits(findings));
    return decision.count();
  }

  /** Beside it: which fences, and nothing else. */
  @Benchmark
  public int decideFloor(Setting setting, Engines engines) {
    setting.next(engines.ping, engines.bytes, 0);
    return setting.world.lookUp();
  }

  /** One record into the journal. */
  @Benchmark
  public void append(Setting setting, Shard shard) {
    setting.next(shard.ping, shard.bytes, 0);
    Objects.requireNonNull(shard.journal).append(shard.bytes, 0, shard.bytes.length);
  }

  /** Beside it: the same bytes into the bare library. */
  @Benchmark
  public void appendFloor(Setting setting, Shard shard, BareQueue bare) {
    setting.next(shard.ping, shard.bytes, 0);
    ExcerptAppender appender = Objects.requireNonNull(bare.appender);
    try (DocumentContext document = appender.writingDocument()) {
      Objects.requireNonNull(document.wire()).bytes().write(shard.bytes);
    }
  }

  /** The whole line, of a ping that comes alone. */
  @Benchmark
  public Submission.Outcome line(Setting setting, Shard shard) {
    Submission submission = shard.submission;
    DeviceIdentity who = setting.next(shard.ping, shard.bytes, 0);
    submission.reuse(who, shard.told);
    int offset = submission.reserve(PingRecord.HEADER_BYTES);
    System.arraycopy(shard.bytes, 0, submission.bytes(), offset, PingRecord.HEADER_BYTES);
    submission.commit(PingRecord.HEADER_BYTES);
    Objects.requireNonNull(shard.line).run(submission);
    return submission.outcome();
  }
}
