package io.hexbeat.api.http;

import io.hexbeat.api.alerts.StoredAlert;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Times;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.FenceIndex;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What speaks for and against an alert, on one page: what the signals said, where the person was
 * half an hour before and after, with which phones, what they punched, which sites and whom of the
 * asker's own people they were near. Runs on the event loop of the request; every part is bounded
 * and says so when there was more. Nobody outside the asker's teams is in it, not even as a number.
 */
public final class AlertEvidence implements Routes {
  static final long AROUND_MS = 30 * 60_000L;

  /** A phone a second for as long gives 3,600; more than a map of it needs is thinned out. */
  private static final int MAX_POINTS = 2_000;

  private static final int MAX_OCCURRENCES = 50;
  private static final int MAX_PUNCHES = 50;
  private static final int MAX_SITES = 20;
  private static final int MAX_RELATED = 20;
  private static final double SITES_WITHIN_METERS = 500;
  private static final double RELATED_WITHIN_METERS = 100;

  /** Two phones in one pocket report some seconds apart, resting ones some minutes. */
  private static final long RELATED_AROUND_MS = 5 * 60_000L;

  /** How far around the alert other people's punches are looked through for the same phone. */
  private static final long SAME_PHONE_MS = 7 * 86_400_000L;

  private final Pool pool;
  private final Directory directory;
  private final Supplier<FenceIndex> fences;
  private final ReadLog reads;

  /** Where the alert says that it happened. */
  private record Place(int latE7, int lngE7) {
    static @Nullable Place of(JsonObject body) {
      Double lat = body.getDouble("lat");
      Double lng = body.getDouble("lng");
      return lat == null || lng == null
          ? null
          : new Place(E7.fromDegrees(lat), E7.fromDegrees(lng));
    }
  }

  public AlertEvidence(Pool pool, Directory directory, Supplier<FenceIndex> fences, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.fences = fences;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("alertEvidence").addHandler(Routes.json(this::evidence));
  }

  private Future<JsonObject> evidence(Call call) {
    return AlertRoutes.visible(pool, call).compose(alert -> evidence(call, alert));
  }

  private Future<JsonObject> evidence(Call call, StoredAlert alert) {
    Place place = Place.of(alert.body());
    Integer[] others = others(call, alert);
    JsonObject evidence =
        new JsonObject()
            .put("alert", alert.toJson(directory))
            .put("from", Times.iso(alert.raisedMs() - AROUND_MS))
            .put("to", Times.iso(alert.raisedMs() + AROUND_MS))
            .put("sites", sites(place));
    Set<Integer> devices = new HashSet<>();
    return AlertRoutes.occurrences(pool, alert.id(), MAX_OCCURRENCES)
        .compose(
            occurrences -> {
              evidence.put("signals", signals(occurrences));
              return track(alert);
            })
        .compose(
            rows -> {
              evidence.put("track", points(rows, devices));
              return punches(alert);
            })
        .compose(
            rows -> {
              evidence.put("punches", punches(rows, devices));
              return devicesOf(alert);
            })
        .compose(
            rows -> {
              rows.forEach(row -> devices.add(row.getInteger("device")));
              evidence.put("devices", devices(devices));
              return samePhone(alert, others);
            })
        .compose(
            samePhone ->
                near(alert, place, others)
                    .map(near -> evidence.put("related", related(call, samePhone, near, place))))
        .map(
            whole -> {
              BitSet told = new BitSet();
              told.set(alert.memberHandle());
              for (Object related : whole.getJsonArray("related")) {
                Member member = directory.member(((JsonObject) related).getString("member"));
                if (member != null) {
                  told.set(member.handle());
                }
              }
              call.noteRead(
                  reads,
                  "read.evidence",
                  told,
                  alert.raisedMs() - AROUND_MS,
                  alert.raisedMs() + AROUND_MS);
              return whole;
            });
  }

  /** Whom else the asker may see. */
  private static Integer[] others(Call call, StoredAlert alert) {
    List<Integer> others = new ArrayList<>(List.of(call.access().memberHandles(null)));
    others.remove((Integer) alert.memberHandle());
    return others.toArray(Integer[]::new);
  }

  /** What was said by which occurrence; of each the reasons, or else the signal itself. */
  private static JsonArray signals(JsonArray occurrences) {
    JsonArray signals = new JsonArray();
    for (Object each : occurrences) {
      JsonObject occurrence = (JsonObject) each;
      JsonArray reasons = occurrence.getJsonArray("reasons");
      JsonObject figures = occurrence.getJsonObject("evidence");
      if (reasons == null && figures != null) {
        JsonObject reason = new JsonObject().put("code", occurrence.getString("kind"));
        reasons = new JsonArray().add(reason.mergeIn(figures));
      }
      if (reasons != null) {
        signals.add(
            new JsonObject()
                .put("occurrence", occurrence.getString("id"))
                .put("number", occurrence.getInteger("number"))
                .put("raised_at", occurrence.getString("raised_at"))
                .put("score", occurrence.getInteger("score"))
                .put("punch", occurrence.getString("punch"))
                .put("lat", occurrence.getDouble("lat"))
                .put("lng", occurrence.getDouble("lng"))
                .put("reasons", withoutHandles(reasons)));
      }
    }
    return signals;
  }

