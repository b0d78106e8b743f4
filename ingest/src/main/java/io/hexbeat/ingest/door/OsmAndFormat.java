package io.hexbeat.ingest.door;

import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The OsmAnd protocol of Traccar Client, OsmAnd, GPSLogger and many gateways: one record as a query
 * or form, or JSON, which its first byte tells. One per loop. These apps send the same record again
 * until they get a 2xx, so a record that can't be used is stored for quarantine and answered with
 * success.
 *
 * <p>The token is in the {@code Authorization} header, or {@code token}, or {@code device_id} or
 * {@code id}; if it is not one of the latter, that is only what the phone calls itself and becomes
 * the attribute {@code device}.
 */
final class OsmAndFormat implements PhoneFormat {
  static final String FORM = "application/x-www-form-urlencoded";

  /** Pairs with a meaning of their own, beside the attributes. */
  private static final int KNOWN_PAIRS = 32;

  private final FormPairs<OsmAndFields.Field> pairs;
  private final PingDraft draft;
  private final OsmAndFields fields;
  private final OsmAndJson json;

  OsmAndFormat(DoorConfig config) {
    pairs =
        new FormPairs<>(
            FieldNames.ofForm(OsmAndFields.Field.class), config.maxAttributes() + KNOWN_PAIRS);
    draft = new PingDraft(config.maxAttributes());
    fields = new OsmAndFields(draft);
    json = new OsmAndJson(config, draft, fields);
  }

  @Override
  public Door door() {
    return Door.OSMAND;
  }

  @Override
  public boolean reads(@Nullable String contentType) {
    return JsonBody.isJson(contentType) || JsonBody.hasType(contentType, FORM);
  }

  @Override
  public boolean credentialInBody() {
    return true;
  }

  @Override
  public @Nullable String token(PhoneRequest request) {
    readPairs(request);
    String token = Credential.token(request);
    token = token != null ? token : pairs.first(OsmAndFields.Field.TOKEN);
    if (token == null && isJson(request)) {
      token = json.token(request.body(), request.bodyLength());
    }
    return token != null ? token : claimedId();
  }

  /** Reads what {@link #token} found. */
  @Override
  public void read(PhoneRequest request, Batch batch) throws RefusedBodyException {
    if (isJson(request)) {
      json.read(request, batch);
    } else {
      readPairs(request, batch);
    }
  }

  @Override
  public void answer(Batch batch, HttpServerResponse response) {
    response.end();
  }

  private static boolean isJson(PhoneRequest request) {
    return OsmAndJson.looksLike(request.body(), request.bodyLength());
  }

  private void readPairs(PhoneRequest request) {
    pairs.clear();
    String query = request.query();
    if (query != null) {
      pairs.read(query);
    }
    if (!isJson(request)) {
      pairs.read(request.body(), request.bodyLength());
    }
  }

  private @Nullable String claimedId() {
    String id = pairs.first(OsmAndFields.Field.ID);
    return id != null ? id : pairs.first(OsmAndFields.Field.DEVICEID);
  }

  private void readPairs(PhoneRequest request, Batch batch) {
    fields.clear();
    for (int i = 0; i < pairs.size(); i++) {
      TextSlice value = pairs.value(i);
      if (!value.isEmpty()
          && !request.isToken(value)
          && !fields.read(pairs.field(i), value, null, batch.who())) {
        addAttribute(i);
      }
    }
    draft.attributes().drop(pairs.leftOut());
    fields.finish();
    if (batch.takes(draft)) {
      batch.add(draft);
    } else {
      byte[] raw = withoutToken(request).getBytes(StandardCharsets.UTF_8);
      batch.quarantine(draft, raw, 0, raw.length);
    }
  }

  /** A name that comes again, as {@code cell} and {@code wifi} do, becomes an array. */
  private void addAttribute(int first) {
    TextSlice name = pairs.name(first);
    boolean repeated = name.sameAs("cell") || name.sameAs("wifi");
    for (int i = 0; i < pairs.size(); i++) {
      if (i != first && isAgain(i, name)) {
        if (i < first) {
          return;
        }
        repeated = true;
      }
    }
    if (!repeated) {
      draft.attributes().addText(name, pairs.value(first));
      return;
    }
    draft.attributes().beginArray(name);
    for (int i = first; i < pairs.size(); i++) {
      if (isAgain(i, name)) {
        draft.attributes().element(pairs.value(i));
      }
    }
    draft.attributes().endArray();
  }

  private boolean isAgain(int i, TextSlice name) {
    return pairs.field(i) == OsmAndFields.Field.OTHER
        && pairs.name(i).sameAs(name)
        && !pairs.value(i).isEmpty();
  }

  /** What came, for quarantine: the journal must not hold a token. */
  private String withoutToken(PhoneRequest request) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      text.append(i == 0 ? "" : "&").append(pairs.name(i)).append('=').append(pairs.value(i));
    }
    return request.withoutToken(text.toString());
  }
}
