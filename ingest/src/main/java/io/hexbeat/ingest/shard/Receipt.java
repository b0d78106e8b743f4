package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.geofence.trust.PunchClaim;
import io.hexbeat.ingest.wire.PunchRecord;

/**
 * What a punch was answered, kept for its retries. Immutable; belongs to the shard's loop.
 *
 * @param json the answer's body, word for word
 * @param contentHash of the first request
 * @param receivedTimeMs when that came
 * @param stepUpUntilMs until when a proof of who made it may follow; 0 if none is asked for
 * @param conflictTold an alert about other content under the same id has been raised
 * @param assertionTold the same about an assertion that proved nothing
 */
record Receipt(
    String json,
    long contentHash,
    long receivedTimeMs,
    long stepUpUntilMs,
    boolean conflictTold,
    boolean assertionTold) {
  static final Receipt NONE = new Receipt("", 0, 0, 0, false, false);

  /** Of a punch in the journal. */
  static Receipt of(PunchRecord punch) {
    return new Receipt(
        punch.receiptJson(),
        punch.contentHash(),
        punch.receivedTimeMs(),
        punch.stepUpUntilMs(),
        false,
        false);
  }

  /** A punch id is the member's own. */
  record Key(int memberHandle, String punchId) {}

  /** Every field, kept or restored. */
  static Receipt kept(StateFields fields, Receipt receipt) {
    return new Receipt(
        fields.required(receipt.json),
        fields.i64(receipt.contentHash),
        fields.i64(receipt.receivedTimeMs),
        fields.i64(receipt.stepUpUntilMs),
        fields.flag(receipt.conflictTold),
        fields.flag(receipt.assertionTold));
  }

  /** Whether the claim is the same punch with an assertion, in time to count. */
  boolean mayBeProvenBy(PunchClaim claim) {
    return claim.passkey() != null
        && claim.receivedTimeMs() <= stepUpUntilMs
        && claim.contentHash() == contentHash;
  }

  /** An alert about a repetition with this content has been raised. */
  Receipt told(long repeatedHash) {
    boolean same = repeatedHash == contentHash;
    return new Receipt(
        json,
        contentHash,
        receivedTimeMs,
        stepUpUntilMs,
        conflictTold || !same,
        assertionTold || same);
  }

  /** Who made it is proven. */
  Receipt proven(String provenJson) {
    return new Receipt(provenJson, contentHash, receivedTimeMs, 0, conflictTold, assertionTold);
  }
}
