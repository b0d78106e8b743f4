package io.hexbeat.ingest.door;

import java.util.Locale;

/** Why a door closed a connection of its own accord; few, so that each can be a metric. */
public enum DoorClosure {
  /** More connections than the port takes. */
  PORT_FULL,
  /** More connections than one address may have. */
  ADDRESS_FULL,
  /** The oldest of a device that opened one more than it may have. */
  DEVICE_FULL,
  /** A head that began, or a CONNECT, that was not complete in time. */
  HEAD_TIME,
  /** A body that was not complete in time. */
  BODY_TIME,
  /** Nothing came for as long as a connection may rest. */
  IDLE,
  /** A request line or headers beyond their limit. */
  HEAD_SIZE,
  /** A body so large that it is not even read and thrown away. */
  BODY_SIZE,
  /** Not the protocol of the door. */
  MALFORMED;

  /** The name of this reason in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
