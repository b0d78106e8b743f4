package io.hexbeat.api.trust;

import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.TandemFinder;
import io.hexbeat.geofence.trust.TandemFinder.Tandem;
import io.hexbeat.geofence.trust.TrackShapes;
import io.hexbeat.geofence.trust.TrackShapes.Replayed;
import io.hexbeat.geofence.trust.TrackShapes.Sketch;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for frauds that only a comparison of people shows, in what was projected. Told by the
 * projector's threads, one at a time, and beside the line: a shard never waits for it. What it
 * knows is bounded by its finders; after a restart a {@link FraudRefill} brings it back, and what
 * is committed meanwhile waits, within a bound. An alert has a name that follows from whom and
 * which day it is about, and is raised through the shard's journal unless it is stored already; one
 * that could not be raised is found again by the next day.
 */
public final class FraudWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FraudWatch.class);
  private static final long DAY_MS = 86_400_000L;

  /** What may wait for the memory: beyond it the refill reads it from PostgreSQL as well. */
  private static final long MEANWHILE_BYTES = 32L << 20;

  private static final String STORE_TRACK =
      "insert into track_sketches (member, start_ms, last_ms, layout, cells, seconds)"
          + " values ($1, $2, $3, $4, $5, $6) on conflict (member, start_ms) do update set"
          + " last_ms = excluded.last_ms, layout = excluded.layout, cells = excluded.cells,"
          + " seconds = excluded.seconds";

  private final Pool pool;
  private final DeviceRegistry devices;
  private final Raising raising;
  private final TandemFinder tandems;
  private final TrackShapes shapes;
  private final Map<Integer, Integer> deviceOf = new HashMap<>();
  private final PingRecord ping = new PingRecord();
  private final PingDecision decision = new PingDecision();
  private final PunchRecord punch = new PunchRecord();
  private final AtomicLong workedNs = new AtomicLong();
  private final AtomicLong raised = new AtomicLong();
  private TrustPolicy policy;

  /** Committed while the memory comes back; null when it is there. */
  private @Nullable List<List<byte[]>> meanwhile;

  private long meanwhileBytes;
  private boolean meanwhileLost;

  /** Written by who starts the server, read by who closes it. */
  private volatile @Nullable FraudRefill refill;

  /** Brings an alert into the journal of its member's shard. */
  @FunctionalInterface
  public interface Raising {
    Future<Void> raise(DeviceIdentity who, Finding finding, String id, long policyVersion);
  }

  private record Alert(int member, String id, long atMs, Finding finding, long policyVersion) {}

  /** What is to be done with what was found: alerts, and tracks to be kept. */
  private record Found(List<Alert> alerts, List<Sketch> tracks) {}

  public FraudWatch(Pool pool, DeviceRegistry devices, TrustPolicy policy, Raising raising) {
    this.pool = pool;
    this.devices = devices;
    this.raising = raising;
    this.policy = policy;
    this.tandems = new TandemFinder(policy);
    this.shapes = new TrackShapes(policy);
  }

  /** From here on finds by this policy. */
  public synchronized void adopt(TrustPolicy next) {
    policy = next;
    tandems.adopt(next);
    shapes.adopt(next);
  }

  /**
   * Brings back what was known before a restart, on a thread of its own. To be called before the
   * first record is told of; the alerts of what comes meanwhile are found when it is done.
   */
  public void refill() {
    awaitRefill();
    FraudRefill begun = new FraudRefill(pool, this);
    refill = begun;
    begun.start();
  }

  /** Gives a refill up. */
  public void close() {
    FraudRefill under = refill;
    if (under != null) {
      under.close();
    }
  }

  /** Records that are in PostgreSQL now, in their shard's order. */
  public void committed(List<byte[]> records) {
    Found found;
    synchronized (this) {
      if (meanwhile != null) {
        keep(meanwhile, records);
        return;
      }
      found = look(records);
    }
    act(found);
  }

  private void keep(List<List<byte[]>> waiting, List<byte[]> records) {
    for (byte[] record : records) {
      meanwhileBytes += record.length;
    }
    if (meanwhileBytes > MEANWHILE_BYTES) {
      meanwhileLost = true;
      waiting.clear();
    } else {
      waiting.add(records);
    }
  }

  private Found look(List<byte[]> records) {
    long startNs = System.nanoTime();
    for (byte[] record : records) {
      RecordType type = RecordEnvelope.type(record, 0);
      if (type == RecordType.PING) {
        ping(ping.wrap(record, 0));
      } else if (type == RecordType.PUNCH) {
        punch(punch.wrap(record, 0));
      }
    }
    Found found = drain();
    workedNs.addAndGet(System.nanoTime() - startNs);
    return found;
  }

  private void act(Found found) {
    found.alerts().forEach(this::raise);
    store(found.tracks());
  }

  // ---- what a refill does, in its order

  /** From here on everything that is committed is either read by it or waits. */
  synchronized void awaitRefill() {
    meanwhile = new ArrayList<>();
    meanwhileBytes = 0;
    meanwhileLost = false;
  }

  synchronized void remember(Sketch track) {
    shapes.remember(track);
  }

  synchronized void fix(int member, int device, long atMs, int latE7, int lngE7, int accuracyCm) {
    deviceOf.put(member, device);
    tandems.fix(member, atMs, latE7, lngE7, accuracyCm);
    shapes.fix(member, atMs, latE7, lngE7, accuracyCm);
  }

  synchronized void punch(int member, long atMs, PunchKind kind) {
    tandems.punch(member, atMs, kind);
  }

  /** What is found again counts as told, unless it is so new that the end may have come between. */
  void found(long tellFromMs) {
    Found found;
    synchronized (this) {
      found = drain();
    }
    found.alerts().stream().filter(alert -> alert.atMs() >= tellFromMs).forEach(this::raise);
    store(found.tracks());
  }

  /** Looks at what has waited; false if it was too much, and is to be read from PostgreSQL. */
  boolean goOn() {
    Found found;
    synchronized (this) {
      List<List<byte[]>> waited = meanwhile;
      if (waited == null || meanwhileLost) {
        return waited == null;
      }
      meanwhile = null;
      found = look(waited.stream().flatMap(List::stream).toList());
    }
    act(found);
    return true;
  }

  /** The memory could not be brought back, or not all: what is there has to do. */
  void goOnWithout() {
    synchronized (this) {
      meanwhileLost = false;
    }
    goOn();
  }

  /** Time spent here, on the projector's threads. */
  public double workedSeconds() {
    return workedNs.get() / 1e9;
  }

  public long raised() {
    return raised.get();
  }

  /** Whether it knows what there is to know; false while a refill is under way. */
  public synchronized boolean upToDate() {
    return meanwhile == null;
  }

  public synchronized int pairs() {
    return tandems.pairs();
  }

  public synchronized int tracks() {
    return shapes.tracks();
  }

  private void ping(PingRecord record) {
    if (record.isServerMade() || !record.hasPosition() || record.mock()) {
      return;
    }
    FixOrder order = FixOrder.of((byte) decision.wrap(record).orderCode());
    if (order != FixOrder.APPLIED) {
      return;
    }
    fix(
        record.memberHandle(),
        record.deviceHandle(),
        record.fixTimeMs(),
        record.latE7(),
        record.lngE7(),
        record.accuracyCm());
  }

  private void punch(PunchRecord record) {
    if (!record.repeated()) {
      punch(record.memberHandle(), record.atMs(), record.kind());
    }
  }

  private Found drain() {
    List<Tandem> pairs = tandems.drain();
    List<Replayed> tracks = shapes.drain();
    List<Sketch> ended = shapes.drainEnded();
    if (pairs.isEmpty() && tracks.isEmpty()) {
      return new Found(List.of(), ended);
    }
    List<Alert> alerts = new ArrayList<>();
    for (Tandem pair : pairs) {
      String name = "al-tandem-" + pair.member() + "-" + pair.other() + "-" + pair.atMs() / DAY_MS;
      alerts.add(new Alert(pair.member(), name, pair.atMs(), pair.finding(), policy.version()));
    }
    for (Replayed track : tracks) {
      String name = "al-replay-" + track.member() + "-" + track.startMs() / 60_000;
      alerts.add(new Alert(track.member(), name, track.atMs(), track.finding(), policy.version()));
    }
    return new Found(alerts, ended);
  }

  /**
   * Tracks that could not be stored are missing after a restart, if that is soon, and no sooner.
   */
  private void store(List<Sketch> tracks) {
    if (tracks.isEmpty()) {
      return;
    }
    long newestMs = tracks.stream().mapToLong(Sketch::startMs).max().orElseThrow();
    pool.preparedQuery(STORE_TRACK)
        .executeBatch(tracks.stream().map(FraudWatch::row).toList())
        .compose(
            stored ->
                pool.preparedQuery("delete from track_sketches where start_ms < $1")
                    .execute(Tuple.of(newestMs - TrackShapes.KEPT_MS)))
        .onFailure(e -> LOG.warn("{} tracks were not kept: {}", tracks.size(), e.toString()));
  }

  private static Tuple row(Sketch track) {
    return Tuple.tuple()
        .addInteger(track.member())
        .addLong(track.startMs())
        .addLong(track.lastMs())
        .addInteger(TrackShapes.SKETCH_LAYOUT)
        .addArrayOfInteger(Arrays.stream(track.cells()).boxed().toArray(Integer[]::new))
        .addArrayOfInteger(Arrays.stream(track.seconds()).boxed().toArray(Integer[]::new));
  }

  private void raise(Alert alert) {
    DeviceIdentity who;
    synchronized (this) {
      who = devices.byHandle(deviceOf.getOrDefault(alert.member(), 0));
    }
    if (who == null) {
      return;
    }
    pool.preparedQuery("select 1 from alert_occurrences where id = $1")
        .execute(Tuple.of(alert.id()))
        .compose(
            rows ->
                rows.size() > 0
                    ? Future.<Boolean>succeededFuture(false)
                    : raising
                        .raise(who, alert.finding(), alert.id(), alert.policyVersion())
                        .map(true))
        .onSuccess(fresh -> raised.addAndGet(fresh ? 1 : 0))
        .onFailure(
            e ->
                LOG.warn(
                    "alert kind={} of member={} was not raised: {}",
                    alert.finding().signal().code(),
                    alert.member(),
                    e.toString()));
  }
}
