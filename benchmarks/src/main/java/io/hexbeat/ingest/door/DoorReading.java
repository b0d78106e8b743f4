package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.MultiMap;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** A request read by its door, as a connection does it. One thread. */
final class DoorReading {
  static final DeviceIdentity WHO =
      new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC);
  static final long RECEIVED_MS = 1_700_000_001_000L;

  private static final DoorConfig CONFIG = DoorConfig.of("127.0.0.1", 0, 1);

  private final DoorSample sample;
  private final @Nullable PhoneFormat format;
  private final PhoneRequest request = new PhoneRequest();
  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
  private final Batch batch = new Batch(CONFIG, new DoorStats());
  private final Submission.Completion completion = submission -> {};
  private final PingRecord ping = new PingRecord();
  private final byte[] body;

  DoorReading(DoorSample sample) {
    this.sample = sample;
    format = format(sample);
    body = sample == DoorSample.WIRE ? wireRecord() : sample.body();
    request.open(headers, sample.query());
    System.arraycopy(body, 0, request.reserve(body.length), 0, body.length);
  }

  /** Reads it once more; returns the bytes of its records. */
  int read() {
    if (format == null) {
      return readWire();
    }
    request.open(headers, sample.query());
    request.received(body.length);
    request.authenticatedBy(format.credentialInBody() ? format.token(request) : DoorSample.TOKEN);
    batch.open(WHO, format.door(), RECEIVED_MS, completion);
    try {
      format.read(request, batch);
    } catch (RefusedBodyException e) {
      throw new IllegalStateException("door=" + sample + " refused its sample", e);
    }
    return batch.submission().lengthBytes();
  }

  /** What a door of wire records does with each: put it into a submission and say whose it is. */
  private int readWire() {
    batch.open(WHO, Door.NATIVE, RECEIVED_MS, completion);
    Submission submission = batch.submission();
    int length = ping.wrap(body, 0).lengthBytes();
    int offset = submission.reserve(length);
    System.arraycopy(body, 0, submission.bytes(), offset, length);
    ping.wrap(submission.bytes(), offset).door(Door.NATIVE.code());
    submission.commit(length);
    return submission.lengthBytes();
  }

  void requireSameFixes(TreeReading tree) {
    byte[] ours = batch.submission().bytes();
    int offset = 0;
    for (int i = 0; i < sample.pings(); i++) {
      String expected = text(tree.fix(i));
      String found = text(ping.wrap(ours, offset));
      if (!found.equals(expected)) {
        throw new IllegalStateException(
            "door=" + sample + " read " + found + ", the tree " + expected);
      }
      offset += ping.lengthBytes();
    }
    if (batch.size() != sample.pings()) {
      throw new IllegalStateException("door=" + sample + " records=" + batch.size());
    }
  }

  private static String text(PingRecord fix) {
    return "%d %d %d acc=%d alt=%d speed=%d bearing=%d batt=%d seq=%d mock=%b"
        .formatted(
            fix.fixTimeMs(),
            fix.latE7(),
            fix.lngE7(),
            fix.accuracyCm(),
            fix.altitudeCm(),
            fix.speedCmps(),
            fix.bearingCdeg(),
            fix.batteryPct(),
            fix.seq(),
            fix.mock());
  }

  private static @Nullable PhoneFormat format(DoorSample sample) {
    return switch (sample) {
      case WIRE -> null;
      case NATIVE, NATIVE_BATCH -> new NativeFormat(CONFIG);
      case OSMAND_QUERY, OSMAND_FORM, OSMAND_JSON, SDK_JSON -> new OsmAndFormat(CONFIG);
      case OWNTRACKS -> new OwnTracksFormat(CONFIG);
      case OVERLAND -> new OverlandFormat(CONFIG);
    };
  }

  private static byte[] wireRecord() {
    TreeReading tree = new TreeReading(DoorSample.NATIVE);
    tree.read();
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    System.arraycopy(tree.fix(0).array(), tree.fix(0).offset(), bytes, 0, bytes.length);
    return bytes;
  }
}
