package io.hexbeat.api.visits;

import io.hexbeat.geofence.E7;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import org.jspecify.annotations.Nullable;

/**
 * What visits need to know of a fence, deleted ones too. Immutable; any thread.
 *
 * @param squareMeters its size; NaN for an area, which nobody visits
 * @param lat its middle in degrees
 */
record Site(
    int handle,
    String id,
    String name,
    @Nullable String customer,
    double squareMeters,
    double lat,
    double lng) {
  /** Enough to name it and to say where it is. */
  static final String COLUMNS =
      "f.handle as fence_handle, f.id as fence_id, f.name as fence_name, f.customer, f.kind,"
          + " f.west, f.south, f.east, f.north";

  /** And how large it is. */
  static final String ALL_COLUMNS = COLUMNS + ", f.geometry, f.radius_m, f.half_width_m";

  private static final double METERS_PER_DEGREE = E7.METERS_PER_UNIT * E7.SCALE;

  /** Of {@link #COLUMNS}; its size stays 0. */
  static Site named(Row row) {
    return of(row, 0);
  }

  /** Of {@link #ALL_COLUMNS}. */
  static Site of(Row row) {
    double lat = (row.getDouble("south") + row.getDouble("north")) / 2;
    return of(row, "area".equals(row.getString("kind")) ? Double.NaN : squareMeters(row, lat));
  }

  private static Site of(Row row, double squareMeters) {
    double lng = (row.getDouble("west") + row.getDouble("east")) / 2;
    return new Site(
        row.getInteger("fence_handle"),
        row.getString("fence_id"),
        row.getString("fence_name"),
        row.getString("customer"),
        squareMeters,
        (row.getDouble("south") + row.getDouble("north")) / 2,
        lng > 180 ? lng - 360 : lng);
  }

  private static double squareMeters(Row row, double lat) {
    Double radius = row.getDouble("radius_m");
    Double halfWidth = row.getDouble("half_width_m");
    JsonObject geometry = row.getJsonObject("geometry");
    JsonArray coordinates = geometry.getJsonArray("coordinates");
    double shrink = Math.cos(Math.toRadians(lat));
    return switch (geometry.getString("type")) {
      case "Polygon" -> polygon(coordinates, shrink);
      case "MultiPolygon" ->
          coordinates.stream().mapToDouble(part -> polygon((JsonArray) part, shrink)).sum();
      case "LineString" -> 2 * (halfWidth == null ? 0 : halfWidth) * length(coordinates, shrink);
      default -> radius == null ? 0 : Math.PI * radius * radius;
    };
  }

  /** The outer ring less the holes, in the plane: sizes are compared, not told. */
  private static double polygon(JsonArray rings, double shrink) {
    double size = 0;
    for (int i = 0; i < rings.size(); i++) {
      double ring = Math.abs(ring(rings.getJsonArray(i))) * shrink;
      size += i == 0 ? ring : -ring;
    }
    return size * METERS_PER_DEGREE * METERS_PER_DEGREE;
  }

  private static double ring(JsonArray points) {
    double twice = 0;
    double baseLng = points.getJsonArray(0).getDouble(0);
    double baseLat = points.getJsonArray(0).getDouble(1);
    for (int i = 0; i < points.size(); i++) {
      JsonArray a = points.getJsonArray(i);
      JsonArray b = points.getJsonArray((i + 1) % points.size());
      twice +=
          turn(a.getDouble(0) - baseLng) * (b.getDouble(1) - baseLat)
              - turn(b.getDouble(0) - baseLng) * (a.getDouble(1) - baseLat);
    }
    return twice / 2;
  }

  private static double length(JsonArray points, double shrink) {
    double meters = 0;
    for (int i = 1; i < points.size(); i++) {
      JsonArray a = points.getJsonArray(i - 1);
      JsonArray b = points.getJsonArray(i);
      meters +=
          Math.hypot(
              turn(b.getDouble(0) - a.getDouble(0)) * shrink, b.getDouble(1) - a.getDouble(1));
    }
    return meters * METERS_PER_DEGREE;
  }

  /** Over the antimeridian by the shorter way. */
  private static double turn(double degrees) {
    return degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
  }
}
