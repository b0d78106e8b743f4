package io.hexbeat.api.live;

import io.hexbeat.api.http.JsonText;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.ingest.live.LiveEvent;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The frames of live events. Any thread, if the lookups allow it. Receipts are passed on as the
 * shard wrote them, with the ids of member and team put in front; of alerts, which are few, it is
 * said besides to which alert they belong.
 */
final class EventJson {
  private final Directory directory;
  private final IntFunction<@Nullable String> fenceIds;
  private final OpenAlerts openAlerts;

  EventJson(Directory directory, IntFunction<@Nullable String> fenceIds, OpenAlerts openAlerts) {
    this.directory = directory;
    this.fenceIds = fenceIds;
    this.openAlerts = openAlerts;
  }

  /** The frame, or null when the fence it speaks of is gone and unknown by now. */
  @Nullable String frame(LiveEvent event, Member member, EventCursor cursor) {
    StringBuilder out = new StringBuilder(256);
    if (event instanceof LiveEvent.Transition transition) {
      String fence = fenceIds.apply(transition.fenceHandle());
      if (fence == null) {
        return null;
      }
      begin(out, "transition", member, cursor);
      Device device = directory.device(transition.deviceHandle());
      if (device != null) {
        out.append(",\"device\":");
        JsonText.appendString(out, device.id());
      }
      ChangeKind kind = ChangeKind.of((byte) transition.kindCode());
      out.append(",\"fence\":");
      JsonText.appendString(out, fence);
      out.append(",\"kind\":\"").append(kind.name().toLowerCase(Locale.ROOT));
      out.append("\",\"at\":\"");
      JsonText.appendTime(out, transition.atMs());
      return out.append("\",\"inferred\":").append(transition.inferred()).append('}').toString();
    }
    if (event instanceof LiveEvent.Punch punch) {
      begin(out, "punch", member, cursor);
      return fieldsOf(out, punch.json()).toString();
    }
    if (event instanceof LiveEvent.Alert alert) {
      begin(out, "alert", member, cursor);
      return fieldsOf(out, attributed(alert).encode()).toString();
    }
    if (event instanceof LiveEvent.AlertChange change) {
      begin(out, "alert", member, cursor);
      return fieldsOf(out, change.json()).toString();
    }
    if (event instanceof LiveEvent.Visit visit) {
      begin(out, "visit", member, cursor);
      return fieldsOf(out, visit.json()).toString();
    }
    throw new IllegalStateException("live event " + event.getClass().getName() + " is unknown");
  }

  /** An occurrence, under the id of the alert that it opens or belongs to. */
  private JsonObject attributed(LiveEvent.Alert alert) {
    JsonObject occurrence = new JsonObject(alert.json());
    String id = occurrence.getString("id");
    OpenAlerts.Open belongs = openAlerts.belonging(alert.memberHandle(), occurrence);
    occurrence.put("status", belongs.status()).put("id", belongs.id());
    return belongs.id().equals(id)
        ? occurrence.put("event", "opened")
        : occurrence.put("event", "occurrence").put("occurrence", id);
  }

  private static void begin(StringBuilder out, String type, Member member, EventCursor cursor) {
    out.append("{\"type\":\"").append(type).append("\",\"cursor\":\"").append(cursor);
    out.append("\",\"member\":");
    JsonText.appendString(out, member.id());
    out.append(",\"team\":");
    JsonText.appendString(out, member.teamId());
  }

  /** Appends the fields of a JSON object and its closing brace. */
  private static StringBuilder fieldsOf(StringBuilder out, String json) {
    int open = json.indexOf('{');
    String rest = json.substring(open + 1).stripLeading();
    return out.append(rest.startsWith("}") ? "" : ",").append(rest);
  }
}
