package io.hexbeat.ingest.journal;

/** The journal can't be used as asked; the message names directory, key and value. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JournalException(String message) {
    super(message);
  }

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
