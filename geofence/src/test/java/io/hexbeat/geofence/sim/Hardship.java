package io.hexbeat.geofence.sim;

/** What makes an honest day hard to read; a day may have several. */
public enum Hardship {
  /** Bursts of reflections between towers: tens of metres off, and the phone doesn't know. */
  URBAN_CANYON,
  /** Minutes of a drive without a fix, then a bad one. */
  TUNNEL,
  /** Few and bad fixes during visits, some of them a Wi-Fi's place repeated. */
  INDOOR,
  /** The receiver wanders about twice as far while the phone lies still. */
  JITTER,
  /** The system stops the app for an hour. */
  APP_KILLED,
  /** No network for an hour: what was measured comes later, in order. */
  DEAD_ZONE,
  /** The same, but the phone sends the newest first. */
  DEAD_ZONE_NEWEST_FIRST,
  /** Hours in a colleague's car, customers included. */
  SHARED_CAR,
  /** The phone breaks at noon; another one is enrolled. */
  PHONE_SWAP,
  /** Half an hour on the water, moving without walking. */
  FERRY,
  /** The clocks change that night. */
  DAYLIGHT_SAVING,
  /** There and back by plane within the day. */
  FLIGHT
}
