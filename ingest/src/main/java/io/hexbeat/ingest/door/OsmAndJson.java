package io.hexbeat.ingest.door;

import org.jspecify.annotations.Nullable;

/**
 * JSON on the path of OsmAnd, as the apps of that family post it: the fields of the protocol as an
 * object or an array of them (Traccar Client 10), or an object with a {@code location} that has
 * {@code coords} in metres and seconds (Traccar Client 9 and others that build on the
 * Transistorsoft SDK), alone or as an array. One per loop; reads the body once, but for an array in
 * {@code location}, which waits for what is said beside it. What can't be used goes to quarantine
 * without the token, be it no JSON at all.
 */
final class OsmAndJson {
  private static final FieldNames CREDENTIALS =
      FieldNames.of("token", "device_id", "id", "deviceid");
  private static final FieldNames LOCATION =
      FieldNames.of("timestamp", "coords", "battery", "mock", "extras", "_");
  private static final FieldNames COORDS =
      FieldNames.of("latitude", "longitude", "accuracy", "speed", "heading", "altitude");
  private static final FieldNames BATTERY = FieldNames.of("level", "is_charging");

  private final JsonReader json = new JsonReader();
  private final DoorConfig config;
  private final PingDraft draft;
  private final OsmAndFields fields;

  /** What the record being read says that the phone is called, for each location of its array. */
  private final TextSlice claim = new TextSlice();

  private int locationsAt;

  OsmAndJson(DoorConfig config, PingDraft draft, OsmAndFields fields) {
    this.config = config;
    this.draft = draft;
    this.fields = fields;
  }

  /** Whether a body is JSON rather than a form: no form begins like that. */
  static boolean looksLike(byte[] body, int length) {
    for (int i = 0; i < length; i++) {
      if (body[i] > ' ') {
        return body[i] == '{' || body[i] == '[';
      }
      if (body[i] < 0) {
        return false;
      }
    }
    return false;
  }

  /**
   * The credential in the body's object, or in the first of its array: its {@code token}, or else
   * the first other one; null without any.
   */
  @Nullable String token(byte[] body, int length) {
    String first = null;
    try {
      json.open(body, 0, length);
      boolean inArray = json.beginArray();
      if ((inArray && !json.nextElement()) || !json.beginObject()) {
        return null;
      }
      while (json.nextField()) {
        String name = CREDENTIALS.find(json.name());
        if (name.equals("token") && json.isText()) {
          return json.text().toString();
        } else if (first == null && !name.isEmpty() && json.isText()) {
          first = json.text().toString();
        } else {
          json.leap();
        }
      }
    } catch (BrokenJsonException e) {
      // Whose it is was said before it broke, or never.
    }
    return first;
  }

  /** Puts every record of the body into the batch. */
  void read(PhoneRequest request, Batch batch) throws RefusedBodyException {
    json.open(request.body(), 0, request.bodyLength());
    int from = 0;
    try {
      if (json.beginArray()) {
        while (json.nextElement()) {
          json.peek();
          from = json.position();
          readRecord(request, batch);
        }
      } else {
        readRecord(request, batch);
      }
      from = json.position();
      json.expectEnd();
    } catch (BrokenJsonException e) {
      draft.clear().reject(QuarantineReason.NOT_JSON, "", e.getMessage());
      quarantine(request, batch, from, request.bodyLength());
    }
  }

  private void readRecord(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    json.peek();
    int from = json.position();
    fields.clear();
    locationsAt = -1;
    if (json.beginObject()) {
      readFields(request, batch);
    } else {
      json.skip();
      draft.reject(QuarantineReason.NOT_A_RECORD, "", "must be an object");
    }
    if (locationsAt < 0) {
      finish(request, batch, from, json.position());
      return;
    }
    int end = json.position();
    claim.set(fields.claim());
    json.seek(locationsAt);
    json.beginArray();
    while (json.nextElement()) {
      readLocationOf(request, batch);
    }
    json.seek(end);
  }

