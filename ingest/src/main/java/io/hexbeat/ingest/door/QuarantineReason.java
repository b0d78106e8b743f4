package io.hexbeat.ingest.door;

import java.util.Locale;

/** Why an authenticated record could not become a ping; few, so that each can be a metric. */
public enum QuarantineReason {
  /** The fix time can't be read, or is before 2000 or after 2100. */
  FIX_TIME,
  /** Half a position, or one that is not on earth. */
  POSITION,
  /** A speed, accuracy, bearing or the like that is no number or is absurd. */
  READING,
  /** A coordinate system that no door converts. */
  COORD_TYPE,
  /** Not a record at all, such as a number in an array of pings. */
  NOT_A_RECORD,
  /** No JSON, from an app that would send the same bytes again for ever if it were refused. */
  NOT_JSON,
  /** Encrypted by the app with a key that we don't have. */
  ENCRYPTED,
  /** Sent to a topic that is not the device's own. */
  TOPIC,
  /** Not signed, by a device whose records must be. */
  UNSIGNED,
  /** Signed, by a device of which no key is known. */
  NO_SIGNING_KEY,
  /** Signed by another algorithm than that of the device's key. */
  SIGNATURE_ALG,
  /** The signature is not that of the device's key over this record, or can't be read. */
  BAD_SIGNATURE;

  /** The name of this reason in the journal, in answers and in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
