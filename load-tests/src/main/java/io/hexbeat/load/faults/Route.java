package io.hexbeat.load.faults;

import io.hexbeat.geofence.E7;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Where one phone is at its n-th fix: round and round, into two fences and out of them. Immutable;
 * any thread. The same seed and phone give the same fixes, so that what is stored can be held
 * against what was sent without keeping it.
 */
final class Route {
  static final long STEP_MS = 1_000;

  /** How many fences a phone passes. */
  static final int SITES = 2;

  private static final double METERS_PER_DEGREE = 111_195;
  private static final double SPEED_MPS = 12;

  /**
   * The second stays the smaller one, however both grow: whose visit it is must not hang on that.
   */
  private static final double[] SITE_METERS = {150, 70};

  private static final double SITE_GROWS_METERS = 11;
  private static final int SITE_SIZES = 7;
  private static final double SITE_MOVES_RADIANS = 0.07;
  private static final int SITE_PLACES = 11;
  private static final double SITES_APART_RADIANS = 0.6;

  private static final int COLUMNS = 5;
  private static final double SPACING_DEGREES = 0.02;

  private final int phone;
  private final boolean signs;
  private final long firstFixMs;
  private final double radiusMeters;
  private final double startRadians;
  private final double centerLat;
  private final double centerLng;

  /**
   * The way of one phone.
   *
   * @param signs whether it numbers what it sends, as those must that sign
   */
  Route(long seed, int phone, boolean signs, long firstFixMs) {
    Random random = new Random(seed * 1_000_003 + phone);
    this.phone = phone;
    this.signs = signs;
    this.firstFixMs = firstFixMs;
    this.radiusMeters = 250 + random.nextInt(200);
    this.startRadians = random.nextDouble() * 2 * Math.PI;
    int row = phone / COLUMNS;
    int column = phone % COLUMNS;
    this.centerLat = 30.2 + row * SPACING_DEGREES;
    this.centerLng = -97.7 + column * SPACING_DEGREES;
  }

  boolean signs() {
    return signs;
  }

  String member() {
    return "walker-" + phone;
  }

  String device() {
    return "phone-" + phone;
  }

  long fixMs(int n) {
    return firstFixMs + n * STEP_MS;
  }

  /** Which fix has this time; -1 if none. */
  int numberOf(long fixMs) {
    long sinceMs = fixMs - firstFixMs;
    return sinceMs < 0 || sinceMs % STEP_MS != 0 || sinceMs / STEP_MS > Integer.MAX_VALUE
        ? -1
        : (int) (sinceMs / STEP_MS);
  }

  int latE7(int n) {
    return E7.fromDegrees(lat(radians(n), noiseMeters(n, 1)));
  }

  int lngE7(int n) {
    return E7.fromDegrees(lng(radians(n), noiseMeters(n, 2)));
  }

  int accuracyMeters(int n) {
    return 5 + Math.floorMod(n * 31, 10);
  }

  /** For the OsmAnd door. */
  String form(String token, int n) {
    return "id=%s&timestamp=%d&lat=%.7f&lon=%.7f&accuracy=%d"
        .formatted(
            token, fixMs(n), E7.toDegrees(latE7(n)), E7.toDegrees(lngE7(n)), accuracyMeters(n));
  }

  /** For the native doors. */
  String json(int n) {
    return String.format(
        Locale.ROOT,
        "{\"fix_time\":%d,\"lat\":%.7f,\"lng\":%.7f,\"accuracy_m\":%d%s}",
        fixMs(n),
        E7.toDegrees(latE7(n)),
        E7.toDegrees(lngE7(n)),
        accuracyMeters(n),
        signs ? ",\"counter\":" + n : "");
  }

  /**
   * Whether its fences are moved but never deleted. A stay in one that is deleted ends when that
   * happens, weeks after the fixes of a run, and a visit of weeks is none to compare others by.
   */
  boolean keepsSites() {
    return phone % 2 == 1;
  }

  /** Two fences, both on the way. */
  List<Site> sites() {
    return List.of(site(0, 0), site(1, 0));
  }

  /**
   * A fence on the way.
   *
   * @param which of the {@link #SITES}
   * @param variant 0 as it is at first; each other one is somewhat elsewhere and larger or smaller
   */
  Site site(int which, int variant) {
    String id = "site-" + phone + (char) ('a' + which);
    double radians = which * SITES_APART_RADIANS + SITE_MOVES_RADIANS * (variant % SITE_PLACES);
    return new Site(
        id,
        id + "." + variant,
        lat(radians, 0),
        lng(radians, 0),
        SITE_METERS[which] + SITE_GROWS_METERS * (variant % SITE_SIZES));
  }

  private double radians(int n) {
    return startRadians + n * SPEED_MPS / radiusMeters;
  }

  private double lat(double radians, double noiseMeters) {
    return centerLat + (Math.sin(radians) * radiusMeters + noiseMeters) / METERS_PER_DEGREE;
  }

  private double lng(double radians, double noiseMeters) {
    double metersPerDegree = METERS_PER_DEGREE * Math.cos(Math.toRadians(centerLat));
    return centerLng + (Math.cos(radians) * radiusMeters + noiseMeters) / metersPerDegree;
  }

  /** Up to 6 m either way. */
  private static double noiseMeters(int n, int axis) {
    long hash = (n * 2_654_435_761L + axis * 40_503L) >>> 7;
    return Math.floorMod(hash, 1_200L) / 100.0 - 6;
  }
}
