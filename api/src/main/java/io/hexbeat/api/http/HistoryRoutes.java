package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Times;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.presence.FixOrder;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.BitSet;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What members did: tracks, transitions and punches, read from the projection. Runs on the event
 * loop of the request; one query a page, at most a page of rows in memory. While PostgreSQL is away
 * they fail, and live positions go on.
 */
public final class HistoryRoutes implements Routes {
  /**
   * A track shows where a member was as far as is known: fixes that moved the live state ({@code
   * applied}, and {@code future} at the time it was received), those that came too late to ({@code
   * stale}) and those too inaccurate to ({@code inaccurate}). Heartbeats and exact duplicates are
   * no places.
   */
  static final Integer[] TRACK_ORDERS =
      Stream.of(FixOrder.APPLIED, FixOrder.FUTURE, FixOrder.STALE, FixOrder.INACCURATE)
          .map(order -> (int) order.code())
          .toArray(Integer[]::new);

  private final Pool pool;
  private final Directory directory;
  private final ReadLog reads;

  public HistoryRoutes(Pool pool, Directory directory, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("getTrack").addHandler(Routes.json(this::track));
    builder.getRoute("listTransitions").addHandler(Routes.json(this::transitions));
    builder.getRoute("listMemberPunches").addHandler(Routes.json(this::memberPunches));
    builder.getRoute("listPunches").addHandler(Routes.json(this::punches));
  }

