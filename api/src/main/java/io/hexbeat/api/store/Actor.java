package io.hexbeat.api.store;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Who does something, and from where, as the audit log tells it. Immutable; any thread.
 *
 * @param userId null for the server itself and for whoever is not logged in
 * @param role null with it
 * @param sessionId null with it
 * @param address null for the server itself
 * @param requestId the {@code X-Request-Id} of the answer, or null where there was no request
 */
public record Actor(
    @Nullable String userId,
    @Nullable Role role,
    @Nullable String sessionId,
    @Nullable String address,
    @Nullable String requestId) {
  /** The server, of its own accord. */
  public static final Actor SERVER = new Actor(null, null, null, null, null);

  void addTo(JsonObject entry) {
    put(entry, "user", userId);
    put(entry, "role", role == null ? null : role.code());
    put(entry, "session", sessionId);
    put(entry, "address", address);
    put(entry, "request", requestId);
  }

  private static void put(JsonObject entry, String name, @Nullable String value) {
    if (value != null) {
      entry.put(name, value);
    }
  }
}
