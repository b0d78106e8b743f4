package io.hexbeat.api.trust;

import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.TandemFinder;
import io.hexbeat.geofence.trust.TandemFinder.Tandem;
import io.hexbeat.geofence.trust.TrackShapes;
import io.hexbeat.geofence.trust.TrackShapes.Replayed;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for frauds that only a comparison of people shows, in what was projected. Told by the
 * projector's threads, one at a time, and beside the line: a shard never waits for it. What it
 * knows is bounded by its finders and begins anew with a restart. An alert has a name that follows
 * from whom and which day it is about, and is raised through the shard's journal unless it is
 * stored already; one that could not be raised is found again by the next day.
 */
public final class FraudWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FraudWatch.class);
  private static final long DAY_MS = 86_400_000L;

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

  /** Brings an alert into the journal of its member's shard. */
  @FunctionalInterface
  public interface Raising {
    Future<Void> raise(DeviceIdentity who, Finding finding, String id, long policyVersion);
  }

  private record Alert(int member, String id, Finding finding, long policyVersion) {}

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

  /** Records that are in PostgreSQL now, in their shard's order. */
  public void committed(List<byte[]> records) {
    List<Alert> alerts;
    synchronized (this) {
      long startNs = System.nanoTime();
      for (byte[] record : records) {
        RecordType type = RecordEnvelope.type(record, 0);
        if (type == RecordType.PING) {
          ping(ping.wrap(record, 0));
        } else if (type == RecordType.PUNCH) {
          punch(punch.wrap(record, 0));
        }
      }
      alerts = drain();
      workedNs.addAndGet(System.nanoTime() - startNs);
    }
    alerts.forEach(this::raise);
  }

  /** Time spent here, on the projector's threads. */
  public double workedSeconds() {
    return workedNs.get() / 1e9;
  }

  public long raised() {
    return raised.get();
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
    int member = record.memberHandle();
    deviceOf.put(member, record.deviceHandle());
    tandems.fix(member, record.fixTimeMs(), record.latE7(), record.lngE7(), record.accuracyCm());
    shapes.fix(member, record.fixTimeMs(), record.latE7(), record.lngE7(), record.accuracyCm());
  }

  private void punch(PunchRecord record) {
    if (!record.repeated()) {
      tandems.punch(record.memberHandle(), record.atMs(), record.kind());
    }
  }

  private List<Alert> drain() {
    List<Tandem> pairs = tandems.drain();
    List<Replayed> tracks = shapes.drain();
    if (pairs.isEmpty() && tracks.isEmpty()) {
      return List.of();
    }
    List<Alert> alerts = new ArrayList<>();
    for (Tandem pair : pairs) {
      String name = "al-tandem-" + pair.member() + "-" + pair.other() + "-" + pair.atMs() / DAY_MS;
      alerts.add(new Alert(pair.member(), name, pair.finding(), policy.version()));
    }
    for (Replayed track : tracks) {
      String name = "al-replay-" + track.member() + "-" + track.startMs() / 60_000;
      alerts.add(new Alert(track.member(), name, track.finding(), policy.version()));
    }
    return alerts;
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
