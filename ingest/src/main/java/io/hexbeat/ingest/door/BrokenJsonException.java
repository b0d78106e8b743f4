package io.hexbeat.ingest.door;

/**
 * Bytes that are not JSON. Knows what was expected and at which byte; no stack trace, since a
 * hostile client can send many.
 */
final class BrokenJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  BrokenJsonException(String reason, int offset) {
    super(reason, null, false, false);
    this.offset = offset;
  }

  /** Where in the array. */
  int offset() {
    return offset;
  }
}
