package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;

/**
 * What a punch was answered, kept for its retries. Immutable; belongs to the shard's loop.
 *
 * @param json the answer's body, word for word
 * @param contentHash of the first request
 * @param receivedTimeMs when that came
 * @param conflictTold an alert about other content under the same id has been raised
 */
record Receipt(String json, long contentHash, long receivedTimeMs, boolean conflictTold) {
  static final Receipt NONE = new Receipt("", 0, 0, false);

  /** A punch id is the member's own. */
  record Key(int memberHandle, String punchId) {}

  /** Every field, kept or restored. */
  static Receipt kept(StateFields fields, Receipt receipt) {
    return new Receipt(
        fields.required(receipt.json),
        fields.i64(receipt.contentHash),
        fields.i64(receipt.receivedTimeMs),
        fields.flag(receipt.conflictTold));
  }

  Receipt withConflictTold() {
    return new Receipt(json, contentHash, receivedTimeMs, true);
  }
}
