package io.hexbeat.api.store;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.Corridor;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.InvalidShapeException;
import io.hexbeat.geofence.Polygon;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.Shape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * RFC 7946 in and out: the only place where a position is {@code [lng, lat]}. Immutable; any
 * thread, but a big ring takes milliseconds, so not an event loop. Reads everything itself, because
 * an import has passed no schema; what it can't take is a {@link Refusal} with a pointer into the
 * feature.
 */
public final class GeoJson {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  /** Words that are paths of their own below {@code /v1/fences/}. */
  private static final Set<String> RESERVED_IDS = Set.of("at", "import");

  private static final Set<String> PRESENCE_KEYS =
      Set.of(
          "max_accuracy_m",
          "exit_buffer_m",
          "exit_fixes",
          "exit_after_ms",
          "dwell_ms",
          "enter_after_ms");
  private static final int TEXT_MAX = 200;
  private static final int TAG_MAX = 64;
  private static final int TAGS_MAX = 50;

  /** Far above any real site; keeps one fence from taking a shard's memory. */
  private static final int POSITIONS_MAX = 100_000;

  private final PresencePolicy defaults;

  /**
   * @param defaults what a fence's own policy leaves unsaid
   */
  public GeoJson(PresencePolicy defaults) {
    this.defaults = defaults;
  }

  /** A Point geometry. */
  public static JsonObject point(int latE7, int lngE7) {
    return new JsonObject()
        .put("type", "Point")
        .put("coordinates", new JsonArray().add(E7.toDegrees(lngE7)).add(E7.toDegrees(latE7)));
  }

  /**
   * A fence from a Feature.
   *
   * @param id its id, or null to take the feature's {@code id} or {@code properties.id}
   * @throws Refusal if it can't be one
   */
  public FenceDraft fence(@Nullable String id, JsonObject feature) {
    if (!"Feature".equals(feature.getValue("type"))) {
      throw Refusal.invalid("/type", "it must be \"Feature\"");
    }
    JsonObject properties =
        feature.getValue("properties") == null
            ? new JsonObject()
            : object(feature, "properties", "/properties");
    String fenceId = id(id, feature, properties);
    JsonObject geometry = object(feature, "geometry", "/geometry");
    Double radiusMeters = null;
    Double halfWidthMeters = null;
    Shape shape;
    GeoBox bounds;
    try {
      if ("Point".equals(geometry.getValue("type"))) {
        radiusMeters = radius(properties);
        Circle circle = circle(geometry, radiusMeters);
        bounds = bounds(circle);
        shape = circle;
      } else if ("LineString".equals(geometry.getValue("type"))) {
        halfWidthMeters = halfWidth(properties);
        int[] line = line(geometry);
        shape = Corridor.of(line, halfWidthMeters);
        bounds = bounds(line, halfWidthMeters);
      } else {
        int[][][] parts = parts(geometry);
        bounds = bounds(parts);
        shape = Polygon.of(parts);
      }
    } catch (InvalidShapeException e) {
      throw Refusal.invalid(pointer(geometry, e.pointer()), reason(e));
    }
    Long activeFromMs = timeMs(properties, "active_from");
    Long activeToMs = timeMs(properties, "active_to");
    if (activeFromMs != null && activeToMs != null && activeFromMs >= activeToMs) {
      throw Refusal.invalid("/properties/active_to", "it must be after active_from");
    }
    String name = text(properties, "name");
    JsonObject presence =
        properties.getValue("presence") == null
            ? null
            : object(properties, "presence", "/properties/presence");
    String timeZone = timeZone(properties);
    JsonObject hours =
        properties.getValue("opening_hours") == null
            ? null
            : object(properties, "opening_hours", "/properties/opening_hours");
    if (hours != null && timeZone == null) {
      throw Refusal.invalid(
          "/properties/time_zone", "opening_hours need the zone that they are told in");
    }
    return new FenceDraft(
        fenceId,
        name == null ? fenceId : name,
        kind(properties),
        text(properties, "customer"),
        tags(properties),
        shape,
        new JsonObject()
            .put("type", geometry.getValue("type"))
            .put("coordinates", geometry.getValue("coordinates"))
            .encode(),
        radiusMeters,
        halfWidthMeters,
        bounds,
        activeFromMs,
        activeToMs,
        presence,
        presence == null ? null : policy(presence),
        timeZone,
        hours,
        hours == null || timeZone == null
            ? null
            : WeekHours.read(ZoneId.of(timeZone), hours, "/properties/opening_hours"));
  }

