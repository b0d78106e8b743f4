package io.hexbeat.api.webhooks;

import io.hexbeat.api.store.Times;
import io.vertx.core.json.JsonObject;

/**
 * Something that other systems may be told of. Immutable by use; any thread.
 *
 * @param id names the event for ever: a receiver that gets it twice knows it by that
 * @param type what happened, such as {@code alert.opened}; the contract lists what may be asked for
 * @param atMs when it happened
 * @param data what the API shows of it
 */
public record WebhookEvent(String id, String type, long atMs, JsonObject data) {
  public static final String ALERT_OPENED = "alert.opened";
  public static final String PUNCH_RECORDED = "punch.recorded";
  public static final String PRESENCE_ENTER = "presence.enter";
  public static final String PRESENCE_EXIT = "presence.exit";
  public static final String VISIT_OPENED = "visit.opened";
  public static final String VISIT_CLOSED = "visit.closed";
  public static final String VISIT_AMENDED = "visit.amended";
  public static final String PING = "webhook.ping";

  /** The body that is signed and sent. */
  String payload() {
    return new JsonObject()
        .put("type", type)
        .put("timestamp", Times.iso(atMs))
        .put("data", data)
        .encode();
  }
}
