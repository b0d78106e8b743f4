package io.hexbeat.ingest.door;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Overland: batches of GeoJSON points, metres and seconds. One per loop; reads the body once,
 * without a tree. The app sends a batch again until it is answered with exactly {@code
 * {"result":"ok"}}, so that what can't be used, be it no JSON at all, goes to quarantine and the
 * rest is stored.
 */
final class OverlandFormat implements PhoneFormat {
  private static final Buffer OK = Buffer.buffer("{\"result\":\"ok\"}");
  private static final FieldNames ROOT = FieldNames.of("locations");
  private static final FieldNames FEATURE = FieldNames.of("geometry", "properties");
  private static final FieldNames GEOMETRY = FieldNames.of("coordinates");
  private static final FieldNames PROPERTIES =
      FieldNames.of(
          "timestamp",
          "altitude",
          "speed",
          "horizontal_accuracy",
          "course",
          "battery_level",
          "device_id",
          "wifi");

  private final JsonReader json = new JsonReader();
  private final DoorConfig config;
  private final PingDraft draft;

  /** Where the record begins that is being read. */
  private int recordFrom;

  OverlandFormat(DoorConfig config) {
    this.config = config;
    draft = new PingDraft(config.maxAttributes());
  }

  @Override
  public Door door() {
    return Door.OVERLAND;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return JsonBody.isJson(contentType);
  }

  @Override
  public @Nullable String token(PhoneRequest request) {
    String token = Credential.token(request);
    return token != null ? token : Credential.inQuery(request, "token");
  }

  @Override
  public void read(PhoneRequest request, Batch batch) throws RefusedBodyException {
    json.open(request.body(), 0, request.bodyLength());
    recordFrom = 0;
    try {
      if (!readRoot(request, batch)) {
        draft.clear().reject(QuarantineReason.NOT_A_RECORD, "locations", "must be an array");
        batch.quarantine(draft, request.body(), 0, request.bodyLength());
      }
    } catch (BrokenJsonException e) {
      draft.clear().reject(QuarantineReason.NOT_JSON, "", e.getMessage());
      batch.quarantine(draft, request.body(), recordFrom, request.bodyLength());
    }
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.end(OK);
  }

  /** False if there are no locations, not even an empty array of them. */
  private boolean readRoot(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    boolean hasLocations = false;
    if (json.beginObject()) {
      while (json.nextField()) {
        if (!ROOT.find(json.name()).isEmpty() && json.beginArray()) {
          hasLocations = true;
          readLocations(request, batch);
        } else {
          json.skip();
        }
      }
    } else {
      json.skip();
    }
    json.peek();
    recordFrom = json.position();
    json.expectEnd();
    return hasLocations;
  }

  private void readLocations(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    while (json.nextElement()) {
      if (batch.isFull()) {
        throw RefusedBodyException.tooManyRecords(config.maxBatchRecords());
      }
      json.peek();
      recordFrom = json.position();
      draft.clear();
      if (json.beginObject()) {
        readFeature(batch);
      } else {
        json.skip();
        draft.reject(QuarantineReason.NOT_A_RECORD, "", "must be a GeoJSON feature");
      }
      draft.finish("coordinates", "coordinates");
      if (!draft.hasFixTime()) {
        draft.reject(QuarantineReason.FIX_TIME, "timestamp", "is missing");
      }
      if (batch.takes(draft)) {
        batch.add(draft);
      } else {
        batch.quarantine(draft, request.body(), recordFrom, json.position());
      }
    }
  }

  private void readFeature(Batch batch) throws BrokenJsonException {
    while (json.nextField()) {
      String name = FEATURE.find(json.name());
      boolean known = !name.isEmpty() && json.beginObject();
      if (!known) {
        json.skip();
      } else if (name.equals("geometry")) {
        readGeometry();
      } else {
        readProperties(batch);
      }
    }
  }

  /** Longitude before latitude, and perhaps an altitude, which is one of the properties as well. */
  private void readGeometry() throws BrokenJsonException {
    while (json.nextField()) {
      if (GEOMETRY.find(json.name()).isEmpty() || !json.beginArray()) {
        json.skip();
        continue;
      }
      for (int i = 0; json.nextElement(); i++) {
        switch (i) {
          case 0 -> draft.longitude("coordinates", json.number());
          case 1 -> draft.latitude("coordinates", json.number());
          default -> json.skip();
        }
      }
    }
  }

  private void readProperties(Batch batch) throws BrokenJsonException {
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = PROPERTIES.find(json.name());
      switch (name) {
        case "timestamp" -> draft.fixTime(name, json.timeMs());
        case "altitude" -> draft.altitudeMeters(name, json.number());
        case "speed" -> draft.speedMps(name, json.number());
        case "horizontal_accuracy" -> draft.accuracyMeters(name, json.number());
        case "course" -> draft.bearingDeg(name, json.number());
        case "battery_level" -> draft.batteryPct(name, json.number() * 100);
        case "device_id" -> {
          TextSlice claimed = json.text();
          if (!claimed.isEmpty()) {
            draft.claimedDevice(claimed, batch.who());
          }
        }
        case "wifi" -> {
          TextSlice network = json.text();
          if (!network.isEmpty()) {
            draft.attributes().add(name, network);
          }
        }
        default -> draft.attributes().copy(json);
      }
    }
  }
}