  private static String id(@Nullable String id, JsonObject feature, JsonObject properties) {
    Object said = feature.getValue("id");
    String pointer = "/id";
    if (said == null && id == null) {
      said = properties.getValue("id");
      pointer = said == null ? "/id" : "/properties/id";
    }
    if (said == null && id == null) {
      throw Refusal.invalid(pointer, "the feature has no id");
    }
    if (said != null && !(said instanceof String) && !(said instanceof Number)) {
      throw Refusal.invalid(pointer, "an id is a text of 1-64 of A-Za-z0-9._:-");
    }
    String fenceId = said == null ? id : said.toString();
    if (id != null && !id.equals(fenceId)) {
      throw Refusal.invalid(pointer, "it differs from the id in the path, '" + id + "'");
    }
    if (!ID.matcher(fenceId).matches()) {
      throw Refusal.invalid(pointer, "an id is a text of 1-64 of A-Za-z0-9._:-");
    }
    if (RESERVED_IDS.contains(fenceId)) {
      throw Refusal.invalid(pointer, "'" + fenceId + "' is a path of the API and can't be an id");
    }
    return fenceId;
  }

  private static @Nullable String timeZone(JsonObject properties) {
    Object value = properties.getValue("time_zone");
    if (value == null) {
      return null;
    }
    if (value instanceof String zone && ZoneId.getAvailableZoneIds().contains(zone)) {
      return zone;
    }
    throw Refusal.invalid(
        "/properties/time_zone", "it must be a name of the IANA time zones, such as Asia/Shanghai");
  }

  private static double radius(JsonObject properties) {
    if (properties.getValue("radius_m") instanceof Number number) {
      return number.doubleValue();
    }
    throw Refusal.invalid(
        "/properties/radius_m", "a Point needs its radius in metres here, as a number");
  }

  private static Circle circle(JsonObject geometry, double radiusMeters) {
    JsonArray position = array(geometry.getValue("coordinates"), "/geometry/coordinates");
    int[] latLng = new int[2];
    if (!read(position, latLng, 0)) {
      throw notAPosition("/geometry/coordinates", position);
    }
    if (!(radiusMeters >= Circle.MIN_RADIUS_METERS && radiusMeters <= Circle.MAX_RADIUS_METERS)) {
      throw Refusal.invalid(
          "/properties/radius_m",
          "it must be from "
              + (long) Circle.MIN_RADIUS_METERS
              + " to "
              + (long) Circle.MAX_RADIUS_METERS
              + " m");
    }
    return new Circle(latLng[0], latLng[1], radiusMeters);
  }

  private static double halfWidth(JsonObject properties) {
    String at = "/properties/half_width_m";
    if (!(properties.getValue("half_width_m") instanceof Number number)) {
      throw Refusal.invalid(at, "a LineString needs its half-width in metres here, as a number");
    }
    double meters = number.doubleValue();
    if (!(meters >= Corridor.MIN_HALF_WIDTH_METERS && meters <= Corridor.MAX_HALF_WIDTH_METERS)) {
      throw Refusal.invalid(
          at,
          "it must be from "
              + (long) Corridor.MIN_HALF_WIDTH_METERS
              + " to "
              + (long) Corridor.MAX_HALF_WIDTH_METERS
              + " m");
    }
    return meters;
  }

