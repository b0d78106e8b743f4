package io.hexbeat.ingest.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The bytes that gateways in the field send and expect; docs/wire.md shows some of them. */
final class GatewayFramesTest {
  private static final String CLIENT_PING =
      """
      01 01 0100 50000000 01000000 00000000 0000000000000000
      0102a7ca98010000 00a3e111 40cf0bc6 b0040000 00000080
      ffffffff ffff 55 00 ffffffffffffffff ffffffffffffffff
      0000 0000 00 000000
      """;

  @Test
  void shouldKeepBytesOfAClientsPing() {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    PingRecord ping =
        new PingRecord()
            .wrapNew(bytes, 0, 1, 0, 0)
            .fixTimeMs(0x198caa70201L)
            .position(300_000_000, -972_304_576)
            .accuracyCm(1200)
            .batteryPct(85);

    assertTrue(ping.isClientMade());
    assertEquals(spaceless(CLIENT_PING), HexFormat.of().formatHex(bytes));
  }

  @Test
  void shouldKeepBytesOfFramesFromClients() {
    assertBytes(
        "14000000 01 01 0000 0700000000000000 68625f78",
        out -> GatewayFrames.hello(out, 7, "hb_x"));
    assertBytes(
        "15000000 02 01 0000 03000000 00000000 76616e2d31",
        out -> GatewayFrames.device(out, 3, "van-1"));
    assertBytes(
        "14000000 03 01 0200 0900000000000000 01020304",
        out -> GatewayFrames.records(out, 9, 2, new byte[] {1, 2, 3, 4, 5}, 4));
    assertBytes("08000000 04 01 0000", GatewayFrames::keepAlive);
  }

  @Test
  void shouldKeepBytesOfFramesFromTheServer() {
    assertBytes(
        "18000000 11 01 0000 00100000 00000400 10270000 e0930400",
        out -> GatewayFrames.welcome(out, 4096, 262_144, 10_000, 300_000));
    assertBytes(
        "10000000 12 01 0200 03000000 00000000",
        out -> GatewayFrames.deviceState(out, 3, GatewayFrames.DEVICE_NOT_YOURS));
    assertBytes(
        "28000000 13 01 0000 0900000000000000 0200000000000000 0000000000000000"
            + " 0000000000000000",
        out -> GatewayFrames.ack(out, 9, 2, 0, 0));
    assertBytes("0b000000 14 01 0800 627965", out -> GatewayFrames.end(out, 8, "bye"));
  }

  @Test
  void shouldTellAClientsRecordFromOneOfTheServers() {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    PingRecord ping = new PingRecord().wrapNew(bytes, 0, 1, 0, 0);
    assertTrue(ping.isClientMade());
    for (int at : new int[] {3, 74, 75, 77, 78, 79}) {
      byte[] changed = Arrays.copyOf(bytes, bytes.length);
      changed[at] = 1;
      assertEquals(false, new PingRecord().wrap(changed, 0).isClientMade(), () -> "byte " + at);
    }
  }

  private static void assertBytes(String expected, Consumer<ByteBuf> frame) {
    ByteBuf out = Unpooled.buffer();
    frame.accept(out);
    assertEquals(spaceless(expected), ByteBufUtil.hexDump(out));
  }

  private static String spaceless(String hex) {
    return hex.replaceAll("\\s", "");
  }
}
