package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Known answers of the H3 library's own tests (uber/h3, tests/inputfiles and testPolygonToCells.c,
 * Apache-2.0): cells with their centres, random ones of all resolutions and those round three base
 * cells, one of them a pentagon; and how many cells have their centre in a polygon.
 */
class H3VectorsTest {
  /**
   * Rounded to 1e-7 degree, which moves one point in thousands over the edge of a cell of res 12.
   */
  @Test
  void shouldFindTheCellOfEachRandomPoint() {
    int checked = 0;
    for (String line : Vectors.text("h3/points.txt.gz").lines().toList()) {
      String[] words = line.trim().split(" +", -1);
      long cell = cell(words);
      int resolution = H3Grid.resolution(cell);
      if (resolution <= FacePlane.FINEST_RESOLUTION) {
        assertEquals(cell, H3Grid.cell(lat(words), lng(words), resolution), line);
        checked++;
      }
      double meters =
          E7.distanceMeters(
              H3Grid.centreLatE7(cell), H3Grid.centreLngE7(cell), lat(words), lng(words));
      double reach = H3Grid.reachMeters(cell, H3Grid.centreLatE7(cell), H3Grid.centreLngE7(cell));
      assertTrue(meters <= reach, line);
    }
    assertEquals(30_000, checked);
  }

  @Test
  void shouldFindTheCellOfEachCentreAndTheCentreOfEachCell() {
    int checked = 0;
    for (String line : Vectors.text("h3/centers.txt.gz").lines().toList()) {
      String[] words = line.trim().split(" +", -1);
      long cell = cell(words);
      int lat = lat(words);
      int lng = lng(words);
      int resolution = H3Grid.resolution(cell);
      // finer ones than the index uses are the library's alone
      long found =
          resolution <= FacePlane.FINEST_RESOLUTION
              ? H3Grid.cell(lat, lng, resolution)
              : H3Grid.libraryCell(lat, lng, resolution);
      assertEquals(cell, found, line);
      // the file has six decimals
      double meters =
          E7.distanceMeters(lat, lng, H3Grid.centreLatE7(cell), H3Grid.centreLngE7(cell));
      assertEquals(0, meters, 0.15, line);
      checked++;
    }
    assertEquals(15_868, checked);
  }

  private static long cell(String[] words) {
    return Long.parseUnsignedLong(words[0], 16);
  }

  private static int lat(String[] words) {
    return E7.fromDegrees(Double.parseDouble(words[1]));
  }

  /** The file counts longitudes from 0 to 360. */
  private static int lng(String[] words) {
    double turned = Math.IEEEremainder(Double.parseDouble(words[2]), 360);
    return E7.normalizeLngE7(E7.fromDegrees(turned));
  }

  /** The radians of the file are rounded to 1e-7 degree; "degenerate sliver" collapses there. */
  @Test
  void shouldCountAsManyCentresInAPolygonAsH3Does() {
    int checked = 0;
    for (Map<String, Object> each :
        Vectors.maps(Vectors.json("h3/polygon_to_cells_counts.json").get("cases"))) {
      if ("degenerate sliver".equals(each.get("name"))) {
        continue;
      }
      List<Object> holes = Vectors.list(each.get("holes_rad"));
      int[][] rings = new int[1 + holes.size()][];
      rings[0] = radians(each.get("exterior_rad"));
      for (int i = 0; i < holes.size(); i++) {
        rings[i + 1] = radians(holes.get(i));
      }
      Polygon polygon = Polygon.of(new int[][][] {rings});
      CellBox box = polygon.parts().get(0).box();
      int resolution = (int) Vectors.number(each.get("res"));
      int found = 0;
      for (CellNode base : CellNode.baseCells()) {
        found += count(polygon, box, base, resolution);
      }
      assertEquals((int) Vectors.number(each.get("expected_cells")), found, each.get("name") + "");
      checked++;
    }
    assertEquals(5, checked);
  }

  private static int[] radians(Object positions) {
    List<Object> all = Vectors.list(positions);
    int[] flat = new int[2 * all.size()];
    for (int i = 0; i < flat.length; i++) {
      Object radians = Vectors.list(all.get(i / 2)).get(i % 2);
      flat[i] = E7.fromDegrees(Math.toDegrees(Vectors.number(radians)));
    }
    return flat;
  }

  private static int count(Polygon polygon, CellBox box, CellNode node, int resolution) {
    if (!node.box.meets(box)) {
      return 0;
    }
    if (node.resolution() == resolution) {
      return polygon.contains(node.latE7, node.lngE7) ? 1 : 0;
    }
    int found = 0;
    for (CellNode child : node.children()) {
      found += count(polygon, box, child, resolution);
    }
    return found;
  }
}
