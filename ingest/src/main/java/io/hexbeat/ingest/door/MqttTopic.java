package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;

/**
 * What a topic is to the device that names it. A device has two: {@code owntracks/USER/DEVICE} with
 * one level below it or none, and {@code hexbeat/DEVICE/pings}; commands to it are on {@code cmd}
 * beside them. The user is its member or the user name that it connected with; the token alone
 * decides who it is, but nobody may speak under another device's name.
 */
enum MqttTopic {
  /** Messages of OwnTracks. */
  OWNTRACKS,
  /** Our own JSON. */
  PINGS,
  /** What would be sent to the device; the only thing that it may subscribe to. */
  COMMANDS,
  /** Another device's, or nobody's. */
  FOREIGN;

  private static final int LONGEST_LEVELS = 4;

  static MqttTopic of(String topic, DeviceIdentity who, String userName) {
    String[] levels = topic.split("/", LONGEST_LEVELS + 1);
    if (levels.length == 3 && levels[0].equals("hexbeat") && levels[1].equals(who.deviceId())) {
      return switch (levels[2]) {
        case "pings" -> PINGS;
        case "cmd" -> COMMANDS;
        default -> FOREIGN;
      };
    }
    boolean own =
        (levels.length == 3 || levels.length == LONGEST_LEVELS)
            && levels[0].equals("owntracks")
            && (levels[1].equals(who.memberId()) || levels[1].equals(userName))
            && levels[2].equals(who.deviceId());
    if (!own) {
      return FOREIGN;
    }
    return levels.length == LONGEST_LEVELS && levels[3].equals("cmd") ? COMMANDS : OWNTRACKS;
  }
}
