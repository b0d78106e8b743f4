package io.hexbeat.geofence.visit;

import static io.hexbeat.geofence.SampleFix.at;
import static io.hexbeat.geofence.SampleFix.circle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random ways past three sites, of which some fixes come late. */
class LateReplayTest {
  private static final long T = 1_790_000_000_000L;
  private static final long MIN = 60_000;
  private static final int SEEDS = 500;

  private static final FenceIndex INDEX =
      FenceIndex.of(
          1,
          List.of(
              Fence.of(1, "a", circle(0, 0, 100)),
              Fence.of(2, "b", circle(60, 0, 300)),
              Fence.of(3, "c", circle(1_500, 200, 150))));

  @Test
  void shouldSayWhatPresenceWouldHaveSaidHadAllComeInOrder() {
    int amended = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<SampleFix> way = way(random);
      int lateFrom = 20 + random.nextInt(100);
      int lateTo = lateFrom + 1 + random.nextInt(60);
      List<SampleFix> onTime = new ArrayList<>();
      for (int i = 0; i < way.size(); i++) {
        boolean late = i >= lateFrom && i < lateTo && random.nextInt(5) > 0;
        if (!late) {
          onTime.add(way.get(i));
        }
      }
      List<PresenceStep> live = steps(onTime);
      List<Stay> truth = Stay.of(steps(way));
      List<PresenceStep> known = replayed(live, way, lateFrom, lateTo);
      assertEquals(told(truth), told(Stay.of(known)), "seed=" + seed);
      amended += told(truth).equals(told(Stay.of(live))) ? 0 : 1;
    }
    assertTrue(amended > SEEDS / 10, "amended=" + amended);
  }

  /** The customer was deleted after the visit: nothing can be said anew of how it ended. */
  @Test
  void shouldKeepWhatWasSaidOfAFenceThatIsGone() {
    List<SampleFix> way = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      way.add(at(T + i * MIN, i < 30 ? 0 : 1_500, i < 30 ? 0 : 200));
    }
    List<SampleFix> onTime = new ArrayList<>(way);
    onTime.subList(20, 25).clear();
    List<PresenceStep> live = steps(onTime);
    FenceIndex without = FenceIndex.of(2, List.of(Fence.of(3, "c", circle(1_500, 200, 150))));
    assertEquals(told(Stay.of(live)), told(Stay.of(replayed(without, live, way, 20, 35))));
  }

  private static List<PresenceStep> replayed(
      List<PresenceStep> live, List<SampleFix> way, int lateFrom, int lateTo) {
    return replayed(INDEX, live, way, lateFrom, lateTo);
  }

  private static List<PresenceStep> replayed(
      FenceIndex index, List<PresenceStep> live, List<SampleFix> way, int lateFrom, int lateTo) {
    long beginMs = way.get(lateFrom).fixTimeMs() - 15 * MIN;
    LateReplay replay = new LateReplay(index, engine(), 1, live, way.get(lateTo - 1).fixTimeMs());
    for (int i = 0; i < way.size(); i++) {
      if (way.get(i).fixTimeMs() >= beginMs && replay.take(way.get(i), i)) {
        break;
      }
    }
    replay.end();
    List<PresenceStep> known = new ArrayList<>(replay.steps());
    for (PresenceStep step : live) {
      if (step.atMs() < replay.fromMs() || step.atMs() >= replay.toMs()) {
        known.add(step);
      }
    }
    return known;
  }

  /** Two hundred fixes half a minute apart, to and fro between the sites. */
  private static List<SampleFix> way(Random random) {
    List<SampleFix> way = new ArrayList<>();
    double east = 700;
    double north = 50;
    double toEast = 0;
    double toNorth = 0;
    for (int i = 0; i < 200; i++) {
      if (random.nextInt(12) == 0) {
        toEast = random.nextInt(2_000) - 200;
        toNorth = random.nextInt(400) - 100;
      }
      east += (toEast - east) * 0.3 + random.nextGaussian() * 15;
      north += (toNorth - north) * 0.3 + random.nextGaussian() * 15;
      way.add(at(T + i * MIN / 2, east, north));
    }
    return way;
  }

  private static List<PresenceStep> steps(List<SampleFix> fixes) {
    PresenceEngine engine = engine();
    PresenceState state = new PresenceState();
    PresenceDecision decision = new PresenceDecision();
    List<PresenceStep> steps = new ArrayList<>();
    for (int n = 0; n < fixes.size(); n++) {
      engine.decide(INDEX, state, fixes.get(n), decision);
      for (int i = 0; i < decision.count(); i++) {
        if (decision.kind(i).transition()) {
          steps.add(
              new PresenceStep(
                  1,
                  decision.fenceHandle(i),
                  decision.kind(i),
                  decision.atMs(i),
                  decision.inferred(i),
                  n,
                  i));
        }
      }
      PresenceEngine.apply(state, fixes.get(n), decision);
    }
    return steps;
  }

  private static PresenceEngine engine() {
    return new PresenceEngine(PresencePolicy.DEFAULT, 0);
  }

  private static List<String> told(List<Stay> stays) {
    return stays.stream()
        .map(
            stay ->
                stay.fenceHandle()
                    + ": "
                    + (stay.fromMs() - T) / 1_000
                    + "-"
                    + (stay.open() ? "" : (stay.toMs() - T) / 1_000))
        .toList();
  }
}
