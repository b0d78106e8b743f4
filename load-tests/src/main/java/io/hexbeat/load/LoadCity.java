package io.hexbeat.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The world of a load run: a square grid of circular fences and the phones among them. Stateless;
 * the same every time, so that runs compare.
 */
final class LoadCity {
  /** Fences on one side of the grid. */
  private static final int SIDE = 32;

  private static final double SPACING_DEGREES = 0.004;
  private static final double SOUTH_DEGREES = 30.2;
  private static final double WEST_DEGREES = -97.8;
  private static final int RADIUS_METERS = 120;

  private LoadCity() {}

  static List<JsonObject> fences() {
    List<JsonObject> fences = new ArrayList<>();
    for (int i = 0; i < SIDE * SIDE; i++) {
      JsonObject properties =
          new JsonObject().put("name", "Load fence " + i).put("radius_m", RADIUS_METERS);
      JsonArray lngLat = new JsonArray().add(lngDegrees(i)).add(latDegrees(i));
      fences.add(
          new JsonObject()
              .put("type", "Feature")
              .put("id", "load-fence-" + i)
              .put("properties", properties)
              .put("geometry", new JsonObject().put("type", "Point").put("coordinates", lngLat)));
    }
    return fences;
  }

  /** Of a fence, and the middle of the loop of the phone with that number. */
  static double latDegrees(int number) {
    return SOUTH_DEGREES + SPACING_DEGREES * (number / SIDE % SIDE);
  }

  static double lngDegrees(int number) {
    return WEST_DEGREES + SPACING_DEGREES * (number % SIDE);
  }
}
