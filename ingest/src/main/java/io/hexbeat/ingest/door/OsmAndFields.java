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

  /** What a record may say; {@link #OTHER} becomes an attribute. */
  enum Field {
    ID,
    DEVICEID,
    DEVICE_ID,
    DEVICE,
    TOKEN,
    TIMESTAMP,
    LAT,
    LON,
    LOCATION,
    SPEED,
    SPEED_MPS,
    BEARING,
    HEADING,
    ALTITUDE,
    ACCURACY,
    BATT,
    COORD_TYPE,
    MOCK,
    VALID,
    OTHER
  }

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

  /**
   * Takes a field whose value is not empty; false if the name is none of the protocol's.
   *
   * @param number the value where it has been read as a number already
   */
  boolean read(Field field, TextSlice value, @Nullable Decimal number, DeviceIdentity who) {
    switch (field) {
      case ID, DEVICEID, DEVICE_ID, DEVICE -> {
        claim.set(value);
        draft.claimedDevice(value, who);
      }
      case TOKEN -> {
        // Not the one that counts, but still nothing to keep.
      }
      case TIMESTAMP -> draft.fixTime("timestamp", timeMs(value, number));
      case LAT -> draft.latitude("lat", number(value, number));
      case LON -> draft.longitude("lon", number(value, number));
      case LOCATION -> readLocation(value);
      case SPEED -> draft.speedMps("speed", number(value, number) * MPS_PER_KNOT);
      case SPEED_MPS -> draft.speedMps("speed_mps", number(value, number));
      case BEARING -> draft.bearingDeg("bearing", number(value, number));
      case HEADING -> draft.bearingDeg("heading", number(value, number));
      case ALTITUDE -> draft.altitudeMeters("altitude", number(value, number));
      case ACCURACY -> draft.accuracyMeters("accuracy", number(value, number));
      case BATT -> draft.batteryPct("batt", number(value, number));
      case COORD_TYPE -> draft.coordType("coord_type", value.toString());
      case MOCK -> draft.mock(isTrue(value));
      case VALID -> valid &= isTrue(value);
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
