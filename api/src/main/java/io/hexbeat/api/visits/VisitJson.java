package io.hexbeat.api.visits;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Visits as the API tells them, live and in answers. Stateless; any thread. */
final class VisitJson {
  private VisitJson() {}

  /** With member and team in front, for answers. */
  static JsonObject withWhose(Directory directory, StoredVisit visit, Site site) {
    JsonObject json = new JsonObject().put("id", visit.id());
    Member member = directory.member(visit.member());
    if (member != null) {
      json.put("member", member.id()).put("team", member.teamId());
    }
    return json.mergeIn(of(visit, site));
  }

  /** Without whose it is: the live socket says so itself. */
  static JsonObject of(StoredVisit visit, Site site) {
    JsonObject json =
        new JsonObject()
            .put("id", visit.id())
            .put("fence", site.id())
            .put("name", site.name())
            .put("status", visit.status().text())
            .put("arrived_at", Times.iso(visit.arrivedMs()));
    if (site.customer() != null) {
      json.put("customer", site.customer());
    }
    putTime(json, "left_at", visit.leftMs());
    putTime(json, "dwell_at", visit.dwellMs());
    if (visit.leftMs() != null) {
      json.put("duration_s", (visit.endMs() - visit.arrivedMs()) / 1000);
    }
    json.put("source", visit.punchOnly() ? "punch" : "presence")
        .put("arrived_inferred", visit.arrivedInferred())
        .put("left_inferred", visit.leftInferred());
    if (visit.removed()) {
      json.put("fence_removed", true);
    }
    JsonArray punches = new JsonArray();
    for (int i = 0; i < visit.punches().size(); i++) {
      JsonObject punch = visit.punches().getJsonObject(i).copy();
      Object atMs = punch.remove("at_ms");
      punches.add(punch.put("at", Times.iso(((Number) atMs).longValue())));
    }
    return json.put("punches", punches)
        .put("late", visit.late())
        .put("version", visit.version())
        .put("changed_at", Times.iso(visit.changedMs()))
        .put("lat", rounded(site.lat()))
        .put("lng", rounded(site.lng()));
  }

  private static double rounded(double degrees) {
    return Math.round(degrees * 1e7) / 1e7;
  }

  private static void putTime(JsonObject json, String name, @Nullable Long timeMs) {
    if (timeMs != null) {
      json.put(name, Times.iso(timeMs));
    }
  }
}
