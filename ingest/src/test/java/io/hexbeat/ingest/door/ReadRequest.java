package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** What a format made of one request, without a server around it. */
final class ReadRequest {
  static final long RECEIVED_MS = 1_790_000_000_000L;
  static final DeviceIdentity WHO =
      new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC);
  static final DoorConfig CONFIG = DoorConfig.of("127.0.0.1", 0, 1);

  final Batch batch;
  final @Nullable String token;

  private ReadRequest(Batch batch, @Nullable String token) {
    this.batch = batch;
    this.token = token;
  }

  static ReadRequest osmAnd(String query) throws RefusedBodyException {
    return read(new OsmAndFormat(CONFIG), query, "");
  }

  static ReadRequest osmAndForm(String form) throws RefusedBodyException {
    return read(new OsmAndFormat(CONFIG), null, form);
  }

  static ReadRequest pings(String body) throws RefusedBodyException {
    return read(new NativeFormat(CONFIG), null, body);
  }

  static ReadRequest ownTracks(String body) throws RefusedBodyException {
    return read(new OwnTracksFormat(CONFIG), null, body);
  }

  static ReadRequest overland(String body) throws RefusedBodyException {
    return read(new OverlandFormat(CONFIG), null, body);
  }

  static ReadRequest punch(String body) throws RefusedBodyException {
    Sites sites =
        id ->
            switch (id) {
              case "shop-1" -> 301;
              case "district-1" -> Sites.AREA;
              default -> Sites.UNKNOWN;
            };
    return read(new PunchFormat(CONFIG, sites), null, body);
  }

  static ReadRequest read(PhoneFormat format, @Nullable String query, String body)
      throws RefusedBodyException {
    PhoneRequest request = new PhoneRequest();
    request.open(MultiMap.caseInsensitiveMultiMap(), query);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, request.reserve(bytes.length), 0, bytes.length);
    request.received(bytes.length);
    Batch batch = new Batch(CONFIG, new DoorStats());
    batch.open(WHO, format.door(), RECEIVED_MS, submission -> {});
    String token = format.token(request);
    request.authenticatedBy(token);
    format.read(request, batch);
    return new ReadRequest(batch, token);
  }

  int size() {
    return batch.size();
  }

  PingRecord ping(int index) {
    return new PingRecord().wrap(batch.submission().bytes(), offsetOf(index, RecordType.PING));
  }

  QuarantineRecord quarantine(int index) {
    return new QuarantineRecord()
        .wrap(batch.submission().bytes(), offsetOf(index, RecordType.QUARANTINE));
  }

  PunchRecord punch() {
    return new PunchRecord().wrap(batch.submission().bytes(), offsetOf(0, RecordType.PUNCH));
  }

  private int offsetOf(int index, RecordType type) {
    Submission submission = batch.submission();
    int offset = 0;
    for (int i = 0; i < index; i++) {
      offset += new PingRecord().wrap(submission.bytes(), offset).lengthBytes();
    }
    RecordType found = RecordType.of(submission.bytes()[offset]);
    if (found != type || offset >= submission.lengthBytes()) {
      throw new AssertionError("record " + index + " is " + found + ", not " + type);
    }
    return offset;
  }
}
