package io.hexbeat.ingest.door;

/**
 * One OwnTracks message, as it comes over HTTP and MQTT alike. One per loop; reads the bytes once,
 * without a tree. Only a {@code location} becomes a ping; of the other kinds nothing is stored,
 * since each change that they tell comes as a location as well. These apps send a message again
 * until it is taken, so that what can't be used, be it no JSON at all, goes to quarantine and never
 * fails.
 */
final class OwnTracksMessage {
  private static final double MPS_PER_KMH = 1 / 3.6;

  private static final String OTHER_TYPE = "other";
  private static final String LOCATION = "location";
  private static final String ENCRYPTED = "encrypted";

  /** What a location may say; {@link #OTHER} is {@code _type} or becomes an attribute. */
  private enum Field {
    TST,
    LAT,
    LON,
    ACC,
    ALT,
    VEL,
    COG,
    BATT,
    OTHER
  }

  private final FieldNames<Field> fields = FieldNames.ofJson(Field.class);

  private final JsonReader json = new JsonReader();
  private final PingDraft draft;
  private String type = "";

  OwnTracksMessage(DoorConfig config) {
    draft = new PingDraft(config.maxAttributes());
  }

  /** Puts what the bytes {@code from} to {@code to} tell into the batch: one record, or none. */
  void read(byte[] bytes, int from, int to, Batch batch) {
    draft.clear();
    type = "";
    try {
      readRoot(bytes, from, to);
    } catch (BrokenJsonException e) {
      type = "";
      draft.clear().reject(QuarantineReason.NOT_JSON, "", e.getMessage());
    }
    switch (type) {
      case LOCATION -> finishLocation();
      case ENCRYPTED ->
          draft.clear().reject(QuarantineReason.ENCRYPTED, "data", "is encrypted by the app");
      case "" -> {
        // Rejected above.
      }
      default -> {
        batch.ignored();
        return;
      }
    }
    if (batch.takes(draft)) {
      batch.add(draft);
    } else {
      batch.quarantine(draft, bytes, from, to);
    }
  }

  private void finishLocation() {
    draft.finish("lat", "lon");
    if (!draft.hasFixTime()) {
      draft.reject(QuarantineReason.FIX_TIME, "tst", "is missing");
    }
  }

  private void readRoot(byte[] bytes, int from, int to) throws BrokenJsonException {
    if (json.open(bytes, from, to).beginObject()) {
      readFields();
    } else {
      json.skip();
    }
    json.expectEnd();
    if (type.isEmpty()) {
      draft.clear().reject(QuarantineReason.NOT_A_RECORD, "_type", "must be an object's _type");
    }
  }

  private void readFields() throws BrokenJsonException {
    while (json.nextField(fields)) {
      if (json.takeNull()) {
        continue;
      }
      switch (fields.found()) {
        case TST -> draft.fixTimeSeconds("tst", json.number());
        case LAT -> draft.latitude("lat", json.number());
        case LON -> draft.longitude("lon", json.number());
        case ACC -> draft.accuracyMeters("acc", json.number());
        case ALT -> draft.altitudeMeters("alt", json.number());
        case VEL -> draft.speedMps("vel", json.number() * MPS_PER_KMH);
        case COG -> draft.bearingDeg("cog", json.number());
        case BATT -> draft.batteryPct("batt", json.number());
        default -> readOther();
      }
    }
  }

  private void readOther() throws BrokenJsonException {
    if (!json.name().sameAs("_type")) {
      draft.attributes().copy(json);
      return;
    }
    TextSlice text = json.text();
    if (text.sameAs(LOCATION)) {
      type = LOCATION;
    } else if (text.sameAs(ENCRYPTED)) {
      type = ENCRYPTED;
    } else {
      type = text.isEmpty() ? "" : OTHER_TYPE;
    }
  }
}
