package io.hexbeat.load.sim;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.Polygon;
import io.hexbeat.geofence.Shape;
import io.hexbeat.geofence.sim.SimPhone;
import io.hexbeat.geofence.sim.SimPing;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A folder of recorded traces and of places: every {@code .csv} and {@code .geojson} below it,
 * gzipped or not. One thread; holds all of it in memory. A CSV without the columns {@code user},
 * {@code timestamp_ms}, {@code lat} and {@code lon} is no trace and is passed over, and so is a
 * feature that can't be a fence; a trace's row that can't be read is an {@link IOException} that
 * names file and line.
 */
final class TraceFolder {
  /** What one phone or vehicle sent, by time. */
  record Trace(String file, String user, List<SimPing> fixes) {}

  private final List<Trace> traces = new ArrayList<>();
  private final List<Fence> fences = new ArrayList<>();
  private final double pointRadiusMeters;
  private int skippedFeatures;

  private TraceFolder(double pointRadiusMeters) {
    this.pointRadiusMeters = pointRadiusMeters;
  }

  /**
   * Reads a folder.
   *
   * @param pointRadiusMeters of the circle that a point becomes
   */
  static TraceFolder read(Path folder, double pointRadiusMeters) throws IOException {
    TraceFolder read = new TraceFolder(pointRadiusMeters);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
      try (InputStream in = open(file)) {
        if (name.endsWith(".csv")) {
          read.addTraces(file.getFileName().toString(), in);
        } else if (name.endsWith(".geojson")) {
          read.addPlaces(in);
        }
      }
    }
    return read;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
  }

  List<Trace> traces() {
    return traces;
  }

  List<Fence> fences() {
    return fences;
  }

  /** Features that can't be a fence: of another geometry, or against the rules of polygons. */
  int skippedFeatures() {
    return skippedFeatures;
  }

  /** The traces of one CSV; {@code file} names it. */
  static List<Trace> traces(String file, InputStream csv) throws IOException {
    TraceFolder one = new TraceFolder(0);
    one.addTraces(file, csv);
    return one.traces;
  }

  private void addTraces(String file, InputStream csv) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(csv, StandardCharsets.UTF_8));
    String header = reader.readLine();
    List<String> columns = header == null ? List.of() : List.of(header.split(",", -1));
    int user = columns.indexOf("user");
    int time = columns.indexOf("timestamp_ms");
    int lat = columns.indexOf("lat");
    int lng = columns.indexOf("lon");
    if (user < 0 || time < 0 || lat < 0 || lng < 0) {
      return;
    }
    Map<String, List<SimPing>> byUser = new TreeMap<>();
    int number = 1;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      String[] values = line.split(",", -1);
      try {
        SimPing.Draft ping = new SimPing.Draft(new SimPhone(1, "recorded"));
        ping.fixTimeMs = Long.parseLong(values[time]);
        ping.receivedTimeMs = ping.fixTimeMs;
        ping.latE7 = E7.fromDegrees(Double.parseDouble(values[lat]));
        ping.lngE7 = E7.fromDegrees(Double.parseDouble(values[lng]));
        byUser.computeIfAbsent(values[user], name -> new ArrayList<>()).add(ping.build());
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " line " + number + ": " + e.getMessage(), e);
      }
    }
    byUser.forEach(
        (name, fixes) -> {
          fixes.sort(Comparator.comparingLong(SimPing::fixTimeMs));
          traces.add(new Trace(file, name, fixes));
        });
  }

  private void addPlaces(InputStream geoJson) throws IOException {
    JsonArray features;
    try {
      features = Buffer.buffer(geoJson.readAllBytes()).toJsonObject().getJsonArray("features");
    } catch (DecodeException | ClassCastException e) {
      skippedFeatures++;
      return;
    }
    for (int i = 0; features != null && i < features.size(); i++) {
      try {
        Shape shape = shape(features.getJsonObject(i).getJsonObject("geometry"));
        int handle = fences.size() + 1;
        fences.add(Fence.of(handle, "place-" + handle, shape));
      } catch (IllegalArgumentException
          | ClassCastException
          | IndexOutOfBoundsException
          | NullPointerException e) {
        skippedFeatures++;
      }
    }
  }

  private Shape shape(JsonObject geometry) {
    JsonArray coordinates = geometry.getJsonArray("coordinates");
    return switch (geometry.getString("type")) {
      case "Polygon" -> Polygon.of(new int[][][] {rings(coordinates)});
      case "MultiPolygon" -> {
        int[][][] parts = new int[coordinates.size()][][];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = rings(coordinates.getJsonArray(i));
        }
        yield Polygon.of(parts);
      }
      case "Point" -> {
        int[] place = new int[2];
        position(coordinates, place, 0);
        yield new Circle(place[0], place[1], pointRadiusMeters);
      }
      default -> throw new IllegalArgumentException("type=" + geometry.getString("type"));
    };
  }

  private static int[][] rings(JsonArray rings) {
    int[][] read = new int[rings.size()][];
    for (int i = 0; i < read.length; i++) {
      JsonArray positions = rings.getJsonArray(i);
      read[i] = new int[2 * positions.size()];
      for (int j = 0; j < positions.size(); j++) {
        position(positions.getJsonArray(j), read[i], 2 * j);
      }
    }
    return read;
  }

  /** GeoJSON says longitude first. */
  private static void position(JsonArray position, int[] latLng, int at) {
    latLng[at] = E7.fromDegrees(position.getDouble(1));
    latLng[at + 1] = E7.fromDegrees(position.getDouble(0));
  }
}
