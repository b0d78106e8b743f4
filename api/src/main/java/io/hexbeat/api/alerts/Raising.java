package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Times;
import io.vertx.core.json.JsonObject;

/**
 * What an occurrence did. Immutable; any thread.
 *
 * @param alertId the alert that it opened or belongs to
 * @param severity of the alert from then on
 * @param occurrences of the alert from then on
 * @param version of the alert from then on
 */
public record Raising(
    Raised raised, Event event, String alertId, String severity, int occurrences, int version) {
  /** What became of the alert. */
  public enum Event {
    OPENED,
    OCCURRENCE,
    /** The occurrence was there before. */
    KNOWN
  }

  /** The alert as the API shows it, as far as the occurrence tells; of a new one that is all. */
  public JsonObject toJson(Directory directory) {
    JsonObject json =
        raised
            .body()
            .copy()
            .put("id", alertId)
            .put("severity", severity)
            .put("occurrence_count", occurrences)
            .put("last_at", Times.iso(raised.raisedMs()))
            .put("version", version);
    if (event == Event.OPENED) {
      json.put("status", AlertStatus.OPEN.code());
    } else {
      json.put("occurrence", raised.id());
    }
    Member member = directory.member(raised.memberHandle());
    return member == null ? json : json.put("member", member.id()).put("team", member.teamId());
  }
}
