package io.hexbeat.ingest.wire;

/** Bytes that are no record of any version written so far; the message names the field. */
public final class InvalidRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidRecordException(String reason) {
    super(reason);
  }
}
