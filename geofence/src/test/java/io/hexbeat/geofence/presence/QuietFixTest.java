package io.hexbeat.geofence.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.Polygon;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same fixes with and without what the state derives of the index: decisions are equal. */
class QuietFixTest {
  @ParameterizedTest
  @ValueSource(strings = {"aracaju_phones", "austin_buses"})
  void shouldDecideTheSameOnRealTraces(String file) throws IOException {
    Map<String, List<Fix>> traces = read(file);
    int quiet = 0;
    int changes = 0;
    for (Map.Entry<String, List<Fix>> trace : traces.entrySet()) {
      long seed = trace.getKey().hashCode();
      FenceIndex index = fencesAlong(trace.getValue(), seed);
      int[] figures = compare(index, trace.getValue(), trace.getKey());
      quiet += figures[0];
      changes += figures[1];
    }
    assertTrue(quiet > 50, "quiet=" + quiet);
    assertTrue(changes > 50, "changes=" + changes);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void shouldDecideTheSameOnWalksOfAllPaces(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Fix> fixes = new ArrayList<>();
    long timeMs = 1_790_000_000_000L;
    double east = 0;
    double north = 0;
    double pace = 1;
    for (int i = 0; i < 4_000; i++) {
      if (i % 100 == 0) {
        pace = Math.pow(10, random.nextDouble(-2, 2));
      }
      timeMs += 1_000 + random.nextInt(8_000);
      east = east * 0.999 + pace * random.nextDouble(-1, 1);
      north = north * 0.999 + pace * random.nextDouble(-1, 1);
      SampleFix fix = SampleFix.at(timeMs, east, north).accuracy(3 + random.nextInt(30));
      fixes.add(
          switch (random.nextInt(20)) {
            case 0 -> fix.accuracy(17_000);
            case 1 -> fix.accuracy(Fix.UNKNOWN);
            case 2 -> fix.accuracy(150 + random.nextInt(300));
            case 3 -> fix.heartbeat();
            case 4 -> SampleFix.at(timeMs - 400_000, east, north).received(timeMs);
            case 5 -> SampleFix.at(timeMs + 400_000, east, north).received(timeMs);
            default -> fix;
          });
    }
    int[] figures = compare(fencesAlong(fixes.subList(0, 300), seed), fixes, "seed=" + seed);
    assertTrue(figures[0] > 100, "quiet=" + figures[0]);
  }

  /** Each fix decided with and without; every 100th by another index. Counts quiet and changes. */
  private static int[] compare(FenceIndex index, List<Fix> fixes, String message) {
    PresenceEngine engine = new PresenceEngine(PresencePolicy.DEFAULT, Walk.SKEW_MAX_MS);
    PresenceState state = new PresenceState();
    PresenceState plain = new PresenceState();
    PresenceDecision decision = new PresenceDecision();
    PresenceDecision expected = new PresenceDecision();
    FenceIndex now = index;
    int quiet = 0;
    int changes = 0;
    for (int i = 0; i < fixes.size(); i++) {
      Fix fix = fixes.get(i);
      int handle = 1 + i / 100 % 10;
      Fence old = index.byHandle(handle);
      if (i % 100 == 99 && old != null) {
        now =
            now.byHandle(handle) == null
                ? now.edited(i, List.of(old), List.of())
                : now.edited(i, List.of(), List.of(handle));
      }
      if (fix.hasPosition()
          && state.isQuiet(now, fix.latE7(), fix.lngE7(), Math.max(0, fix.fixTimeMs()))) {
        quiet++;
      }
      plain.clear();
      engine.decide(now, plain, fix, expected);
      engine.decide(now, state, fix, decision);
      assertEquals(expected.toString(), decision.toString(), message + " i=" + i + " " + fix);
      if (i % 7 != 0) { // an append that failed: decided, not applied
        PresenceEngine.apply(plain, fix, expected);
        PresenceEngine.apply(state, fix, decision);
      }
      changes += decision.count();
    }
    assertEquals(plain.toString(), state.toString(), message);
    return new int[] {quiet, changes};
  }

  /** Circles and squares near where the fixes are, with policies and times of many kinds. */
  private static FenceIndex fencesAlong(List<Fix> fixes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Fence> fences = new ArrayList<>();
    for (int handle = 1; handle <= 120; handle++) {
      Fix near = fixes.get(random.nextInt(fixes.size()));
      if (!near.hasPosition()) {
        continue;
      }
      int radius = random.nextInt(20, 250);
      int units = (int) (radius / E7.METERS_PER_UNIT);
      int lat = near.latE7() + random.nextInt(-2 * units, 2 * units);
      int lng = near.lngE7() + random.nextInt(-2 * units, 2 * units);
      Shape shape =
          handle % 2 == 0
              ? new Circle(lat, lng, radius)
              : Polygon.of(
                  new int[][][] {
                    {
                      {
                        lat - units,
                        lng - units,
                        lat - units,
                        lng + units,
                        lat + units,
                        lng + units / 2,
                        lat + units / 3,
                        lng - units
                      }
                    }
                  });
      PresencePolicy own =
          switch (random.nextInt(4)) {
            case 0 -> new PresencePolicy(500, 0, 3, 60_000, 30_000);
            case 1 -> new PresencePolicy(12, 40, 1, 0, 0);
            default -> null;
          };
      long from =
          random.nextInt(5) == 0
              ? fixes.get(random.nextInt(fixes.size())).fixTimeMs()
              : Long.MIN_VALUE;
      long to =
          random.nextInt(5) == 0
              ? fixes.get(random.nextInt(fixes.size())).fixTimeMs()
              : Long.MAX_VALUE;
      fences.add(new Fence(handle, "f", "f", FenceKind.SITE, shape, from, to, own));
    }
    return FenceIndex.of(1, fences);
  }

  private static Map<String, List<Fix>> read(String file) throws IOException {
    Map<String, List<Fix>> traces = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    QuietFixTest.class.getResourceAsStream("/traces/" + file + ".csv")),
                StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(",", -1);
        Fix fix =
            SampleFix.at(Long.parseLong(words[1]), 0, 0)
                .moved(
                    E7.fromDegrees(Double.parseDouble(words[2])),
                    E7.fromDegrees(Double.parseDouble(words[3])));
        traces.computeIfAbsent(words[0], user -> new ArrayList<>()).add(fix);
      }
    }
    return traces;
  }
}
