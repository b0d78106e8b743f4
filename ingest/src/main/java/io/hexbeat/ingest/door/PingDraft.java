package io.hexbeat.ingest.door;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.wire.PingRecord;
import org.jspecify.annotations.Nullable;

/**
 * One ping while its format reads it: checks ranges, converts to the units of the wire, keeps the
 * first thing that is wrong. Belongs to one loop and is reused; allocates nothing.
 *
 * <p>What apps send for "don't know" (a negative accuracy, speed, bearing or battery) is unknown,
 * not an error. Each method takes the name of the field, for the reason.
 */
final class PingDraft {
  /** 2101-01-01T00:00:00Z: later, the number was no time in milliseconds. */
  static final long FIX_TIME_END_MS = 4_133_980_800_000L;

  /** Half of the earth's circumference: a worse accuracy is none. */
  static final double MAX_ACCURACY_METERS = 20_037_508;

  /** Beyond any orbit that a phone has been on, and within an int of centimetres. */
  static final double MAX_ALTITUDE_METERS = 1_000_000;

  /** Escape velocity and then some, and within an int of centimetres a second. */
  static final double MAX_SPEED_MPS = 100_000;

  private final Attributes attributes;
  private boolean hasLat;
  private boolean hasLng;
  private double lat;
  private double lng;
  private @Nullable CoordType coordType;
  private boolean hasFixTime;
  private long fixTimeMs;
  private int accuracyCm;
  private int altitudeCm;
  private int speedCmps;
  private int bearingCdeg;
  private int batteryPct;
  private boolean mock;
  private long seq;
  private long uptimeMs;
  private long counter;
  private int signingKey;
  private @Nullable QuarantineReason reason;
  private String field = "";
  private String problem = "";

  PingDraft(int maxAttributes) {
    attributes = new Attributes(maxAttributes);
  }

  PingDraft clear() {
    attributes.clear();
    hasLat = false;
    hasLng = false;
    coordType = null;
    hasFixTime = false;
    accuracyCm = Fix.UNKNOWN;
    altitudeCm = Fix.UNKNOWN_ALTITUDE;
    speedCmps = Fix.UNKNOWN;
    bearingCdeg = Fix.UNKNOWN;
    batteryPct = Fix.UNKNOWN;
    mock = false;
    seq = Fix.UNKNOWN;
    uptimeMs = Fix.UNKNOWN;
    counter = Fix.UNKNOWN;
    signingKey = Fix.UNKNOWN;
    reason = null;
    field = "";
    problem = "";
    return this;
  }

  Attributes attributes() {
    return attributes;
  }

  /** What is wrong, or null if the record can be stored. */
  @Nullable QuarantineReason reason() {
    return reason;
  }

  /** The field that is wrong. */
  String field() {
    return field;
  }

  /** What is wrong with it, in words. */
  String problem() {
    return problem;
  }

  boolean hasFixTime() {
    return hasFixTime;
  }

  /** The first problem stays. */
  void reject(QuarantineReason reason, String field, String problem) {
    if (this.reason == null) {
      this.reason = reason;
      this.field = field;
      this.problem = problem;
    }
  }

  void latitude(String name, double degrees) {
    if (!E7.isLat(degrees)) {
      reject(QuarantineReason.POSITION, name, "must be a number within [-90, 90]");
      return;
    }
    lat = degrees;
    hasLat = true;
  }

  void longitude(String name, double degrees) {
    if (!E7.isLng(degrees)) {
      reject(QuarantineReason.POSITION, name, "must be a number within [-180, 180]");
      return;
    }
    lng = degrees;
    hasLng = true;
  }

  void coordType(String name, String text) {
    CoordType named = CoordType.of(text);
    if (named == null) {
      reject(QuarantineReason.COORD_TYPE, name, "must be wgs84, gcj02 or bd09");
      return;
    }
    coordType = named;
  }

  void fixTime(String name, long ms) {
    if (ms < PresenceEngine.EARLIEST_LIVE_MS || ms >= FIX_TIME_END_MS) {
      reject(
          QuarantineReason.FIX_TIME,
          name,
          ms == PhoneTime.UNREADABLE
              ? "must be a time: ISO 8601 or Unix milliseconds"
              : "must be within the years 2000 to 2100");
      return;
    }
    fixTimeMs = ms;
    hasFixTime = true;
  }

  void fixTimeSeconds(String name, double seconds) {
    fixTime(name, PhoneTime.ofSeconds(seconds));
  }

