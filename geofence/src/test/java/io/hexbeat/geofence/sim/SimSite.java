package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fence;
import java.util.Random;

/**
 * A customer of the simulated city. Immutable; any thread.
 *
 * @param eastMeters of its middle
 * @param northMeters of its middle
 * @param widthMeters its narrow side, or diameter
 * @param wall how near to its edge people stay
 */
public record SimSite(
    SimPlane plane,
    Fence fence,
    double eastMeters,
    double northMeters,
    double widthMeters,
    Wall wall) {
  /**
   * Where in a site people don't stay: at its edge.
   *
   * @param meters from the edge at least
   * @param share of the width from the edge at least
   */
  public record Wall(double meters, double share) {
    /** A fence is drawn round the house and its yard, and people stay in the house. */
    public static final Wall USUAL = new Wall(15, 0.2);

    double meters(double widthMeters) {
      return Math.max(meters, share * widthMeters);
    }
  }

  /** A place where somebody stays: anywhere inside but at the wall; east, then north. */
  public double[] place(Random random) {
    double depth = wall.meters(widthMeters);
    double reach = 2 * widthMeters;
    for (int i = 0; i < 200; i++) {
      double east = eastMeters + (random.nextDouble() * 2 - 1) * reach;
      double north = northMeters + (random.nextDouble() * 2 - 1) * reach;
      if (signedMeters(east, north) <= -depth) {
        return new double[] {east, north};
      }
    }
    return new double[] {eastMeters, northMeters};
  }

  /** To its edge, negative inside. */
  public double signedMeters(double east, double north) {
    return fence.shape().signedDistanceMeters(plane.latE7(north), plane.lngE7(east));
  }

  /** From its middle to a point. */
  public double metersTo(double east, double north) {
    return Math.hypot(east - eastMeters, north - northMeters);
  }
}