  private static int[] line(JsonObject geometry) {
    String at = "/geometry/coordinates";
    JsonArray positions = array(geometry.getValue("coordinates"), at);
    int n = positions.size();
    if (n < 2 || n > Corridor.MAX_VERTICES) {
      throw Refusal.invalid(
          at, "a line has 2 to " + Corridor.MAX_VERTICES + " positions; this one has " + n);
    }
    return positions(positions, at);
  }

  private static int[][][] parts(JsonObject geometry) {
    Object type = geometry.getValue("type");
    String at = "/geometry/coordinates";
    JsonArray coordinates;
    if ("Polygon".equals(type)) {
      coordinates = array(geometry.getValue("coordinates"), at);
      return new int[][][] {rings(coordinates, at)};
    }
    if (!"MultiPolygon".equals(type)) {
      throw Refusal.invalid(
          "/geometry/type",
          "it must be Polygon, MultiPolygon, Point with properties.radius_m, or LineString with"
              + " properties.half_width_m");
    }
    coordinates = array(geometry.getValue("coordinates"), at);
    if (coordinates.isEmpty()) {
      throw Refusal.invalid(at, "it has no polygon");
    }
    int[][][] parts = new int[coordinates.size()][][];
    for (int p = 0; p < parts.length; p++) {
      parts[p] = rings(array(coordinates.getValue(p), at + "/" + p), at + "/" + p);
    }
    return parts;
  }

  private static int[][] rings(JsonArray rings, String at) {
    if (rings.isEmpty()) {
      throw Refusal.invalid(at, "a polygon needs an outer ring");
    }
    int[][] read = new int[rings.size()][];
    for (int r = 0; r < read.length; r++) {
      read[r] = ring(array(rings.getValue(r), at + "/" + r), at + "/" + r);
    }
    return read;
  }

  private static int[] ring(JsonArray positions, String at) {
    int n = positions.size();
    if (n < 4 || n > POSITIONS_MAX) {
      throw Refusal.invalid(
          at,
          "a ring has 4 to "
              + POSITIONS_MAX
              + " positions, the last equal to the first; this one has "
              + n);
    }
    int[] flat = positions(positions, at);
    if (flat[0] != flat[2 * n - 2] || flat[1] != flat[2 * n - 1]) {
      throw Refusal.invalid(at + "/" + (n - 1), "the last position must equal the first");
    }
    return flat;
  }

  private static int[] positions(JsonArray positions, String at) {
    int[] flat = new int[2 * positions.size()];
    for (int i = 0; i < positions.size(); i++) {
      JsonArray position = array(positions.getValue(i), at, i);
      if (!read(position, flat, 2 * i)) {
        throw notAPosition(at + "/" + i, position);
      }
    }
    return flat;
  }

  /** Reads a position into {@code out}; false if it isn't one. */
  private static boolean read(JsonArray position, int[] out, int offset) {
    double lng = degrees(position, 0);
    double lat = degrees(position, 1);
    if (!E7.isLng(lng) || !E7.isLat(lat)) {
      return false;
    }
    out[offset] = E7.fromDegrees(lat);
    out[offset + 1] = E7.fromDegrees(lng);
    return true;
  }

  private static Refusal notAPosition(String at, JsonArray position) {
    double lng = degrees(position, 0);
    double lat = degrees(position, 1);
    if (Double.isNaN(lng) || Double.isNaN(lat)) {
      return Refusal.invalid(at, "a position is [longitude, latitude]");
    }
    return E7.isLng(lng)
        ? Refusal.invalid(at + "/1", "a latitude is from -90 to 90; longitude comes first")
        : Refusal.invalid(at + "/0", "a longitude is from -180 to 180");
  }

