package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the OsmAnd protocol and their units, whatever they came in: a query, a form or flat
 * JSON. Belongs to one loop. Speed is in knots unless its name says otherwise; time is in seconds
 * below 2^31, else in milliseconds, or ISO 8601.
 */
final class OsmAndFields {
  static final double MPS_PER_KNOT = 1852.0 / 3600;

  private static final FieldNames NAMES =
      FieldNames.of(
          "id",
          "deviceid",
          "device_id",
          "device",
          "token",
          "timestamp",
          "lat",
          "lon",
          "location",
          "speed",
          "speed_mps",
          "bearing",
          "heading",
          "altitude",
          "accuracy",
          "batt",
          "coord_type",
          "mock",
          "valid");

  private final Decimal decimal = new Decimal();
  private final TextSlice part = new TextSlice();
  private final TextSlice claim = new TextSlice();
  private final PingDraft draft;
  private boolean valid;

  OsmAndFields(PingDraft draft) {
    this.draft = draft;
  }

  /** Begins a record. */
  void clear() {
    draft.clear();
    claim.clear();
    valid = true;
  }

  /** What the fields read since {@link #clear} say that the phone is called; empty for nothing. */
  TextSlice claim() {
    return claim;
  }

  static String find(TextSlice name) {
    return NAMES.find(name);
  }

  /**
   * Takes a field whose value is not empty; false if the name is none of the protocol's.
   *
   * @param number the value where it has been read as a number already
   */
  boolean read(String name, TextSlice value, @Nullable Decimal number, DeviceIdentity who) {
    switch (name) {
      case "id", "deviceid", "device_id", "device" -> {
        claim.set(value);
        draft.claimedDevice(value, who);
      }
      case "token" -> {
        // Not the one that counts, but still nothing to keep.
      }
      case "timestamp" -> draft.fixTime(name, timeMs(value, number));
      case "lat" -> draft.latitude(name, number(value, number));
      case "lon" -> draft.longitude(name, number(value, number));
      case "location" -> readLocation(value);
      case "speed" -> draft.speedMps(name, number(value, number) * MPS_PER_KNOT);
      case "speed_mps" -> draft.speedMps(name, number(value, number));
      case "bearing", "heading" -> draft.bearingDeg(name, number(value, number));
      case "altitude" -> draft.altitudeMeters(name, number(value, number));
      case "accuracy" -> draft.accuracyMeters(name, number(value, number));
      case "batt" -> draft.batteryPct(name, number(value, number));
      case "coord_type" -> draft.coordType(name, value.toString());
      case "mock" -> draft.mock(isTrue(value));
      case "valid" -> valid &= isTrue(value);
      default -> {
        return false;
      }
    }
    return true;
  }

  private double number(TextSlice value, @Nullable Decimal number) {
    return number == null ? decimal.parse(value) : number.value();
  }

  private long timeMs(TextSlice value, @Nullable Decimal number) {
    return number == null
        ? PhoneTime.parse(value, decimal)
        : PhoneTime.ofSecondsOrMs(number.value());
  }

  /** Ends the record: what the draft says then is what becomes of it. */
  void finish() {
    if (!valid) {
      draft.attributes().add("valid", false);
      draft.disownPosition();
    }
    draft.finish("lat", "lon");
  }

  private void readLocation(TextSlice value) {
    byte[] bytes = value.bytes();
    int comma = value.from();
    while (comma < value.to() && bytes[comma] != ',') {
      comma++;
    }
    if (comma == value.to()) {
      draft.reject(QuarantineReason.POSITION, "location", "must be lat,lon");
      return;
    }
    draft.latitude("location", trimmed(bytes, value.from(), comma));
    draft.longitude("location", trimmed(bytes, comma + 1, value.to()));
  }

  /** Blanks around it are none of it. */
  private double trimmed(byte[] bytes, int from, int to) {
    int first = from;
    int last = to;
    while (first < last && bytes[first] == ' ') {
      first++;
    }
    while (last > first && bytes[last - 1] == ' ') {
      last--;
    }
    part.set(bytes, first, last, true, false);
    return decimal.parse(part);
  }

  private static boolean isTrue(TextSlice value) {
    return value.sameAs("1")
        || value.sameAs("true")
        || (value.to() - value.from() == 4 && value.toString().equalsIgnoreCase("true"));
  }
}