  /** Members by their numbers are nobody's business; who may be seen is among the related. */
  private static JsonArray withoutHandles(JsonArray reasons) {
    JsonArray shown = new JsonArray();
    for (Object reason : reasons) {
      JsonObject copy = ((JsonObject) reason).copy();
      copy.remove("other_member_handles");
      shown.add(copy);
    }
    return shown;
  }

  private Future<RowSet<Row>> track(StoredAlert alert) {
    return pool.preparedQuery(
            "select * from (select effective_ms, received_ms, device, lat_e7, lng_e7, accuracy_cm,"
                + " speed_cmps, mock, fix_order, row_number() over (order by effective_ms,"
                + " journal_index) as n, count(*) over () as points from positions where member ="
                + " $1 and effective_ms >= $2 and effective_ms <= $3 and lat_e7 is not null and"
                + " fix_order = any($4)) p where points <= $5 or n % ((points + $5 - 1) / $5) = 0"
                + " order by n limit $5")
        .execute(
            Tuple.tuple()
                .addInteger(alert.memberHandle())
                .addLong(alert.raisedMs() - AROUND_MS)
                .addLong(alert.raisedMs() + AROUND_MS)
                .addArrayOfInteger(HistoryRoutes.TRACK_ORDERS)
                .addInteger(MAX_POINTS));
  }

  private JsonObject points(RowSet<Row> rows, Set<Integer> devices) {
    JsonArray features = new JsonArray();
    long points = 0;
    for (Row row : rows) {
      points = row.getLong("points");
      devices.add(row.getInteger("device"));
      JsonObject properties =
          new JsonObject()
              .put("fix_time", Times.iso(row.getLong("effective_ms")))
              .put("received_time", Times.iso(row.getLong("received_ms")))
              .put("order", HistoryRoutes.orderName(row.getInteger("fix_order")))
              .put("mock", row.getBoolean("mock"));
      HistoryRoutes.putScaled(properties, "accuracy_m", row.getInteger("accuracy_cm"));
      HistoryRoutes.putScaled(properties, "speed_mps", row.getInteger("speed_cmps"));
      Device device = directory.device(row.getInteger("device"));
      if (device != null) {
        properties.put("device", device.id());
      }
      features.add(
          new JsonObject()
              .put("type", "Feature")
              .put("geometry", GeoJson.point(row.getInteger("lat_e7"), row.getInteger("lng_e7")))
              .put("properties", properties));
    }
    return new JsonObject()
        .put("type", "FeatureCollection")
        .put("features", features)
        .put("points", points);
  }

  private Future<RowSet<Row>> punches(StoredAlert alert) {
    return pool.preparedQuery(
            "select at_ms, device, p.kind, lat_e7, lng_e7, accuracy_cm, f.id as site, mock,"
                + " score, receipt from punches p left join fences f on f.handle = p.site"
                + " where member = $1 and at_ms >= $2 and at_ms <= $3"
                + " order by abs(at_ms - $4), shard, journal_index limit $5")
        .execute(
            Tuple.of(
                alert.memberHandle(),
                alert.raisedMs() - AROUND_MS,
                alert.raisedMs() + AROUND_MS,
                alert.raisedMs(),
                MAX_PUNCHES));
  }

  /** With their whole receipts, which say by which policy they were judged. */
  private static JsonArray punches(RowSet<Row> rows, Set<Integer> devices) {
    JsonArray punches = new JsonArray();
    for (Row row : rows) {
      devices.add(row.getInteger("device"));
      JsonObject punch =
          new JsonObject()
              .put("kind", row.getString("kind"))
              .put("at", Times.iso(row.getLong("at_ms")))
              .put("mock", row.getBoolean("mock"))
              .put("score", row.getInteger("score"));
      Integer latE7 = row.getInteger("lat_e7");
      if (latE7 != null) {
        punch.put("lat", E7.toDegrees(latE7)).put("lng", E7.toDegrees(row.getInteger("lng_e7")));
      }
      HistoryRoutes.putScaled(punch, "accuracy_m", row.getInteger("accuracy_cm"));
      if (row.getString("site") != null) {
        punch.put("site", row.getString("site"));
      }
      JsonObject receipt = row.getJsonObject("receipt").copy();
      JsonArray reasons = receipt.getJsonArray("reasons");
      if (reasons != null) {
        receipt.put("reasons", withoutHandles(reasons));
      }
      punches.add(punch.mergeIn(receipt));
    }
    return punches;
  }

  private Future<RowSet<Row>> devicesOf(StoredAlert alert) {
    return pool.preparedQuery(
            "select distinct device from alert_occurrences where alert = $1"
                + " and device is not null limit $2")
        .execute(Tuple.of(alert.id(), MAX_RELATED));
  }

