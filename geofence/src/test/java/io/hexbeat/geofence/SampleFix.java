package io.hexbeat.geofence;

/**
 * A fix for tests, placed in metres from a point in Austin. Immutable but for its builder calls,
 * which return a changed copy. Received when it was taken unless said otherwise.
 */
public record SampleFix(
    boolean hasPosition,
    int latE7,
    int lngE7,
    long fixTimeMs,
    long receivedTimeMs,
    int accuracyCm,
    int altitudeCm,
    int speedCmps,
    int bearingCdeg,
    boolean mock,
    long seq,
    long uptimeMs)
    implements Fix {
  public static final int ORIGIN_LAT = 302_672_000;
  public static final int ORIGIN_LNG = -977_431_000;

  private static final double LNG_METERS_PER_UNIT =
      E7.METERS_PER_UNIT * Math.cos(Math.toRadians(E7.toDegrees(ORIGIN_LAT)));

  /** Ten metres accurate, with the readings of a phone that is carried about. */
  public static SampleFix at(long fixTimeMs, double eastMeters, double northMeters) {
    return new SampleFix(
        true,
        latE7(northMeters),
        lngE7(eastMeters),
        fixTimeMs,
        fixTimeMs,
        1_000,
        15_230,
        120,
        9_000,
        false,
        UNKNOWN,
        UNKNOWN);
  }

  public static int latE7(double northMeters) {
    return ORIGIN_LAT + (int) Math.round(northMeters / E7.METERS_PER_UNIT);
  }

  public static int lngE7(double eastMeters) {
    return E7.normalizeLngE7(ORIGIN_LNG + Math.round(eastMeters / LNG_METERS_PER_UNIT));
  }

  public static Circle circle(double eastMeters, double northMeters, double radiusMeters) {
    return new Circle(latE7(northMeters), lngE7(eastMeters), radiusMeters);
  }

  public SampleFix received(long receivedMs) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedMs,
        accuracyCm,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        mock,
        seq,
        uptimeMs);
  }

  public SampleFix moved(int toLatE7, int toLngE7) {
    return new SampleFix(
        hasPosition,
        toLatE7,
        toLngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        mock,
        seq,
        uptimeMs);
  }

  /** Metres, or {@link Fix#UNKNOWN}. */
  public SampleFix accuracy(int meters) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        meters < 0 ? UNKNOWN : meters * 100,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        mock,
        seq,
        uptimeMs);
  }

  /** Without altitude, speed and bearing. */
  public SampleFix bare() {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        UNKNOWN_ALTITUDE,
        UNKNOWN,
        UNKNOWN,
        mock,
        seq,
        uptimeMs);
  }

  /** Speed and bearing as the phone tells them. */
  public SampleFix motion(int nextSpeedCmps, int nextBearingCdeg) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        altitudeCm,
        nextSpeedCmps,
        nextBearingCdeg,
        mock,
        seq,
        uptimeMs);
  }

  public SampleFix altitude(int centimetres) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        centimetres,
        speedCmps,
        bearingCdeg,
        mock,
        seq,
        uptimeMs);
  }

  public SampleFix mocked() {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        true,
        seq,
        uptimeMs);
  }

  public SampleFix seq(long next) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        mock,
        next,
        uptimeMs);
  }

  public SampleFix uptime(long nextMs) {
    return new SampleFix(
        hasPosition,
        latE7,
        lngE7,
        fixTimeMs,
        receivedTimeMs,
        accuracyCm,
        altitudeCm,
        speedCmps,
        bearingCdeg,
        mock,
        seq,
        nextMs);
  }

  public SampleFix heartbeat() {
    return new SampleFix(
        false,
        0,
        0,
        fixTimeMs,
        receivedTimeMs,
        UNKNOWN,
        UNKNOWN_ALTITUDE,
        UNKNOWN,
        UNKNOWN,
        mock,
        seq,
        uptimeMs);
  }

  @Override
  public int batteryPct() {
    return UNKNOWN;
  }
}
