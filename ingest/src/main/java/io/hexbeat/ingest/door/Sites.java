package io.hexbeat.ingest.door;

/** Which fence a punch's claimed site is. Asked on the doors' loops: it must answer at once. */
@FunctionalInterface
public interface Sites {
  /** Stands for a site that is none of the fences. */
  int UNKNOWN = -1;

  /** The handle of the fence with this id, or {@link #UNKNOWN}. */
  int handleOf(String fenceId);
}
