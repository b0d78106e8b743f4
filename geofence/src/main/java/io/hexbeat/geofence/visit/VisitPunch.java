package io.hexbeat.geofence.visit;

/**
 * A punch as far as it says something of visits. Immutable; any thread.
 *
 * @param journalIndex of its record, which names it
 * @param kind what the member said
 * @param fenceHandle the site that was claimed or found, 0 for none
 * @param inside made inside that site, and not refused
 */
public record VisitPunch(long journalIndex, Kind kind, long atMs, int fenceHandle, boolean inside) {
  /** What a punch says of a visit. */
  public enum Kind {
    VISIT_IN,
    VISIT_OUT,
    /** Ends what a punch had begun; belongs to no visit itself. */
    CLOCK_OUT
  }
}
