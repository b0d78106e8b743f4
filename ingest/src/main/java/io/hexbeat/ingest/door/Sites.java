package io.hexbeat.ingest.door;

/** Which fence a punch's claimed site is. Asked on the doors' loops: it must answer at once. */
@FunctionalInterface
public interface Sites {
  /** Stands for a site that is none of the fences. */
  int UNKNOWN = -1;

  /** Stands for a fence that is an area: nobody is at it, so nobody can claim it. */
  int AREA = -2;

  /** The handle of the site with this id, or {@link #UNKNOWN}, or {@link #AREA}. */
  int handleOf(String fenceId);
}
