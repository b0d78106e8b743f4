package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.TandemFinder;
import io.hexbeat.geofence.trust.TrackShapes;
import io.hexbeat.geofence.trust.TrustPolicy;
import java.util.Random;

/**
 * What comparing people costs: a city's crowd whose phones send every twenty seconds, half of it on
 * the road, for an hour of which the second half is timed. One thread.
 */
final class FinderCost {
  private static final int EVERY_MS = 20_000;
  private static final long HOUR_MS = 3_600_000;
  private static final long T0 = 1_790_000_000_000L;

  /** Units of 1e-7 degree about a metre each way. */
  private static final int METER = 90;

  private final int people;
  private final int[] lat;
  private final int[] lng;
  private final int[] north;
  private final int[] east;

  private FinderCost(int people) {
    this.people = people;
    this.lat = new int[people];
    this.lng = new int[people];
    this.north = new int[people];
    this.east = new int[people];
  }

  /** Percent of one core that the finder of tandems takes, by what a second of people costs. */
  static double tandemCorePct(int people) {
    TandemFinder finder = new TandemFinder(TrustPolicy.DEFAULT);
    return new FinderCost(people)
        .corePct(
            (member, atMs, latE7, lngE7) -> finder.fix(member, atMs, latE7, lngE7, 1_000),
            (member, atMs) -> finder.punch(member, atMs, PunchKind.VISIT_IN));
  }

  /** The same of the finder of replayed tracks. */
  static double shapesCorePct(int people) {
    TrackShapes shapes = new TrackShapes(TrustPolicy.DEFAULT);
    return new FinderCost(people)
        .corePct(
            (member, atMs, latE7, lngE7) -> shapes.fix(member, atMs, latE7, lngE7, 1_000),
            (member, atMs) -> {});
  }

  private interface Fixes {
    void fix(int member, long atMs, int latE7, int lngE7);
  }

  private interface Punches {
    void punch(int member, long atMs);
  }

  private double corePct(Fixes fixes, Punches punches) {
    Random random = new Random(1);
    for (int i = 0; i < people; i++) {
      lat[i] = 418_781_000 + (random.nextInt(20_000) - 10_000) * METER;
      lng[i] = -876_298_000 + (random.nextInt(20_000) - 10_000) * METER * 4 / 3;
      boolean drives = random.nextBoolean();
      north[i] = drives ? (random.nextInt(400) - 200) * METER : 0;
      east[i] = drives ? (random.nextInt(400) - 200) * METER : 0;
    }
    long spentNs = 0;
    for (long at = 0; at < HOUR_MS; at += EVERY_MS) {
      for (int i = 0; i < people; i++) {
        lat[i] += north[i] + random.nextInt(5 * METER);
        lng[i] += east[i] + random.nextInt(5 * METER);
      }
      long startNs = System.nanoTime();
      for (int i = 0; i < people; i++) {
        fixes.fix(i + 1, T0 + at + i * (EVERY_MS / people + 1L) % EVERY_MS, lat[i], lng[i]);
      }
      for (int i = (int) (at / EVERY_MS); i < people; i += 180) {
        punches.punch(i + 1, T0 + at);
      }
      spentNs += at >= HOUR_MS / 2 ? System.nanoTime() - startNs : 0;
    }
    return 100.0 * spentNs / (HOUR_MS / 2 * 1e6);
  }
}
