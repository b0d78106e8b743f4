package io.hexbeat.ingest.door;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.SigningKey.Algorithm;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.InvalidRecordException;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes clients' wire records into submissions: one copy, then checked and stamped in place. One
 * per loop; an unsigned record allocates nothing, attributes cost a pass of the JSON reader. A
 * record that can't be used goes to quarantine; bytes of which not even the records' lengths make
 * sense are the caller's to refuse.
 */
final class WireRecords {
  private static final int LENGTH_AT = 4;
  private static final int NUMBER_AT = 8;
  private static final int MAX_PHONE_ID_BYTES = 255;

  private final PingRecord ping = new PingRecord();
  private final JsonReader json = new JsonReader();
  private final Attributes attributes;
  private final byte[] phoneId = new byte[MAX_PHONE_ID_BYTES];
  private @Nullable QuarantineReason reason;
  private String field = "";
  private String problem = "";

  /** Of a signed record. */
  private long counter;

  private byte[] signature = {};
  private byte[] signedBytes = {};

  WireRecords(int maxAttributes) {
    attributes = new Attributes(maxAttributes);
  }

  /** How many records lie between the two places, one after the other; -1 if that can't be. */
  static int count(ByteBuf in, int from, int to) {
    int count = 0;
    int at = from;
    while (at < to) {
      if (to - at < RecordEnvelope.BYTES) {
        return -1;
      }
      int length = lengthBytes(in, at);
      if (length < RecordEnvelope.BYTES || length > to - at) {
        return -1;
      }
      at += length;
      count++;
    }
    return count;
  }

  static int lengthBytes(ByteBuf in, int at) {
    return in.getIntLE(at + LENGTH_AT);
  }

  /** The connection's number for the device, which clients write where our handle will stand. */
  static int deviceNumber(ByteBuf in, int at) {
    return in.getIntLE(at + NUMBER_AT);
  }

  /** Puts the record at that place, of a length that {@link #count} has seen, into the batch. */
  void read(ByteBuf in, int at, Batch batch) {
    int length = lengthBytes(in, at);
    Submission submission = batch.submission();
    int offset = submission.reserve(length);
    in.getBytes(at, submission.bytes(), offset, length);
    reason = null;
    ping.wrap(submission.bytes(), offset);
    SigningKey key = batch.signing();
    boolean signed = length >= PingRecord.HEADER_BYTES && ping.isSigned();
    if (signed) {
      length = takeSignature(submission.bytes(), offset, length, key);
    }
    checkRecord(submission.bytes(), offset, length);
    if (!signed && key != null && key.required()) {
      reject(QuarantineReason.UNSIGNED, "", "must be signed, as this device was enrolled");
    }
    int dropped = 0;
    if (reason == null && ping.attributesLength() > 0) {
      submission.reserve(length + PingRecord.MAX_ATTRIBUTES_BYTES + PingRecord.SIGNED_BYTES);
      ping.wrap(submission.bytes(), offset);
      dropped = rewriteAttributes(submission.bytes(), offset);
    }
    if (reason != null) {
      byte[] raw = submission.bytes();
      int rawTo = offset + length;
      if (signed) {
        in.getBytes(at, raw, offset, lengthBytes(in, at));
        rawTo = offset + lengthBytes(in, at);
      }
      batch.quarantine(reason, field, problem, raw, offset, rawTo);
      return;
    }
    if (signed && key != null) {
      ping.signed(counter, key.number());
      batch.addedSigned();
    }
    DeviceIdentity who = batch.who();
    ping.stamp(who.deviceHandle(), who.memberHandle(), batch.receivedTimeMs(), batch.door().code());
    submission.commit(ping.lengthBytes());
    batch.added(dropped);
    if (signed && key != null && key.algorithm() != Algorithm.HS256) {
      batch.checkLater(key, signedBytes, signature, signedRaw(in, at));
    }
  }

  /**
   * Takes counter and signature off the record's end, and verifies an HMAC. What follows sees the
   * record as if it were unsigned.
   *
   * @return its length from now on
   */
  private int takeSignature(byte[] bytes, int offset, int length, @Nullable SigningKey key) {
    int signatureAt = ping.signatureOffset();
    int signatureBytes = offset + length - signatureAt;
    if (signatureBytes <= 0) {
      reject(QuarantineReason.BAD_SIGNATURE, "", "has no room for counter and signature");
      return length;
    }
    if (key == null) {
      reject(QuarantineReason.NO_SIGNING_KEY, "", "no signing key is known of this device");
    } else if (signatureBytes != key.algorithm().signatureBytes()) {
      String name = key.algorithm().jsonName();
      reject(QuarantineReason.SIGNATURE_ALG, "", "must be signed by " + name);
    } else {
      ping.unstamp();
      signature = Arrays.copyOfRange(bytes, signatureAt, offset + length);
      if (key.algorithm() != Algorithm.HS256) {
        signedBytes = Arrays.copyOfRange(bytes, offset, signatureAt);
      } else if (!key.verifies(bytes, offset, signatureAt, signature)) {
        reject(QuarantineReason.BAD_SIGNATURE, "", Jws.WRONG);
      }
    }
    counter = ping.stripSignature();
    if (counter < 0) {
      reject(QuarantineReason.READING, "/counter", Jws.NO_COUNTER);
    }
    return ping.lengthBytes();
  }

