package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.ingest.DeviceIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** The binary doors' way into a batch, under the JVM's own meter. */
final class WireRecordsTest {
  private static final int RECORDS = 100_000;

  private final WireRecords wire = new WireRecords(64);
  private final Batch batch = new Batch(DoorConfig.of("127.0.0.1", 0, 1), new DoorStats());
  private final ByteBuf unsigned = Unpooled.wrappedBuffer(RawGateway.ping(0, RawGateway.T0));

  @Test
  void shouldAllocateNothingForAnUnsignedRecordWhetherTheDeviceMaySignOrNot() {
    for (DeviceIdentity who :
        new DeviceIdentity[] {
          new DeviceIdentity(7, "p", 21, "m", ZoneOffset.UTC),
          new DeviceIdentity(7, "p", 21, "m", ZoneOffset.UTC, null, Signer.hs256().key(1, false))
        }) {
      read(who);
      ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = meter.getCurrentThreadAllocatedBytes();
      read(who);
      double bytesARecord = (meter.getCurrentThreadAllocatedBytes() - before) / (double) RECORDS;
      assertTrue(bytesARecord < 1, () -> bytesARecord + " bytes a record");
    }
  }

  private void read(DeviceIdentity who) {
    for (int i = 0; i < RECORDS; i += 100) {
      batch.open(who, Door.STREAM, RawGateway.T0, submission -> {});
      for (int k = 0; k < 100; k++) {
        wire.read(unsigned, 0, batch);
      }
      assertEquals(100, batch.accepted());
    }
  }
}
