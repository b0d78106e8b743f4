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

/**
 * Known answers of other projects, from {@code src/test/resources/vectors}, with a reader for their
 * JSON. Objects become maps, arrays lists, numbers doubles.
 */
final class Vectors {
  private final String json;
  private int at;

  private Vectors(String json) {
    this.json = json;
  }

  static String text(String file) {
    String resource = "/vectors/" + file;
    try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
      InputStream there = Objects.requireNonNull(in, resource);
      InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(there) : there;
      return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Object> json(String file) {
    return map(new Vectors(text(file)).value());
  }

  /** A file that is an array of objects. */
  static List<Map<String, Object>> objects(String file) {
    return maps(new Vectors(text(file)).value());
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  static List<Map<String, Object>> maps(Object value) {
    return list(value).stream().map(Vectors::map).toList();
  }

  static double number(Object value) {
    return (Double) value;
  }

  static int e7(Object degrees) {
    return E7.fromDegrees(number(degrees));
  }

  /** Flat {@code [latE7, lngE7, ...]} of {@code [[lng, lat], ...]}. */
  static int[] lngLats(Object positions) {
    return flat(positions, 1, 0);
  }

  /** Flat {@code [latE7, lngE7, ...]} of {@code [[lat, lng], ...]}; longitudes are normalized. */
  static int[] latLngs(Object positions) {
    return flat(positions, 0, 1);
  }

  private static int[] flat(Object positions, int latAt, int lngAt) {
    List<Object> all = list(positions);
    int[] flat = new int[2 * all.size()];
    for (int i = 0; i < all.size(); i++) {
      flat[2 * i] = e7(list(all.get(i)).get(latAt));
      int lng = e7(list(all.get(i)).get(lngAt));
      flat[2 * i + 1] = Math.abs(lng) > E7.MAX_LNG ? E7.normalizeLngE7(lng) : lng;
    }
    return flat;
  }

  /** Parts and rings of a GeoJSON Polygon or MultiPolygon. */
  static int[][][] parts(Object geometry) {
    Object coordinates = map(geometry).get("coordinates");
    List<Object> polygons =
        "Polygon".equals(map(geometry).get("type")) ? List.of(coordinates) : list(coordinates);
    return polygons.stream()
        .map(rings -> list(rings).stream().map(Vectors::lngLats).toArray(int[][]::new))
        .toArray(int[][][]::new);
  }

  private Object value() {
    skipBlanks();
    char c = json.charAt(at);
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't', 'f' -> literal(c == 't' ? "true" : "false", c == 't');
      case 'n' -> literal("null", "");
      default -> number();
    };
  }

  private Object literal(String word, Object value) {
    at += word.length();
    return value;
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    at++;
    while (next() != '}') {
      String key = string();
      next();
      at++;
      object.put(key, value());
      if (next() == ',') {
        at++;
      }
    }
    at++;
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    at++;
    while (next() != ']') {
      array.add(value());
      if (next() == ',') {
        at++;
      }
    }
    at++;
    return array;
  }

  private String string() {
    StringBuilder text = new StringBuilder();
    at++;
    while (json.charAt(at) != '"') {
      if (json.charAt(at) == '\\') {
        at++;
      }
      text.append(json.charAt(at++));
    }
    at++;
    return text.toString();
  }

  private Double number() {
    int from = at;
    while (at < json.length() && "+-.eE0123456789".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
    return Double.valueOf(json.substring(from, at));
  }

  private char next() {
    skipBlanks();
    return json.charAt(at);
  }

  private void skipBlanks() {
    while (at < json.length() && Character.isWhitespace(json.charAt(at))) {
      at++;
    }
  }
}
