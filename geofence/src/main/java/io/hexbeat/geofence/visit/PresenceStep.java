package io.hexbeat.geofence.visit;

import io.hexbeat.geofence.presence.ChangeKind;
import java.util.Comparator;

/**
 * One change of presence as people were told of it, or as it is told since late fixes arrived.
 * Immutable; any thread.
 *
 * @param fenceHandle which fence
 * @param kind a transition
 * @param atMs when it happened, Unix milliseconds
 * @param inferred concluded and not seen
 * @param journalIndex of the record that it was decided with
 * @param ordinal its place among the changes of that record
 */
public record PresenceStep(
    int deviceHandle,
    int fenceHandle,
    ChangeKind kind,
    long atMs,
    boolean inferred,
    long journalIndex,
    int ordinal) {
  /** The order in which things happened; what happened at once, in the order of decisions. */
  public static final Comparator<PresenceStep> BY_TIME =
      Comparator.comparingLong(PresenceStep::atMs)
          .thenComparingLong(PresenceStep::journalIndex)
          .thenComparingInt(PresenceStep::ordinal);

  public PresenceStep {
    if (!kind.transition()) {
      throw new IllegalArgumentException("kind=" + kind + " is no transition");
    }
  }
}
