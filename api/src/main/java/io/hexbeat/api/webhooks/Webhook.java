package io.hexbeat.api.webhooks;

import io.hexbeat.api.store.Times;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place that is told of events. Immutable; any thread. Its secrets are not in it, only the salts
 * that they are made of.
 *
 * @param events types that it asks for
 * @param earlierSalt of the secret before the last rotation, or null
 * @param earlierUntilMs until when that one signs as well
 */
public record Webhook(
    String id,
    String url,
    @Nullable String description,
    List<String> events,
    boolean active,
    String salt,
    @Nullable String earlierSalt,
    long earlierUntilMs,
    long createdMs) {
  static final String COLUMNS =
      "id, url, description, events, active, salt, earlier_salt, earlier_until_ms, created_ms";

  public Webhook {
    events = List.copyOf(events);
  }

  static Webhook of(Row row) {
    Long until = row.getLong("earlier_until_ms");
    return new Webhook(
        row.getString("id"),
        row.getString("url"),
        row.getString("description"),
        List.of(row.getArrayOfStrings("events")),
        row.getBoolean("active"),
        row.getString("salt"),
        row.getString("earlier_salt"),
        until == null ? 0 : until,
        row.getLong("created_ms"));
  }

  /** Without secrets. */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("url", url)
            .put("events", new JsonArray(events))
            .put("active", active)
            .put("created_at", Times.iso(createdMs));
    if (description != null) {
      json.put("description", description);
    }
    if (earlierSalt != null) {
      json.put("earlier_secret_until", Times.iso(earlierUntilMs));
    }
    return json;
  }
}
