package io.hexbeat.geofence;

/**
 * One reading of a device's position and of the phone around it, as the engines see it. The wire
 * flyweight implements it over the bytes it came in, so an engine must not keep a reference past
 * the call.
 *
 * <p>Unknown is always told apart from zero: {@link #UNKNOWN} for the numbers that can't be
 * negative, {@link #UNKNOWN_ALTITUDE} for altitude.
 */
public interface Fix {
  /** Marks a missing accuracy, speed, bearing, battery, sequence number or uptime. */
  int UNKNOWN = -1;

  /** Marks a missing altitude. */
  int UNKNOWN_ALTITUDE = Integer.MIN_VALUE;

  /** False for a heartbeat: then the coordinates mean nothing. */
  boolean hasPosition();

  int latE7();

  /** Normalized to [-180, 180). */
  int lngE7();

  /** When the phone says that it stood there, Unix milliseconds. */
  long fixTimeMs();

  /** When the door read it, Unix milliseconds of the server's clock. */
  long receivedTimeMs();

  /**
   * Radius of 68% confidence in centimetres, or {@link #UNKNOWN}; a phone's 0 means unknown too.
   */
  int accuracyCm();

  /** Centimetres above the ellipsoid or sea (phones differ), or {@link #UNKNOWN_ALTITUDE}. */
  int altitudeCm();

  /** Centimetres per second, or {@link #UNKNOWN}. */
  int speedCmps();

  /** Hundredths of a degree clockwise from north, 0..35999, or {@link #UNKNOWN}. */
  int bearingCdeg();

  /** 0..100, or {@link #UNKNOWN}. */
  int batteryPct();

  /** The phone itself says that the position comes from a mock provider. */
  boolean mock();

  /** The app's own counter, or {@link #UNKNOWN}. */
  long seq();

  /** Milliseconds since the phone booted, sleep included, or {@link #UNKNOWN}. */
  long uptimeMs();

  /** What the device counted to when it signed this record, or {@link #UNKNOWN} if unsigned. */
  default long counter() {
    return UNKNOWN;
  }

  /** The number of the key by which it signed, or {@link #UNKNOWN} if unsigned. */
  default int signingKey() {
    return UNKNOWN;
  }
}
