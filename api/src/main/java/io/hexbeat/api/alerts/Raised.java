package io.hexbeat.api.alerts;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One occurrence of a signal about a member, as it was found. Immutable by use; any thread. Its id
 * is decided once and for ever: the same id again is the same occurrence and changes nothing.
 *
 * @param id 1-64 of {@code A-Za-z0-9._:-}
 * @param shard with {@code journalIndex} its place in the journal, or null if it was found beside
 *     the line
 * @param deviceHandle 0 if it is about no device
 * @param kind code of the signal
 * @param cause what it shares with other occurrences of the same alert
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param score 0..100
 * @param body as the API shows it: {@code id, device?, kind, severity, score, raised_at, lat?,
 *     lng?, evidence, reasons?, punch?}
 */
public record Raised(
    String id,
    @Nullable Integer shard,
    @Nullable Long journalIndex,
    int memberHandle,
    int deviceHandle,
    String kind,
    String cause,
    String severity,
    int score,
    long raisedMs,
    JsonObject body) {

  /** An alert of the journal; an exception if it is none. */
  public static Raised ofJournal(
      int shard, long journalIndex, int memberHandle, int deviceHandle, JsonObject body) {
    return new Raised(
        body.getString("id"),
        shard,
        journalIndex,
        memberHandle,
        deviceHandle,
        body.getString("kind"),
        cause(body),
        body.getString("severity"),
        body.getInteger("score"),
        Instant.parse(body.getString("raised_at")).toEpochMilli(),
        body);
  }

  /**
   * What a job beside the line has found. The id must be one that the job gives again when it finds
   * the same thing again, such as signal, members and day.
   *
   * @param about tells causes of a kind apart, such as the other member's handle
   * @param evidence the figures
   */
  public static Raised beside(
      String id,
      int memberHandle,
      String kind,
      String about,
      String severity,
      int score,
      Instant raisedAt,
      JsonObject evidence) {
    JsonObject body =
        new JsonObject()
            .put("id", id)
            .put("kind", kind)
            .put("severity", severity)
            .put("score", score)
            .put("raised_at", raisedAt.toString())
            .put("evidence", evidence);
    return new Raised(
        id,
        null,
        null,
        memberHandle,
        0,
        kind,
        kind + ":" + about,
        severity,
        score,
        raisedAt.toEpochMilli(),
        body);
  }

  /** The signal with the site that it speaks of, or else with the device. */
  public static String cause(JsonObject body) {
    JsonObject evidence = body.getJsonObject("evidence");
    Object site = evidence == null ? null : evidence.getValue("site");
    String kind = body.getString("kind");
    return kind + (site == null ? ":device:" + body.getString("device") : ":site:" + site);
  }
}
