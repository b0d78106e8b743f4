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

  private enum Root {
    LOCATIONS,
    OTHER
  }

  private enum Feature {
    GEOMETRY,
    PROPERTIES,
    OTHER
  }

  private enum Geometry {
    COORDINATES,
    OTHER
  }

  /** What a point may say; {@link #OTHER} becomes an attribute. */
  private enum Property {
    TIMESTAMP,
    ALTITUDE,
    SPEED,
    HORIZONTAL_ACCURACY,
    COURSE,
    BATTERY_LEVEL,
    DEVICE_ID,
    WIFI,
    OTHER
  }

  private final FieldNames<Root> root = FieldNames.ofJson(Root.class);
  private final FieldNames<Feature> feature = FieldNames.ofJson(Feature.class);
  private final FieldNames<Geometry> geometry = FieldNames.ofJson(Geometry.class);
  private final FieldNames<Property> properties = FieldNames.ofJson(Property.class);
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
      while (json.nextField(root)) {
        if (root.found() == Root.LOCATIONS && json.beginArray()) {
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
    while (json.nextField(feature)) {
      Feature part = feature.found();
      if (part == Feature.OTHER || !json.beginObject()) {
        json.skip();
      } else if (part == Feature.GEOMETRY) {
        readGeometry();
      } else {
        readProperties(batch);
      }
    }
  }

  /** Longitude before latitude, and perhaps an altitude, which is one of the properties as well. */
  private void readGeometry() throws BrokenJsonException {
    while (json.nextField(geometry)) {
      if (geometry.found() == Geometry.OTHER || !json.beginArray()) {
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
    while (json.nextField(properties)) {
      if (json.takeNull()) {
        continue;
      }
      switch (properties.found()) {
        case TIMESTAMP -> draft.fixTime("timestamp", json.timeMs());
        case ALTITUDE -> draft.altitudeMeters("altitude", json.number());
        case SPEED -> draft.speedMps("speed", json.number());
        case HORIZONTAL_ACCURACY -> draft.accuracyMeters("horizontal_accuracy", json.number());
        case COURSE -> draft.bearingDeg("course", json.number());
        case BATTERY_LEVEL -> draft.batteryPct("battery_level", json.number() * 100);
        case DEVICE_ID -> {
          TextSlice claimed = json.text();
          if (!claimed.isEmpty()) {
            draft.claimedDevice(claimed, batch.who());
          }
        }
        case WIFI -> {
          TextSlice network = json.text();
          if (!network.isEmpty()) {
            draft.attributes().add("wifi", network);
          }
        }
        default -> draft.attributes().copy(json);
      }
    }
  }
}
