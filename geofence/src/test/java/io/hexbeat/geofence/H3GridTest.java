package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.uber.h3core.H3Core;
import java.io.IOException;
import java.util.Collection;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class H3GridTest {
  @Test
  void shouldKnowAncestorsAsTheLibraryDoes() throws IOException {
    H3Core h3 = H3Core.newInstance();
    SplittableRandom random = new SplittableRandom(71);
    for (int i = 0; i < 1_000; i++) {
      long cell = H3Grid.cell(lat(random), lng(random), 10);
      assertEquals(10, H3Grid.resolution(cell));
      for (int resolution = 0; resolution <= 10; resolution++) {
        assertEquals(h3.cellToParent(cell, resolution), H3Grid.parent(cell, resolution));
      }
    }
  }

  @Test
  void shouldReachAllPointsOfACell() throws IOException {
    SplittableRandom random = new SplittableRandom(73);
    for (int i = 0; i < 12_000; i++) {
      assertReached(lat(random), lng(random), i % Covering.FINEST_RESOLUTION);
    }
    H3Core h3 = H3Core.newInstance();
    Collection<Long> pentagons = h3.getPentagons(3);
    for (long pentagon : pentagons) {
      int lat = H3Grid.centreLatE7(pentagon);
      int lng = H3Grid.centreLngE7(pentagon);
      for (int i = 0; i < 300; i++) {
        int reach = 1 << random.nextInt(10, 25);
        assertReached(
            lat + random.nextInt(-reach, reach),
            E7.normalizeLngE7((long) lng + random.nextInt(-reach, reach)),
            i % Covering.FINEST_RESOLUTION);
      }
    }
  }

  private static void assertReached(int lat, int lng, int resolution) {
    long cell = H3Grid.parent(H3Grid.libraryCell(lat, lng, resolution + 5), resolution);
    int centreLat = H3Grid.centreLatE7(cell);
    int centreLng = H3Grid.centreLngE7(cell);
    double reach = H3Grid.reachMeters(cell, centreLat, centreLng);
    double meters = E7.distanceMeters(centreLat, centreLng, lat, lng);
    assertTrue(meters < 0.97 * reach, () -> "lat=" + lat + " lng=" + lng + " res=" + resolution);
    CellBox box = CellBox.around(centreLat, centreLng, reach);
    assertTrue(box.meets(new CellBox(lat, lat, lng, 0)));
  }

  private static int lat(SplittableRandom random) {
    return E7.fromDegrees(Math.toDegrees(Math.asin(random.nextDouble(-1, 1))));
  }

  private static int lng(SplittableRandom random) {
    return (int) random.nextLong(E7.MIN_LNG, E7.MAX_LNG);
  }
}
