package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of every batch that a door hands on: records that replay can read, of the device
 * that was authenticated, with readings in their ranges and texts that a database holds. A ping is
 * the same once more when it comes as a wire record.
 */
final class BatchLaw {
  static final long RECEIVED_MS = 1_790_000_000_000L;
  static final DoorConfig CONFIG = DoorConfig.of("127.0.0.1", 0, 1);
  static final DeviceIdentity WHO =
      new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC);

  private static final JsonFactory JACKSON = new JsonFactory();
  private static final int MAX_BATCH_BYTES =
      2 * (CONFIG.maxBatchRecords() + 1) * QuarantineRecord.MAX_BYTES;

  private final PingRecord ping = new PingRecord();
  private final PunchRecord punch = new PunchRecord();
  private final QuarantineRecord quarantine = new QuarantineRecord();
  private final WireRecords wire = new WireRecords(CONFIG.maxAttributes());
  private final Batch again = open(Door.STREAM);

  static Batch open(Door door) {
    Batch batch = new Batch(CONFIG, new DoorStats());
    reopen(batch, door);
    return batch;
  }

  static void reopen(Batch batch, Door door) {
    batch.open(WHO, door, RECEIVED_MS, submission -> {});
  }

  /** The records of a batch as bytes. */
  static byte[] records(Batch batch) {
    return Arrays.copyOf(batch.submission().bytes(), batch.submission().lengthBytes());
  }

  /**
   * Checks all of it.
   *
   * @param secret what must not be in it, or null
   */
  void check(Batch batch, @Nullable String secret) {
    byte[] bytes = records(batch);
    assertTrue(batch.submission().bytes().length <= MAX_BATCH_BYTES);
    assertTrue(batch.size() <= CONFIG.maxBatchRecords() + 1);
    int offset = 0;
    int count = 0;
    int aside = 0;
    while (offset < bytes.length) {
      int length = RecordEnvelope.check(bytes, offset, bytes.length - offset);
      assertEquals(WHO.deviceHandle(), RecordEnvelope.deviceHandle(bytes, offset));
      assertEquals(WHO.memberHandle(), RecordEnvelope.memberHandle(bytes, offset));
      assertEquals(RECEIVED_MS, RecordEnvelope.receivedTimeMs(bytes, offset));
      RecordType type = RecordEnvelope.type(bytes, offset);
      switch (type) {
        case PING -> checkPing(bytes, offset, batch.door());
        case PUNCH -> checkPunch(bytes, offset);
        case QUARANTINE -> {
          checkQuarantine(bytes, offset, batch.door(), secret);
          aside++;
        }
        case FENCES -> throw new AssertionError("a door made a FENCES record");
      }
      offset += length;
      count++;
    }
    assertEquals(count, batch.size());
    assertEquals(aside, batch.quarantined());
    assertEquals(count - aside, batch.accepted());
    byte[] rejected = ("[" + batch.rejectedJson() + "]").getBytes(StandardCharsets.UTF_8);
    assertEquals(aside, elements(rejected));
  }

  private void checkPing(byte[] bytes, int offset, Door door) {
    ping.wrap(bytes, offset);
    assertTrue(ping.isClientMade());
    assertEquals(door.code(), ping.door());
    checkFix(ping);
    assertTrue(
        ping.altitudeCm() == Fix.UNKNOWN_ALTITUDE || Math.abs(ping.altitudeCm()) <= 100_000_000);
    within(-1, ping.speedCmps(), 10_000_000);
    within(-1, ping.bearingCdeg(), 35_999);
    within(-1, ping.batteryPct(), 100);
    assertTrue(
        ping.fixTimeMs() == RECEIVED_MS
            || (ping.fixTimeMs() >= PresenceEngine.EARLIEST_LIVE_MS
                && ping.fixTimeMs() < PingDraft.FIX_TIME_END_MS));
    checkAttributes(ping.attributes());
    checkReread(Arrays.copyOfRange(bytes, offset, offset + ping.lengthBytes()), door);
  }

  private void checkFix(Fix fix) {
    if (fix.hasPosition()) {
      within(-E7.MAX_LAT, fix.latE7(), E7.MAX_LAT);
      within(E7.MIN_LNG, fix.lngE7(), E7.MAX_LNG - 1);
    }
    within(-1, fix.accuracyCm(), 2_003_750_800);
    within(-1, fix.seq(), Long.MAX_VALUE);
    within(-1, fix.uptimeMs(), Long.MAX_VALUE);
  }

  private void checkPunch(byte[] bytes, int offset) {
    punch.wrap(bytes, offset);
    checkFix(punch);
    assertTrue(punch.punchId().matches("[A-Za-z0-9._:-]{1,64}"));
    assertTrue(isStorable(punch.phoneId()));
    within(0, punch.atMs(), PingDraft.FIX_TIME_END_MS - 1);
    within(0, punch.fixTimeMs(), PingDraft.FIX_TIME_END_MS - 1);
    checkAttributes(punch.attributes());
    assertEquals(punch.contentHash(), punch.claim(punch.phoneId()).contentHash());
    assertEquals("", punch.receiptJson() + punch.alerts());
  }

  private void checkQuarantine(byte[] bytes, int offset, Door door, @Nullable String secret) {
    quarantine.wrap(bytes, offset);
    assertEquals(door.code(), quarantine.door());
    assertTrue(quarantine.raw().length <= quarantine.sentBytes());
    assertFalse(quarantine.reason().isEmpty());
    if (secret != null && secret.length() > 4) {
      String raw = new String(quarantine.raw(), StandardCharsets.ISO_8859_1);
      assertFalse(raw.contains(secret), "the token is in quarantine");
    }
  }

  /**
   * Nothing changes when it is read again, but that a null at the top may go, and that what stands
   * for a character which no database holds is written shorter.
   */
  private void checkReread(byte[] record, Door door) {
    byte[] once = reread(record, door);
    assertArrayEquals(once, reread(once, door));
    String attributes = new PingRecord().wrap(record, 0).attributes();
    if (!attributes.contains("null") && !attributes.contains("\\ufffd")) {
      assertArrayEquals(record, once);
    }
  }

  private byte[] reread(byte[] record, Door door) {
    reopen(again, door);
    wire.read(Unpooled.wrappedBuffer(record), 0, again);
    assertEquals(1, again.accepted(), () -> "not taken again: " + again.rejectedJson());
    return records(again);
  }

  private static void checkAttributes(String attributes) {
    if (!attributes.isEmpty()) {
      byte[] json = attributes.getBytes(StandardCharsets.UTF_8);
      assertTrue(json.length <= PingRecord.MAX_ATTRIBUTES_BYTES);
      assertEquals('{', json[0]);
      checkJson(json);
    }
  }

  /** JSON in UTF-8 that PostgreSQL takes: no U+0000, no halves of characters, no wild numbers. */
  static void checkJson(byte[] json) {
    try (JsonParser parser = JACKSON.createParser(json)) {
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
          assertTrue(isStorable(parser.getText()), "a text that no database holds");
        } else if (token.isNumeric()) {
          assertTrue(Double.isFinite(Double.parseDouble(parser.getText())));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
    }
  }

  private static int elements(byte[] json) {
    int elements = 0;
    try (JsonParser parser = JACKSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        parser.skipChildren();
        elements++;
      }
      return elements;
    } catch (IOException e) {
      throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
    }
  }

  private static boolean isStorable(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static void within(long min, long value, long max) {
    assertTrue(value >= min && value <= max, () -> value + " is beyond its range");
  }
}
