package io.hexbeat.api.visits;

import io.hexbeat.api.http.CsvText;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.store.Times;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.timeline.DayTimeline;
import io.hexbeat.geofence.timeline.DayTimeline.Kind;
import io.hexbeat.geofence.timeline.DayTimeline.Part;
import io.hexbeat.geofence.timeline.TrackFix;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One day of one person with all that is told of it, as JSON and as files. Immutable by use; any
 * thread. What was measured and what is estimated are never added up.
 */
final class MemberDay {
  private final Member member;
  private final LocalDate date;
  private final ZoneId zone;
  private final long fromMs;
  private final long toMs;
  private final DayTimeline timeline;
  private final boolean truncated;
  private final List<StoredVisit> visits = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private final JsonArray punches = new JsonArray();
  private final JsonArray alerts = new JsonArray();
  private final Directory directory;
  private long clockInMs = Long.MAX_VALUE;
  private long clockOutMs = Long.MIN_VALUE;

  MemberDay(
      Member member,
      LocalDate date,
      ZoneId zone,
      long fromMs,
      long toMs,
      DayTimeline timeline,
      boolean truncated,
      RowSet<Row> visitRows,
      RowSet<Row> punchRows,
      RowSet<Row> alertRows,
      Directory directory) {
    this.member = member;
    this.date = date;
    this.zone = zone;
    this.fromMs = fromMs;
    this.toMs = toMs;
    this.timeline = timeline;
    this.truncated = truncated;
    this.directory = directory;
    for (Row row : visitRows) {
      visits.add(StoredVisit.of(row));
      sites.add(Site.named(row));
    }
    punchRows.forEach(this::addPunch);
    alertRows.forEach(
        row ->
            alerts.add(
                new JsonObject()
                    .put("id", row.getString("id"))
                    .put("kind", row.getString("kind"))
                    .put("severity", row.getString("severity"))
                    .put("score", row.getInteger("score"))
                    .put("raised_at", Times.iso(row.getLong("raised_ms")))
                    .put("status", row.getString("status"))));
  }

  private void addPunch(Row row) {
    long atMs = row.getLong("at_ms");
    JsonObject punch =
        new JsonObject()
            .put("id", row.getString("punch_id"))
            .put("kind", row.getString("kind"))
            .put("at", Times.iso(atMs))
            .put("verdict", row.getString("verdict"))
            .put("place", row.getString("place"));
    Integer latE7 = row.getInteger("lat_e7");
    if (latE7 != null) {
      punch.put("lat", E7.toDegrees(latE7)).put("lng", E7.toDegrees(row.getInteger("lng_e7")));
    }
    punches.add(punch);
    if ("clock_in".equals(row.getString("kind"))) {
      clockInMs = Math.min(clockInMs, atMs);
    } else if ("clock_out".equals(row.getString("kind"))) {
      clockOutMs = Math.max(clockOutMs, atMs);
    }
  }

  String fileName() {
    return member.id().replace(':', '_') + "-" + date;
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("member", member.id())
            .put("team", member.teamId())
            .put("date", date.toString())
            .put("time_zone", zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId())
            .put("from", Times.iso(fromMs))
            .put("to", Times.iso(toMs))
            .put("summary", summary())
            .put("parts", parts());
    JsonArray told = new JsonArray();
    for (int i = 0; i < visits.size(); i++) {
      told.add(VisitJson.withWhose(directory, visits.get(i), sites.get(i)));
    }
    return json.put("visits", told)
        .put("punches", punches)
        .put("alerts", alerts)
        .put("truncated", truncated);
  }

  private JsonObject summary() {
    List<TrackFix> fixes = timeline.fixes();
    JsonObject json =
        new JsonObject()
            .put("distance_measured_m", Math.round(timeline.measuredMeters()))
            .put("distance_estimated_m", Math.round(timeline.estimatedMeters()))
            .put("moving_s", timeline.durationMs(Kind.LEG) / 1000)
            .put("stopped_s", timeline.durationMs(Kind.STOP) / 1000)
            .put("gap_s", timeline.durationMs(Kind.GAP) / 1000)
            .put("visit_s", visitMs() / 1000)
            .put("visits", visits.size())
            .put("fixes", fixes.size())
            .put("fixes_inaccurate", timeline.inaccurate());
    long firstMs = Math.min(clockInMs, fixes.isEmpty() ? Long.MAX_VALUE : fixes.get(0).timeMs());
    long lastMs =
        Math.max(
            clockOutMs, fixes.isEmpty() ? Long.MIN_VALUE : fixes.get(fixes.size() - 1).timeMs());
    if (!fixes.isEmpty()) {
      json.put("first_fix", Times.iso(fixes.get(0).timeMs()))
          .put("last_fix", Times.iso(fixes.get(fixes.size() - 1).timeMs()));
    }
    if (lastMs > firstMs) {
      long known = timeline.durationMs(Kind.LEG) + timeline.durationMs(Kind.STOP);
      json.put("observed_s", (lastMs - firstMs) / 1000)
          .put("coverage_pct", Math.round(1000.0 * known / (lastMs - firstMs)) / 10.0);
    }
    return json;
  }

  /** Within the day; of a visit that lasts, up to the last fix. */
  private long visitMs() {
    List<TrackFix> fixes = timeline.fixes();
    long knownMs = fixes.isEmpty() ? fromMs : fixes.get(fixes.size() - 1).timeMs();
    long sum = 0;
    for (StoredVisit visit : visits) {
      long endMs = visit.open() ? knownMs : visit.endMs();
      sum += Math.max(0, Math.min(endMs, toMs) - Math.max(visit.arrivedMs(), fromMs));
    }
    return sum;
  }

