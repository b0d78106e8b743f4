package io.hexbeat.ingest.door;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.shard.StepUpOffer;
import io.hexbeat.ingest.wire.PunchRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A punch: one JSON object, answered with its receipt. One per loop. Stricter than pings, since a
 * person waits for the answer and can be told: whatever is wrong is refused with all reasons at
 * once, and nothing of it is stored; but a punch whose signature is wrong or missing is kept in
 * quarantine. {@code {"jws": …}} is the punch in the payload, signed; {@code passkey} is an
 * assertion over its content, which others verify. Without a position, or with null for it, it is a
 * punch that rests on no fix.
 */
final class PunchFormat implements PhoneFormat {
  static final int MAX_ID_CHARS = 64;
  static final int MAX_NOTE_CHARS = 500;

  /** Beyond it an accuracy is none; within an int of centimetres. */
  private static final double MAX_ACCURACY_METERS = 20_037_508;

  /** What a punch may say; {@link #OTHER} becomes an attribute. */
  private enum Field {
    ID,
    KIND,
    AT,
    FIX_TIME,
    LAT,
    LNG,
    ACCURACY_M,
    COORD_TYPE,
    SITE,
    MOCK,
    SEQ,
    UPTIME_MS,
    DEVICE,
    NOTE,
    COUNTER,
    JWS,
    PASSKEY,
    OTHER
  }

  private final FieldNames<Field> fields = FieldNames.ofJson(Field.class);

  private final JsonReader body = new JsonReader();
  private final JsonReader payload = new JsonReader();
  private final Jws jws = new Jws();
  private final PasskeyField passkey = new PasskeyField();
  private final Sites sites;
  private final @Nullable Passkeys passkeys;
  private final Attributes attributes;
  private final PunchRecord record = new PunchRecord();
  private final List<InputError> errors = new ArrayList<>();

  private @Nullable String id;
  private @Nullable PunchKind kind;
  private @Nullable Long atMs;
  private @Nullable Long fixTimeMs;
  private @Nullable Double lat;
  private @Nullable Double lng;
  private @Nullable CoordType coordType;
  private int accuracyCm;
  private int siteHandle;
  private @Nullable String site;
  private boolean mock;
  private long seq;
  private long uptimeMs;
  private String phoneId = "";
  private boolean signed;
  private long counter;

  /** What is being read: the body, or the payload that was signed. */
  private JsonReader json = body;

  /** One that knows no passkeys: assertions prove nothing, and none is asked for. */
  PunchFormat(DoorConfig config, Sites sites) {
    this(config, sites, null);
  }

  PunchFormat(DoorConfig config, Sites sites, @Nullable Passkeys passkeys) {
    this.sites = sites;
    this.passkeys = passkeys;
    attributes = new Attributes(config.maxAttributes());
  }

  @Override
  public Door door() {
    return Door.PUNCHES;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return JsonBody.isJson(contentType);
  }

  @Override
  public void read(PhoneRequest request, Batch batch) throws RefusedBodyException {
    clear();
    jws.clear();
    json = body.open(request.body(), 0, request.bodyLength());
    try {
      readRoot();
    } catch (BrokenJsonException e) {
      throw JsonBody.broken(e, request, "");
    }
    if (jws.isThere()) {
      if (!jws.open(batch.signing())) {
        putAside(jws.reason(), "/jws", jws.problem(), request, batch);
        return;
      }
      readSigned();
    } else if (batch.mustBeSigned()) {
      String problem = "must be signed, as this device was enrolled";
      putAside(QuarantineReason.UNSIGNED, "", problem, request, batch);
      return;
    }
    checkWhole();
    if (!errors.isEmpty()) {
      throw RefusedBodyException.malformed("The punch can't be used.", List.copyOf(errors));
    }
    write(batch);
    jws.checkLater(batch, request.body(), 0, request.bodyLength());
  }

  private static void putAside(
      QuarantineReason reason, String pointer, String problem, PhoneRequest request, Batch batch) {
    batch.quarantine(reason, pointer, problem, request.body(), 0, request.bodyLength());
  }

  private void readSigned() throws RefusedBodyException {
    clear();
    signed = true;
    json = payload.open(jws.payload(), 0, jws.payload().length);
    try {
      readRoot();
    } catch (BrokenJsonException e) {
      throw RefusedBodyException.malformed(
          "The payload is not JSON at byte " + e.offset() + ".",
          "/jws",
          Objects.requireNonNull(e.getMessage()));
    }
    if (counter < 0) {
      error("counter", Jws.NO_COUNTER);
    }
  }

