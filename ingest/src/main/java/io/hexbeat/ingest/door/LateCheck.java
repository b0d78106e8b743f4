package io.hexbeat.ingest.door;

/**
 * What must be verified of a batch before it is submitted, and takes too long for a loop. Made by a
 * door's loop, run by one thread of {@link SignatureChecks}, then read by the loop again.
 */
interface LateCheck {
  void run();
}
