package io.hexbeat.ingest.door;

import io.hexbeat.ingest.wire.PingRecord;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a phone sends to each door: the same fix in each app's way of writing it, with the other
 * fields that the app sends along. Immutable; any thread. Of a door that takes no JSON, the tree is
 * that of the same fields in JSON.
 */
public enum DoorSample {
  /** A wire record, as gateways and our own app send it; the tree is that of {@link #NATIVE}. */
  WIRE("wire", 1),
  /** {@code POST /v1/pings}, one object. */
  NATIVE("native", 1),
  /** {@code POST /v1/pings}, an array of 50. */
  NATIVE_BATCH("native batch", 50),
  /** {@code GET /?id=…}; the tree is that of {@link #OSMAND_JSON}. */
  OSMAND_QUERY("osmand query", 1),
  /** {@code POST /} with a form; the tree is that of {@link #OSMAND_JSON}. */
  OSMAND_FORM("osmand form", 1),
  /** {@code POST /} with JSON, as Traccar Client 10 sends it. */
  OSMAND_JSON("osmand json", 1),
  /** {@code POST /} with JSON, as Traccar Client 9 and others of its SDK send it. */
  SDK_JSON("sdk json", 1),
  /** {@code POST /owntracks}. */
  OWNTRACKS("owntracks", 1),
  /** {@code POST /overland}, a batch of 50. */
  OVERLAND("overland", 50);

  static final String TOKEN = "hb_0123456789abcdefghijklmnopqrstuv";

  private static final String PAIRS =
      "id="
          + TOKEN
          + "&timestamp=1700000000&lat=30.2672712&lon=-97.7430608&speed=27.02&bearing=211.5"
          + "&altitude=149.3&accuracy=4.7&batt=81&charge=true";

  private static final String PING =
      """
      {"fix_time":"2023-11-14T22:13:20.000Z","lat":30.2672712,"lng":-97.7430608,"accuracy_m":4.7,\
      "altitude_m":149.3,"speed_mps":13.9,"bearing_deg":211.5,"battery_pct":81,"mock":false,"seq":42}""";

  private static final String FLAT =
      """
      {"id":"%s","timestamp":1700000000,"lat":30.2672712,"lon":-97.7430608,"speed":27.02,\
      "bearing":211.5,"altitude":149.3,"accuracy":4.7,"batt":81,"charge":true}"""
          .formatted(TOKEN);

  private static final String ITEM =
      """
      {"location":{"event":"motionchange","is_moving":false,"uuid":"0e9a2473-a9a7-4c00-997b-fb97d2154e75",\
      "timestamp":"2023-11-14T22:13:20.000Z","odometer":0,"coords":{"latitude":30.2672712,\
      "longitude":-97.7430608,"accuracy":4.7,"speed":13.9,"heading":211.5,"altitude":149.3},\
      "activity":{"type":"still","confidence":100},"battery":{"is_charging":false,"level":0.81},\
      "extras":{}},"device_id":"%s"}"""
          .formatted(TOKEN);

  private static final String MESSAGE =
      """
      {"_type":"location","tid":"JJ","tst":1700000000,"lat":30.2672712,"lon":-97.7430608,"acc":4.7,\
      "alt":149.3,"vel":50.04,"cog":211.5,"batt":81,"bs":1,"t":"u","conn":"m"}""";

  private static final String POINT =
      """
      {"type":"Feature","geometry":{"type":"Point","coordinates":[-97.7430608,30.2672712]},\
      "properties":{"timestamp":"2023-11-14T22:13:20Z","altitude":149.3,"speed":13.9,\
      "horizontal_accuracy":4.7,"vertical_accuracy":3,"course":211.5,"motion":["driving"],\
      "battery_state":"unplugged","battery_level":0.81,"wifi":"","device_id":""}}""";

  private final String label;
  private final int pings;

  DoorSample(String label, int pings) {
    this.label = label;
    this.pings = pings;
  }

  /** For reports. */
  public String label() {
    return label;
  }

  /** Pings in the request. */
  public int pings() {
    return pings;
  }

  /** Bytes that the phone sends, the head of the request left aside. */
  public int sentBytes() {
    return switch (this) {
      case WIRE -> PingRecord.HEADER_BYTES;
      case OSMAND_QUERY -> PAIRS.length();
      default -> body().length;
    };
  }

  @Nullable String query() {
    return this == OSMAND_QUERY ? PAIRS : null;
  }

  /** The body; empty for a query, and for a wire record, which is made by who reads it. */
  byte[] body() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  /** The JSON of which a tree is made. */
  byte[] json() {
    String json =
        switch (this) {
          case WIRE -> PING;
          case OSMAND_QUERY, OSMAND_FORM -> FLAT;
          default -> text();
        };
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private String text() {
    return switch (this) {
      case WIRE, OSMAND_QUERY -> "";
      case NATIVE -> PING;
      case NATIVE_BATCH -> "[" + repeated(PING) + "]";
      case OSMAND_FORM -> PAIRS;
      case OSMAND_JSON -> FLAT;
      case SDK_JSON -> ITEM;
      case OWNTRACKS -> MESSAGE;
      case OVERLAND -> "{\"locations\":[" + repeated(POINT) + "]}";
    };
  }

  private String repeated(String record) {
    return (record + ",").repeat(pings - 1) + record;
  }
}