  void accuracyMeters(String name, double meters) {
    if (isReading(name, meters)) {
      accuracyCm = meters < 0 ? Fix.UNKNOWN : centi(Math.min(meters, MAX_ACCURACY_METERS));
    }
  }

  void altitudeMeters(String name, double meters) {
    if (isReading(name, meters)) {
      if (Math.abs(meters) > MAX_ALTITUDE_METERS) {
        reject(QuarantineReason.READING, name, "must be within 1000 km of sea level");
      } else {
        altitudeCm = centi(meters);
      }
    }
  }

  void speedMps(String name, double metersPerSecond) {
    if (isReading(name, metersPerSecond)) {
      if (metersPerSecond > MAX_SPEED_MPS) {
        reject(QuarantineReason.READING, name, "must be below 100 km/s");
      } else {
        speedCmps = metersPerSecond < 0 ? Fix.UNKNOWN : centi(metersPerSecond);
      }
    }
  }

  void bearingDeg(String name, double degrees) {
    if (isReading(name, degrees)) {
      if (degrees > 360) {
        reject(QuarantineReason.READING, name, "must be at most 360");
      } else {
        bearingCdeg = degrees < 0 ? Fix.UNKNOWN : centi(degrees) % 36_000;
      }
    }
  }

  void batteryPct(String name, double percent) {
    if (isReading(name, percent)) {
      if (percent > 100) {
        reject(QuarantineReason.READING, name, "must be at most 100");
      } else {
        batteryPct = percent < 0 ? Fix.UNKNOWN : (int) Math.round(percent);
      }
    }
  }

  void mock(boolean mock) {
    this.mock = mock;
  }

  void seq(long seq) {
    this.seq = Math.max(seq, Fix.UNKNOWN);
  }

  void uptimeMs(long uptimeMs) {
    this.uptimeMs = Math.max(uptimeMs, Fix.UNKNOWN);
  }

  /** It is signed by the device's key of that number; the counter is at least 0. */
  void signed(long counter, int signingKey) {
    this.counter = counter;
    this.signingKey = signingKey;
  }

  boolean isSigned() {
    return signingKey != Fix.UNKNOWN;
  }

  /**
   * What the phone calls itself: no identity, but worth keeping where it is another name than the
   * one it is enrolled by.
   */
  void claimedDevice(TextSlice name, DeviceIdentity who) {
    if (!name.sameAs(who.deviceId())) {
      attributes.add("device", name);
    }
  }

  /** Turns the position into a heartbeat, for a phone that calls it invalid itself. */
  void disownPosition() {
    if (hasLat && hasLng) {
      attributes.add("lat", lat);
      attributes.add("lon", lng);
    }
    hasLat = false;
    hasLng = false;
  }

  /** The checks that need all fields; to be called last, before {@link #reason}. */
  void finish(String latName, String lngName) {
    if (hasLat != hasLng) {
      reject(
          QuarantineReason.POSITION,
          hasLat ? lngName : latName,
          "is missing while the other coordinate is there");
    }
  }

  /** Bytes that {@link #writeTo} takes. */
  int lengthBytes() {
    int signedBytes = isSigned() ? PingRecord.SIGNED_BYTES : 0;
    return PingRecord.HEADER_BYTES + attributes.finish() + signedBytes;
  }

  /**
   * Fills a record that was just made by {@code wrapNew}.
   *
   * @param unnamed the coordinate system of a position that names none
   */
  void writeTo(PingRecord record, CoordType unnamed) {
    if (hasFixTime) {
      record.fixTimeMs(fixTimeMs);
    }
    if (hasLat) {
      (coordType != null ? coordType : unnamed).toWgs84(lat, lng, record::position);
    }
    record
        .accuracyCm(accuracyCm)
        .altitudeCm(altitudeCm)
        .speedCmps(speedCmps)
        .bearingCdeg(bearingCdeg)
        .batteryPct(batteryPct)
        .mock(mock)
        .seq(seq)
        .uptimeMs(uptimeMs);
    int attributesLength = attributes.finish();
    if (attributesLength > 0) {
      record.attributes(attributes.bytes(), attributesLength);
    }
    if (isSigned()) {
      record.signed(counter, signingKey);
    }
  }

  private boolean isReading(String name, double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      reject(QuarantineReason.READING, name, "must be a finite number");
      return false;
    }
    return true;
  }

  private static int centi(double value) {
    return (int) Math.round(value * 100);
  }
}
