package io.hexbeat.api.visits;

import io.hexbeat.geofence.visit.Stay;
import io.hexbeat.geofence.visit.Visit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A visit as its row says. Immutable by use; any thread.
 *
 * @param leftMs null while it lasts
 * @param dwellMs null if nobody dwelt
 * @param late whether fixes that came late had a part in it
 * @param punches {@code [{id, kind, at_ms, verdict, place}]}
 */
record StoredVisit(
    String id,
    int member,
    int fence,
    Status status,
    long arrivedMs,
    @Nullable Long leftMs,
    @Nullable Long dwellMs,
    boolean arrivedInferred,
    boolean leftInferred,
    boolean removed,
    boolean punchOnly,
    boolean late,
    JsonArray punches,
    int version,
    long changedMs) {
  static final String COLUMNS =
      "v.id, v.member, v.fence, v.status, v.arrived_ms, v.left_ms, v.dwell_ms, v.arrived_inferred,"
          + " v.left_inferred, v.removed, v.punch_only, v.late, v.punches, v.version, v.changed_ms";

  /** When it was left, as the index has it; later than all times while it is open. */
  static final String LEFT = "coalesce(v.left_ms, 9223372036854775807)";

  /** Stores new ones, or what has become of them: an array of {@link #row}s, each id once. */
  static final String UPSERT =
      "insert into visits (id, member, fence, status, arrived_ms, left_ms, dwell_ms,"
          + " arrived_inferred, left_inferred, removed, punch_only, late, punches, version,"
          + " changed_ms) select id, member, fence, status, arrived_ms, left_ms, dwell_ms,"
          + " arrived_inferred, left_inferred, removed, punch_only, late, punches, version,"
          + " changed_ms from jsonb_populate_recordset(null::visits, $1)"
          + " on conflict (id) do update set status = excluded.status,"
          + " arrived_ms = excluded.arrived_ms, left_ms = excluded.left_ms,"
          + " dwell_ms = excluded.dwell_ms, arrived_inferred = excluded.arrived_inferred,"
          + " left_inferred = excluded.left_inferred, removed = excluded.removed,"
          + " punch_only = excluded.punch_only, late = excluded.late,"
          + " punches = excluded.punches, version = excluded.version,"
          + " changed_ms = excluded.changed_ms";

  /** What a visit is now. */
  enum Status {
    OPEN,
    CLOSED,
    /** It turned out to have been none. */
    WITHDRAWN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status ofText(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  static StoredVisit of(Row row) {
    return new StoredVisit(
        row.getString("id"),
        row.getInteger("member"),
        row.getInteger("fence"),
        Status.ofText(row.getString("status")),
        row.getLong("arrived_ms"),
        row.getLong("left_ms"),
        row.getLong("dwell_ms"),
        row.getBoolean("arrived_inferred"),
        row.getBoolean("left_inferred"),
        row.getBoolean("removed"),
        row.getBoolean("punch_only"),
        row.getBoolean("late"),
        row.getJsonArray("punches"),
        row.getInteger("version"),
        row.getLong("changed_ms"));
  }

  /** What was made, as it is stored under an id. */
  static StoredVisit of(
      String id, int member, Visit made, JsonArray punches, boolean late, int version, long nowMs) {
    return new StoredVisit(
        id,
        member,
        made.fenceHandle(),
        made.open() ? Status.OPEN : Status.CLOSED,
        made.arrivedMs(),
        made.open() ? null : (Long) made.leftMs(),
        made.dwellMs() == Stay.NONE ? null : (Long) made.dwellMs(),
        made.arrivedInferred(),
        made.leftInferred(),
        made.removed(),
        made.punchOnly(),
        late,
        punches,
        version,
        nowMs);
  }

  /** The name of a visit: who, where, and the record that began it. */
  static String idOf(int member, Visit made) {
    return "v-"
        + Integer.toString(member, Character.MAX_RADIX)
        + "-"
        + Long.toString(made.anchorIndex(), Character.MAX_RADIX)
        + "-"
        + Integer.toString(made.fenceHandle(), Character.MAX_RADIX);
  }

  boolean open() {
    return status == Status.OPEN;
  }

  long endMs() {
    return leftMs == null ? Stay.OPEN : leftMs;
  }

  boolean touches(long fromMs, long toMs) {
    return arrivedMs <= toMs && endMs() >= fromMs;
  }

  /** Whether it says the same, whatever it is called and whenever it was said. */
  boolean saysSameAs(StoredVisit other) {
    return facts().equals(other.facts());
  }

  /** What it says, to be kept when it is amended. */
  JsonObject facts() {
    return new JsonObject()
        .put("fence", fence)
        .put("status", status.text())
        .put("arrived_ms", arrivedMs)
        .put("left_ms", leftMs)
        .put("dwell_ms", dwellMs)
        .put("arrived_inferred", arrivedInferred)
        .put("left_inferred", leftInferred)
        .put("removed", removed)
        .put("punch_only", punchOnly)
        .put("late", late)
        .put("punches", punches);
  }

  /** The same visit as an earlier version said it. */
  StoredVisit asItWas(int version, JsonObject facts, long changedMs) {
    return new StoredVisit(
        id,
        member,
        facts.getInteger("fence"),
        Status.ofText(facts.getString("status")),
        facts.getLong("arrived_ms"),
        facts.getLong("left_ms"),
        facts.getLong("dwell_ms"),
        facts.getBoolean("arrived_inferred"),
        facts.getBoolean("left_inferred"),
        facts.getBoolean("removed"),
        facts.getBoolean("punch_only"),
        facts.getBoolean("late"),
        facts.getJsonArray("punches"),
        version,
        changedMs);
  }

  StoredVisit withdrawn(boolean isLate, long nowMs) {
    return new StoredVisit(
        id,
        member,
        fence,
        Status.WITHDRAWN,
        arrivedMs,
        leftMs,
        dwellMs,
        arrivedInferred,
        leftInferred,
        removed,
        punchOnly,
        late || isLate,
        punches,
        version + 1,
        nowMs);
  }

  /** All of it, by the names of the columns. */
  JsonObject row() {
    return facts()
        .put("id", id)
        .put("member", member)
        .put("version", version)
        .put("changed_ms", changedMs);
  }
}
