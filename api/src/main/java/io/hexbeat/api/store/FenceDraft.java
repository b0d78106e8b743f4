package io.hexbeat.api.store;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.OpeningHours;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.Shape;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fence that has been checked and not yet stored. Immutable; any thread.
 *
 * @param shape what it covers
 * @param geometry its GeoJSON geometry as text, kept as it came
 * @param radiusMeters for a circle, or null
 * @param halfWidthMeters for a corridor, or null
 * @param bounds the box around it
 * @param activeFromMs first Unix millisecond at which it counts, or null for always
 * @param activeToMs first Unix millisecond at which it no longer counts, or null for ever
 * @param presenceJson what was said of its policy, or null
 * @param presence its policy, completed, or null for the server's default
 * @param timeZone of its hours, or null
 * @param hoursJson what was said of its hours, or null
 * @param hours the same, or null for always
 */
public record FenceDraft(
    String id,
    String name,
    FenceKind kind,
    @Nullable String customer,
    List<String> tags,
    Shape shape,
    String geometry,
    @Nullable Double radiusMeters,
    @Nullable Double halfWidthMeters,
    GeoBox bounds,
    @Nullable Long activeFromMs,
    @Nullable Long activeToMs,
    @Nullable JsonObject presenceJson,
    @Nullable PresencePolicy presence,
    @Nullable String timeZone,
    @Nullable JsonObject hoursJson,
    @Nullable OpeningHours hours) {
  public FenceDraft {
    tags = List.copyOf(tags);
  }

  Fence toFence(int handle) {
    return new Fence(
        handle,
        id,
        name,
        kind,
        shape,
        activeFromMs == null ? Long.MIN_VALUE : activeFromMs,
        activeToMs == null ? Long.MAX_VALUE : activeToMs,
        presence,
        hours);
  }
}
