package io.hexbeat.geofence.sim;

/** How a day was forged. The attacks themselves are in {@link Attacks}. */
public enum AttackKind {
  /** A mock-location app that leaves the flag set. */
  MOCK_FLAGGED,
  /** At home all day; an app without the flag pins each customer, jitter and accuracy included. */
  FIXED_PIN,
  /** Lives a life of their own; the spoof is switched on for minutes around each punch. */
  SPOOF_ON_OFF,
  /** At home; a joystick app drives the round at a constant speed, with jitter. */
  JOYSTICK,
  /** An earlier own day again, shifted to today, with fresh jitter. */
  REPLAY_OWN,
  /** A colleague's earlier day, the same way. */
  REPLAY_OTHER,
  /** Captured punch requests sent again under new ids. */
  REQUEST_REPLAY,
  /** The phone's clock put back for the morning. */
  CLOCK_EDIT,
  /** Punches made late and edited to be early, uptime included, as if there had been no network. */
  OFFLINE_EDIT,
  /** A script punches at every customer; the app is stopped. */
  PUNCH_SCRIPT,
  /** A colleague punches for an absent one, on the same phone. */
  BUDDY_PUNCH,
  /** A colleague carries an absent one's phone all day. */
  TANDEM,
  /** Punches in and drives off. */
  PUNCH_AND_LEAVE,
  /** Parks at the fence's edge and never goes in. */
  EDGE_HABIT,
  /** Somebody moved the customer's pin to where the person sits. */
  PIN_MOVED,
  /** Switches the position off for hours of duty. */
  GPS_OFF
}
