package io.hexbeat.ingest.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * The bytes of each record as they lie in journals: a change here makes old journals unreadable.
 */
final class GoldenBytesTest {
  private static final String PING =
      """
      01 01 0300 9a000000 07000000 09000000 80d6a7ca98010000
      0102a7ca98010000 00a3e111 40cf0bc6 b0040000 30750000
      64000000 2823 55 01 0500000000000000 15cd5b0700000000
      0700 3e00 05 000000
      7b2261223a317d 706820c3a9
      05 00 0200 1600 0000
      0b000000 00 00 0000 0102a7ca98010000
      0c000000 01 01 0000 0202a7ca98010000
      5b7b226b696e64223a224d4f434b5f464c4147227d5d
      """;

  @Test
  void shouldKeepBytesOfPing() {
    byte[] bytes = new byte[1024];
    PingRecord ping =
        new PingRecord()
            .wrapNew(bytes, 0, 7, 9, 0x198caa7d680L)
            .fixTimeMs(0x198caa70201L)
            .position(300_000_000, -972_304_576)
            .accuracyCm(1200)
            .altitudeCm(30_000)
            .speedCmps(100)
            .bearingCdeg(9000)
            .batteryPct(85)
            .door(1)
            .mock(true)
            .seq(5)
            .uptimeMs(123_456_789)
            .attributes(utf8("{\"a\":1}"), 7)
            .phoneId(utf8("ph é"), 5);
    PingDecision decision =
        new PingDecision()
            .wrapNew(ping, 5)
            .change(11, 0, false, 0x198caa70201L)
            .change(12, 1, true, 0x198caa70202L)
            .alerts(utf8("[{\"kind\":\"MOCK_FLAG\"}]"));
    ping.decided(decision);

    assertEquals(hex(PING), hex(bytes, ping.lengthBytes()));
  }

  @Test
  void shouldReadPing() {
    byte[] bytes = bytes(PING);
    assertEquals(bytes.length, RecordEnvelope.check(bytes, 0, bytes.length));
    PingRecord ping = new PingRecord().wrap(bytes, 0);
    PingDecision decision = new PingDecision().wrap(ping);

    assertEquals("{\"a\":1}", ping.attributes());
    assertEquals("ph é", ping.phoneId());
    assertTrue(ping.mock());
    assertFalse(ping.isServerMade());
    assertEquals(9000, ping.bearingCdeg());
    assertEquals(5, decision.orderCode());
    assertEquals(2, decision.changeCount());
    assertEquals(12, decision.fenceHandle(1));
    assertEquals(1, decision.kindCode(1));
    assertTrue(decision.inferred(1));
    assertEquals(0x198caa70202L, decision.atMs(1));
    assertEquals("[{\"kind\":\"MOCK_FLAG\"}]", decision.alerts());
  }

  private static final String SIGNED_PING =
      """
      01 01 1100 66000000 07000000 09000000 80d6a7ca98010000
      80d6a7ca98010000 00a3e111 40cf0bc6 ffffffff 00000080
      ffffffff ffff ff 00 ffffffffffffffff ffffffffffffffff
      0000 0800 02 000000
      7068 0700000000000000 03000000
      05 00 0000 0000 0000
      """;

  @Test
  void shouldKeepBytesOfSignedPing() {
    byte[] bytes = new byte[1024];
    PingRecord ping =
        new PingRecord()
            .wrapNew(bytes, 0, 7, 9, 0x198caa7d680L)
            .position(300_000_000, -972_304_576)
            .phoneId(utf8("ph"), 2)
            .signed(7, 3);
    ping.decided(new PingDecision().wrapNew(ping, 5));

    assertEquals(hex(SIGNED_PING), hex(bytes, ping.lengthBytes()));
  }

  @Test
  void shouldReadSignedPing() {
    byte[] bytes = bytes(SIGNED_PING);
    assertEquals(bytes.length, RecordEnvelope.check(bytes, 0, bytes.length));
    PingRecord ping = new PingRecord().wrap(bytes, 0);

    assertTrue(ping.isSigned());
    assertEquals(7, ping.counter());
    assertEquals(3, ping.signingKey());
    assertEquals("ph", ping.phoneId());
    assertEquals(5, new PingDecision().wrap(ping).orderCode());
  }

