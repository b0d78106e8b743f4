package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Hexbeat's own pings: a JSON object, an array of them, or one a line (NDJSON). One per loop; reads
 * the body once, without a tree. A body that is no JSON is refused as a whole with the place where
 * it breaks; a record that is no ping goes to quarantine and is named in the answer, and the others
 * of its batch are stored. A ping without {@code lat} and {@code lng} is a heartbeat.
 */
final class NativeFormat implements PhoneFormat {
  private final DoorConfig config;
  private final PingDraft draft;

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
    try (JsonParser parser = JsonBody.parser(request)) {
      readRoot(parser, request, batch);
    } catch (IOException e) {
      throw JsonBody.broken(e, "/" + batch.size());
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

  private void readRoot(JsonParser parser, PhoneRequest request, Batch batch)
      throws IOException, RefusedBodyException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw RefusedBodyException.malformed("The body is empty.", "", "must hold a ping");
    }
    if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        readElement(parser, request, batch);
      }
      if (parser.nextToken() != null) {
        throw RefusedBodyException.malformed(
            "The body goes on after its array.", "", "must end with the array");
      }
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      throw RefusedBodyException.malformed(
          "The body is no ping.", "", "must be an object, an array of objects, or NDJSON");
    }
    do {
      readElement(parser, request, batch);
    } while (parser.nextToken() != null);
  }

  private void readElement(JsonParser parser, PhoneRequest request, Batch batch)
      throws IOException, RefusedBodyException {
    if (batch.isFull()) {
      throw RefusedBodyException.tooManyRecords(config.maxBatchRecords());
    }
    long from = parser.currentTokenLocation().getByteOffset();
    draft.clear();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      readFields(parser, batch);
      draft.finish("lat", "lng");
      if (!draft.hasFixTime()) {
        draft.reject(QuarantineReason.FIX_TIME, "fix_time", "is missing");
      }
    } else {
      parser.skipChildren();
      parser.finishToken();
      draft.reject(QuarantineReason.NOT_A_RECORD, "", "must be an object");
    }
    if (draft.reason() == null) {
      batch.add(draft);
    } else {
      quarantine(request, batch, from, parser.currentLocation().getByteOffset());
    }
  }

  /** Jackson tells no byte offsets for UTF-16 and UTF-32; then the whole body is the evidence. */
  private void quarantine(PhoneRequest request, Batch batch, long from, long to) {
    boolean known = from >= 0 && to >= from && to <= request.bodyLength();
    batch.quarantine(
        draft, request.body(), known ? (int) from : 0, known ? (int) to : request.bodyLength());
  }

  private void readFields(JsonParser parser, Batch batch) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "fix_time" -> {
          draft.fixTime(name, JsonBody.timeMs(parser));
          parser.skipChildren();
        }
        case "lat" -> draft.latitude(name, JsonBody.number(parser));
        case "lng" -> draft.longitude(name, JsonBody.number(parser));
        case "coord_type" -> draft.coordType(name, text(parser));
        case "accuracy_m" -> draft.accuracyMeters(name, JsonBody.number(parser));
        case "altitude_m" -> draft.altitudeMeters(name, JsonBody.number(parser));
        case "speed_mps" -> draft.speedMps(name, JsonBody.number(parser));
        case "bearing_deg" -> draft.bearingDeg(name, JsonBody.number(parser));
        case "battery_pct" -> draft.batteryPct(name, JsonBody.number(parser));
        case "mock" -> readMock(parser);
        case "seq" -> draft.seq(readCounter(name, parser));
        case "uptime_ms" -> draft.uptimeMs(readCounter(name, parser));
        case "device" -> readDevice(parser, batch);
        default -> draft.attributes().copy(name, parser);
      }
    }
  }

  private void readMock(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case VALUE_TRUE -> draft.mock(true);
      case VALUE_FALSE -> draft.mock(false);
      default -> {
        parser.skipChildren();
        draft.reject(QuarantineReason.READING, "mock", "must be true or false");
      }
    }
  }

  private long readCounter(String name, JsonParser parser) throws IOException {
    if (JsonBody.isLong(parser)) {
      return parser.getLongValue();
    }
    parser.skipChildren();
    draft.reject(QuarantineReason.READING, name, "must be a whole number");
    return -1;
  }

  /** What the phone calls itself: no identity, but worth keeping where it is another name. */
  private void readDevice(JsonParser parser, Batch batch) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING
        || !parser.getText().equals(batch.who().deviceId())) {
      draft.attributes().copy("device", parser);
    }
  }

  /** The text that the parser stands on; empty for anything else, which is skipped. */
  private static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return "";
  }
}
