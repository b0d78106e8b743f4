package io.hexbeat.geofence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Reads the polygons of a GeoJSON resource; knows just enough JSON for our own files. */
final class RealPolygons {
  private final String json;
  private int at;

  private RealPolygons(String json) {
    this.json = json;
  }

  /** Parts, rings and {@code [latE7, lngE7, ...]} by name, in the file's order. */
  static Map<String, int[][][]> read(String file) {
    String resource = "/polygons/" + file + ".geojson.gz";
    try (InputStream in = RealPolygons.class.getResourceAsStream(resource);
        GZIPInputStream unzipped = new GZIPInputStream(Objects.requireNonNull(in, resource))) {
      return new RealPolygons(new String(unzipped.readAllBytes(), StandardCharsets.UTF_8))
          .features();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, int[][][]> features() {
    Map<String, int[][][]> features = new LinkedHashMap<>();
    while (moveBehind("\"name\":\"")) {
      String name = json.substring(at, json.indexOf('"', at));
      moveBehind("\"geometry\":{\"type\":\"");
      boolean multi = json.startsWith("MultiPolygon", at);
      moveBehind("\"coordinates\":");
      List<int[][]> parts = new ArrayList<>();
      if (multi) {
        at++;
        do {
          parts.add(rings());
        } while (json.charAt(at++) == ',');
      } else {
        parts.add(rings());
      }
      features.put(name, parts.toArray(new int[0][][]));
    }
    return features;
  }

  private boolean moveBehind(String text) {
    int found = json.indexOf(text, at);
    at = found + text.length();
    return found >= 0;
  }

  private int[][] rings() {
    List<int[]> rings = new ArrayList<>();
    at++;
    do {
      rings.add(ring());
    } while (json.charAt(at++) == ',');
    return rings.toArray(new int[0][]);
  }

  private int[] ring() {
    int end = json.indexOf("]]", at);
    String[] numbers = json.substring(at + 2, end).replace("],[", ",").split(",", -1);
    int[] flat = new int[numbers.length];
    for (int i = 0; i < flat.length; i += 2) {
      flat[i] = E7.fromDegrees(Double.parseDouble(numbers[i + 1]));
      flat[i + 1] = E7.fromDegrees(Double.parseDouble(numbers[i]));
    }
    at = end + 2;
    return flat;
  }
}
