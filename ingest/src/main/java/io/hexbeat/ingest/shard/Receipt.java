package io.hexbeat.ingest.shard;

/**
 * What a punch was answered, kept for its retries. Immutable; belongs to the shard's loop.
 *
 * @param json the answer's body, word for word
 * @param contentHash of the first request
 * @param receivedTimeMs when that came
 * @param conflictTold an alert about other content under the same id has been raised
 */
record Receipt(String json, long contentHash, long receivedTimeMs, boolean conflictTold) {
  /** A punch id is the member's own. */
  record Key(int memberHandle, String punchId) {}

  Receipt withConflictTold() {
    return new Receipt(json, contentHash, receivedTimeMs, true);
  }
}
