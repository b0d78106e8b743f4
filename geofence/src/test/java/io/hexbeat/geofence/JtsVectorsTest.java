package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Lineal;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Polygonal;
import org.locationtech.jts.geom.Puntal;
import org.locationtech.jts.io.WKBReader;
import org.locationtech.jts.io.WKTReader;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * The XML test cases of the JTS Topology Suite (locationtech/jts, testxml, EDL-1.0), unchanged.
 * They are planar: their coordinates are multiplied by a power of ten so that they lie within 80
 * degrees, which keeps whole numbers exact.
 *
 * <p>Points on a boundary have an answer of their own in JTS; ours gives them to one side
 * (SEMI_OPEN), so where a point is on a boundary is told here from the rings, and the rest of each
 * answer from {@link Polygon#contains}.
 */
class JtsVectorsTest {
  private static final double WIDEST_E7 = 80.0 * E7.SCALE;

  /** What we take though JTS calls it invalid, or refuse though it calls it valid, and why. */
  private static final Map<String, String> ON_PURPOSE = onPurpose();

  private static Map<String, String> onPurpose() {
    Map<String, String> reasons = new TreeMap<>();
    String disconnected = "a fence may fall into pieces; each point still has one answer";
    for (String about :
        List.of(
            "A - chain of holes splits polygon, touches at non-vertex (interior disconnected)",
            "A - chain of holes splits polygon, touches at vertices (interior disconnected)",
            "A - chain of holes surrounds area (interior disconnected)",
            "A - hole touches hole at all vertices (interior disconnected)",
            "A - hole touches hole at two vertices (interior disconnected)",
            "A - hole touches shell at all vertices (interior disconnected)",
            "A - hole touches shell twice (interior disconnected)")) {
      reasons.put(about, disconnected);
    }
    String touching = "a ring that touches itself in a point bounds the same points as two rings";
    for (String about :
        List.of(
            "A - hole self-crosses at vertex (self-intersection)",
            "A - hole self-touch at vertex-segment (self-intersection)",
            "A - shell self-touches at non-vertex (self-intersection)",
            "A - shell self-touches at vertex (self-intersection)",
            "Test 20",
            "Test 22",
            "Test 395")) {
      reasons.put(about, touching);
    }
    String adjacent = "neighbours along an edge leave no doubt: SEMI_OPEN gives it to one of them";
    for (String about :
        List.of(
            "A - hole adjacent to hole (self-intersection)",
            "mA - shells adjacent, different vertices (self-intersection)",
            "mA - shells adjacent, same vertices (self-intersection)",
            "Test 226",
            "Test 227")) {
      reasons.put(about, adjacent);
    }
    String repaired = "a way there and back on one line bounds nothing and is dropped";
    for (String about :
        List.of(
            "A - gore (self-intersection)",
            "A - shell self-overlaps (self-intersection)",
            "A - spike (self-intersection))")) {
      reasons.put(about, repaired);
    }
    String empty = "RFC 7946 has no empty ring; a missing one is a mistake";
    for (String about :
        List.of(
            "A - non-empty shell and empty hole (valid)",
            "mA - non-empty and empty polygon (valid)",
            "Test 752",
            "Test 753",
            "Test 754")) {
      reasons.put(about, empty);
    }
    return reasons;
  }

  /** One operation of a case. */
  private record Op(String file, String about, Geometry a, Geometry b, Element op) {
    String name() {
      return op.getAttribute("name");
    }

    boolean expected() {
      return Boolean.parseBoolean(op.getTextContent().trim());
    }

    Geometry first() {
      return "B".equalsIgnoreCase(op.getAttribute("arg1")) ? b : a;
    }

    Geometry second() {
      return "A".equalsIgnoreCase(op.getAttribute("arg2")) ? a : b;
    }

    @Override
    public String toString() {
      return file + ": " + about + ": " + name();
    }
  }

  private static List<Op> ops(String file) throws Exception {
    NodeList cases =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(Vectors.text("jts/" + file + ".xml.gz"))))
            .getElementsByTagName("case");
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < cases.getLength(); i++) {
      Element each = (Element) cases.item(i);
      String about = text(each, "desc").replaceAll("\\s+", " ");
      NodeList tests = each.getElementsByTagName("op");
      for (int j = 0; j < tests.getLength(); j++) {
        ops.add(
            new Op(
                file,
                about,
                geometry(text(each, "a")),
                geometry(text(each, "b")),
                (Element) tests.item(j)));
      }
    }
    return ops;
  }

  private static String text(Element each, String tag) {
    NodeList found = each.getElementsByTagName(tag);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().trim();
  }

  private static Geometry geometry(String text) throws Exception {
    if (text.isEmpty()) {
      return new WKTReader().read("POINT EMPTY");
    }
    return text.matches("[0-9A-Fa-f\\s]+")
        ? new WKBReader().read(WKBReader.hexToBytes(text.replaceAll("\\s", "")))
        : new WKTReader().read(text);
  }

  private static double factor(Geometry... geometries) {
    double most = 1;
    for (Geometry geometry : geometries) {
      for (Coordinate c : geometry.getCoordinates()) {
        most = Math.max(most, Math.max(Math.abs(c.x), Math.abs(c.y)));
      }
    }
    return Math.pow(10, Math.floor(Math.log10(WIDEST_E7 / most)));
  }

  private static int[] flat(Geometry geometry, double factor) {
    return Arrays.stream(geometry.getCoordinates())
        .flatMapToInt(
            c -> IntStream.of((int) Math.round(c.y * factor), (int) Math.round(c.x * factor)))
        .toArray();
  }

  private static int[][][] parts(Geometry area, double factor) {
    int[][][] parts = new int[area.getNumGeometries()][][];
    for (int p = 0; p < parts.length; p++) {
      var polygon = (org.locationtech.jts.geom.Polygon) area.getGeometryN(p);
      List<int[]> rings = new ArrayList<>();
      LinearRing shell = polygon.getExteriorRing();
      rings.add(flat(shell, factor));
      for (int hole = 0; hole < polygon.getNumInteriorRing(); hole++) {
        rings.add(flat(polygon.getInteriorRingN(hole), factor));
      }
      parts[p] = rings.toArray(new int[0][]);
    }
    return parts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "general-TestRelatePA",
        "general-TestPreparedPointPredicate",
        "general-TestPreparedPolygonPredicate",
        "general-TestRectanglePredicate",
        "robust-TestRobustRelateFloat",
        "validate-TestRelatePA"
      })
  void shouldRelatePointsToAreasAsJtsDoes(String file) throws Exception {
    int checked = 0;
    for (Op op : ops(file)) {
      boolean pointFirst = op.first() instanceof Puntal && op.second() instanceof Polygonal;
      boolean areaFirst = op.first() instanceof Polygonal && op.second() instanceof Puntal;
      if (!pointFirst && !areaFirst) {
        continue; // lines, and areas with areas: Hexbeat doesn't relate those
      }
      if (hasEmptyPart(op.a()) || hasEmptyPart(op.b())) {
        continue; // an empty area is no fence
      }
      Geometry points = pointFirst ? op.first() : op.second();
      Geometry area = pointFirst ? op.second() : op.first();
      assertEquals(op.expected(), holds(op, points, area, pointFirst), op.toString());
      checked++;
    }
    assertTrue(checked > 0, file);
  }

  private static boolean hasEmptyPart(Geometry geometry) {
    return geometry.isEmpty()
        || IntStream.range(0, geometry.getNumGeometries())
            .anyMatch(i -> geometry.getGeometryN(i).isEmpty());
  }

  private static boolean holds(Op op, Geometry points, Geometry area, boolean pointFirst) {
    double factor = factor(points, area);
    int[][][] rings = parts(area, factor);
    Polygon polygon = Polygon.of(rings);
    FenceIndex index = FenceIndex.of(1, List.of(Fence.of(1, "area", polygon)));
    boolean inside = false;
    boolean boundary = false;
    boolean outside = false;
    int[] flat = flat(points, factor);
    FenceIds ids = new FenceIds();
    for (int i = 0; i < flat.length; i += 2) {
      boolean contained = polygon.contains(flat[i], flat[i + 1]);
      index.containing(flat[i], flat[i + 1], ids);
      assertEquals(contained, ids.contains(1), op.toString());
      boolean onEdge = isOnEdge(rings, flat[i], flat[i + 1]);
      boundary |= onEdge;
      inside |= contained && !onEdge;
      outside |= !contained && !onEdge;
    }
    return switch (op.name()) {
      case "intersects" -> inside || boundary;
      case "disjoint" -> !inside && !boundary;
      case "touches" -> boundary && !inside;
      case "crosses" -> inside && outside;
      case "within" -> pointFirst && inside && !outside;
      case "coveredBy" -> pointFirst && !outside;
      case "contains" -> !pointFirst && inside && !outside;
      case "covers" -> !pointFirst && !outside;
      case "overlaps", "equalsTopo" -> false;
      case "relate" -> matches(op.op().getAttribute("arg3"), pointFirst, inside, boundary, outside);
      default -> throw new IllegalStateException(op.toString());
    };
  }

  /** Rows of the DE-9IM matrix: interior, boundary, exterior of the first operand. */
  private static boolean matches(
      String pattern, boolean pointFirst, boolean inside, boolean boundary, boolean outside) {
    String points = (inside ? "0" : "F") + (boundary ? "0" : "F") + (outside ? "0" : "F");
    String matrix =
        pointFirst
            ? points + "FFF" + "212"
            : "" + points.charAt(0) + "F2" + points.charAt(1) + "F1" + points.charAt(2) + "F2";
    for (int i = 0; i < 9; i++) {
      char wanted = pattern.charAt(i);
      char is = matrix.charAt(i);
      if (wanted != '*' && wanted != is && !(wanted == 'T' && is != 'F')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOnEdge(int[][][] parts, int lat, int lng) {
    for (int[][] part : parts) {
      for (int[] ring : part) {
        for (int i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
          if (Orientation.segmentsMeet(
              ring[j], ring[j + 1], ring[i], ring[i + 1], lat, lng, lat, lng)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(strings = {"general-TestDistance", "general-TestWithinDistance"})
  void shouldMeasureDistancesAsJtsDoes(String file) throws Exception {
    int checked = 0;
    for (Op op : ops(file)) {
      boolean pointFirst = op.first() instanceof Puntal;
      Geometry points = pointFirst ? op.first() : op.second();
      Geometry other = pointFirst ? op.second() : op.first();
      if (!(points instanceof Puntal) || points.isEmpty() || other.isEmpty()) {
        continue;
      }
      if (!(other instanceof Polygonal) && !(other instanceof Lineal)) {
        continue;
      }
      if (hasEmptyPart(other)) {
        continue; // an empty part is no fence
      }
      double unitMeters = 100 * E7.METERS_PER_UNIT;
      int[] flat = flat(points, 100);
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < flat.length; i += 2) {
        double meters = meters(other, flat[i], flat[i + 1]);
        least = Math.min(least, Math.max(0, meters));
      }
      double units = least / unitMeters;
      if (op.name().equals("distance")) {
        double expected = Double.parseDouble(op.op().getTextContent().trim());
        assertEquals(expected, units, 0.005 * expected + 0.02, op.toString());
      } else {
        double limit = Double.parseDouble(op.op().getAttribute("arg3"));
        assertEquals(op.expected(), units <= limit + 1e-3, op + " " + units);
      }
      checked++;
    }
    assertTrue(checked >= 2, file + " " + checked);
  }

  /** Lines are measured as the middle of a corridor. */
  private static double meters(Geometry other, int lat, int lng) {
    if (other instanceof Polygonal) {
      return Polygon.of(parts(other, 100)).signedDistanceMeters(lat, lng);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < other.getNumGeometries(); i++) {
      Corridor corridor = Corridor.of(flat(other.getGeometryN(i), 100), 1);
      least = Math.min(least, corridor.signedDistanceMeters(lat, lng) + 1);
    }
    return least;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "general-TestValid",
        "general-TestValid2",
        "validate-TestRelateAA",
        "general-TestRelateAA"
      })
  void shouldTakeWhatJtsCallsValidAndRefuseWhatItDoesNot(String file) throws Exception {
    Map<String, String> differences = new TreeMap<>();
    List<String> seen = new ArrayList<>();
    int checked = 0;
    for (Op op : ops(file)) {
      List<Geometry> areas =
          op.name().equals("isValid") ? List.of(op.a()) : List.of(op.a(), op.b());
      for (Geometry area : areas) {
        if (!(area instanceof Polygonal) || area.isEmpty()) {
          continue;
        }
        boolean valid = !op.name().equals("isValid") || op.expected();
        String refused = "";
        try {
          Polygon.of(parts(area, factor(area)));
        } catch (InvalidShapeException e) {
          refused = e.getMessage();
        }
        checked++;
        if (valid != refused.isEmpty()) {
          differences.put(op.about(), valid ? refused : "taken");
        }
      }
    }
    differences.keySet().removeIf(about -> differs(about, seen));
    assertEquals(Map.of(), differences);
    boolean numbered = file.equals("general-TestValid2");
    if (file.startsWith("general-TestValid")) {
      ON_PURPOSE.keySet().stream()
          .filter(about -> about.startsWith("Test ") == numbered)
          .forEach(about -> assertTrue(seen.contains(about), "no longer differs: " + about));
    }
    assertTrue(checked > 10, file + " " + checked);
  }

  private static boolean differs(String about, List<String> seen) {
    seen.add(about);
    return ON_PURPOSE.containsKey(about);
  }
}