  @Test
  void shouldKeepCounterAndKeyOfSignedPunchBeforeItsReceipt() {
    byte[] bytes = new byte[PunchRecord.MAX_CLAIM_BYTES + 100];
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(bytes, 0, 7, 9, 0x198caa7d680L, PunchKind.VISIT_IN, 0x198caa70201L)
            .texts("p-1", "ph", "{\"a\":1}")
            .signed(258, 4)
            .decided(Verdict.VERIFIED, Place.NO_FIX, 0, utf8("{}"), utf8(""));

    assertEquals(
        "702d31" + "7068" + "7b2261223a317d" + "0201000000000000" + "04000000" + "7b7d",
        hex(bytes, punch.lengthBytes()).substring(2 * PunchRecord.HEADER_BYTES));
    assertEquals(punch.lengthBytes(), RecordEnvelope.check(bytes, 0, bytes.length));
    assertEquals(258, punch.claim("ph").counter());
    assertEquals(4, punch.claim("ph").signingKey());
    assertEquals("{}", punch.receiptJson());
  }

  private static final String PROVEN_SECTIONS =
      """
      702d31 7068 7b2261223a317d
      0201000000000000 04000000
      01 03 04 00 0900000000000000 0500000000000000 63726564
      80d6a7ca98010000
      7b7d
      """;

  @Test
  void shouldKeepWhatAPasskeyProvedAndUntilWhenItMayFollow() {
    byte[] bytes = new byte[PunchRecord.MAX_CLAIM_BYTES + 100];
    PasskeyProof proof = new PasskeyProof(Outcome.VERIFIED, "cred", true, true, 9, 5);
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(bytes, 0, 7, 9, 0x198caa7d680L, PunchKind.VISIT_IN, 0x198caa70201L)
            .texts("p-1", "ph", "{\"a\":1}")
            .signed(258, 4)
            .passkey(PasskeyProof.failed(Outcome.UNSEEN, "cred"))
            .proven(proof)
            .stepUpUntilMs(0x198caa7d680L)
            .decided(Verdict.VERIFIED, Place.NO_FIX, 0, utf8("{}"), utf8(""));

    assertEquals(
        hex(PROVEN_SECTIONS),
        hex(bytes, punch.lengthBytes()).substring(2 * PunchRecord.HEADER_BYTES));
    assertEquals(punch.lengthBytes(), RecordEnvelope.check(bytes, 0, bytes.length));
    assertEquals(proof, punch.claim("ph").passkey());
    assertEquals(258, punch.counter());
    assertEquals(0x198caa7d680L, punch.stepUpUntilMs());
    assertEquals("{}", punch.receiptJson());
    assertFalse(punch.proves());
    assertTrue(punch.proves(true).proves());
  }

  @Test
  void shouldRefuseAPasskeyThatEndsBehindItsRecord() {
    byte[] bytes = new byte[PunchRecord.MAX_CLAIM_BYTES];
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(bytes, 0, 7, 9, 1, PunchKind.VISIT_IN, 1)
            .texts("p", "", "")
            .passkey(PasskeyProof.failed(Outcome.MALFORMED, ""));
    bytes[punch.lengthBytes() - 18] = (byte) 200;
    assertThrows(InvalidRecordException.class, () -> RecordEnvelope.check(bytes, 0, bytes.length));
  }

  private static final String PUNCH =
      """
      02 01 0300 80000000 07000000 09000000 80d6a7ca98010000
      0102a7ca98010000 00a3e111 40cf0bc6 dc050000 0b000000
      0002a7ca98010000 ffffffffffffffff 15cd5b0700000000
      937a321823002575
      02 03 03 02 0700 0000
      02 03 2a 00 0a00 0a00
      702d31 7068 7b2261223a317d
      7b226964223a22227d20 5b7b2261223a317d5d20
      """;

