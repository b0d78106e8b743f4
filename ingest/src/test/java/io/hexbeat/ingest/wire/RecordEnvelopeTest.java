package io.hexbeat.ingest.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RecordEnvelopeTest {
  private final byte[] bytes = new byte[200];

  @BeforeEach
  void writePing() {
    new PingRecord().wrapNew(bytes, 10, 7, 9, 1);
  }

  @Test
  void shouldTellLengthOfWholeRecord() {
    assertEquals(PingRecord.HEADER_BYTES, RecordEnvelope.check(bytes, 10, 190));
    assertEquals(PingRecord.HEADER_BYTES, RecordEnvelope.check(bytes, 10, 80));
  }

  @Test
  void shouldRefuseFewerBytesThanAnEnvelope() {
    refused(23, "available bytes=23 min=24");
  }

  @Test
  void shouldRefuseRecordThatIsCut() {
    refused(79, "PING length=80 available bytes=79");
  }

  @Test
  void shouldRefuseUnknownType() {
    bytes[10] = 99;
    refused(190, "record type=99 is unknown");
  }

  @Test
  void shouldRefuseNewerVersion() {
    bytes[11] = 2;
    refused(190, "PING version=2 is unknown, this code reads 1");
  }

  @Test
  void shouldRefuseNegativeAndHugeLength() {
    LittleEndian.i32(bytes, 14, -1);
    refused(190, "PING length=-1 is outside 80..131072");
    LittleEndian.i32(bytes, 14, Integer.MAX_VALUE);
    refused(190, "PING length=2147483647 is outside 80..131072");
  }

  @Test
  void shouldRefuseSectionsThatDoNotAddUp() {
    LittleEndian.u16(bytes, 10 + 72, 5);
    refused(190, "PING length=80 header=80 sections=5");
  }

  @Test
  void shouldRefuseDecisionThatDoesNotAddUp() {
    PingRecord ping = new PingRecord().wrap(bytes, 10);
    ping.decided(new PingDecision().wrapNew(ping, 0).change(1, 0, false, 1));
    LittleEndian.u16(bytes, ping.decisionOffset() + 2, 7);
    refused(190, "PING decision length=24 changes=7 alerts=0");
  }

  private void refused(int availableBytes, String message) {
    InvalidRecordException e =
        assertThrows(
            InvalidRecordException.class, () -> RecordEnvelope.check(bytes, 10, availableBytes));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