  private Future<JsonObject> track(Call call) {
    Member member = visibleMember(call);
    Period period = Period.of(call);
    noteRead(call, "read.track", member, period);
    Cursor cursor = Cursor.of(call, 2);
    int limit = call.manyLimit();
    Tuple arguments =
        Tuple.tuple()
            .addInteger(member.handle())
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addArrayOfInteger(TRACK_ORDERS)
            .addLong(cursor == null ? Long.MIN_VALUE : cursor.number(0))
            .addLong(cursor == null ? Long.MIN_VALUE : cursor.number(1))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select effective_ms, journal_index, device, fix_ms, received_ms, lat_e7, lng_e7,"
                + " accuracy_cm, altitude_cm, speed_cmps, bearing_cdeg, battery_pct, mock,"
                + " fix_order, attributes from positions"
                + " where member = $1 and effective_ms >= $2 and effective_ms < $3"
                + " and lat_e7 is not null and fix_order = any($4)"
                + " and (effective_ms, journal_index) > ($5, $6)"
                + " order by effective_ms, journal_index limit $7")
        .execute(arguments)
        .map(
            rows ->
                page(
                    new JsonObject().put("type", "FeatureCollection"),
                    "features",
                    rows,
                    limit,
                    this::trackPoint,
                    last -> Cursor.after(last.getLong(0), last.getLong(1))));
  }

  private JsonObject trackPoint(Row row) {
    JsonObject properties =
        new JsonObject()
            .put("fix_time", Times.iso(row.getLong("fix_ms")))
            .put("received_time", Times.iso(row.getLong("received_ms")))
            .put("order", orderName(row.getInteger("fix_order")))
            .put("mock", row.getBoolean("mock"));
    putDevice(properties, row.getInteger("device"));
    putScaled(properties, "accuracy_m", row.getInteger("accuracy_cm"));
    putScaled(properties, "altitude_m", row.getInteger("altitude_cm"));
    putScaled(properties, "speed_mps", row.getInteger("speed_cmps"));
    putScaled(properties, "bearing_deg", row.getInteger("bearing_cdeg"));
    putKnown(properties, "battery_pct", row.getInteger("battery_pct"));
    putKnown(properties, "attributes", row.getValue("attributes"));
    return new JsonObject()
        .put("type", "Feature")
        .put("geometry", GeoJson.point(row.getInteger("lat_e7"), row.getInteger("lng_e7")))
        .put("properties", properties);
  }

  static String orderName(int code) {
    return FixOrder.of((byte) code).name().toLowerCase(Locale.ROOT);
  }

  private Future<JsonObject> transitions(Call call) {
    Member member = visibleMember(call);
    Period period = Period.of(call);
    noteRead(call, "read.transitions", member, period);
    Cursor cursor = Cursor.of(call, 3);
    int limit = call.limit();
    Tuple arguments =
        Tuple.tuple()
            .addInteger(member.handle())
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addLong(cursor == null ? Long.MIN_VALUE : cursor.number(0))
            .addLong(cursor == null ? Long.MIN_VALUE : cursor.number(1))
            .addInteger(cursor == null ? -1 : (int) cursor.number(2))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select at_ms, journal_index, ordinal, device, f.id as fence, t.kind, inferred"
                + " from transitions t join fences f on f.handle = t.fence"
                + " where member = $1 and at_ms >= $2 and at_ms < $3"
                + " and (at_ms, journal_index, ordinal) > ($4, $5, $6)"
                + " order by at_ms, journal_index, ordinal limit $7")
        .execute(arguments)
        .map(
            rows ->
                page(
                    new JsonObject(),
                    "transitions",
                    rows,
                    limit,
                    row -> transition(member, row),
                    last -> Cursor.after(last.getLong(0), last.getLong(1), last.getInteger(2))));
  }

  private JsonObject transition(Member member, Row row) {
    JsonObject transition =
        new JsonObject()
            .put("member", member.id())
            .put("fence", row.getString("fence"))
            .put("kind", row.getString("kind"))
            .put("at", Times.iso(row.getLong("at_ms")))
            .put("inferred", row.getBoolean("inferred"));
    putDevice(transition, row.getInteger("device"));
    return transition;
  }

  private Future<JsonObject> memberPunches(Call call) {
    return punches(call, new Integer[] {visibleMember(call).handle()}, null);
  }

  private Future<JsonObject> punches(Call call) {
    return punches(call, call.access().memberHandles(visibleTeam(call)), call.text("verdict"));
  }

  /** Newest first. */
  private Future<JsonObject> punches(Call call, Integer[] members, @Nullable String verdict) {
    Period period = Period.of(call);
    Cursor cursor = Cursor.of(call, 3);
    int limit = call.limit();
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfInteger(members)
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addString(verdict)
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(0))
            .addInteger(cursor == null ? Integer.MAX_VALUE : (int) cursor.number(1))
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(2))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select at_ms, shard, journal_index, punch_id, member, device, p.kind, fix_ms,"
                + " received_ms, lat_e7, lng_e7, accuracy_cm, f.id as site, mock, seq, uptime_ms,"
                + " attributes, verdict, score, receipt, first_receipt"
                + " from punches p left join fences f on f.handle = p.site"
                + " where member = any($1) and at_ms >= $2 and at_ms < $3"
                + " and ($4::text is null or verdict = $4)"
                + " and (at_ms, shard, journal_index) < ($5, $6, $7)"
                + " order by at_ms desc, shard desc, journal_index desc limit $8")
        .execute(arguments)
        .map(
            rows -> {
              noteRead(reads, call, "read.punches", rows, period);
              return page(
                  new JsonObject(),
                  "punches",
                  rows,
                  limit,
                  this::punch,
                  last -> Cursor.after(last.getLong(0), last.getInteger(1), last.getLong(2)));
            });
  }

  /** The receipt as the phone got it, and what it was given for. */
  private JsonObject punch(Row row) {
    JsonObject punch = new JsonObject();
    Member member = directory.member(row.getInteger("member"));
    if (member != null) {
      punch.put("member", member.id()).put("team", member.teamId());
    }
    putDevice(punch, row.getInteger("device"));
    punch.put("kind", row.getString("kind")).put("at", Times.iso(row.getLong("at_ms")));
    Integer latE7 = row.getInteger("lat_e7");
    if (latE7 != null) {
      punch
          .put("lat", E7.toDegrees(latE7))
          .put("lng", E7.toDegrees(row.getInteger("lng_e7")))
          .put("fix_time", Times.iso(row.getLong("fix_ms")));
    }
    putScaled(punch, "accuracy_m", row.getInteger("accuracy_cm"));
    putKnown(punch, "site", row.getString("site"));
    punch.put("mock", row.getBoolean("mock"));
    putKnown(punch, "seq", row.getLong("seq"));
    putKnown(punch, "uptime_ms", row.getLong("uptime_ms"));
    putKnown(punch, "attributes", row.getValue("attributes"));
    punch.put("score", row.getInteger("score"));
    punch.mergeIn(row.getJsonObject("receipt"));
    putKnown(punch, "first_receipt", row.getValue("first_receipt"));
    return punch;
  }

  private void noteRead(Call call, String action, Member member, Period period) {
    BitSet one = new BitSet();
    one.set(member.handle());
    call.noteRead(reads, action, one, period.fromMs(), period.toMs());
  }

  /** Notes a read of rows that each say whose they are. */
  public static void noteRead(
      ReadLog reads, Call call, String action, RowSet<Row> rows, Period period) {
    BitSet members = new BitSet();
    for (Row row : rows) {
      Integer member = row.getInteger("member");
      if (member != null) {
        members.set(member);
      }
    }
    call.noteRead(reads, action, members, period.fromMs(), period.toMs());
  }

  private Member visibleMember(Call call) {
    return visibleMember(call, directory);
  }

  /** The member of the path; one that the asker may not see is unknown to them. */
  public static Member visibleMember(Call call, Directory directory) {
    String id = call.path("id");
    Member member = directory.member(id);
    if (member == null || !call.access().sees(member)) {
      throw Problem.notFound("member", id);
    }
    return member;
  }

  private @Nullable String visibleTeam(Call call) {
    return visibleTeam(call, directory);
  }

  /** The team of the query, or null for all; one that the asker may not see is unknown to them. */
  public static @Nullable String visibleTeam(Call call, Directory directory) {
    String id = call.text("team");
    if (id == null) {
      return null;
    }
    Directory.Team team = directory.team(id);
    if (team == null || !call.access().sees(team)) {
      throw Problem.invalid("/query/team", "there is no team '" + id + "'");
    }
    return id;
  }

  /** One page of the rows, of which there may be one more than the limit. */
  public static JsonObject page(
      JsonObject envelope,
      String name,
      RowSet<Row> rows,
      int limit,
      Function<Row, JsonObject> toJson,
      Function<Row, Cursor> cursorAfter) {
    JsonArray list = new JsonArray();
    Row last = null;
    for (Row row : rows) {
      if (list.size() == limit && last != null) {
        envelope.put("next_cursor", cursorAfter.apply(last).encode());
        break;
      }
      list.add(toJson.apply(row));
      last = row;
    }
    return envelope.put(name, list);
  }

  private void putDevice(JsonObject json, int deviceHandle) {
    Device device = directory.device(deviceHandle);
    if (device != null) {
      json.put("device", device.id());
    }
  }

  static void putScaled(JsonObject json, String name, @Nullable Integer hundredths) {
    if (hundredths != null) {
      json.put(name, hundredths / 100.0);
    }
  }

  private static void putKnown(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
