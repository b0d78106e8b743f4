package io.hexbeat.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The doors that the generator knows: how pings go in, and how many a message may hold. */
enum Door {
  /** {@code POST /v1/pings}, native JSON. */
  HTTP(true, 1),
  /** The form of Traccar Client. */
  OSMAND(false, 1),
  /** WebSocket {@code /v1/stream}, binary messages of wire records. */
  WS(true, 8),
  /** The TCP door, frames of wire records. */
  TCP(true, 8),
  /** MQTT, QoS 1, native JSON. */
  MQTT(false, 8);

  private final boolean batches;
  private final int window;

  Door(boolean batches, int window) {
    this.batches = batches;
    this.window = window;
  }

  /** Pings a message when so many are asked for. */
  int batch(int asked) {
    return batches ? asked : 1;
  }

  /** Messages that a phone usually has unanswered at most. */
  int usualWindow() {
    return window;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a list such as {@code http,ws}. */
  static List<Door> list(String labels) {
    List<Door> doors = new ArrayList<>();
    for (String label : labels.split(",", -1)) {
      doors.add(of(label.strip(), labels));
    }
    return doors;
  }

  private static Door of(String label, String labels) {
    for (Door door : values()) {
      if (door.label().equals(label)) {
        return door;
      }
    }
    throw new IllegalArgumentException(
        "--doors=" + labels + " must be some of http, osmand, ws, tcp, mqtt");
  }
}
