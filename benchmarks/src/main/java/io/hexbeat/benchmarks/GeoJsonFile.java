package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Points and outlines of a GeoJSON file that ships with the program. Stateless; any thread. */
final class GeoJsonFile {
  private GeoJsonFile() {}

  /** The points of a file of points, {@code [latE7, lngE7]} each. */
  static List<int[]> points(String resource) {
    List<int[]> points = new ArrayList<>();
    for (JsonObject geometry : geometries(resource)) {
      points.add(position(geometry.getJsonArray("coordinates")));
    }
    return points;
  }

  /** The outlines of a file of Polygons and MultiPolygons. */
  static List<Outline.Area> areas(String resource) {
    List<Outline.Area> areas = new ArrayList<>();
    for (JsonObject geometry : geometries(resource)) {
      JsonArray coordinates = geometry.getJsonArray("coordinates");
      JsonArray parts =
          "Polygon".equals(geometry.getString("type"))
              ? new JsonArray().add(coordinates)
              : coordinates;
      int[][][] read = new int[parts.size()][][];
      for (int part = 0; part < read.length; part++) {
        JsonArray rings = parts.getJsonArray(part);
        read[part] = new int[rings.size()][];
        for (int ring = 0; ring < rings.size(); ring++) {
          read[part][ring] = ring(rings.getJsonArray(ring));
        }
      }
      areas.add(new Outline.Area(read));
    }
    return areas;
  }

  /** Without the last vertex, which repeats the first. */
  private static int[] ring(JsonArray vertices) {
    int[] ring = new int[2 * (vertices.size() - 1)];
    for (int i = 0; i < ring.length; i += 2) {
      int[] vertex = position(vertices.getJsonArray(i / 2));
      ring[i] = vertex[0];
      ring[i + 1] = vertex[1];
    }
    return ring;
  }

  private static int[] position(JsonArray lngLat) {
    return new int[] {E7.fromDegrees(lngLat.getDouble(1)), E7.fromDegrees(lngLat.getDouble(0))};
  }

  private static List<JsonObject> geometries(String resource) {
    List<JsonObject> geometries = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(open(resource))) {
      JsonArray features = Buffer.buffer(in.readAllBytes()).toJsonObject().getJsonArray("features");
      for (int i = 0; i < features.size(); i++) {
        geometries.add(features.getJsonObject(i).getJsonObject("geometry"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("resource=" + resource, e);
    }
    return geometries;
  }

  static InputStream open(String resource) throws IOException {
    InputStream in = GeoJsonFile.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IOException(resource + " is missing from the program");
    }
    return in;
  }
}
