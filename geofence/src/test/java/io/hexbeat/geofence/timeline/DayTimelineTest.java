package io.hexbeat.geofence.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.timeline.DayTimeline.Kind;
import io.hexbeat.geofence.timeline.DayTimeline.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-made days in metres north and east of a point in Austin, with noise of 10 m. */
class DayTimelineTest {
  private static final long T = 1_790_000_000_000L;
  private static final long MIN = 60_000;
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;
  private static final int NOISE_METERS = 10;

  private final List<TrackFix> fixes = new ArrayList<>();
  private Random random = new Random(7);
  private long atMs = T;
  private double north;
  private double east;
  private double trueMeters;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 30, 60})
  void shouldMeasureNothingWhereSomebodyStandsForAnHour(int everySeconds) {
    for (int seed = 0; seed < 20; seed++) {
      random = new Random(seed);
      fixes.clear();
      stand(60, everySeconds);
      DayTimeline day = day();
      assertEquals(0, day.measuredMeters(), "seed=" + seed);
      assertEquals(List.of(Kind.STOP), kinds(day), "seed=" + seed);
      assertTrue(day.parts().get(0).durationMs() >= 58 * MIN, "seed=" + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 30})
  void shouldMeasureADriveWithinAFewPercent(int everySeconds) {
    double worst = 0;
    for (int seed = 0; seed < 20; seed++) {
      random = new Random(seed);
      fixes.clear();
      trueMeters = 0;
      stand(10, everySeconds);
      drive(3_000, 0, 13, everySeconds);
      drive(0, 2_000, 13, everySeconds);
      drive(4_000, 1_500, 20, everySeconds);
      drive(0, 1_200, 8, everySeconds);
      stand(10, everySeconds);
      DayTimeline day = day();
      assertEquals(List.of(Kind.STOP, Kind.LEG, Kind.STOP), kinds(day), "seed=" + seed);
      worst = Math.max(worst, Math.abs(day.measuredMeters() / trueMeters - 1));
    }
    assertTrue(worst < 0.03, "every=" + everySeconds + " worst=" + worst);
  }

  @Test
  void shouldMeasureAWalk() {
    double worst = 0;
    for (int seed = 0; seed < 20; seed++) {
      random = new Random(seed);
      fixes.clear();
      trueMeters = 0;
      drive(1_500, 0, 1.4, 5);
      drive(0, 1_000, 1.4, 5);
      worst = Math.max(worst, Math.abs(day().measuredMeters() / trueMeters - 1));
    }
    assertTrue(worst < 0.08, "worst=" + worst);
  }

  @Test
  void shouldKeepTheEstimateOverAGapApart() {
    stand(10, 10);
    atMs += 90 * MIN;
    north += 5_000;
    stand(10, 10);
    DayTimeline day = day();
    assertEquals(List.of(Kind.STOP, Kind.GAP, Kind.STOP), kinds(day));
    assertEquals(0, day.measuredMeters());
    assertEquals(5_000, day.estimatedMeters(), 60);
    assertTrue(Math.abs(90 * MIN - day.durationMs(Kind.GAP)) < MIN);
  }

  @Test
  void shouldEstimateNothingOverASilenceInOnePlace() {
    stand(10, 10);
    atMs += 60 * MIN;
    stand(10, 10);
    DayTimeline day = day();
    assertEquals(List.of(Kind.STOP, Kind.GAP, Kind.STOP), kinds(day));
    assertEquals(0, day.estimatedMeters());
  }

  @Test
  void shouldNotCutAStopForASingleWildFix() {
    stand(10, 10);
    fixes.add(fix(north + 400, east, 20));
    atMs += 10_000;
    stand(10, 10);
    assertEquals(List.of(Kind.STOP), kinds(day()));
    assertEquals(0, day().measuredMeters());
  }

  @Test
  void shouldLeaveOutInaccurateFixesAndGlitches() {
    stand(10, 10);
    fixes.add(fix(north + 9_000, east, 1_500));
    atMs += 10_000;
    drive(2_000, 0, 10, 5);
    fixes.add(fix(north + 90_000, east, 5));
    atMs += 5_000;
    drive(2_000, 0, 10, 5);
    DayTimeline day = day();
    assertEquals(1, day.inaccurate());
    assertEquals(4_000, day.measuredMeters(), 150);
  }

  @Test
  void shouldFollowThePhoneThatTellsMostAndFillItsSilences() {
    stand(30, 10);
    long backMs = atMs + 60 * MIN;
    List<TrackFix> other = new ArrayList<>();
    for (long ms = T; ms < backMs; ms += MIN) {
      other.add(new TrackFix(ms, E7.fromDegrees(LAT + 0.05), E7.fromDegrees(LNG), 500, 2));
    }
    atMs = backMs;
    stand(30, 10);
    fixes.addAll(other);
    fixes.sort((a, b) -> Long.compare(a.timeMs(), b.timeMs()));
    DayTimeline day = day();
    assertEquals(List.of(Kind.STOP, Kind.LEG, Kind.STOP, Kind.LEG, Kind.STOP), kinds(day));
  }

  @Test
  void shouldTellADayWithoutAHoleAndInOrder() {
    for (int seed = 0; seed < 50; seed++) {
      random = new Random(seed);
      fixes.clear();
      atMs = T;
      for (int n = 0; n < 12; n++) {
        switch (random.nextInt(3)) {
          case 0 -> stand(1 + random.nextInt(20), 5 + random.nextInt(40));
          case 1 -> drive(random.nextInt(4_000) - 2_000, random.nextInt(4_000) - 2_000, 9, 5);
          default -> atMs += random.nextInt(40) * MIN;
        }
      }
      List<Part> parts = day().parts();
      for (int i = 1; i < parts.size(); i++) {
        assertEquals(parts.get(i - 1).toMs(), parts.get(i).fromMs(), "seed=" + seed + " " + parts);
        assertTrue(parts.get(i).durationMs() > 0, "seed=" + seed);
      }
    }
  }

  @Test
  void shouldTellOfAShortTimeBetweenSilencesWhetherItWasAStop() {
    stand(1, 20);
    atMs += 30 * MIN;
    drive(0, 2_000, 20, 20);
    assertEquals(List.of(Kind.STOP, Kind.GAP, Kind.LEG), kinds(day()));
  }

  @Test
  void shouldTellNothingOfNothing() {
    assertEquals(List.of(), day().parts());
  }

  private DayTimeline day() {
    return DayTimeline.of(fixes, TimelineRules.DEFAULT);
  }

  private static List<Kind> kinds(DayTimeline day) {
    return day.parts().stream().map(Part::kind).toList();
  }

  private void stand(int minutes, int everySeconds) {
    long untilMs = atMs + minutes * MIN;
    for (; atMs < untilMs; atMs += everySeconds * 1_000L) {
      fixes.add(noisy());
    }
  }

  private void drive(double northMeters, double eastMeters, double mps, int everySeconds) {
    double meters = Math.hypot(northMeters, eastMeters);
    trueMeters += meters;
    double fromNorth = north;
    double fromEast = east;
    double seconds = meters / mps;
    for (double s = everySeconds; s < seconds; s += everySeconds) {
      north = fromNorth + northMeters * s / seconds;
      east = fromEast + eastMeters * s / seconds;
      fixes.add(noisy());
      atMs += everySeconds * 1_000L;
    }
    north = fromNorth + northMeters;
    east = fromEast + eastMeters;
  }

  /** 10 m of 68% confidence. */
  private TrackFix noisy() {
    double deviation = NOISE_METERS / 1.51;
    return fix(
        north + random.nextGaussian() * deviation,
        east + random.nextGaussian() * deviation,
        NOISE_METERS);
  }

  private TrackFix fix(double northMeters, double eastMeters, int accuracyMeters) {
    double metersPerDegree = E7.METERS_PER_UNIT * E7.SCALE;
    return new TrackFix(
        atMs,
        E7.fromDegrees(LAT + northMeters / metersPerDegree),
        E7.fromDegrees(LNG + eastMeters / metersPerDegree / Math.cos(Math.toRadians(LAT))),
        accuracyMeters * 100,
        1);
  }
}
