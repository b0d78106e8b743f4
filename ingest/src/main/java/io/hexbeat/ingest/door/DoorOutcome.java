package io.hexbeat.ingest.door;

import java.util.Locale;

/** What doors count; a request is counted once as {@link #REQUESTS} and once by what it got. */
public enum DoorOutcome {
  /** Requests to a known path, whatever became of them. */
  REQUESTS,
  /** Requests whose records are all in the journal. */
  ACCEPTED,
  /** Pings and punches in those requests. */
  RECORDS,
  /** Records among them whose signature was right. */
  SIGNED,
  /** Messages of a known app that hold no record, such as a goodbye; nothing of them is stored. */
  IGNORED,
  /** Attributes left out of a ping because they would not fit. */
  ATTRIBUTES_DROPPED,
  /** 401: no credential, or one that nobody holds. */
  UNAUTHORIZED,
  /** 400: a body that is not what its door speaks; nothing of it is stored. */
  MALFORMED,
  /** 405 and 415: the method, the content type or its encoding is none of the door's. */
  UNSUPPORTED,
  /** 413: the body or the batch is beyond its limit. */
  TOO_LARGE,
  /**
   * 429: the device has stored more than its share; it may go on after a while. Doors that keep
   * their connections don't read it for that while instead.
   */
  RATE_LIMITED,
  /** 503: the shard's inbox is full. */
  REFUSED,
  /** 503: the journal failed. */
  FAILED;

  /** The name of this count in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
