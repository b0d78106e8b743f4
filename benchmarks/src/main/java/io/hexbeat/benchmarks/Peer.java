package io.hexbeat.benchmarks;

/**
 * Another way to tell which fences contain a point, written as its users write it. One thread a
 * peer.
 */
interface Peer {
  /** Overwrites {@code out} with the handles of all fences that contain the point. */
  void containing(int latE7, int lngE7, Hits out);
}
