package io.hexbeat.geofence.sim;

import java.util.Random;

/**
 * The error of one receiver: a first-order Gauss-Markov process in each axis, so that errors of
 * fixes seconds apart are alike, with bursts of reflections on top. One thread; asked in order of
 * time. {@link #accuracyMeters} is what the phone believes of itself, right but for a quarter.
 */
public final class Noise {
  /** The circle of 68% of a plane's normal distribution, in standard deviations of an axis. */
  private static final double SIGMAS_OF_68 = 1.51;

  private static final double STILL_SECONDS = 60;
  private static final double MOVING_SECONDS = 20;
  private static final double BURST_SECONDS = 150;
  private static final double SECONDS_BETWEEN_BURSTS = 1_200;

  private final Random random;
  private final double meters;
  private long lastMs = Long.MIN_VALUE;
  private double east;
  private double north;
  private double height;
  private double burstEast;
  private double burstNorth;
  private long burstUntilMs = Long.MIN_VALUE;

  /**
   * @param meters radius in which 68% of the fixes lie
   */
  public Noise(double meters, Random random) {
    this.random = random;
    this.meters = meters;
  }

  public double meters() {
    return meters;
  }

  /**
   * Goes on to a time.
   *
   * @param wider by how much the error is larger than usual now
   * @param canyon whether reflections may come
   */
  public void to(long atMs, boolean moving, double wider, boolean canyon) {
    double seconds = lastMs == Long.MIN_VALUE ? 1e9 : (atMs - lastMs) / 1e3;
    double kept = Math.exp(-seconds / (moving ? MOVING_SECONDS : STILL_SECONDS));
    double sigma = meters * wider / SIGMAS_OF_68;
    double fresh = sigma * Math.sqrt(1 - kept * kept);
    east = east * kept + random.nextGaussian() * fresh;
    north = north * kept + random.nextGaussian() * fresh;
    height = height * kept + random.nextGaussian() * 5 * Math.sqrt(1 - kept * kept);
    lastMs = atMs;
    boolean begins = random.nextDouble() < 1 - Math.exp(-seconds / SECONDS_BETWEEN_BURSTS);
    if (canyon && atMs > burstUntilMs && begins) {
      double angle = random.nextDouble() * 2 * Math.PI;
      double away = 30 + random.nextDouble() * 70;
      burstEast = Math.sin(angle) * away;
      burstNorth = Math.cos(angle) * away;
      burstUntilMs = atMs + (long) (BURST_SECONDS * 1e3 * (0.3 + random.nextDouble()));
    }
  }

  public double eastMeters() {
    return east + (bursting() ? burstEast : 0);
  }

  public double northMeters() {
    return north + (bursting() ? burstNorth : 0);
  }

  /** Above the ground. */
  public double heightMeters() {
    return height;
  }

  /** Of a burst the phone notices a third. */
  public double accuracyMeters(double wider) {
    double told = meters * wider * Math.exp(random.nextGaussian() * 0.25);
    return Math.max(2, told + (bursting() ? Math.hypot(burstEast, burstNorth) / 3 : 0));
  }

  private boolean bursting() {
    return lastMs <= burstUntilMs;
  }
}
