package io.hexbeat.load.demo;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The places of the demo: customers to visit and territories to work in, ready for the fence
 * import. Immutable after {@link #read}; any thread. Stops and shops become circles, buildings and
 * neighbourhoods keep their outlines. Names are those of the sources, nobody is invented.
 */
final class City {
  /** Stops nearer to one another than this would make one blot of the map. */
  private static final double STOP_SPACING_METERS = 220;

  private static final int LEAST_RADIUS_METERS = 60;
  private static final int RADIUS_SPAN_METERS = 61;

  /** A customer that is a circle: where a vehicle can stop. */
  record Site(String fence, String name, double latDegrees, double lngDegrees, int radiusMeters) {
    double metersFromCentre(TraceFix fix) {
      return fix.metersTo(latDegrees, lngDegrees);
    }
  }

  private final List<JsonObject> features = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();

  private City() {}

  /** Reads what ships with the program. */
  static City read() throws IOException {
    City city = new City();
    city.addTerritories(features("austin_neighborhoods.geojson.gz"));
    city.addBuildings(features("austin_buildings.geojson.gz"));
    city.addPlaces(features("austin_addresses.geojson.gz"));
    city.addStops(features("austin_bus_stops.geojson.gz"));
    return city;
  }

  /** Every fence as a GeoJSON feature. */
  List<JsonObject> features() {
    return features;
  }

  List<Site> sites() {
    return sites;
  }

  /** The site whose circle holds a fix most deeply, by at least {@code depthMeters}. */
  @Nullable Site siteAround(TraceFix fix, double depthMeters) {
    Site best = null;
    double bestDepth = depthMeters;
    for (Site site : sites) {
      double depth = site.radiusMeters - site.metersFromCentre(fix);
      if (depth >= bestDepth) {
        best = site;
        bestDepth = depth;
      }
    }
    return best;
  }

  /** The site whose centre is nearest to a distance from a fix. */
  Site siteAtDistance(TraceFix fix, double meters) {
    Site best = sites.get(0);
    for (Site site : sites) {
      if (Math.abs(site.metersFromCentre(fix) - meters)
          < Math.abs(best.metersFromCentre(fix) - meters)) {
        best = site;
      }
    }
    return best;
  }

  /** Opens a file that ships with the demo. */
  static InputStream open(String file) throws IOException {
    InputStream in = City.class.getResourceAsStream("/demo/" + file);
    if (in == null) {
      throw new IOException("demo/" + file + " is missing from the program");
    }
    return in;
  }

  private static JsonArray features(String file) throws IOException {
    try (InputStream in = new GZIPInputStream(open(file))) {
      return Buffer.buffer(in.readAllBytes()).toJsonObject().getJsonArray("features");
    }
  }

  private void addTerritories(JsonArray neighbourhoods) {
    for (int i = 0; i < neighbourhoods.size(); i++) {
      JsonObject source = neighbourhoods.getJsonObject(i);
      String name = source.getJsonObject("properties").getString("name");
      add(fenceId(source), name, "territory", source.getJsonObject("geometry"));
    }
  }

  private void addBuildings(JsonArray buildings) {
    for (int i = 0; i < buildings.size(); i++) {
      JsonObject source = buildings.getJsonObject(i);
      add(fenceId(source), "Building " + (i + 1), "building", source.getJsonObject("geometry"));
    }
  }

  private void addPlaces(JsonArray places) {
    for (int i = 0; i < places.size(); i++) {
      JsonObject source = places.getJsonObject(i);
      JsonObject facts = source.getJsonObject("properties");
      String street = facts.getString("addr:street");
      String name =
          facts.getString(
              "name",
              street == null ? null : facts.getString("addr:housenumber", "") + " " + street);
      if (name != null) {
        addCircle(source, name.trim(), facts.containsKey("shop") ? "shop" : "office");
      }
    }
  }

  private void addStops(JsonArray stops) {
    List<TraceFix> taken = new ArrayList<>();
    for (int i = 0; i < stops.size(); i++) {
      JsonObject source = stops.getJsonObject(i);
      JsonArray lngLat = source.getJsonObject("geometry").getJsonArray("coordinates");
      TraceFix place = new TraceFix(0, lngLat.getDouble(1), lngLat.getDouble(0));
      if (taken.stream().noneMatch(other -> other.metersTo(place) < STOP_SPACING_METERS)) {
        taken.add(place);
        String name = source.getJsonObject("properties").getString("name");
        addCircle(source, "Stop " + titleCase(name), "stop");
      }
    }
  }

  private void addCircle(JsonObject source, String name, String tag) {
    String id = fenceId(source);
    int radiusMeters = LEAST_RADIUS_METERS + Math.floorMod(id.hashCode(), RADIUS_SPAN_METERS);
    JsonObject geometry = source.getJsonObject("geometry");
    JsonArray lngLat = geometry.getJsonArray("coordinates");
    sites.add(new Site(id, name, lngLat.getDouble(1), lngLat.getDouble(0), radiusMeters));
    add(id, name, tag, geometry).put("radius_m", radiusMeters);
  }

  private JsonObject add(String id, String name, String tag, JsonObject geometry) {
    JsonObject properties =
        new JsonObject().put("name", name).put("tags", new JsonArray().add(tag));
    if ("territory".equals(tag)) {
      properties.put("fence_kind", "area");
    } else {
      properties.put("customer", id);
    }
    features.add(
        new JsonObject()
            .put("type", "Feature")
            .put("id", id)
            .put("properties", properties)
            .put("geometry", geometry));
    return properties;
  }

  /** OpenStreetMap's {@code node/123} is no id of ours. */
  private static String fenceId(JsonObject source) {
    return source.getString("id").replace('/', '-');
  }

  /** {@code 4925 CRAIGWOOD/FM 969} becomes {@code 4925 Craigwood / Fm 969}. */
  static String titleCase(String shouted) {
    StringBuilder out = new StringBuilder();
    boolean start = true;
    for (char c : shouted.replace("/", " / ").toLowerCase(Locale.ROOT).toCharArray()) {
      out.append(start ? Character.toUpperCase(c) : c);
      start = c == ' ' || c == '-';
    }
    return out.toString().replaceAll(" +", " ");
  }
}
