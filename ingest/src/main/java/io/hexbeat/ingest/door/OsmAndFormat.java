package io.hexbeat.ingest.door;

import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The OsmAnd protocol of Traccar Client, OsmAnd, GPSLogger and many gateways: one record as a query
 * or form. One per loop. These apps send the same record again until they get a 2xx, so a record
 * that can't be used is stored for quarantine and answered with success.
 *
 * <p>The token is {@code id}, or {@code token}, or in the {@code Authorization} header; if it is
 * not {@code id}, that is only what the phone calls itself and becomes the attribute {@code
 * device}.
 */
final class OsmAndFormat implements PhoneFormat {
  static final String FORM = "application/x-www-form-urlencoded";

  private static final double MPS_PER_KNOT = 1852.0 / 3600;

  /** Pairs with a meaning of their own, beside the attributes. */
  private static final int KNOWN_PAIRS = 32;

  private final FormPairs pairs;
  private final PingDraft draft;

  OsmAndFormat(DoorConfig config) {
    pairs = new FormPairs(config.maxAttributes() + KNOWN_PAIRS);
    draft = new PingDraft(config.maxAttributes());
  }

  @Override
  public Door door() {
    return Door.OSMAND;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return contentType == null || contentType.toLowerCase(Locale.ROOT).startsWith(FORM);
  }

  @Override
  public boolean credentialInBody() {
    return true;
  }

  @Override
  public @Nullable String token(PhoneRequest request) {
    String inHeader = Credential.token(request);
    if (inHeader != null) {
      return inHeader;
    }
    readPairs(request);
    String token = pairs.first("token");
    return token != null ? token : claimedId();
  }

  @Override
  public void read(PhoneRequest request, Batch batch) {
    readPairs(request);
    String token = request.token();
    draft.clear();
    boolean valid = true;
    for (int i = 0; i < pairs.size(); i++) {
      String value = pairs.value(i);
      if (!value.isEmpty() && !value.equals(token)) {
        valid &= readField(i, pairs.name(i), value, batch);
      }
    }
    if (!valid) {
      draft.attributes().addText("valid", "false");
      draft.disownPosition();
    }
    draft.attributes().drop(pairs.leftOut());
    draft.finish("lat", "lon");
    if (draft.reason() == null) {
      batch.add(draft);
    } else {
      byte[] raw = withoutToken(token).getBytes(StandardCharsets.UTF_8);
      batch.quarantine(draft, raw, 0, raw.length);
    }
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    response.end();
  }

  private void readPairs(PhoneRequest request) {
    pairs.clear();
    String query = request.query();
    if (query != null) {
      pairs.read(query);
    }
    if (request.bodyLength() > 0) {
      pairs.read(request.bodyText());
    }
  }

  private @Nullable String claimedId() {
    String id = pairs.first("id");
    return id != null ? id : pairs.first("deviceid");
  }

  /** False if the field says that the position is not to be believed. */
  private boolean readField(int i, String name, String value, Batch batch) {
    switch (name) {
      case "id", "deviceid", "device" -> {
        if (!value.equals(batch.who().deviceId())) {
          draft.attributes().add("device", value);
        }
      }
      case "timestamp" -> draft.fixTime(name, PhoneTime.parse(value));
      case "lat" -> draft.latitude(name, Decimal.parse(value));
      case "lon" -> draft.longitude(name, Decimal.parse(value));
      case "location" -> readLocation(value);
      case "speed" -> draft.speedMps(name, Decimal.parse(value) * MPS_PER_KNOT);
      case "speed_mps" -> draft.speedMps(name, Decimal.parse(value));
      case "bearing", "heading" -> draft.bearingDeg(name, Decimal.parse(value));
      case "altitude" -> draft.altitudeMeters(name, Decimal.parse(value));
      case "accuracy" -> draft.accuracyMeters(name, Decimal.parse(value));
      case "batt" -> draft.batteryPct(name, Decimal.parse(value));
      case "coord_type" -> draft.coordType(name, value);
      case "mock" -> draft.mock(isTrue(value));
      case "valid" -> {
        return isTrue(value);
      }
      default -> addAttribute(i, name, value);
    }
    return true;
  }

  private void readLocation(String value) {
    int comma = value.indexOf(',');
    if (comma < 0) {
      draft.reject(QuarantineReason.POSITION, "location", "must be lat,lon");
      return;
    }
    draft.latitude("location", Decimal.parse(value.substring(0, comma).strip()));
    draft.longitude("location", Decimal.parse(value.substring(comma + 1).strip()));
  }

  /** A name that comes again, as {@code cell} and {@code wifi} do, becomes an array. */
  private void addAttribute(int first, String name, String value) {
    boolean repeated = name.equals("cell") || name.equals("wifi");
    for (int i = 0; i < pairs.size(); i++) {
      if (i != first && pairs.name(i).equals(name) && !pairs.value(i).isEmpty()) {
        if (i < first) {
          return;
        }
        repeated = true;
      }
    }
    if (!repeated) {
      draft.attributes().addText(name, value);
      return;
    }
    draft.attributes().beginArray(name);
    for (int i = first; i < pairs.size(); i++) {
      if (pairs.name(i).equals(name) && !pairs.value(i).isEmpty()) {
        draft.attributes().element(pairs.value(i));
      }
    }
    draft.attributes().endArray();
  }

  /** What came, for quarantine: the journal must not hold a token. */
  private String withoutToken(@Nullable String token) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      String value = pairs.value(i);
      text.append(i == 0 ? "" : "&").append(pairs.name(i)).append('=');
      text.append(value.equals(token) ? "***" : value);
    }
    return text.toString();
  }

  private static boolean isTrue(String value) {
    return value.equalsIgnoreCase("true") || value.equals("1");
  }
}