  private void readRoot() throws BrokenJsonException, RefusedBodyException {
    if (!json.beginObject()) {
      json.skip();
      throw RefusedBodyException.malformed("The body is no punch.", "", "must be one object");
    }
    while (json.nextField(fields)) {
      if (!json.takeNull()) {
        readField();
      }
    }
    json.expectEnd();
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    if (batch.quarantined() > 0) {
      DeviceConnection.writeProblem(response, putAsideProblem(batch));
      return;
    }
    String receipt = Objects.requireNonNull(batch.submission().receiptJson(), "receipt");
    response.setStatusCode(batch.submission().receiptRepeated() ? 200 : 201);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.end(Buffer.buffer(receipt));
  }

  /** It is kept, and sending it again would change nothing. */
  private static ProblemBody putAsideProblem(Batch batch) {
    return new ProblemBody(
        422,
        "Signature refused",
        "The punch was put aside and does not count: it " + batch.firstProblem() + ".");
  }

  private void clear() {
    errors.clear();
    attributes.clear();
    id = null;
    kind = null;
    atMs = null;
    fixTimeMs = null;
    lat = null;
    lng = null;
    coordType = null;
    accuracyCm = Fix.UNKNOWN;
    siteHandle = 0;
    site = null;
    passkey.clear();
    mock = false;
    seq = Fix.UNKNOWN;
    uptimeMs = Fix.UNKNOWN;
    phoneId = "";
    signed = false;
    counter = Fix.UNKNOWN;
  }

  private void readField() throws BrokenJsonException {
    switch (fields.found()) {
      case ID -> id = readId("id");
      case KIND -> readKind();
      case AT -> atMs = readTime("at");
      case FIX_TIME -> fixTimeMs = readTime("fix_time");
      case LAT -> lat = readDegrees("lat", 90);
      case LNG -> lng = readDegrees("lng", 180);
      case ACCURACY_M -> readAccuracy();
      case COORD_TYPE -> readCoordType();
      case SITE -> readSite();
      case MOCK -> readMock();
      case SEQ -> seq = readCounter("seq");
      case UPTIME_MS -> uptimeMs = readCounter("uptime_ms");
      case DEVICE -> phoneId = readText("device", MAX_ID_CHARS);
      case NOTE -> attributes.add("note", readText("note", MAX_NOTE_CHARS));
      case PASSKEY -> passkey.read(json);
      case COUNTER -> {
        if (signed) {
          counter = readCounter("counter");
        } else {
          attributes.copy(json);
        }
      }
      case JWS -> {
        if (signed || !json.isText()) {
          attributes.copy(json);
        } else {
          jws.standsAt(json.text());
        }
      }
      default -> attributes.copy(json);
    }
  }

  private void checkWhole() {
    requirePresent("id", id);
    requirePresent("kind", kind);
    requirePresent("at", atMs);
    if ((lat == null) != (lng == null)) {
      error(lat == null ? "lat" : "lng", "is missing while the other coordinate is there");
    }
  }

  private void requirePresent(String name, @Nullable Object value) {
    String pointer = "/" + name;
    if (value == null && errors.stream().noneMatch(e -> e.pointer().equals(pointer))) {
      error(name, "is missing");
    }
  }

  private void write(Batch batch) {
    int offset = batch.submission().reserve(PunchRecord.MAX_CLAIM_BYTES);
    long at = Objects.requireNonNull(atMs);
    record.wrapNew(
        batch.submission().bytes(),
        offset,
        batch.who().deviceHandle(),
        batch.who().memberHandle(),
        batch.receivedTimeMs(),
        Objects.requireNonNull(kind),
        at);
    if (lat != null && lng != null) {
      (coordType != null ? coordType : batch.coordType()).toWgs84(lat, lng, record::position);
    }
    record
        .accuracyCm(accuracyCm)
        .siteHandle(siteHandle)
        .fixTimeMs(fixTimeMs != null ? fixTimeMs : at)
        .seq(seq)
        .uptimeMs(uptimeMs)
        .door(Door.PUNCHES.code())
        .mock(mock)
        .texts(
            Objects.requireNonNull(id),
            phoneId,
            new String(attributes.bytes(), 0, attributes.finish(), StandardCharsets.UTF_8));
    if (signed) {
      record.signed(counter, jws.keyNumber());
      batch.addedSigned();
    }
    if (passkeys != null) {
      prove(batch, passkeys);
    }
    batch.submission().commit(record.lengthBytes());
    batch.added(attributes.dropped());
  }

