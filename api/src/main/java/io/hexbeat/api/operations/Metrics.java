package io.hexbeat.api.operations;

import io.hexbeat.api.alerts.AlertSweeper;
import io.hexbeat.api.auth.LoginStats;
import io.hexbeat.api.live.LiveStats;
import io.hexbeat.api.passkey.PasskeyStats;
import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.QuarantineSweeper;
import io.hexbeat.api.projection.ShardLag;
import io.hexbeat.api.store.AuditPruner;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.trust.FraudWatch;
import io.hexbeat.api.trust.PolicyBook;
import io.hexbeat.api.visits.VisitStats;
import io.hexbeat.api.webhooks.WebhookStats;
import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.ingest.door.Door;
import io.hexbeat.ingest.door.DoorClosure;
import io.hexbeat.ingest.door.DoorOutcome;
import io.hexbeat.ingest.door.DoorStats;
import io.hexbeat.ingest.door.MqttStats;
import io.hexbeat.ingest.door.QuarantineReason;
import io.hexbeat.ingest.door.StreamEnd;
import io.hexbeat.ingest.door.StreamStats;
import io.hexbeat.ingest.door.TlsFiles;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.metrics.LoopStages;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.metrics.SyncStats;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.shard.ShardStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * All figures of the server as Prometheus text. Any thread may register and scrape; a scrape takes
 * milliseconds, so not on an event loop. Reads the counters of the parts when it is scraped;
 * nothing is added to a hot path for it. Closing stops listening to the garbage collector.
 */
public final class Metrics implements AutoCloseable {
  private static final double[] QUANTILES = {0.5, 0.99, 0.999, 1.0};
  private static final double NS_PER_SECOND = 1e9;
  private static final long SNAPSHOT_KEEP_NS = 500_000_000L;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  /** A histogram, copied once a scrape and not once a quantile. */
  private static final class Snapshot {
    private final Supplier<Histogram> source;
    private Histogram histogram;
    private long takenNs;

    Snapshot(Supplier<Histogram> source) {
      this.source = source;
      this.histogram = source.get();
      this.takenNs = System.nanoTime();
    }

    synchronized double at(double quantile) {
      if (System.nanoTime() - takenNs > SNAPSHOT_KEEP_NS) {
        histogram = source.get();
        takenNs = System.nanoTime();
      }
      return histogram.getValueAtPercentile(quantile * 100);
    }
  }

