package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
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
  private static final byte[] TOKEN = "token".getBytes(StandardCharsets.US_ASCII);

  private enum CredentialField {
    TOKEN,
    DEVICE_ID,
    ID,
    DEVICEID,
    OTHER
  }

  /** What a location may say; {@link #OTHER} becomes an attribute. */
  private enum LocationField {
    TIMESTAMP,
    COORDS,
    BATTERY,
    MOCK,
    OTHER
  }

  private enum Coordinate {
    LATITUDE,
    LONGITUDE,
    ACCURACY,
    SPEED,
    HEADING,
    ALTITUDE,
    OTHER
  }

  private enum BatteryField {
    LEVEL,
    IS_CHARGING,
    OTHER
  }

  private final FieldNames<CredentialField> credentials = FieldNames.ofJson(CredentialField.class);
  private final FieldNames<OsmAndFields.Field> flat = FieldNames.ofJson(OsmAndFields.Field.class);
  private final FieldNames<LocationField> location = FieldNames.ofJson(LocationField.class);
  private final FieldNames<Coordinate> coords = FieldNames.ofJson(Coordinate.class);
  private final FieldNames<BatteryField> battery = FieldNames.ofJson(BatteryField.class);
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
    boolean mayNameToken = ByteScan.mayName(TOKEN, body, length);
    String first = null;
    try {
      json.open(body, 0, length);
      boolean inArray = json.beginArray();
      if ((inArray && !json.nextElement()) || !json.beginObject()) {
        return null;
      }
      while ((first == null || mayNameToken) && json.nextField(credentials)) {
        CredentialField field = credentials.found();
        if (field == CredentialField.TOKEN && json.isText()) {
          return json.text().toString();
        } else if (first == null && field != CredentialField.OTHER && json.isText()) {
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
    while (json.nextField(flat)) {
      if (json.takeNull()) {
        continue;
      }
      int opening = json.peek();
      if (opening == '{' || opening == '[') {
        readContainer(opening);
      } else {
        readScalar(request, batch);
      }
    }
  }

  private void readScalar(PhoneRequest request, Batch batch) throws BrokenJsonException {
    OsmAndFields.Field field = flat.found();
    if (field == OsmAndFields.Field.OTHER && !json.isText()) {
      draft.attributes().copy(json);
      return;
    }
    TextSlice value = json.scalar();
    if (value.isEmpty() || request.isToken(value)) {
      return;
    }
    if (!fields.read(field, value, json.scalarNumber(), batch.who())) {
      draft.attributes().add(json.name(), value);
    }
  }

  private void readContainer(int opening) throws BrokenJsonException {
    if (flat.found() != OsmAndFields.Field.LOCATION) {
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
    while (json.nextField(location)) {
      if (json.takeNull()) {
        continue;
      }
      switch (location.found()) {
        case TIMESTAMP -> draft.fixTime("timestamp", json.timeMs());
        case MOCK -> draft.mock(json.truth());
        case COORDS -> {
          hasCoords = true;
          readCoords();
        }
        case BATTERY -> readBattery();
        default -> readOther();
      }
    }
    if (!hasCoords) {
      draft.reject(QuarantineReason.POSITION, "coords", "is missing");
    }
    if (!draft.hasFixTime()) {
      draft.reject(QuarantineReason.FIX_TIME, "timestamp", "is missing");
    }
  }

  private void readOther() throws BrokenJsonException {
    // Old clients repeat the record in it as a query, their id included.
    if (json.name().sameAs("_")) {
      json.skip();
    } else {
      draft.attributes().copy(json);
    }
  }

  private void readCoords() throws BrokenJsonException {
    if (!json.beginObject()) {
      json.skip();
      draft.reject(QuarantineReason.POSITION, "coords", "must be an object");
      return;
    }
    while (json.nextField(coords)) {
      if (json.takeNull()) {
        continue;
      }
      switch (coords.found()) {
        case LATITUDE -> draft.latitude("latitude", json.number());
        case LONGITUDE -> draft.longitude("longitude", json.number());
        case ACCURACY -> draft.accuracyMeters("accuracy", json.number());
        case SPEED -> draft.speedMps("speed", json.number());
        case HEADING -> draft.bearingDeg("heading", json.number());
        case ALTITUDE -> draft.altitudeMeters("altitude", json.number());
        default -> draft.attributes().copy(json);
      }
    }
  }

  private void readBattery() throws BrokenJsonException {
    if (!json.beginObject()) {
      json.skip();
      return;
    }
    while (json.nextField(battery)) {
      if (json.takeNull()) {
        continue;
      }
      switch (battery.found()) {
        case LEVEL -> draft.batteryPct("level", json.number() * 100);
        case IS_CHARGING -> draft.attributes().copy("charge", json);
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