  private void prove(Batch batch, Passkeys passkeys) {
    PunchChallenge challenge = challenge(batch);
    int memberHandle = batch.who().memberHandle();
    batch
        .submission()
        .offer(
            new StepUpOffer(
                challenge.base64(), passkeys.rpId(), passkeys.credentialIds(memberHandle)));
    if (passkey.isThere()) {
      record.passkey(passkey.unproven());
      PasskeyAssertion assertion = passkey.assertion();
      if (assertion != null) {
        batch.checkLater(new PasskeyCheck(passkeys, memberHandle, challenge.hash(), assertion));
      }
    }
  }

  private PunchChallenge challenge(Batch batch) {
    return new PunchChallenge(
        Objects.requireNonNull(id),
        Objects.requireNonNull(kind).text(),
        Objects.requireNonNull(atMs),
        lat == null ? null : (Integer) E7.fromDegrees(lat),
        lng == null ? null : (Integer) E7.fromDegrees(lng),
        accuracyCm == Fix.UNKNOWN ? null : (Integer) accuracyCm,
        coordType == null ? null : coordType.jsonName(),
        site,
        batch.who().memberId());
  }

  private @Nullable String readId(String name) throws BrokenJsonException {
    String text = readText(name, Integer.MAX_VALUE);
    if (text.isEmpty() || text.length() > MAX_ID_CHARS || !text.chars().allMatch(this::isIdChar)) {
      error(name, "must be 1 to 64 of A-Z a-z 0-9 . _ : -");
      return null;
    }
    return text;
  }

  private boolean isIdChar(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._:-".indexOf(c) >= 0;
  }

  private void readKind() throws BrokenJsonException {
    kind = PunchKind.ofText(json.text().toString());
    if (kind == null) {
      error("kind", "must be clock_in, clock_out, visit_in or visit_out");
    }
  }

  private @Nullable Long readTime(String name) throws BrokenJsonException {
    long ms = json.timeMs();
    if (ms == PhoneTime.UNREADABLE) {
      error(name, "must be a time: ISO 8601 with its offset, or Unix milliseconds");
      return null;
    }
    if (ms < 0 || ms >= PingDraft.FIX_TIME_END_MS) {
      error(name, "must be within the years 1970 to 2100");
      return null;
    }
    return ms;
  }

  private @Nullable Double readDegrees(String name, int limit) throws BrokenJsonException {
    double degrees = json.number();
    if (limit == 90 ? E7.isLat(degrees) : E7.isLng(degrees)) {
      return degrees;
    }
    error(name, "must be a number within [-" + limit + ", " + limit + "]");
    return 0.0;
  }

  private void readAccuracy() throws BrokenJsonException {
    double meters = json.number();
    if (meters >= 0) {
      accuracyCm = (int) Math.round(Math.min(meters, MAX_ACCURACY_METERS) * 100);
    } else {
      error("accuracy_m", "must be a number of at least 0");
    }
  }

  private void readCoordType() throws BrokenJsonException {
    CoordType named = CoordType.of(readText("coord_type", MAX_ID_CHARS));
    if (named == null) {
      error("coord_type", "must be wgs84, gcj02 or bd09");
    } else {
      coordType = named;
    }
  }

  private void readSite() throws BrokenJsonException {
    String fenceId = readId("site");
    if (fenceId != null) {
      siteHandle = sites.handleOf(fenceId);
      if (siteHandle == Sites.UNKNOWN) {
        error("site", "is no fence");
      } else if (siteHandle == Sites.AREA) {
        error("site", "is an area, not a site");
      }
      site = fenceId;
    }
  }

  private void readMock() throws BrokenJsonException {
    if (!json.isTruth()) {
      error("mock", "must be true or false");
    }
    mock = json.truth();
  }

  private long readCounter(String name) throws BrokenJsonException {
    long counter = json.whole(Fix.UNKNOWN);
    if (counter < 0) {
      error(name, "must be a whole number of at least 0");
      return Fix.UNKNOWN;
    }
    return counter;
  }

  private String readText(String name, int maxChars) throws BrokenJsonException {
    if (json.isText()) {
      String text = json.text().toString();
      if (text.length() <= maxChars) {
        // No database text can hold U+0000, and a punch must reach the managers.
        return text.replace('\0', '\uFFFD');
      }
      error(name, "must be at most " + maxChars + " characters");
      return "";
    }
    json.skip();
    error(name, "must be a text");
    return "";
  }

  /** One reason a field: the first. */
  private void error(String name, String reason) {
    String pointer = "/" + name;
    if (errors.stream().noneMatch(e -> e.pointer().equals(pointer))) {
      errors.add(new InputError(pointer, reason));
    }
  }
}
