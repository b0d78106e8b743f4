package io.hexbeat.load.phone;

/**
 * Where and when one phone is: a circle of 400 m, 12 m from ping to ping, so that it comes and goes
 * at the fences around it. Immutable; any thread. The points of the circle are computed once for
 * all.
 *
 * @param number of the phone among all, which is where on its circle it begins
 * @param latE7 of the circle's middle
 * @param lngE7 the same
 * @param fixBaseMs fix time of ping 0
 * @param fixStepMs from a ping to the next
 */
public record Route(int number, int latE7, int lngE7, long fixBaseMs, long fixStepMs) {
  private static final int POINTS = 8_192;

  /** 12 m of a circle of 2.5 km. */
  private static final int POINTS_A_PING = 39;

  /** Two phones with one circle are not at one point of it. */
  private static final int POINTS_A_PHONE = 997;

  private static final double RADIUS_METERS = 400;
  private static final double METERS_PER_DEGREE = 111_195;
  private static final int E7 = 10_000_000;
  private static final int[] NORTH_E7 = new int[POINTS];

  /** East of the middle where a degree of longitude is as long as one of latitude. */
  private static final int[] EAST_E7 = new int[POINTS];

  static {
    double radiusE7 = RADIUS_METERS / METERS_PER_DEGREE * E7;
    for (int i = 0; i < POINTS; i++) {
      double angle = 2 * Math.PI * i / POINTS;
      NORTH_E7[i] = (int) Math.round(Math.sin(angle) * radiusE7);
      EAST_E7[i] = (int) Math.round(Math.cos(angle) * radiusE7);
    }
  }

  public long fixMs(long ping) {
    return fixBaseMs + ping * fixStepMs;
  }

  public int latE7(long ping) {
    return latE7 + NORTH_E7[point(ping)];
  }

  public int lngE7(long ping) {
    return lngE7 + EAST_E7[point(ping)];
  }

  /** From 10 to 19.9 m, in tenths of a metre. */
  public static int accuracyDm(long ping) {
    return 100 + (int) Math.floorMod(ping * 31, 100L);
  }

  private int point(long ping) {
    return (int) (ping * POINTS_A_PING + (long) number * POINTS_A_PHONE) & (POINTS - 1);
  }
}