  /** The number, or NaN where there is none. */
  private static double degrees(JsonArray position, int axis) {
    return position.size() > axis && position.getValue(axis) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  private static GeoBox bounds(Circle circle) {
    double lat = E7.toDegrees(circle.latE7());
    double lng = E7.toDegrees(circle.lngE7());
    double latSpan = Math.toDegrees(circle.radiusMeters() / E7.EARTH_RADIUS_METERS);
    double south = Math.max(-90, lat - latSpan);
    double north = Math.min(90, lat + latSpan);
    if (south == -90 || north == 90) {
      return new GeoBox(-180, south, 180, north);
    }
    double shrink = Math.cos(Math.toRadians(Math.max(Math.abs(south), Math.abs(north))));
    double lngSpan = Math.min(180, latSpan / shrink);
    return new GeoBox(lng - lngSpan, south, lng + lngSpan, north);
  }

  private static GeoBox bounds(int[][][] parts) {
    long west = 0;
    long east = 0;
    int south = Integer.MAX_VALUE;
    int north = Integer.MIN_VALUE;
    boolean roundAPole = false;
    for (int p = 0; p < parts.length; p++) {
      int[] outer = parts[p][0];
      long lng = outer[1];
      long partWest = lng;
      long partEast = lng;
      for (int i = 0; i < outer.length; i += 2) {
        south = Math.min(south, outer[i]);
        north = Math.max(north, outer[i]);
        long step = outer[i + 1] - lng;
        lng += step - Math.round(step / (double) E7.TURN) * E7.TURN;
        partWest = Math.min(partWest, lng);
        partEast = Math.max(partEast, lng);
      }
      roundAPole |= lng != outer[1];
      // The turn that brings this part nearest to those before.
      double apart = ((west + east) - (partWest + partEast)) / 2.0;
      long turn = p == 0 ? 0 : Math.round(apart / E7.TURN) * E7.TURN;
      west = p == 0 ? partWest : Math.min(west, partWest + turn);
      east = p == 0 ? partEast : Math.max(east, partEast + turn);
    }
    if (roundAPole) {
      boolean northern = south + (long) north > 0;
      south = northern ? south : -E7.MAX_LAT;
      north = northern ? E7.MAX_LAT : north;
    }
    if (roundAPole || east - west >= E7.TURN) {
      return new GeoBox(-180, degrees(south), 180, degrees(north));
    }
    return new GeoBox(degrees(west), degrees(south), degrees(east), degrees(north));
  }

  private static GeoBox bounds(int[] line, double withinMeters) {
    long lng = line[1];
    long west = lng;
    long east = lng;
    int southE7 = line[0];
    int northE7 = line[0];
    for (int i = 2; i < line.length; i += 2) {
      southE7 = Math.min(southE7, line[i]);
      northE7 = Math.max(northE7, line[i]);
      long step = line[i + 1] - (long) line[i - 1];
      lng += step - Math.round(step / (double) E7.TURN) * E7.TURN;
      west = Math.min(west, lng);
      east = Math.max(east, lng);
    }
    double latSpan = Math.toDegrees(withinMeters / E7.EARTH_RADIUS_METERS);
    double south = Math.max(-90, degrees(southE7) - latSpan);
    double north = Math.min(90, degrees(northE7) + latSpan);
    if (south == -90 || north == 90) {
      return new GeoBox(-180, south, 180, north);
    }
    double shrink = Math.cos(Math.toRadians(Math.max(Math.abs(south), Math.abs(north))));
    double lngSpan = latSpan / shrink;
    if (degrees(east - west) + 2 * lngSpan >= 360) {
      return new GeoBox(-180, south, 180, north);
    }
    return new GeoBox(degrees(west) - lngSpan, south, degrees(east) + lngSpan, north);
  }

  private static double degrees(long e7) {
    return e7 / (double) E7.SCALE;
  }

  private static FenceKind kind(JsonObject properties) {
    Object value = properties.getValue("fence_kind");
    if (value == null) {
      return FenceKind.SITE;
    }
    FenceKind kind = value instanceof String text ? FenceKind.ofText(text) : null;
    if (kind == null) {
      throw Refusal.invalid("/properties/fence_kind", "it must be \"site\" or \"area\"");
    }
    return kind;
  }

  private static @Nullable String text(JsonObject properties, String key) {
    Object value = properties.getValue(key);
    if (value == null) {
      return null;
    }
    if (value instanceof String text && isStorable(text, TEXT_MAX)) {
      return text;
    }
    throw Refusal.invalid(
        "/properties/" + key, "it must be a text of 1-" + TEXT_MAX + " without U+0000");
  }

  /** PostgreSQL holds every character but U+0000. */
  private static boolean isStorable(String text, int maxChars) {
    return !text.isBlank() && text.length() <= maxChars && text.indexOf('\0') < 0;
  }

  private static List<String> tags(JsonObject properties) {
    if (properties.getValue("tags") == null) {
      return List.of();
    }
    JsonArray array = array(properties.getValue("tags"), "/properties/tags");
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (i == TAGS_MAX
          || !(array.getValue(i) instanceof String tag)
          || !isStorable(tag, TAG_MAX)) {
        throw Refusal.invalid(
            "/properties/tags/" + i,
            "tags are at most " + TAGS_MAX + " texts of 1-" + TAG_MAX + " characters, no U+0000");
      }
      if (!tags.contains(tag)) {
        tags.add(tag);
      }
    }
    return tags;
  }

