package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.wire.FencesRecord;
import io.hexbeat.ingest.wire.InvalidRecordException;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What passes {@link RecordEnvelope#check} can be read to its last byte and not beyond, and written
 * anew says the same. The bytes lie at the end of their array, where reading on shows.
 */
final class RecordLaw {
  private static final int OFFSET = 5;

  private RecordLaw() {}

  static void check(byte[] input) {
    byte[] bytes = new byte[OFFSET + input.length];
    System.arraycopy(input, 0, bytes, OFFSET, input.length);
    int length;
    try {
      length = RecordEnvelope.check(bytes, OFFSET, input.length);
    } catch (InvalidRecordException e) {
      return;
    }
    assertTrue(length <= input.length && length <= RecordEnvelope.MAX_RECORD_BYTES);
    byte[] record = Arrays.copyOf(bytes, OFFSET + length);
    switch (RecordEnvelope.type(record, OFFSET)) {
      case PING -> checkPing(record);
      case PUNCH -> checkPunch(record);
      case FENCES -> checkFences(record);
      case QUARANTINE -> checkQuarantine(record);
    }
  }

  private static void checkPing(byte[] record) {
    PingRecord ping = new PingRecord().wrap(record, OFFSET);
    byte[] copy = new byte[record.length + PingRecord.MAX_ATTRIBUTES_BYTES];
    PingRecord written =
        new PingRecord()
            .wrapNew(copy, OFFSET, ping.deviceHandle(), ping.memberHandle(), ping.receivedTimeMs())
            .fixTimeMs(ping.fixTimeMs())
            .accuracyCm(ping.accuracyCm())
            .altitudeCm(ping.altitudeCm())
            .speedCmps(ping.speedCmps())
            .bearingCdeg(ping.bearingCdeg())
            .batteryPct(ping.batteryPct())
            .door(ping.door())
            .seq(ping.seq())
            .uptimeMs(ping.uptimeMs())
            .mock(ping.mock());
    if (ping.hasPosition()) {
      written.position(ping.latE7(), ping.lngE7());
    }
    if (ping.isServerMade()) {
      written.serverMade();
    }
    if (ping.attributesLength() <= PingRecord.MAX_ATTRIBUTES_BYTES) {
      int attributes = OFFSET + PingRecord.HEADER_BYTES;
      written.attributes(
          Arrays.copyOfRange(record, attributes, attributes + ping.attributesLength()),
          ping.attributesLength());
    }
    written.phoneId(
        Arrays.copyOfRange(record, ping.phoneIdOffset(), record.length), ping.phoneIdLength());
    assertEquals(ping.fixTimeMs(), written.fixTimeMs());
    assertEquals(ping.bearingCdeg(), written.bearingCdeg());
    assertEquals(ping.hasPosition(), written.hasPosition());
    assertEquals(ping.phoneId(), written.phoneId());
    if (ping.decisionLength() > 0) {
      checkDecision(ping);
    }
  }

  private static void checkDecision(PingRecord ping) {
    PingDecision decision = new PingDecision().wrap(ping);
    assertEquals(ping.decisionLength(), decision.lengthBytes());
    if (decision.changeCount() > PingDecision.MAX_CHANGES
        || decision.alertsLength() > PingDecision.MAX_ALERTS_BYTES) {
      return;
    }
    byte[] copy = Arrays.copyOf(ping.array(), ping.array().length);
    PingRecord host = new PingRecord().wrap(copy, OFFSET);
    PingDecision written = new PingDecision().wrapNew(host, decision.orderCode());
    for (int i = 0; i < decision.changeCount(); i++) {
      written.change(
          decision.fenceHandle(i), decision.kindCode(i), decision.inferred(i), decision.atMs(i));
    }
    byte[] alerts =
        Arrays.copyOfRange(
            ping.array(), ping.array().length - decision.alertsLength(), ping.array().length);
    written.alerts(alerts);
    assertEquals(decision.lengthBytes(), written.lengthBytes());
    assertEquals(decision.alerts(), written.alerts());
    for (int i = 0; i < decision.changeCount(); i++) {
      assertEquals(decision.fenceHandle(i), written.fenceHandle(i));
      assertEquals(decision.inferred(i), written.inferred(i));
      assertEquals(decision.atMs(i), written.atMs(i));
    }
  }

  private static void checkPunch(byte[] record) {
    PunchRecord punch = new PunchRecord().wrap(record, OFFSET);
    String texts = punch.punchId() + punch.phoneId() + punch.attributes();
    assertTrue(texts.length() <= record.length);
    assertTrue(punch.receiptJson().length() + punch.alerts().length() <= record.length);
    if (isKind(record[OFFSET + 80])) {
      assertEquals(punch.atMs(), punch.claim(punch.phoneId()).atMs());
    }
  }

  private static boolean isKind(byte code) {
    return Arrays.stream(PunchKind.values()).anyMatch(kind -> kind.code() == code);
  }

  private static void checkFences(byte[] record) {
    FencesRecord fences = new FencesRecord().wrap(record, OFFSET);
    byte[] copy = new byte[record.length];
    FencesRecord written =
        new FencesRecord()
            .wrapNew(
                copy, OFFSET, fences.receivedTimeMs(), fences.indexVersion(), fences.fenceCount());
    assertEquals(fences.indexVersion(), written.indexVersion());
    assertEquals(fences.fenceCount(), written.fenceCount());
  }

  private static void checkQuarantine(byte[] record) {
    QuarantineRecord quarantine = new QuarantineRecord().wrap(record, OFFSET);
    byte[] raw = quarantine.raw();
    assertEquals(record.length - OFFSET, quarantine.lengthBytes());
    byte[] copy = new byte[OFFSET + QuarantineRecord.MAX_BYTES];
    QuarantineRecord written =
        new QuarantineRecord()
            .wrapNew(
                copy,
                OFFSET,
                quarantine.deviceHandle(),
                quarantine.memberHandle(),
                quarantine.receivedTimeMs(),
                quarantine.door(),
                quarantine.reason(),
                raw);
    assertEquals(written.lengthBytes(), RecordEnvelope.check(copy, OFFSET, copy.length - OFFSET));
    boolean whole =
        raw.length <= QuarantineRecord.MAX_RAW_BYTES
            && quarantine.reason().getBytes(StandardCharsets.UTF_8).length
                <= QuarantineRecord.MAX_REASON_BYTES;
    if (whole) {
      assertEquals(quarantine.reason(), written.reason());
      assertArrayEquals(raw, written.raw());
    }
  }
}