  @Test
  void shouldKeepBytesOfPunch() {
    byte[] bytes = new byte[PunchRecord.MAX_CLAIM_BYTES + 100];
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(bytes, 0, 7, 9, 0x198caa7d680L, PunchKind.VISIT_IN, 0x198caa70201L)
            .position(300_000_000, -972_304_576)
            .accuracyCm(1500)
            .siteHandle(11)
            .fixTimeMs(0x198caa70200L)
            .uptimeMs(123_456_789)
            .mock(true)
            .door(3)
            .texts("p-1", "ph", "{\"a\":1}")
            .decided(
                Verdict.UNVERIFIED,
                Place.UNCERTAIN,
                42,
                utf8("{\"id\":\"\"} "),
                utf8("[{\"a\":1}] "));

    assertEquals(hex(PUNCH), hex(bytes, punch.lengthBytes()));
  }

  @Test
  void shouldReadPunch() {
    byte[] bytes = bytes(PUNCH);
    assertEquals(bytes.length, RecordEnvelope.check(bytes, 0, bytes.length));
    PunchRecord punch = new PunchRecord().wrap(bytes, 0);

    assertEquals("p-1", punch.punchId());
    assertEquals("ph", punch.phoneId());
    assertEquals("{\"a\":1}", punch.attributes());
    assertEquals(PunchKind.VISIT_IN, punch.kind());
    assertEquals(Verdict.UNVERIFIED, punch.verdict());
    assertEquals(Place.UNCERTAIN, punch.place());
    assertEquals(42, punch.score());
    assertEquals(11, punch.siteHandle());
    assertEquals("{\"id\":\"\"} ", punch.receiptJson());
    assertEquals("[{\"a\":1}] ", punch.alerts());
    assertEquals(punch.contentHash(), punch.claim("other").contentHash());
  }

  private static final String FENCES =
      """
      03 01 0000 28000000 00000000 00000000 80d6a7ca98010000
      2a00000000000000 e8030000 00000000
      """;

  @Test
  void shouldKeepBytesOfFences() {
    byte[] bytes = new byte[FencesRecord.BYTES];
    new FencesRecord().wrapNew(bytes, 0, 0x198caa7d680L, 42, 1000);

    assertEquals(hex(FENCES), hex(bytes, bytes.length));
    FencesRecord read = new FencesRecord().wrap(bytes(FENCES), 0);
    assertEquals(42, read.indexVersion());
    assertEquals(1000, read.fenceCount());
  }

  private static final String QUARANTINE =
      """
      04 01 0000 2f000000 07000000 09000000 80d6a7ca98010000
      02 00 0300 04000000 0400 000000000000
      626164 6c61743d
      """;

  @Test
  void shouldKeepBytesOfQuarantine() {
    byte[] bytes = new byte[QuarantineRecord.MAX_BYTES];
    QuarantineRecord record =
        new QuarantineRecord().wrapNew(bytes, 0, 7, 9, 0x198caa7d680L, 2, "bad", utf8("lat="));

    assertEquals(hex(QUARANTINE), hex(bytes, record.lengthBytes()));
    QuarantineRecord read = new QuarantineRecord().wrap(bytes(QUARANTINE), 0);
    assertEquals("bad", read.reason());
    assertEquals("lat=", new String(read.raw(), StandardCharsets.UTF_8));
    assertEquals(2, read.door());
  }

  @Test
  void shouldCutLongQuarantinedBytesAndKeepTheirNumber() {
    byte[] bytes = new byte[QuarantineRecord.MAX_BYTES];
    QuarantineRecord record =
        new QuarantineRecord().wrapNew(bytes, 0, 7, 9, 0, 2, "bad".repeat(1000), new byte[9999]);

    assertEquals(9999, record.sentBytes());
    assertEquals(QuarantineRecord.MAX_RAW_BYTES, record.raw().length);
    assertEquals(bytes.length, RecordEnvelope.check(bytes, 0, bytes.length));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex(hex));
  }

  private static String hex(String spaced) {
    return spaced.replaceAll("\\s", "");
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.of().formatHex(bytes, 0, length);
  }
}
