package io.hexbeat.load.faults;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * A fence as one edit made it; all of them are circles. Immutable; any thread.
 *
 * @param name another one for each edit, so that what is stored tells which edit it was
 */
record Site(String id, String name, double lat, double lng, double radiusMeters) {
  /** As the API takes it. */
  JsonObject feature() {
    return new JsonObject()
        .put("type", "Feature")
        .put("id", id)
        .put(
            "geometry",
            new JsonObject()
                .put("type", "Point")
                .put("coordinates", new JsonArray().add(lng).add(lat)))
        .put("properties", new JsonObject().put("name", name).put("radius_m", radiusMeters));
  }

  Fence fence(int handle) {
    return Fence.of(handle, id, new Circle(E7.fromDegrees(lat), E7.fromDegrees(lng), radiusMeters));
  }
}
