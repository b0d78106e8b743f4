package io.hexbeat.ingest.door;

import io.hexbeat.geofence.Fix;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Hexbeat's own pings: a JSON object, an array of them, or one a line (NDJSON). One per loop; reads
 * the body once, without a tree. A body that is no JSON is refused as a whole with the place where
 * it breaks; a record that is no ping goes to quarantine and is named in the answer, and the others
 * of its batch are stored. A ping without {@code lat} and {@code lng} is a heartbeat. A record
 * {@code {"jws": …}} is the ping in the payload, signed; what stands beside it is not read.
 */
final class NativeFormat implements PhoneFormat {
  /** What a ping may say; {@link #OTHER} becomes an attribute. */
  private enum Field {
    FIX_TIME,
    LAT,
    LNG,
    COORD_TYPE,
    ACCURACY_M,
    ALTITUDE_M,
    SPEED_MPS,
    BEARING_DEG,
    BATTERY_PCT,
    MOCK,
    SEQ,
    UPTIME_MS,
    DEVICE,
    COUNTER,
    JWS,
    OTHER
  }

  private final FieldNames<Field> fields = FieldNames.ofJson(Field.class);

  private final JsonReader json = new JsonReader();
  private final JsonReader payload = new JsonReader();
  private final Jws jws = new Jws();
  private final DoorConfig config;
  private final PingDraft draft;

  /** What the payload that is being read says of it. */
  private long counter;

  NativeFormat(DoorConfig config) {
    this.config = config;
    draft = new PingDraft(config.maxAttributes());
  }

  @Override
  public Door door() {
    return Door.NATIVE;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return JsonBody.isJson(contentType) || JsonBody.isNdjson(contentType);
  }

  @Override
  public void read(PhoneRequest request, Batch batch) throws RefusedBodyException {
    json.open(request.body(), 0, request.bodyLength());
    try {
      readRoot(request, batch);
    } catch (BrokenJsonException e) {
      throw JsonBody.broken(e, request, "/" + batch.size());
    }
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.end(Buffer.buffer("{" + countsJson(batch) + "}"));
  }

  /** What became of the records of a batch, as members of a JSON object. */
  static String countsJson(Batch batch) {
    return "\"accepted\":"
        + batch.accepted()
        + ",\"quarantined\":"
        + batch.quarantined()
        + ",\"rejected\":["
        + batch.rejectedJson()
        + "]";
  }

  private void readRoot(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    if (json.atEnd()) {
      throw RefusedBodyException.malformed("The body is empty.", "", "must hold a ping");
    }
    if (json.beginArray()) {
      while (json.nextElement()) {
        readElement(request, batch);
      }
      json.expectEnd();
      return;
    }
    if (json.peek() != '{') {
      json.skip();
      throw RefusedBodyException.malformed(
          "The body is no ping.", "", "must be an object, an array of objects, or NDJSON");
    }
    do {
      readElement(request, batch);
    } while (!json.atEnd());
  }

  private void readElement(PhoneRequest request, Batch batch)
      throws BrokenJsonException, RefusedBodyException {
    if (batch.isFull()) {
      throw RefusedBodyException.tooManyRecords(config.maxBatchRecords());
    }
    json.peek();
    int from = json.position();
    draft.clear();
    jws.clear();
    if (json.beginObject()) {
      readFields(json, batch);
      if (jws.isThere()) {
        readSigned(batch);
      }
      draft.finish("lat", "lng");
      if (!draft.hasFixTime()) {
        draft.reject(QuarantineReason.FIX_TIME, "fix_time", "is missing");
      }
    } else {
      json.skip();
      draft.reject(QuarantineReason.NOT_A_RECORD, "", "must be an object");
    }
    if (batch.takes(draft)) {
      batch.add(draft);
      jws.checkLater(batch, request.body(), from, json.position());
    } else {
      batch.quarantine(draft, request.body(), from, json.position());
    }
  }

  private void readFields(JsonReader json, Batch batch) throws BrokenJsonException {
    while (json.nextField(fields)) {
      if (json.takeNull()) {
        continue;
      }
      switch (fields.found()) {
        case FIX_TIME -> draft.fixTime("fix_time", json.timeMs());
        case LAT -> draft.latitude("lat", json.number());
        case LNG -> draft.longitude("lng", json.number());
        case COORD_TYPE -> draft.coordType("coord_type", json.text().toString());
        case ACCURACY_M -> draft.accuracyMeters("accuracy_m", json.number());
        case ALTITUDE_M -> draft.altitudeMeters("altitude_m", json.number());
        case SPEED_MPS -> draft.speedMps("speed_mps", json.number());
        case BEARING_DEG -> draft.bearingDeg("bearing_deg", json.number());
        case BATTERY_PCT -> draft.batteryPct("battery_pct", json.number());
        case MOCK -> readMock(json);
        case SEQ -> draft.seq(readCounter(json, "seq"));
        case UPTIME_MS -> draft.uptimeMs(readCounter(json, "uptime_ms"));
        case DEVICE -> readDevice(json, batch);
        case COUNTER -> readSignedCounter(json, "counter");
        case JWS -> readJws(json);
        default -> draft.attributes().copy(json);
      }
    }
  }

  /** Reads the payload in the place of what stands around it. */
  private void readSigned(Batch batch) {
    draft.clear();
    if (!jws.open(batch.signing())) {
      draft.reject(jws.reason(), "jws", jws.problem());
      return;
    }
    counter = Fix.UNKNOWN;
    draft.signed(counter, jws.keyNumber());
    try {
      if (payload.open(jws.payload(), 0, jws.payload().length).beginObject()) {
        readFields(payload, batch);
        payload.expectEnd();
      } else {
        draft.reject(QuarantineReason.NOT_A_RECORD, "jws", "must hold an object");
      }
    } catch (BrokenJsonException e) {
      draft.reject(QuarantineReason.NOT_JSON, "jws", "holds no JSON: " + e.getMessage());
    }
    if (counter < 0) {
      draft.reject(QuarantineReason.READING, "counter", Jws.NO_COUNTER);
    }
    draft.signed(counter, jws.keyNumber());
  }

  /** Unsigned it would prove nothing, and is an attribute as any other. */
  private void readSignedCounter(JsonReader json, String name) throws BrokenJsonException {
    if (draft.isSigned()) {
      counter = readCounter(json, name);
    } else {
      draft.attributes().copy(json);
    }
  }

  private void readJws(JsonReader json) throws BrokenJsonException {
    if (draft.isSigned() || !json.isText()) {
      draft.attributes().copy(json);
    } else {
      jws.standsAt(json.text());
    }
  }

  private void readMock(JsonReader json) throws BrokenJsonException {
    if (!json.isTruth()) {
      draft.reject(QuarantineReason.READING, "mock", "must be true or false");
    }
    draft.mock(json.truth());
  }

  private long readCounter(JsonReader json, String name) throws BrokenJsonException {
    long counter = json.whole(Long.MIN_VALUE);
    if (counter == Long.MIN_VALUE) {
      draft.reject(QuarantineReason.READING, name, "must be a whole number");
    }
    return counter;
  }

  private void readDevice(JsonReader json, Batch batch) throws BrokenJsonException {
    if (json.isText()) {
      draft.claimedDevice(json.text(), batch.who());
    } else {
      draft.attributes().copy(json);
    }
  }
}
