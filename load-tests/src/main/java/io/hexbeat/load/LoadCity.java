package io.hexbeat.load;

import io.hexbeat.load.phone.Route;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The world of a load run: a square grid of circular fences, and the phones among them, spread over
 * all of it. Immutable; the same every time, so that runs compare.
 *
 * @param fences how many there are
 */
record LoadCity(int fences) {
  private static final int SPACING_E7 = 40_000;
  private static final int SOUTH_E7 = 302_000_000;
  private static final int WEST_E7 = -978_000_000;
  private static final double E7 = 1e7;
  private static final int RADIUS_METERS = 120;

  /** Prime, so that phones are at fences far apart before two are at one. */
  private static final int STRIDE = 7_919;

  /** Each a Feature of the fence import. */
  List<JsonObject> features() {
    List<JsonObject> features = new ArrayList<>();
    for (int i = 0; i < fences; i++) {
      JsonObject properties =
          new JsonObject().put("name", "Load fence " + i).put("radius_m", RADIUS_METERS);
      JsonArray lngLat = new JsonArray().add(lngE7(i) / E7).add(latE7(i) / E7);
      features.add(
          new JsonObject()
              .put("type", "Feature")
              .put("id", "load-fence-" + i)
              .put("properties", properties)
              .put("geometry", new JsonObject().put("type", "Point").put("coordinates", lngLat)));
    }
    return features;
  }

  /** Where the phone with that number drives. */
  Route route(int phone, FixClock clock) {
    int fence = fenceOf(phone);
    return new Route(phone, latE7(fence), lngE7(fence), clock.baseMs(), clock.stepMs());
  }

  /** Of the middle of the circle in which the phone with that number drives. */
  double latDegrees(int phone) {
    return latE7(fenceOf(phone)) / E7;
  }

  double lngDegrees(int phone) {
    return lngE7(fenceOf(phone)) / E7;
  }

  /** The fence in the middle of that phone's circle. */
  private int fenceOf(int phone) {
    return (int) ((long) phone * STRIDE % fences);
  }

  private int latE7(int fence) {
    return SOUTH_E7 + SPACING_E7 * (fence / side());
  }

  private int lngE7(int fence) {
    return WEST_E7 + SPACING_E7 * (fence % side());
  }

  private int side() {
    return (int) Math.ceil(Math.sqrt(fences));
  }
}
