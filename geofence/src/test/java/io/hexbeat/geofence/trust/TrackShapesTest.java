package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.geofence.SampleFix;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A day again, beside a commuter who takes the same way every day. */
class TrackShapesTest {
  private static final long T = 1_790_000_000_000L;
  private static final long DAY = 86_400_000L;

  private TrackShapes shapes = new TrackShapes(TrustPolicy.DEFAULT);

  /** Forty kilometres of town; the day's seed makes lights and queues. */
  private void drive(int member, long fromMs, long rhythm, long jitterSeed) {
    Random speeds = new Random(rhythm);
    Random jitter = new Random(jitterSeed);
    double meters = 0;
    long now = fromMs;
    while (meters < 40_000) {
      double north = meters / 4_000 % 2 < 1 ? meters % 4_000 : 4_000 - meters % 4_000;
      shapes.fix(
          member,
          now,
          SampleFix.latE7(north + jitter.nextGaussian() * 4),
          SampleFix.lngE7(meters / 4_000 * 300 + jitter.nextGaussian() * 4),
          900);
      now += 10_000;
      if (speeds.nextInt(12) == 0) {
        now += 10_000 + speeds.nextInt(60_000);
      }
      meters += 60 + speeds.nextInt(80);
    }
  }

  @Test
  void shouldFindAnEarlierDayOfOnesOwnAndOfAnother() {
    drive(1, T, 1, 1);
    drive(1, T + DAY + 600_000, 1, 2);
    List<TrackShapes.Replayed> found = shapes.drain();
    assertEquals(1, found.size());
    assertEquals(true, found.get(0).finding().figures().get("own_track"));
    drive(2, T + 2 * DAY, 1, 3);
    drive(2, T + 3 * DAY, 7, 3);
    List<TrackShapes.Replayed> others = shapes.drain();
    assertEquals(1, others.size());
    assertEquals(2, others.get(0).member());
    assertEquals(false, others.get(0).finding().figures().get("own_track"));
  }

  @Test
  void shouldFindADayOfBeforeARestartByItsSketch() {
    drive(1, T, 1, 1);
    drive(2, T + 6 * 3_600_000L, 9, 9);
    List<TrackShapes.Sketch> ended = shapes.drainEnded();
    assertEquals(List.of(1), ended.stream().map(TrackShapes.Sketch::member).toList());
    drive(1, T + DAY + 600_000, 1, 2);
    List<TrackShapes.Replayed> found = shapes.drain();
    assertEquals(1, found.size());

    shapes = new TrackShapes(TrustPolicy.DEFAULT);
    ended.forEach(shapes::remember);
    drive(1, T + DAY + 600_000, 1, 2);
    assertEquals(List.of(), shapes.drainEnded());
    List<TrackShapes.Replayed> again = shapes.drain();
    assertEquals(1, again.size());
    assertEquals(found.get(0).finding().figures(), again.get(0).finding().figures());
  }

  @Test
  void shouldLetACommuterTakeTheSameWayEveryDay() {
    for (int day = 0; day < 20; day++) {
      drive(1, T + day * DAY, 100 + day, day);
    }
    assertEquals(List.of(), shapes.drain());
  }

  @Test
  void shouldLetTwoDriveInOneCar() {
    drive(1, T, 1, 1);
    drive(2, T, 1, 2);
    drive(1, T + 20 * 3_600_000L, 3, 1);
    assertEquals(List.of(), shapes.drain());
  }
}
