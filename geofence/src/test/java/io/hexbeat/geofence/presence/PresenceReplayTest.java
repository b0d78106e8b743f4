package io.hexbeat.geofence.presence;

import static io.hexbeat.geofence.SampleFix.circle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.SampleFix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws over random walks; the seed is in each message. */
class PresenceReplayTest {
  private static final long T = 1_790_000_000_000L;
  private static final int SEEDS = 60;
  private static final int STEPS = 400;

  @Test
  void shouldRebuildTheSameStateFromRecordedDecisionsAlone() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Walk walk = new Walk(fences(seed));
      PresenceState replayed = new PresenceState();
      for (Fix fix : fixes(seed)) {
        walk.go(fix);
        PresenceEngine.apply(replayed, fix, copyOf(walk.decisions.get(walk.decisions.size() - 1)));
        assertEquals(walk.state.toString(), replayed.toString(), "seed=" + seed);
      }
      assertTrue(walk.told().size() > 2, "seed=" + seed + " walked past all fences");
    }
  }

  @Test
  void shouldTellNothingTwiceAfterARestartInTheMiddle() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      List<Fix> fixes = fixes(seed);
      Walk whole = new Walk(fences(seed));
      fixes.forEach(whole::go);

      Walk restarted = new Walk(fences(seed));
      int middle = new Random(seed).nextInt(STEPS);
      fixes.subList(0, middle).forEach(restarted::go);
      PresenceState rebuilt = new PresenceState();
      for (int i = 0; i < middle; i++) {
        PresenceEngine.apply(rebuilt, fixes.get(i), copyOf(restarted.decisions.get(i)));
      }
      restarted.state = rebuilt;
      int resent = Math.max(0, middle - 10);
      for (Fix fix : fixes.subList(resent, middle)) {
        if (fix.hasPosition()) {
          assertEquals(FixOrder.DUPLICATE, restarted.go(fix), "seed=" + seed);
        }
      }
      fixes.subList(middle, STEPS).forEach(restarted::go);
      assertEquals(whole.told(), restarted.told(), "seed=" + seed);
      assertEquals(whole.state.toString(), restarted.state.toString(), "seed=" + seed);
    }
  }

  @Test
  void shouldAlternateEnterAndExitOfEachFence() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Walk walk = new Walk(fences(seed));
      fixes(seed).forEach(walk::go);
      List<Integer> inside = new ArrayList<>();
      for (String told : walk.told()) {
        String[] words = told.replace("inferred ", "").split(" ", -1);
        Integer fence = Integer.valueOf(words[1]);
        switch (words[0]) {
          case "ENTER" -> {
            assertTrue(!inside.contains(fence), "seed=" + seed + " " + told);
            inside.add(fence);
          }
          case "DWELL" -> assertTrue(inside.contains(fence), "seed=" + seed + " " + told);
          default -> assertTrue(inside.remove(fence), "seed=" + seed + " " + told);
        }
      }
      assertEquals(walk.state.size(), inside.size(), "seed=" + seed);
    }
  }

  @Test
  void shouldAgreeWithTheNaiveTwin() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Walk walk = new Walk(fences(seed));
      NaivePresence naive = new NaivePresence(fences(seed), PresencePolicy.DEFAULT);
      for (Fix fix : fixes(seed)) {
        walk.go(fix);
        naive.go(fix);
      }
      assertEquals(
          naive.told(),
          walk.told().stream().filter(told -> !told.startsWith("inferred")).sorted().toList(),
          "seed=" + seed);
    }
  }

  private static FenceIndex fences(long seed) {
    Random random = new Random(seed);
    List<Fence> fences = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      PresencePolicy own =
          switch (random.nextInt(4)) {
            case 0 -> new PresencePolicy(500, 0, 3, 60_000, 30_000);
            case 1 -> new PresencePolicy(12, 40, 1, 0, 0);
            default -> null;
          };
      long from = random.nextInt(5) == 0 ? T + random.nextInt(2_000_000) : Long.MIN_VALUE;
      long to = random.nextInt(5) == 0 ? T + random.nextInt(6_000_000) : Long.MAX_VALUE;
      double east = random.nextGaussian() * 400;
      double north = random.nextGaussian() * 400;
      fences.add(
          new Fence(
              i,
              "f" + i,
              "f" + i,
              i % 2 == 0 ? FenceKind.SITE : FenceKind.AREA,
              circle(east, north, 30 + random.nextInt(200)),
              from,
              to,
              own));
    }
    return FenceIndex.of(1, fences);
  }

  /** A walk with jitter, gaps, bad and unknown accuracy, backlogs, resends and wrong clocks. */
  private static List<Fix> fixes(long seed) {
    Random random = new Random(seed * 31);
    List<Fix> fixes = new ArrayList<>();
    long timeMs = T;
    double east = 0;
    double north = 0;
    while (fixes.size() < STEPS) {
      timeMs += random.nextInt(20) == 0 ? random.nextInt(600_000) : 1_000 + random.nextInt(15_000);
      east = east * 0.98 + random.nextGaussian() * 60;
      north = north * 0.98 + random.nextGaussian() * 60;
      SampleFix fix = SampleFix.at(timeMs, east, north).accuracy(3 + random.nextInt(30));
      switch (random.nextInt(16)) {
        case 0 -> fixes.add(fix.accuracy(17_000));
        case 1 -> fixes.add(fix.accuracy(Fix.UNKNOWN));
        case 2 -> fixes.add(fix.accuracy(150 + random.nextInt(300)));
        case 3 -> fixes.add(fix.heartbeat());
        case 4 ->
            fixes.add(
                SampleFix.at(timeMs - random.nextInt(3_600_000), east + 5, north).received(timeMs));
        case 5 ->
            fixes.add(
                SampleFix.at(timeMs + 400_000 + random.nextInt(1_000), east, north)
                    .received(timeMs));
        case 6 -> fixes.add(fixes.isEmpty() ? fix : fixes.get(fixes.size() - 1));
        case 7 -> fixes.add(SampleFix.at(random.nextInt(1_000_000), east, north).received(timeMs));
        default -> fixes.add(fix);
      }
    }
    return fixes;
  }

  private static PresenceDecision copyOf(PresenceDecision decision) {
    PresenceDecision copy = new PresenceDecision().reset(FixOrder.of(decision.order().code()));
    for (int i = 0; i < decision.count(); i++) {
      copy.add(
          decision.fenceHandle(i),
          ChangeKind.of(decision.kind(i).code()),
          decision.inferred(i),
          decision.atMs(i));
    }
    return copy;
  }
}
