package io.hexbeat.geofence.sim;

import java.util.Comparator;

/** What a phone sent; a day's records stand in the order in which they reached the server. */
public sealed interface SimRecord permits SimPing, SimPunch {
  /** Received first, first; of one batch the older first. */
  Comparator<SimRecord> ARRIVAL =
      Comparator.comparingLong(SimRecord::receivedTimeMs).thenComparingLong(SimRecord::madeMs);

  SimPhone phone();

  /** When the phone made it, by the phone's clock. */
  long madeMs();

  /** When the server read it. */
  long receivedTimeMs();
}
