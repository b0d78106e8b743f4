package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * One OwnTracks message, as it comes over HTTP and MQTT alike. One per loop; reads the bytes once,
 * without a tree. Only a {@code location} becomes a ping; of the other kinds nothing is stored,
 * since each change that they tell comes as a location as well. These apps send a message again
 * until it is taken, so that what can't be used, be it no JSON at all, goes to quarantine and never
 * fails.
 */
final class OwnTracksMessage {
  private static final double MPS_PER_KMH = 1 / 3.6;

  private final PingDraft draft;
  private String type = "";

  OwnTracksMessage(DoorConfig config) {
    draft = new PingDraft(config.maxAttributes());
  }

  /** Puts what the bytes {@code from} to {@code to} tell into the batch: one record, or none. */
  void read(byte[] bytes, int from, int to, Batch batch) {
    draft.clear();
    type = "";
    try (JsonParser parser = JsonBody.parser(bytes, from, to)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        readFields(parser);
      }
      if (type.isEmpty()) {
        draft.clear().reject(QuarantineReason.NOT_A_RECORD, "_type", "must be an object's _type");
      }
    } catch (IOException e) {
      draft.clear().reject(QuarantineReason.NOT_JSON, "", "is not JSON");
      type = "";
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
    if (draft.reason() == null) {
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

  private void readFields(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "_type" -> type = JsonBody.text(parser);
        case "tst" -> draft.fixTimeSeconds(name, JsonBody.number(parser));
        case "lat" -> draft.latitude(name, JsonBody.number(parser));
        case "lon" -> draft.longitude(name, JsonBody.number(parser));
        case "acc" -> draft.accuracyMeters(name, JsonBody.number(parser));
        case "alt" -> draft.altitudeMeters(name, JsonBody.number(parser));
        case "vel" -> draft.speedMps(name, JsonBody.number(parser) * MPS_PER_KMH);
        case "cog" -> draft.bearingDeg(name, JsonBody.number(parser));
        case "batt" -> draft.batteryPct(name, JsonBody.number(parser));
        default -> draft.attributes().copy(name, parser);
      }
    }
  }
}