  private JsonArray parts() {
    JsonArray parts = new JsonArray();
    for (Part part : timeline.parts()) {
      JsonObject json =
          new JsonObject()
              .put("kind", part.kind().text())
              .put("from", Times.iso(part.fromMs()))
              .put("to", Times.iso(part.toMs()))
              .put("duration_s", part.durationMs() / 1000)
              .put("lat", E7.toDegrees(part.latE7()))
              .put("lng", E7.toDegrees(part.lngE7()))
              .put("fixes", part.fixCount());
      if (part.kind() != Kind.STOP) {
        json.put("end_lat", E7.toDegrees(part.endLatE7()))
            .put("end_lng", E7.toDegrees(part.endLngE7()))
            .put(
                part.kind() == Kind.LEG ? "distance_measured_m" : "distance_estimated_m",
                Math.round(part.meters()));
      }
      int visit = visitOf(part);
      if (visit >= 0) {
        json.put("visit", visits.get(visit).id())
            .put("fence", sites.get(visit).id())
            .put("name", sites.get(visit).name());
      }
      parts.add(json);
    }
    return parts;
  }

  /** The visit that a stop shares most time with, or -1. */
  private int visitOf(Part part) {
    int best = -1;
    long bestMs = 0;
    for (int i = 0; i < visits.size() && part.kind() == Kind.STOP; i++) {
      long sharedMs =
          Math.min(part.toMs(), visits.get(i).endMs())
              - Math.max(part.fromMs(), visits.get(i).arrivedMs());
      if (sharedMs > bestMs) {
        best = i;
        bestMs = sharedMs;
      }
    }
    return best;
  }

  String csv() {
    StringBuilder text = new StringBuilder();
    text.append(
        CsvText.line(
            List.of(
                "kind",
                "from",
                "to",
                "duration_s",
                "distance_measured_m",
                "distance_estimated_m",
                "lat",
                "lng",
                "fence",
                "name")));
    for (Object each : parts()) {
      JsonObject part = (JsonObject) each;
      List<@Nullable Object> cells = new ArrayList<>();
      for (String column :
          List.of(
              "kind",
              "from",
              "to",
              "duration_s",
              "distance_measured_m",
              "distance_estimated_m",
              "lat",
              "lng",
              "fence",
              "name")) {
        cells.add(part.getValue(column));
      }
      text.append(CsvText.line(cells));
    }
    return text.toString();
  }

  /** Stops as points; legs and gaps as lines. */
  JsonObject geoJson() {
    JsonArray features = new JsonArray();
    JsonArray parts = parts();
    for (int i = 0; i < parts.size(); i++) {
      Part part = timeline.parts().get(i);
      JsonObject geometry;
      if (part.kind() == Kind.STOP) {
        geometry = GeoJson.point(part.latE7(), part.lngE7());
      } else {
        JsonArray line = new JsonArray().add(place(part.latE7(), part.lngE7()));
        if (part.kind() == Kind.LEG) {
          for (TrackFix fix : timeline.fixes()) {
            if (fix.timeMs() > part.fromMs() && fix.timeMs() < part.toMs()) {
              line.add(place(fix.latE7(), fix.lngE7()));
            }
          }
        }
        line.add(place(part.endLatE7(), part.endLngE7()));
        geometry = new JsonObject().put("type", "LineString").put("coordinates", line);
      }
      JsonObject properties = parts.getJsonObject(i);
      for (String place : List.of("lat", "lng", "end_lat", "end_lng")) {
        properties.remove(place);
      }
      features.add(
          new JsonObject()
              .put("type", "Feature")
              .put("geometry", geometry)
              .put("properties", properties));
    }
    return new JsonObject().put("type", "FeatureCollection").put("features", features);
  }

  private static JsonArray place(int latE7, int lngE7) {
    return GeoJson.point(latE7, lngE7).getJsonArray("coordinates");
  }

  /** The track; a gap begins another segment. */
  String gpx() {
    StringBuilder out = new StringBuilder();
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\"")
        .append(" creator=\"Hexbeat\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n<trk><name>")
        .append(escaped(member.name() + " " + date))
        .append("</name>\n<trkseg>\n");
    long beforeMs = Long.MIN_VALUE;
    for (TrackFix fix : timeline.fixes()) {
      if (beforeMs != Long.MIN_VALUE && isAfterGap(fix.timeMs())) {
        out.append("</trkseg>\n<trkseg>\n");
      }
      beforeMs = fix.timeMs();
      out.append("<trkpt lat=\"")
          .append(E7.toDegrees(fix.latE7()))
          .append("\" lon=\"")
          .append(E7.toDegrees(fix.lngE7()))
          .append("\"><time>")
          .append(Times.iso(fix.timeMs()))
          .append("</time></trkpt>\n");
    }
    return out.append("</trkseg>\n</trk>\n</gpx>\n").toString();
  }

  private boolean isAfterGap(long timeMs) {
    return timeline.parts().stream()
        .anyMatch(part -> part.kind() == Kind.GAP && part.toMs() == timeMs);
  }

  /** XML has no place for most control characters, not even escaped. */
  private static String escaped(String text) {
    return text.replaceAll("\\p{Cntrl}", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}