  /** Starts with the JVM's and the process's figures. */
  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    gauge(
        "hexbeat.netty.direct.bytes",
        "Memory outside the heap that the buffers of sockets take",
        () ->
            ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers
                ? buffers.metric().usedDirectMemory()
                : Double.NaN);
  }

  /** A figure that only grows, by a name like {@code hexbeat.door.requests}. */
  public void counter(String name, String help, DoubleSupplier value, String... tags) {
    // The registry holds its object weakly: a supplier would be collected and the figure stand
    // still.
    FunctionCounter.builder(name, this, metrics -> value.getAsDouble())
        .description(help)
        .tags(Tags.of(tags))
        .register(registry);
  }

  /** A figure that goes up and down. */
  public void gauge(String name, String help, DoubleSupplier value, String... tags) {
    Supplier<Number> number = value::getAsDouble;
    Gauge.builder(name, number).description(help).tags(Tags.of(tags)).register(registry);
  }

  /** Who logs in, and what of reads waits for the audit log. */
  public void access(LoginStats logins, SessionBook sessions, ReadLog reads, AuditPruner pruner) {
    Map<String, LongAdder> outcomes =
        Map.of(
            "accepted", logins.accepted,
            "wrong", logins.wrong,
            "throttled", logins.throttled,
            "busy", logins.busy);
    outcomes.forEach(
        (outcome, count) ->
            counter(
                "hexbeat.logins", "Logins by what became of them", count::sum, "outcome", outcome));
    gauge("hexbeat.sessions", "Logins that hold", sessions::size);
    counter("hexbeat.audit.reads", "Rows of the audit log about reads", reads::rows);
    counter("hexbeat.audit.pruned", "Rows of the audit log deleted for their age", pruner::pruned);
    counter(
        "hexbeat.audit.reads.refused",
        "Reads of positions refused because they could not be audited",
        reads::refused);
  }

  /** What other systems were told. */
  public void webhooks(WebhookStats stats) {
    counter("hexbeat.webhooks.delivered", "Deliveries that were taken", stats.delivered::sum);
    counter("hexbeat.webhooks.failed", "Attempts that were not", stats.failed::sum);
    counter("hexbeat.webhooks.dead", "Deliveries that were given up", stats.dead::sum);
    gauge("hexbeat.webhooks.pending", "Deliveries that wait", stats.pending::get);
  }

  /** Passkeys, and what their assertions were found to be. */
  public void passkeys(PasskeyStats stats, PasskeyBook book) {
    gauge("hexbeat.passkeys", "Passkeys that hold", book::size);
    counter("hexbeat.passkeys.enrolled", "Passkeys enrolled", stats::enrolled);
    counter("hexbeat.passkeys.refused", "Ceremonies of enrolment refused", stats::refused);
    for (PasskeyProof.Outcome outcome : PasskeyProof.Outcome.values()) {
      counter(
          "hexbeat.passkey.assertions",
          "Assertions of punches by what was found",
          () -> stats.assertions(outcome),
          "outcome",
          outcome.text());
    }
  }

  /** What happened at the phones' doors. */
  public void doors(DoorStats stats) {
    stages(stats.stages());
    gauge("hexbeat.door.connections", "Connections of phones open", stats::connections);
    for (DoorClosure reason : DoorClosure.values()) {
      counter(
          "hexbeat.door.connections.closed",
          "Connections that a door closed of its own accord, by reason",
          () -> stats.closed(reason),
          "reason",
          reason.label());
    }
    for (Door door : Door.values()) {
      for (DoorOutcome outcome : DoorOutcome.values()) {
        counter(
            "hexbeat.door",
            "Requests by what became of them, and the records in them",
            () -> stats.count(door, outcome),
            "door",
            door.label(),
            "outcome",
            outcome.label());
      }
      for (QuarantineReason reason : QuarantineReason.values()) {
        counter(
            "hexbeat.door.quarantined",
            "Records put aside, by reason",
            () -> stats.quarantined(door, reason),
            "door",
            door.label(),
            "reason",
            reason.label());
      }
    }
  }

  /** The certificate of a port. */
  public void tls(String port, TlsFiles files) {
    counter("hexbeat.tls.reloads", "Renewed certificates in use", files::reloads, "port", port);
    counter("hexbeat.tls.refused", "Changed files found unusable", files::refusals, "port", port);
    gauge(
        "hexbeat.tls.expires.seconds",
        "Time that the certificate in use still holds",
        () -> (files.expiresMs() - System.currentTimeMillis()) / 1000.0,
        "port",
        port);
  }

  /** What is peculiar to the MQTT door. */
  public void mqtt(MqttStats stats) {
    gauge("hexbeat.mqtt.connections", "MQTT connections open", stats::connections);
    counter(
        "hexbeat.mqtt.connections.refused",
        "MQTT connections refused because there were too many",
        stats::connectionsRefused);
    counter(
        "hexbeat.mqtt.taken.over",
        "MQTT connections closed because their client connected again",
        stats::takenOver);
    counter(
        "hexbeat.mqtt.revoked",
        "MQTT connections closed because their token was revoked",
        stats::revoked);
    counter(
        "hexbeat.mqtt.foreign.topics",
        "Messages to topics that are not their device's",
        stats::foreignTopics);
    counter(
        "hexbeat.mqtt.subscriptions.denied",
        "Subscriptions to anything but a device's own commands",
        stats::subscriptionsDenied);
    counter(
        "hexbeat.mqtt.paused",
        "Times that a socket was not read from because its shard or its window was full",
        stats::paused);
  }

  /** A door that keeps its connections. */
  public void streams(Door door, StreamStats stats) {
    String label = door.label();
    gauge("hexbeat.stream.connections", "Streams open", stats::connections, "door", label);
    counter("hexbeat.stream.acks", "Acknowledgements sent", stats::acks, "door", label);
    counter(
        "hexbeat.stream.pauses",
        "Times a socket was not read until its records were journaled",
        stats::pauses,
        "door",
        label);
    counter(
        "hexbeat.stream.refused",
        "Records of devices that their sender may not send for",
        stats::refusedRecords,
        "door",
        label);
    for (StreamEnd end : StreamEnd.values()) {
      counter(
          "hexbeat.stream.ended",
          "Streams ended by the server, by reason",
          () -> stats.ended(end),
          "door",
          label,
          "reason",
          end.label());
    }
  }

  /** The hot line of every shard. */
  public void shards(ShardRouter router) {
    for (int shard = 0; shard < router.shards(); shard++) {
      shard(Integer.toString(shard), router.stats(shard));
    }
  }

  /** How far PostgreSQL is behind the journal. */
  public void projector(Projector projector) {
    for (ShardLag now : projector.lags()) {
      int shard = now.shard();
      ofProjector(
          projector, shard, "records", "Journaled but not yet projected", ShardLag::records);
      ofProjector(
          projector, shard, "seconds", "Age of the oldest record that waits", ShardLag::seconds);
      ofProjector(
          projector,
          shard,
          "failing",
          "1 while PostgreSQL is away or refuses",
          lag -> lag.failing() ? 1 : 0);
      String label = Integer.toString(shard);
      counter(
          "hexbeat.projection.projected",
          "Records projected into PostgreSQL",
          () -> projector.lags().get(shard).projectedRecords(),
          "shard",
          label);
      counter(
          "hexbeat.projection.quarantined",
          "Records that could not be projected and were put aside",
          () -> projector.lags().get(shard).quarantinedRecords(),
          "shard",
          label);
      counter(
          "hexbeat.projection.rested.seconds",
          "Time that the projector rested because the line was short of it",
          () -> projector.lags().get(shard).restedSeconds(),
          "shard",
          label);
    }
  }

  /** The server's own PostgreSQL. */
  public void embeddedPostgres(LongSupplier restarts) {
    counter(
        "hexbeat.postgres.restarts",
        "Times that the embedded PostgreSQL had died and was started again",
        restarts::getAsLong);
  }

  /** What is kept of the records that could not be used. */
  public void quarantine(QuarantineSweeper sweeper) {
    gauge("hexbeat.quarantine.rows", "Records in quarantine at the last sweep", sweeper::rows);
    String help = "Records that left the quarantine, by reason";
    counter("hexbeat.quarantine.dropped", help, sweeper::expired, "reason", "expired");
    counter("hexbeat.quarantine.dropped", help, sweeper::trimmed, "reason", "too_many");
  }

  /** Alerts that wait for somebody, and those that are not kept any more. */
  public void alerts(DoubleSupplier unresolved, AlertSweeper sweeper) {
    gauge("hexbeat.alerts.unresolved", "Alerts that nobody has resolved", unresolved);
    counter(
        "hexbeat.alerts.expired",
        "Resolved alerts deleted because they were older than they are kept",
        sweeper::expired);
  }

  /** What becomes of visits. */
  public void visits(VisitStats stats) {
    for (String kind : VisitStats.kinds()) {
      counter(
          "hexbeat.visits.changes",
          "Visits by what became of them",
          () -> stats.changes(kind),
          "change",
          kind);
    }
    counter("hexbeat.visits.failed", "Members left out for what is stored of them", stats::failed);
    counter(
        "hexbeat.visits.rested.seconds",
        "Time that visits rested because the line was short of it",
        stats::restedSeconds);
    gauge(
        "hexbeat.visits.behind",
        "1 while more members wait than were done at once",
        () -> stats.behind() ? 1 : 0);
    gauge("hexbeat.visits.waiting", "Rows of work for visits that wait", stats::waiting);
    gauge(
        "hexbeat.visits.lag.seconds",
        "How long the oldest work for visits has waited",
        stats::lagSeconds);
  }

  /** The policy in force, and the search for frauds beside the line. */
  public void trust(PolicyBook policies, FraudWatch frauds) {
    gauge(
        "hexbeat.trust.policy.version",
        "Version of the trust policy in force",
        () -> policies.policy().version());
    gauge(
        "hexbeat.trust.finder.current",
        "1, or 0 while the finders of fraud read again what they knew before a restart",
        () -> frauds.upToDate() ? 1 : 0);
    counter(
        "hexbeat.trust.finder.seconds",
        "Time spent comparing people, on the projector's threads",
        frauds::workedSeconds);
    counter("hexbeat.trust.finder.alerts", "Alerts that comparing people raised", frauds::raised);
    gauge("hexbeat.trust.finder.pairs", "Pairs of members counted", frauds::pairs);
    gauge("hexbeat.trust.finder.tracks", "Tracks remembered", frauds::tracks);
  }

  /** The live sockets of all event loops. */
  public void live(LiveStats stats, LiveBoard board) {
    stages(board.stages());
    gauge("hexbeat.live.sockets", "Live sockets open", stats::sockets);
    counter("hexbeat.live.frames", "Frames sent to live sockets", stats::frames);
    counter("hexbeat.live.positions", "Positions in those frames", stats::positions);
    counter("hexbeat.live.events", "Events in those frames", stats::events);
    counter("hexbeat.live.bad.messages", "Messages that had no meaning", stats::badMessages);
    counter("hexbeat.live.closed.slow", "Sockets closed as too slow", stats::closedTooSlow);
    counter("hexbeat.live.resumed", "Readers told all that they had missed", stats::resumed);
    counter("hexbeat.live.refused", "Upgrades refused", stats::refused);
  }

  /** Prometheus text format 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  private void life(String shard, ShardStats stats) {
    gauge(
        "hexbeat.journal.files",
        "Files of the journal",
        () -> stats.journal().files(),
        "shard",
        shard);
    gauge("hexbeat.journal.bytes", "Their bytes", () -> stats.journal().bytes(), "shard", shard);
    gauge(
        "hexbeat.journal.oldest.seconds",
        "When its oldest file begins, Unix time; 0 without files",
        () -> stats.journal().oldestMs() / 1_000.0,
        "shard",
        shard);
    gauge(
        "hexbeat.journal.lost.records",
        "Records that PostgreSQL had and the journal had lost at the start, as by a power cut",
        stats::lostRecords,
        "shard",
        shard);
    gauge(
        "hexbeat.snapshot.made.seconds",
        "When the newest snapshot was made, Unix time; 0 without one",
        () -> stats.snapshot().madeMs() / 1_000.0,
        "shard",
        shard);
    gauge(
        "hexbeat.snapshot.index",
        "Journal index of the newest snapshot, -1 without one",
        () -> stats.snapshot().index(),
        "shard",
        shard);
    gauge("hexbeat.snapshot.bytes", "Its bytes", () -> stats.snapshot().bytes(), "shard", shard);
    gauge(
        "hexbeat.snapshot.duration.ms",
        "What it took to make, or to load at the start",
        () -> stats.snapshot().durationMs(),
        "shard",
        shard);
  }

  private void shard(String shard, ShardStats stats) {
    ofShard(shard, "pings", "Pings journaled", stats::pings);
    ofShard(shard, "punches", "Punches journaled", stats::punches);
    ofShard(shard, "quarantined", "Unusable records journaled", stats::quarantined);
    ofShard(shard, "duplicates", "Exact repetitions acknowledged and dropped", stats::duplicates);
    ofShard(shard, "stale", "Pings too old to move anything", stats::stale);
    ofShard(
        shard,
        "given_up",
        "Phones put away, revoked or silent for a day, whose stays were ended",
        stats::givenUp);
    ofShard(shard, "inaccurate", "Pings too inaccurate to move anything", stats::inaccurate);
    ofShard(shard, "transitions", "Transitions told", stats::transitions);
    ofShard(shard, "alerts", "Alerts raised", stats::alerts);
    ofShard(shard, "proofs", "Punches proven afterwards by a passkey", stats::proofs);
    ofShard(shard, "failed", "Submissions that the journal refused", stats::failed);
    refused(shard, "full", stats::refusedFull);
    refused(shard, "late", stats::refusedLate);
    refused(shard, "stopped", stats::refusedStopped);
    gauge("hexbeat.inbox.depth", "Submissions that wait", stats::inboxDepth, "shard", shard);
    gauge("hexbeat.inbox.bytes", "Bytes that wait", stats::inboxBytes, "shard", shard);
    gauge("hexbeat.acks.held", "Acks that wait for a sync", stats::held, "shard", shard);
    gauge(
        "hexbeat.shard.stopped",
        "1 once the shard takes nothing any more",
        () -> stats.stopped() ? 1 : 0,
        "shard",
        shard);
    syncs(shard, stats.syncs());
    life(shard, stats);
    gauge("hexbeat.devices", "Devices with state", stats::devices, "shard", shard);
    gauge(
        "hexbeat.fence.index.version",
        "Fence index that the shard decides by",
        stats::indexVersion,
        "shard",
        shard);
    gauge(
        "hexbeat.replay.records",
        "Records replayed at start",
        () -> stats.replay().records(),
        "shard",
        shard);
    gauge(
        "hexbeat.replay.seconds",
        "Time the replay took",
        () -> stats.replay().durationMs() / 1000.0,
        "shard",
        shard);
    for (Stage stage : Stage.values()) {
      if (stats.stage(stage) != null) {
        stage(shard, stage, () -> Objects.requireNonNull(stats.stage(stage)));
      }
    }
  }

  /** Stages outside of the shards, of all loops together. */
  private void stages(LoopStages stages) {
    for (Stage stage : stages.stages()) {
      stage("all", stage, () -> stages.snapshot(stage));
    }
  }

  private void stage(String shard, Stage stage, Supplier<Histogram> source) {
    Snapshot snapshot = new Snapshot(source);
    for (double quantile : QUANTILES) {
      gauge(
          "hexbeat.stage.seconds",
          "Time a stage of the line took, since start",
          () -> snapshot.at(quantile) / NS_PER_SECOND,
          "shard",
          shard,
          "stage",
          stage.name().toLowerCase(Locale.ROOT),
          "quantile",
          Double.toString(quantile));
    }
  }

  private void syncs(String shard, SyncStats syncs) {
    ofShard(shard, "journal.syncs", "Syncs of the journal that had something to do", syncs::syncs);
    Snapshot durations = new Snapshot(syncs::durations);
    Snapshot groups = new Snapshot(syncs::groups);
    for (double quantile : QUANTILES) {
      String label = Double.toString(quantile);
      gauge(
          "hexbeat.journal.sync.seconds",
          "Time a sync took, since start",
          () -> durations.at(quantile) / NS_PER_SECOND,
          "shard",
          shard,
          "quantile",
          label);
      gauge(
          "hexbeat.journal.sync.records",
          "Records that one sync made durable, since start",
          () -> groups.at(quantile),
          "shard",
          shard,
          "quantile",
          label);
    }
  }

  private void refused(String shard, String reason, LongSupplier value) {
    counter(
        "hexbeat.refused",
        "Submissions not taken, by reason: the inbox is full, what waits is late, the shard stopped",
        value::getAsLong,
        "shard",
        shard,
        "reason",
        reason);
  }

  private void ofShard(String shard, String name, String help, DoubleSupplier value) {
    counter("hexbeat." + name, help, value, "shard", shard);
  }

  private void ofProjector(
      Projector projector, int shard, String name, String help, ToDoubleFunction<ShardLag> figure) {
    gauge(
        "hexbeat.projection.lag." + name,
        help,
        () -> figure.applyAsDouble(projector.lags().get(shard)),
        "shard",
        Integer.toString(shard));
  }
}