  private static byte[] signedRaw(ByteBuf in, int at) {
    byte[] raw = new byte[lengthBytes(in, at)];
    in.getBytes(at, raw);
    return raw;
  }

  private void checkRecord(byte[] bytes, int offset, int length) {
    try {
      RecordEnvelope.check(bytes, offset, length);
    } catch (InvalidRecordException e) {
      reject(QuarantineReason.NOT_A_RECORD, "", e.getMessage());
      return;
    }
    ping.wrap(bytes, offset);
    if (RecordEnvelope.type(bytes, offset) != RecordType.PING || !ping.isClientMade()) {
      reject(QuarantineReason.NOT_A_RECORD, "", "must be a PING as clients send it");
      return;
    }
    if (ping.fixTimeMs() < PresenceEngine.EARLIEST_LIVE_MS
        || ping.fixTimeMs() >= PingDraft.FIX_TIME_END_MS) {
      reject(QuarantineReason.FIX_TIME, "/fixTimeMs", "must be within the years 2000 to 2100");
    }
    if (ping.hasPosition()) {
      checkPosition();
    }
    checkReadings();
    checkPhoneId(bytes);
  }

  private void checkPosition() {
    if (Math.abs((long) ping.latE7()) > E7.MAX_LAT) {
      reject(QuarantineReason.POSITION, "/latE7", "must be within 90 degrees");
    } else if (Math.abs((long) ping.lngE7()) > E7.MAX_LNG) {
      reject(QuarantineReason.POSITION, "/lngE7", "must be within 180 degrees");
    } else {
      ping.position(ping.latE7(), E7.normalizeLngE7(ping.lngE7()));
    }
  }

  private void checkReadings() {
    long maxAltitudeCm = (long) (PingDraft.MAX_ALTITUDE_METERS * 100);
    within("/accuracyCm", ping.accuracyCm(), (long) (PingDraft.MAX_ACCURACY_METERS * 100));
    within("/speedCmps", ping.speedCmps(), (long) (PingDraft.MAX_SPEED_MPS * 100));
    within("/bearingCdeg", ping.bearingCdeg(), 36_000);
    within("/batteryPct", ping.batteryPct(), 100);
    within("/seq", ping.seq(), Long.MAX_VALUE);
    within("/uptimeMs", ping.uptimeMs(), Long.MAX_VALUE);
    if (ping.altitudeCm() != Fix.UNKNOWN_ALTITUDE
        && Math.abs((long) ping.altitudeCm()) > maxAltitudeCm) {
      reject(QuarantineReason.READING, "/altitudeCm", "must be within 1000 km of sea level");
    }
    if (ping.bearingCdeg() == 36_000) {
      ping.bearingCdeg(0);
    }
  }

  private void within(String field, long value, long max) {
    if (value < Fix.UNKNOWN || value > max) {
      reject(QuarantineReason.READING, field, "must be unknown (-1) or within its range");
    }
  }

  /** Printable ASCII, which every store and every screen can hold. */
  private void checkPhoneId(byte[] bytes) {
    int from = ping.phoneIdOffset();
    for (int i = from; i < from + ping.phoneIdLength(); i++) {
      if (bytes[i] <= ' ' || bytes[i] > '~') {
        reject(QuarantineReason.READING, "/phoneId", "must be printable ASCII without spaces");
        return;
      }
    }
  }

  /**
   * Writes the attributes anew, as the JSON doors do: what a database can't hold is mended, what is
   * too much is left out.
   *
   * @return how many were left out
   */
  private int rewriteAttributes(byte[] bytes, int offset) {
    attributes.clear();
    int from = offset + PingRecord.HEADER_BYTES;
    try {
      if (!json.open(bytes, from, from + ping.attributesLength()).beginObject()) {
        reject(QuarantineReason.READING, "/attributes", "must be a JSON object");
        return 0;
      }
      while (json.nextField()) {
        if (!json.takeNull()) {
          attributes.copy(json);
        }
      }
      json.expectEnd();
    } catch (BrokenJsonException e) {
      reject(QuarantineReason.READING, "/attributes", "must be one JSON object");
      return 0;
    }
    int phoneIdLength = ping.phoneIdLength();
    System.arraycopy(bytes, ping.phoneIdOffset(), phoneId, 0, phoneIdLength);
    ping.attributes(attributes.bytes(), attributes.finish());
    ping.phoneId(phoneId, phoneIdLength);
    return attributes.dropped();
  }

  /** The first problem stays. */
  private void reject(QuarantineReason reason, String field, String problem) {
    if (this.reason == null) {
      this.reason = reason;
      this.field = field;
      this.problem = problem;
    }
  }
}
