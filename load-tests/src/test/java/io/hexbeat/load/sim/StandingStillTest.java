package io.hexbeat.load.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.load.demo.Demo;
import io.hexbeat.load.sim.StillHours.Stretch;
import io.hexbeat.load.sim.TraceFolder.Trace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorded day of the demo: whoever stands still for an hour neither comes nor goes, wherever a
 * fence's edge runs.
 */
class StandingStillTest {
  @Test
  void shouldNotChangePresenceOfWhoStandsStillForAnHour() throws Exception {
    StillHours hours = new StillHours(PresencePolicy.DEFAULT);
    List<Stretch> stretches = new ArrayList<>();
    try (InputStream traces =
        Objects.requireNonNull(Demo.class.getResourceAsStream("/demo/austin_buses.csv.gz"))) {
      for (Trace trace : TraceFolder.traces("buses", new GZIPInputStream(traces))) {
        for (Stretch found : StillHours.of(trace, StillHours.Rules.USUAL)) {
          stretches.add(alone(found));
        }
      }
    }
    assertTrue(stretches.size() >= 1, () -> "stretches=" + stretches.size());
    for (Stretch stretch : stretches) {
      for (FenceIndex circle : StillHours.circlesAt(stretch)) {
        assertEquals(
            List.of(),
            hours.told(circle, stretch).changes(),
            () -> stretch.trace().user() + " " + circle.fences());
      }
    }
  }

  /** A phone that is first heard of where it stands; what came before is for sim still. */
  private static Stretch alone(Stretch found) {
    Trace trace = found.trace();
    Trace still =
        new Trace(trace.file(), trace.user(), trace.fixes().subList(found.from(), found.to()));
    return new Stretch(still, 0, still.fixes().size());
  }

  @Test
  void shouldReadTracesAndPlacesOfAFolder(@TempDir Path folder) throws Exception {
    StringBuilder csv = new StringBuilder("timestamp_ms,user,lon,lat\n");
    for (int i = 0; i < 40; i++) {
      csv.append(i * 120_000L).append(",ann,8.5,47.").append(i % 2).append("0001\n");
    }
    csv.append("0,ben,8.5,47.1\n");
    Files.writeString(folder.resolve("traces.csv"), csv);
    Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
    Files.writeString(
        folder.resolve("places.geojson"),
        """
        {"type":"FeatureCollection","features":[
        {"geometry":{"type":"Point","coordinates":[8.5,47.1]}},
        {"geometry":{"type":"LineString","coordinates":[[8.5,47.1],[8.6,47.1]]}},
        {"geometry":{"type":"Polygon","coordinates":[[[8,47],[9,47],[9,48],[8,47]]]}}]}""");
    TraceFolder read = TraceFolder.read(folder, 100);
    assertEquals(List.of("ann", "ben"), read.traces().stream().map(Trace::user).toList());
    assertEquals(2, read.fences().size());
    assertEquals(1, read.skippedFeatures());
    assertEquals(List.of(), StillHours.of(read.traces().get(0), StillHours.Rules.USUAL));
  }

  @Test
  void shouldNameTheLineThatCannotBeRead(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("traces.csv"), "user,timestamp_ms,lat,lon\nann,x,47,8\n");
    IOException thrown = assertThrows(IOException.class, () -> TraceFolder.read(folder, 100));
    assertTrue(thrown.getMessage().startsWith("traces.csv line 2"), thrown::getMessage);
  }
}
