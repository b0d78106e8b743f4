package io.hexbeat.ingest.journal;

/**
 * A record of a journal that is known to be on the disk with all before it, so that nobody needs to
 * look there again. Immutable; any thread.
 *
 * @param index of the record; {@link #START}'s before any
 * @param position where it begins in its file
 */
public record Waypoint(long index, long position) {
  /** Nothing is known. */
  public static final Waypoint START = new Waypoint(-1, 0);

  boolean isStart() {
    return index < 0;
  }
}