  private void readFields(PhoneRequest request, Batch batch) throws BrokenJsonException {
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = OsmAndFields.find(json.name());
      int opening = json.peek();
      if (opening == '{' || opening == '[') {
        readContainer(name, opening);
      } else {
        readScalar(name, request, batch);
      }
    }
  }

  private void readScalar(String name, PhoneRequest request, Batch batch)
      throws BrokenJsonException {
    boolean isText = json.isText();
    if (name.isEmpty() && !isText) {
      draft.attributes().copy(json);
      return;
    }
    TextSlice value = json.scalar();
    if (value.isEmpty() || request.isToken(value)) {
      return;
    }
    if (!fields.read(name, value, json.scalarNumber(), batch.who())) {
      draft.attributes().add(json.name(), value);
    }
  }

  private void readContainer(String name, int opening) throws BrokenJsonException {
    if (!name.equals("location")) {
      draft.attributes().copy(json);
    } else if (opening == '{') {
      readLocation();
    } else {
      locationsAt = json.position();
      json.skip();
    }
  }

  private void readLocationOf(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    json.peek();
    int from = json.position();
    fields.clear();
    if (!claim.isEmpty()) {
      draft.claimedDevice(claim, batch.who());
    }
    if (json.peek() == '{') {
      readLocation();
    } else {
      json.skip();
      draft.reject(QuarantineReason.NOT_A_RECORD, "location", "must hold objects");
    }
    finish(request, batch, from, json.position());
  }

  private void readLocation() throws BrokenJsonException {
    json.beginObject();
    boolean hasCoords = false;
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = LOCATION.find(json.name());
      switch (name) {
        case "timestamp" -> draft.fixTime(name, json.timeMs());
        case "mock" -> draft.mock(json.truth());
        case "coords" -> {
          hasCoords = true;
          readCoords();
        }
        case "battery" -> readBattery();
        // Old clients repeat the record in it as a query, their id included.
        case "_" -> json.skip();
        default -> draft.attributes().copy(json);
      }
    }
    if (!hasCoords) {
      draft.reject(QuarantineReason.POSITION, "coords", "is missing");
    }
    if (!draft.hasFixTime()) {
      draft.reject(QuarantineReason.FIX_TIME, "timestamp", "is missing");
    }
  }

  private void readCoords() throws BrokenJsonException {
    if (!json.beginObject()) {
      json.skip();
      draft.reject(QuarantineReason.POSITION, "coords", "must be an object");
      return;
    }
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = COORDS.find(json.name());
      switch (name) {
        case "latitude" -> draft.latitude(name, json.number());
        case "longitude" -> draft.longitude(name, json.number());
        case "accuracy" -> draft.accuracyMeters(name, json.number());
        case "speed" -> draft.speedMps(name, json.number());
        case "heading" -> draft.bearingDeg(name, json.number());
        case "altitude" -> draft.altitudeMeters(name, json.number());
        default -> draft.attributes().copy(json);
      }
    }
  }

  private void readBattery() throws BrokenJsonException {
    if (!json.beginObject()) {
      json.skip();
      return;
    }
    while (json.nextField()) {
      if (json.takeNull()) {
        continue;
      }
      String name = BATTERY.find(json.name());
      switch (name) {
        case "level" -> draft.batteryPct(name, json.number() * 100);
        case "is_charging" -> draft.attributes().copy("charge", json);
        default -> draft.attributes().copy(json);
      }
    }
  }

  private void finish(PhoneRequest request, Batch batch, int from, int to)
      throws RefusedBodyException {
    if (batch.isFull()) {
      throw RefusedBodyException.tooManyRecords(config.maxBatchRecords());
    }
    fields.finish();
    if (batch.takes(draft)) {
      batch.add(draft);
    } else {
      quarantine(request, batch, from, to);
    }
  }

  /** What came, the token masked: the journal must not hold one. */
  private void quarantine(PhoneRequest request, Batch batch, int from, int to) {
    byte[] raw = request.withoutToken(from, to);
    batch.quarantine(draft, raw, 0, raw.length);
  }
}
