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
  private static final FieldNames NAMES =
      FieldNames.of("_type", "tst", "lat", "lon", "acc", "alt", "vel", "cog", "batt");

  private static final FieldNames TYPES = FieldNames.of("location", "encrypted");

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
      case "location" -> finishLocation();
      case "encrypted" ->
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
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = NAMES.find(json.name());
      switch (name) {
        case "_type" -> readType();
        case "tst" -> draft.fixTimeSeconds(name, json.number());
        case "lat" -> draft.latitude(name, json.number());
        case "lon" -> draft.longitude(name, json.number());
        case "acc" -> draft.accuracyMeters(name, json.number());
        case "alt" -> draft.altitudeMeters(name, json.number());
        case "vel" -> draft.speedMps(name, json.number() * MPS_PER_KMH);
        case "cog" -> draft.bearingDeg(name, json.number());
        case "batt" -> draft.batteryPct(name, json.number());
        default -> draft.attributes().copy(json);
      }
    }
  }

  private void readType() throws BrokenJsonException {
    TextSlice text = json.text();
    String known = TYPES.find(text);
    type = known.isEmpty() && !text.isEmpty() ? OTHER_TYPE : known;
  }
}
