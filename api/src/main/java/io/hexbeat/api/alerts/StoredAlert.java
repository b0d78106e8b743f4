package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Times;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * An alert as it stands: what was found, and what people did with it. Immutable by use; any thread.
 *
 * @param cause what its occurrences share
 * @param severity the highest of its occurrences
 * @param raisedMs when the first occurrence was found
 * @param lastMs when the newest was
 * @param version grows with each step and each rise of severity
 * @param assignee the user who looks into it, or null
 * @param resolution {@code confirmed}, {@code honest} or {@code unclear}; null until it is resolved
 * @param note of the newest step that had one, or null
 * @param statusBy who took the newest step, or null for the server and the member
 * @param statusAt when
 * @param body its first occurrence as it was raised
 */
public record StoredAlert(
    String id,
    int memberHandle,
    String kind,
    String cause,
    String severity,
    int score,
    long raisedMs,
    long lastMs,
    int occurrences,
    int version,
    AlertStatus status,
    @Nullable String assignee,
    @Nullable String resolution,
    @Nullable String note,
    @Nullable String statusBy,
    @Nullable OffsetDateTime statusAt,
    JsonObject body) {
  /** What {@link #of} reads. */
  public static final String COLUMNS =
      "raised_ms, id, member, kind, cause, severity, score, last_ms, occurrences, version, status,"
          + " assignee, resolution, note, status_by, status_at, body";

  public static StoredAlert of(Row row) {
    return new StoredAlert(
        row.getString("id"),
        row.getInteger("member"),
        row.getString("kind"),
        row.getString("cause"),
        row.getString("severity"),
        row.getInteger("score"),
        row.getLong("raised_ms"),
        row.getLong("last_ms"),
        row.getInteger("occurrences"),
        row.getInteger("version"),
        AlertStatus.ofCode(row.getString("status")),
        row.getString("assignee"),
        row.getString("resolution"),
        row.getString("note"),
        row.getString("status_by"),
        row.getOffsetDateTime("status_at"),
        row.getJsonObject("body"));
  }

  /** As the API shows it. */
  public JsonObject toJson(Directory directory) {
    JsonObject json =
        body.copy()
            .put("severity", severity)
            .put("score", score)
            .put("status", status.code())
            .put("occurrence_count", occurrences)
            .put("last_at", Times.iso(lastMs))
            .put("version", version);
    Member member = directory.member(memberHandle);
    if (member != null) {
      json.put("member", member.id()).put("team", member.teamId());
    }
    put(json, "assignee", assignee);
    put(json, "resolution", resolution);
    put(json, "note", note);
    put(json, "status_by", statusBy);
    if (statusAt != null) {
      json.put("status_at", Times.iso(statusAt.withOffsetSameInstant(ZoneOffset.UTC)));
    }
    return json;
  }

  /** What people decided, for the audit log. */
  JsonObject decided() {
    JsonObject json = new JsonObject().put("status", status.code());
    put(json, "assignee", assignee);
    put(json, "resolution", resolution);
    put(json, "note", note);
    return json;
  }

  private static void put(JsonObject json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
