package io.hexbeat.api.projection;

import static io.hexbeat.api.projection.Rows.Type.BIGINT;
import static io.hexbeat.api.projection.Rows.Type.BOOLEAN;
import static io.hexbeat.api.projection.Rows.Type.BYTES;
import static io.hexbeat.api.projection.Rows.Type.INT;
import static io.hexbeat.api.projection.Rows.Type.JSON;
import static io.hexbeat.api.projection.Rows.Type.TEXT;

import io.hexbeat.api.alerts.Raised;
import io.hexbeat.api.alerts.Raising;
import io.hexbeat.api.projection.Rows.Column;
import io.hexbeat.api.projection.Rows.Table;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Journal records as rows of the projection's tables, to be stored in one transaction. One thread.
 * Decoding can't fail as a whole: a record that can't be read becomes a row of the quarantine,
 * alone, and none of its other rows is kept.
 */
final class Batch {
  private static final Table POSITIONS =
      Table.of(
          "positions",
          "",
          Column.of("effective_ms", BIGINT),
          Column.of("shard", INT),
          Column.of("journal_index", BIGINT),
          Column.of("member", INT),
          Column.of("device", INT),
          Column.of("fix_ms", BIGINT),
          Column.of("received_ms", BIGINT),
          Column.of("lat_e7", INT),
          Column.of("lng_e7", INT),
          Column.of("accuracy_cm", INT),
          Column.of("altitude_cm", INT),
          Column.of("speed_cmps", INT),
          Column.of("bearing_cdeg", INT),
          Column.of("battery_pct", INT),
          Column.of("mock", BOOLEAN),
          Column.of("door", INT),
          Column.of("seq", BIGINT),
          Column.of("uptime_ms", BIGINT),
          Column.of("fix_order", INT),
          Column.of("attributes", JSON));
  private static final Table TRANSITIONS =
      Table.of(
          "transitions",
          "",
          Column.of("shard", INT),
          Column.of("journal_index", BIGINT),
          Column.of("ordinal", INT),
          Column.of("member", INT),
          Column.of("device", INT),
          Column.of("fence", INT),
          Column.of("kind", TEXT),
          Column.of("inferred", BOOLEAN),
          Column.of("at_ms", BIGINT));
  private static final Table PUNCHES =
      Table.of(
          "punches",
          "",
          Column.of("shard", INT),
          Column.of("journal_index", BIGINT),
          Column.of("punch_id", TEXT),
          Column.of("phone_id", TEXT),
          Column.of("member", INT),
          Column.of("device", INT),
          Column.of("kind", TEXT),
          Column.of("at_ms", BIGINT),
          Column.of("fix_ms", BIGINT),
          Column.of("received_ms", BIGINT),
          Column.of("lat_e7", INT),
          Column.of("lng_e7", INT),
          Column.of("accuracy_cm", INT),
          Column.of("site", INT),
          Column.of("mock", BOOLEAN),
          Column.of("door", INT),
          Column.of("seq", BIGINT),
          Column.of("uptime_ms", BIGINT),
          Column.of("attributes", JSON),
          Column.of("verdict", TEXT),
          Column.of("place", TEXT),
          Column.of("score", INT),
          Column.of("receipt", JSON));
  private static final String PROVE =
      "update punches set first_receipt = receipt, receipt = $5, verdict = $3, score = $4,"
          + " proven_ms = $6 where member = $1 and punch_id = $2";
  private static final Table QUARANTINE =
      Table.of(
          "quarantine",
          "on conflict do nothing",
          Column.of("shard", INT),
          Column.of("journal_index", BIGINT),
          Column.of("source", TEXT),
          Column.of("member", INT),
          Column.of("device", INT),
          Column.of("received_ms", BIGINT),
          Column.of("door", INT),
          Column.of("reason", TEXT),
          Column.of("sent_bytes", INT),
          Column.of("payload", BYTES));

  /** What it leaves for the visits: whose are to be made again, over which time. */
  private static final Table VISIT_WORK =
      Table.of(
          "visit_work",
          "",
          Column.of("member", INT),
          Column.of("device", INT),
          Column.of("from_ms", BIGINT),
          Column.of("to_ms", BIGINT));

  /** Enough of a poison record to see what it is. */
  private static final int EXCERPT_BYTES = 4_096;

  private static final int REASON_CHARS = 512;

  private final int shard;
  private final Rows positions = POSITIONS.rows();
  private final Rows transitions = TRANSITIONS.rows();
  private final Rows punches = PUNCHES.rows();
  private final List<Raised> alerts = new ArrayList<>();
  private final List<Tuple> proofs = new ArrayList<>();
  private final Rows quarantine = QUARANTINE.rows();
  private final Map<Work, long[]> work = new HashMap<>();
  private final ToldEvents told;
  private final Set<Long> days = new HashSet<>();
  private int records;
  private int poisoned;
  private long lastIndex;
  private long lastReceivedMs;