  private static @Nullable Long timeMs(JsonObject properties, String key) {
    Object value = properties.getValue(key);
    if (value == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(value.toString()).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw Refusal.invalid(
          "/properties/" + key, "it must be an ISO 8601 time with an offset or Z");
    }
  }

  private PresencePolicy policy(JsonObject presence) {
    for (String key : presence.fieldNames()) {
      if (!PRESENCE_KEYS.contains(key)) {
        throw Refusal.invalid(
            "/properties/presence/" + key.replace("~", "~0").replace("/", "~1"),
            "there is no such setting; there are " + PRESENCE_KEYS.stream().sorted().toList());
      }
    }
    try {
      return new PresencePolicy(
          (int) whole(presence, "max_accuracy_m", defaults.maxAccuracyMeters()),
          (int) whole(presence, "exit_buffer_m", defaults.exitBufferMeters()),
          (int) whole(presence, "exit_fixes", defaults.exitFixes()),
          whole(presence, "exit_after_ms", defaults.exitAfterMs()),
          whole(presence, "dwell_ms", defaults.dwellAfterMs()),
          whole(presence, "enter_after_ms", defaults.enterAfterMs()));
    } catch (Refusal e) {
      throw e;
    } catch (IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      int equals = reason.indexOf('=');
      throw Refusal.invalid(
          "/properties/presence" + (equals > 0 ? "/" + reason.substring(0, equals) : ""), reason);
    }
  }

  private static long whole(JsonObject presence, String key, long otherwise) {
    Object value = presence.getValue(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && Math.abs(number.doubleValue()) <= Integer.MAX_VALUE) {
      return number.longValue();
    }
    throw Refusal.invalid("/properties/presence/" + key, "it must be a whole number");
  }

  private static JsonObject object(JsonObject in, String key, String pointer) {
    if (in.getValue(key) instanceof JsonObject object) {
      return object;
    }
    throw Refusal.invalid(pointer, "it must be an object");
  }

  private static JsonArray array(@Nullable Object value, String pointer) {
    if (value instanceof JsonArray array) {
      return array;
    }
    throw Refusal.invalid(pointer, "it must be an array");
  }

  private static JsonArray array(@Nullable Object value, String at, int i) {
    if (value instanceof JsonArray array) {
      return array;
    }
    throw Refusal.invalid(at + "/" + i, "a position is [longitude, latitude]");
  }

  private static String reason(InvalidShapeException e) {
    return e.getMessage() == null ? "it can't be a fence" : e.getMessage();
  }

  /** The geometry counts parts first, which a Polygon's coordinates don't have. */
  private static String pointer(JsonObject geometry, String shapePointer) {
    String below =
        shapePointer.startsWith("/coordinates")
            ? shapePointer.substring("/coordinates".length())
            : shapePointer;
    if ("Polygon".equals(geometry.getValue("type")) && !below.isEmpty()) {
      int ring = below.indexOf('/', 1);
      below = ring < 0 ? "" : below.substring(ring);
    }
    return "/geometry/coordinates" + below;
  }
}
