package io.hexbeat.ingest.door;

/**
 * Which door and format a record came by. The code stands in {@code PingRecord.door} and in the
 * journal, so it never changes its meaning; the label names the door in metrics.
 */
public enum Door {
  /** {@code GET|POST /} in the form of OsmAnd and Traccar Client. */
  OSMAND(1, "osmand"),
  /** {@code POST /v1/pings}: JSON object, array or NDJSON. */
  NATIVE(2, "native"),
  /** {@code POST /v1/punches}. */
  PUNCHES(3, "punches"),
  /** WebSocket {@code /v1/stream}: wire records or the JSON of {@link #NATIVE}. */
  STREAM(10, "stream"),
  /** TCP port of gateways: wire records. */
  TCP(11, "tcp");

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
