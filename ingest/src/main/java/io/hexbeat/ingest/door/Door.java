package io.hexbeat.ingest.door;

/**
 * Which door and format a record came by. The code stands in {@code PingRecord.door} and in the
 * journal, so it never changes its meaning; the label names the door in metrics.
 */
public enum Door {
  /** {@code GET|POST /} in the form of OsmAnd and Traccar Client: query, form or JSON. */
  OSMAND(1, "osmand"),
  /** {@code POST /v1/pings}: JSON object, array or NDJSON. */
  NATIVE(2, "native"),
  /** {@code POST /v1/punches}. */
  PUNCHES(3, "punches"),
  /** {@code POST /owntracks}, the HTTP mode of OwnTracks. */
  OWNTRACKS(4, "owntracks"),
  /** {@code POST /overland}: batches of GeoJSON points. */
  OVERLAND(5, "overland"),
  /** WebSocket {@code /v1/stream}: wire records or the JSON of {@link #NATIVE}. */
  STREAM(10, "stream"),
  /** TCP port of gateways: wire records. */
  TCP(11, "tcp"),
  /** MQTT: OwnTracks' topics and our own. */
  MQTT(12, "mqtt");

  private final int code;
  private final String label;

  Door(int code, String label) {
    this.code = code;
    this.label = label;
  }

  public int code() {
    return code;
  }

  public String label() {
    return label;
  }
}
