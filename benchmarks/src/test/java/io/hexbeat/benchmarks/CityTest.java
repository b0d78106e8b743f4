package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.E7;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cities and traces: as described, and the same in every process. */
class CityTest {
  @Test
  void shouldBeginALargerCityWithTheFencesOfASmallerOne() {
    List<Outline> small = City.mixed(400);
    List<Outline> large = City.mixed(900);
    assertEquals(900, large.size());
    for (int i = 0; i < small.size(); i++) {
      assertEquals(area(small.get(i)), area(large.get(i)));
    }
  }

  @Test
  void shouldKeepTheShapeOfAnOutlineThatMoves() {
    Outline.Area building = GeoJsonFile.areas("/demo/austin_buildings.geojson.gz").get(0);
    int[] at = {E7.fromDegrees(10), E7.fromDegrees(20)};
    int[] moved = building.movedTo(at[0], at[1]).parts()[0][0];
    int[] from = building.parts()[0][0];
    assertEquals(at[0], moved[0]);
    assertEquals(at[1], moved[1]);
    for (int i = 2; i < from.length; i += 2) {
      assertEquals(
          E7.distanceMeters(from[0], from[1], from[i], from[i + 1]),
          E7.distanceMeters(moved[0], moved[1], moved[i], moved[i + 1]),
          0.1);
    }
  }

  @Test
  void shouldLetDevicesMoveAsThePhonesDid() {
    FixStream fixes = Traces.read(Traces.PHONES, 16, 128);
    assertArrayEquals(fixes.latsE7(), Traces.read(Traces.PHONES, 16, 128).latsE7());
    double[] steps = new double[fixes.size() - 16];
    for (int i = 16; i < fixes.size(); i++) {
      assertEquals(fixes.devices()[i - 16], fixes.devices()[i]);
      steps[i - 16] =
          E7.distanceMeters(
              fixes.latsE7()[i - 16], fixes.lngsE7()[i - 16], fixes.latsE7()[i], fixes.lngsE7()[i]);
    }
    Arrays.sort(steps);
    assertTrue(steps[steps.length / 2] < 100, "median step is " + steps[steps.length / 2] + " m");
    assertTrue(steps[steps.length / 2] > 1, "median step is " + steps[steps.length / 2] + " m");
  }

  private static String area(Outline outline) {
    return outline instanceof Outline.Area area
        ? Arrays.deepToString(area.parts())
        : outline.toString();
  }
}