  private JsonArray devices(Set<Integer> handles) {
    JsonArray devices = new JsonArray();
    handles.stream()
        .sorted()
        .limit(MAX_RELATED)
        .map(directory::device)
        .filter(device -> device != null)
        .forEach(
            device -> {
              JsonObject json =
                  new JsonObject()
                      .put("device", device.id())
                      .put("enrolled_at", Times.iso(device.enrolledMs()))
                      .put("active", device.active());
              if (device.label() != null) {
                json.put("label", device.label());
              }
              devices.add(json);
            });
    return devices;
  }

  private JsonArray sites(@Nullable Place place) {
    JsonArray sites = new JsonArray();
    if (place == null) {
      return sites;
    }
    for (FenceIndex.Nearby near :
        fences.get().near(place.latE7(), place.lngE7(), SITES_WITHIN_METERS, MAX_SITES)) {
      sites.add(
          new JsonObject()
              .put("fence", near.fence().id())
              .put("name", near.fence().name())
              .put("site", near.fence().isSite())
              .put("distance_m", Math.round(near.signedDistanceMeters() * 10) / 10.0));
    }
    return sites;
  }

  /** Others who punched with a phone that this member punched with around then. */
  private Future<RowSet<Row>> samePhone(StoredAlert alert, Integer[] others) {
    return pool.preparedQuery(
            "select member, min(abs(at_ms - $2)) as apart_ms from punches"
                + " where at_ms >= $2 - $3 and at_ms <= $2 + $3 and member = any($4)"
                + " and phone_id = any(array(select distinct phone_id from punches"
                + " where member = $1 and at_ms >= $2 - $3 and at_ms <= $2 + $3"
                + " and phone_id is not null limit 20)) group by member order by 2 limit $5")
        .execute(
            Tuple.tuple()
                .addInteger(alert.memberHandle())
                .addLong(alert.raisedMs())
                .addLong(SAME_PHONE_MS)
                .addArrayOfInteger(others)
                .addInteger(MAX_RELATED));
  }

  /** Others who were about there at about that time. */
  private Future<@Nullable RowSet<Row>> near(
      StoredAlert alert, @Nullable Place place, Integer[] others) {
    if (place == null) {
      return Future.succeededFuture(null);
    }
    double units = RELATED_WITHIN_METERS / E7.METERS_PER_UNIT;
    double slope = Math.max(0.01, Math.cos(Math.toRadians(E7.toDegrees(place.latE7()))));
    return pool.preparedQuery(
            "select member, lat_e7, lng_e7, effective_ms, abs(effective_ms - $1) as apart_ms"
                + " from positions where member = any($2) and effective_ms >= $1 - $3"
                + " and effective_ms <= $1 + $3 and lat_e7 between $4 and $5"
                + " and lng_e7 between $6 and $7 order by 5 limit 1000")
        .execute(
            Tuple.tuple()
                .addLong(alert.raisedMs())
                .addArrayOfInteger(others)
                .addLong(RELATED_AROUND_MS)
                .addInteger((int) (place.latE7() - units))
                .addInteger((int) (place.latE7() + units))
                .addInteger((int) (place.lngE7() - units / slope))
                .addInteger((int) (place.lngE7() + units / slope)))
        .map(rows -> rows);
  }

  private JsonArray related(
      Call call, RowSet<Row> samePhone, @Nullable RowSet<Row> near, @Nullable Place place) {
    Map<Integer, JsonObject> byMember = new LinkedHashMap<>();
    for (Row row : samePhone) {
      JsonObject person = person(call, row.getInteger("member"));
      if (person != null) {
        person.put("same_phone", true).put("apart_ms", row.getLong("apart_ms"));
        byMember.put(row.getInteger("member"), person);
      }
    }
    if (near != null && place != null) {
      for (Row row : near) {
        addNear(call, byMember, row, place);
      }
    }
    return new JsonArray(new ArrayList<>(byMember.values().stream().limit(MAX_RELATED).toList()));
  }

  private void addNear(Call call, Map<Integer, JsonObject> byMember, Row row, Place place) {
    int latE7 = row.getInteger("lat_e7");
    int lngE7 = row.getInteger("lng_e7");
    double meters = E7.distanceMeters(place.latE7(), place.lngE7(), latE7, lngE7);
    if (meters > RELATED_WITHIN_METERS) {
      return;
    }
    int handle = row.getInteger("member");
    JsonObject known = byMember.get(handle);
    JsonObject person = known == null ? person(call, handle) : known;
    if (person == null || person.containsKey("distance_m")) {
      return;
    }
    person
        .put("distance_m", Math.round(meters * 10) / 10.0)
        .put("at", Times.iso(row.getLong("effective_ms")))
        .put("lat", E7.toDegrees(latE7))
        .put("lng", E7.toDegrees(lngE7));
    byMember.put(handle, person);
  }

  /** As the asker may see them, or null. */
  private @Nullable JsonObject person(Call call, int memberHandle) {
    Member member = directory.member(memberHandle);
    return member == null || !call.access().sees(member)
        ? null
        : new JsonObject()
            .put("member", member.id())
            .put("name", member.name())
            .put("team", member.teamId())
            .put("same_phone", false);
  }
}