  /**
   * Whose visits are to be looked at again.
   *
   * @param device whose fixes came late, or null for a transition or punch
   */
  private record Work(int member, @Nullable Integer device) {}

  private Batch(int shard) {
    this.shard = shard;
    this.told = new ToldEvents(shard);
  }

  /** Decodes the records; those that can't be read go to the quarantine. */
  static Batch of(int shard, List<JournalRecord> records) {
    Batch batch = new Batch(shard);
    for (JournalRecord record : records) {
      batch.last(record);
      try {
        batch.add(record);
      } catch (RuntimeException e) {
        batch.poison(record, String.valueOf(e.getMessage()));
      }
    }
    return batch;
  }

  /** A record that PostgreSQL refused, for the quarantine only. */
  static Batch poisoned(int shard, JournalRecord record, String reason) {
    Batch batch = new Batch(shard);
    batch.last(record);
    batch.poison(record, reason);
    return batch;
  }

  /** Days, counted from 1970-01-01, whose partition the positions go to. */
  Set<Long> days() {
    return days;
  }

  int records() {
    return records;
  }

  /** Of them, those that this projector put aside. */
  int poisonedRecords() {
    return poisoned;
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastReceivedMs() {
    return lastReceivedMs;
  }

  /** Stores all rows, and gives what became of the alerts, to be told after the commit. */
  Future<List<Raising>> insert(SqlConnection connection, Followers followers) {
    return positions
        .insert(connection)
        .compose(v -> transitions.insert(connection))
        .compose(v -> punches.insert(connection))
        .compose(v -> proofs(connection))
        .compose(v -> quarantine.insert(connection))
        .compose(v -> workRows().insert(connection))
        .compose(v -> told.wanted(connection, followers))
        .compose(events -> followers.outbox().add(connection, events))
        .compose(v -> followers.alerts().raise(connection, alerts));
  }

  /** Whether there is something to do for the visits. */
  boolean concernsVisits() {
    return !work.isEmpty();
  }

  private Rows workRows() {
    Rows rows = VISIT_WORK.rows();
    work.forEach((of, period) -> rows.add(of.member(), of.device(), period[0], period[1]));
    return rows;
  }

  private void work(int member, @Nullable Integer device, long atMs) {
    long[] period = work.computeIfAbsent(new Work(member, device), of -> new long[] {atMs, atMs});
    period[0] = Math.min(period[0], atMs);
    period[1] = Math.max(period[1], atMs);
  }

  /** The receipts of punches of which is proven now who made them; the first ones are kept. */
  private Future<Void> proofs(SqlConnection connection) {
    return proofs.isEmpty()
        ? Future.succeededFuture()
        : connection.preparedQuery(PROVE).executeBatch(proofs).mapEmpty();
  }

  private void last(JournalRecord record) {
    records++;
    lastIndex = record.index();
    lastReceivedMs = record.receivedTimeMs();
  }

  /** Reads all of the record before it adds the first row. */
  private void add(JournalRecord record) {
    byte[] bytes = record.bytes();
    RecordEnvelope.check(bytes, 0, bytes.length);
    switch (RecordEnvelope.type(bytes, 0)) {
      case PING -> addPing(record.index(), new PingRecord().wrap(bytes, 0));
      case PUNCH -> addPunch(record.index(), new PunchRecord().wrap(bytes, 0));
      case QUARANTINE -> addRefused(record.index(), new QuarantineRecord().wrap(bytes, 0));
      case FENCES -> {}
    }
  }

  private void addPing(long index, PingRecord ping) {
    PingDecision decision = new PingDecision().wrap(ping);
    FixOrder order = FixOrder.of((byte) decision.orderCode());
    List<ChangeKind> kinds = new ArrayList<>();
    for (int i = 0; i < decision.changeCount(); i++) {
      kinds.add(ChangeKind.of((byte) decision.kindCode(i)));
    }
    addAlerts(index, ping.memberHandle(), ping.deviceHandle(), decision.alerts());
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i).transition()) {
        transitions.add(
            shard,
            index,
            i,
            ping.memberHandle(),
            ping.deviceHandle(),
            decision.fenceHandle(i),
            kinds.get(i).name().toLowerCase(Locale.ROOT),
            decision.inferred(i),
            decision.atMs(i));
        work(ping.memberHandle(), null, decision.atMs(i));
        if (ping.isServerMade()) {
          // What it seemed to be in meanwhile has hidden where else they were.
          work(ping.memberHandle(), null, ping.receivedTimeMs());
        }
        told.step(
            index,
            i,
            ping.memberHandle(),
            ping.deviceHandle(),
            decision.fenceHandle(i),
            kinds.get(i),
            decision.inferred(i),
            decision.atMs(i),
            ping.receivedTimeMs());
      }
    }
    if (!ping.isServerMade()) {
      addPosition(index, ping, order);
    }
  }

  private void addPosition(long index, PingRecord ping, FixOrder order) {
    long effectiveMs = Partitions.placedMs(order.effectiveTimeMs(ping), ping.receivedTimeMs());
    if (Partitions.hasOwnDay(effectiveMs, ping.receivedTimeMs())) {
      days.add(Partitions.dayOf(effectiveMs));
    }
    boolean located = ping.hasPosition();
    if (order == FixOrder.STALE && Partitions.hasOwnDay(effectiveMs, ping.receivedTimeMs())) {
      work(ping.memberHandle(), ping.deviceHandle(), effectiveMs);
    }
    positions.add(
        effectiveMs,
        shard,
        index,
        ping.memberHandle(),
        ping.deviceHandle(),
        ping.fixTimeMs(),
        ping.receivedTimeMs(),
        located ? ping.latE7() : null,
        located ? ping.lngE7() : null,
        known(ping.accuracyCm()),
        ping.altitudeCm() == Fix.UNKNOWN_ALTITUDE ? null : ping.altitudeCm(),
        known(ping.speedCmps()),
        known(ping.bearingCdeg()),
        known(ping.batteryPct()),
        ping.mock(),
        ping.door(),
        known(ping.seq()),
        known(ping.uptimeMs()),
        (int) order.code(),
        jsonOrNull(ping.attributes()));
  }

  private void addPunch(long index, PunchRecord punch) {
    String alertsJson = punch.alerts();
    if (punch.repeated()) {
      addAlerts(index, punch.memberHandle(), punch.deviceHandle(), alertsJson);
      return;
    }
    if (punch.proves()) {
      proofs.add(
          Tuple.of(
              punch.memberHandle(),
              punch.punchId(),
              punch.verdict().code(),
              (short) punch.score(),
              new JsonObject(punch.receiptJson()),
              punch.receivedTimeMs()));
      return;
    }
    String receiptJson = punch.receiptJson();
    String kind = punch.kind().text();
    String verdict = punch.verdict().code();
    String place = punch.place().code();
    addAlerts(index, punch.memberHandle(), punch.deviceHandle(), alertsJson);
    boolean located = punch.hasPosition();
    if (punch.kind() != PunchKind.CLOCK_IN) {
      work(punch.memberHandle(), null, punch.atMs());
    }
    punches.add(
        shard,
        index,
        punch.punchId(),
        punch.phoneId().isEmpty() ? null : punch.phoneId(),
        punch.memberHandle(),
        punch.deviceHandle(),
        kind,
        punch.atMs(),
        located ? punch.fixTimeMs() : null,
        punch.receivedTimeMs(),
        located ? punch.latE7() : null,
        located ? punch.lngE7() : null,
        known(punch.accuracyCm()),
        punch.siteHandle() == 0 ? null : punch.siteHandle(),
        punch.mock(),
        punch.door(),
        known(punch.seq()),
        known(punch.uptimeMs()),
        jsonOrNull(punch.attributes()),
        verdict,
        place,
        punch.score(),
        receiptJson);
    told.punch(
        index,
        punch.memberHandle(),
        punch.deviceHandle(),
        kind,
        punch.atMs(),
        punch.receivedTimeMs(),
        receiptJson);
  }

  private void addAlerts(long index, int memberHandle, int deviceHandle, String alertsJson) {
    if (alertsJson.isEmpty()) {
      return;
    }
    List<Raised> read = new ArrayList<>();
    JsonArray array = new JsonArray(alertsJson);
    for (int i = 0; i < array.size(); i++) {
      read.add(Raised.ofJournal(shard, index, memberHandle, deviceHandle, array.getJsonObject(i)));
    }
    alerts.addAll(read);
  }

  private void addRefused(long index, QuarantineRecord refused) {
    quarantine.add(
        shard,
        index,
        "door",
        refused.memberHandle(),
        refused.deviceHandle(),
        refused.receivedTimeMs(),
        refused.door(),
        clean(refused.reason()),
        refused.sentBytes(),
        Buffer.buffer(refused.raw()));
  }

  private void poison(JournalRecord record, String reason) {
    poisoned++;
    boolean envelope = record.hasEnvelope();
    quarantine.add(
        shard,
        record.index(),
        "projector",
        envelope ? RecordEnvelope.memberHandle(record.bytes(), 0) : null,
        envelope ? RecordEnvelope.deviceHandle(record.bytes(), 0) : null,
        record.receivedTimeMs(),
        null,
        clean(reason),
        record.bytes().length,
        record.excerpt(EXCERPT_BYTES));
  }

  /** PostgreSQL takes no NUL in a text, and the reason must not become poison itself. */
  private static String clean(String reason) {
    String text = reason.replace('\0', ' ');
    return text.length() <= REASON_CHARS ? text : text.substring(0, REASON_CHARS);
  }

  private static @Nullable String jsonOrNull(String json) {
    return json.isEmpty() ? null : json;
  }

  private static @Nullable Integer known(int value) {
    return value == Fix.UNKNOWN ? null : (Integer) value;
  }

  private static @Nullable Long known(long value) {
    return value == Fix.UNKNOWN ? null : (Long) value;
  }
}
