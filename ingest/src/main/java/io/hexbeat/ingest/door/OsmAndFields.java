package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;

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
  private final PingDraft draft;
  private boolean valid;

  OsmAndFields(PingDraft draft) {
    this.draft = draft;
  }

  /** Begins a record. */
  void clear() {
    draft.clear();
    valid = true;
  }

  static String find(TextSlice name) {
    return NAMES.find(name);
  }

  /** Takes a field whose value is not empty; false if the name is none of the protocol's. */
  boolean read(String name, TextSlice value, DeviceIdentity who) {
    switch (name) {
      case "id", "deviceid", "device_id", "device" -> draft.claimedDevice(value, who);
      case "token" -> {
        // Not the one that counts, but still nothing to keep.
      }
      case "timestamp" -> draft.fixTime(name, PhoneTime.parse(value, decimal));
      case "lat" -> draft.latitude(name, decimal.parse(value));
      case "lon" -> draft.longitude(name, decimal.parse(value));
      case "location" -> readLocation(value);
      case "speed" -> draft.speedMps(name, decimal.parse(value) * MPS_PER_KNOT);
      case "speed_mps" -> draft.speedMps(name, decimal.parse(value));
      case "bearing", "heading" -> draft.bearingDeg(name, decimal.parse(value));
      case "altitude" -> draft.altitudeMeters(name, decimal.parse(value));
      case "accuracy" -> draft.accuracyMeters(name, decimal.parse(value));
      case "batt" -> draft.batteryPct(name, decimal.parse(value));
      case "coord_type" -> draft.coordType(name, value.toString());
      case "mock" -> draft.mock(isTrue(value));
      case "valid" -> valid &= isTrue(value);
      default -> {
        return false;
      }
    }
    return true;
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
    draft.latitude("location", number(bytes, value.from(), comma));
    draft.longitude("location", number(bytes, comma + 1, value.to()));
  }

  /** Blanks around it are none of it. */
  private double number(byte[] bytes, int from, int to) {
    int first = from;
    int last = to;
    while (first < last && bytes[first] == ' ') {
      first++;
    }
    while (last > first && bytes[last - 1] == ' ') {
      last--;
    }
    part.set(bytes, first, last, true, false, 0);
    return decimal.parse(part);
  }

  private static boolean isTrue(TextSlice value) {
    return value.sameAs("1")
        || value.sameAs("true")
        || (value.to() - value.from() == 4 && value.toString().equalsIgnoreCase("true"));
  }
}
