package io.hexbeat.ingest.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * The frames of the TCP door, little endian. Static writers into the caller's buffer; any thread;
 * those that carry no text allocate nothing. Reading is the door's and the client's own.
 *
 * <pre>
 *  byte  0                 4        5         6
 *       +-----------------+--------+---------+--------------------+
 *     0 | lengthBytes i32 | type   | version | code u16           |  every frame
 *       +-----------------+--------+---------+--------------------+
 *  client to server
 *   1 HELLO       8 | sequence i64 of the first record | token, ASCII
 *   2 DEVICE      8 | number i32 | zero i32 | device id, ASCII
 *   3 RECORDS     8 | sequence i64 of the first record | PING records; code: how many
 *   4 KEEP_ALIVE  8
 *  server to client
 *  17 WELCOME     8 | windowRecords i32 | maxFrameBytes i32 | maxDevices i32 | idleMs i32
 *  18 DEVICE      8 | number i32 | zero i32              code: DEVICE_OK or what is wrong
 *  19 ACK         8 | sequence i64 | journaled i64 | quarantined i64 | refused i64
 *  20 END         8 | why, UTF-8                         code: see docs/wire.md
 *  lengthBytes counts from byte 0 to the frame's end.
 * </pre>
 */
public final class GatewayFrames {
  /** Bytes that every frame begins with. */
  public static final int HEADER_BYTES = 8;

  /** Bytes of a RECORDS frame before its records. */
  public static final int RECORDS_HEADER_BYTES = 16;

  /** Bytes of an ACK. */
  public static final int ACK_BYTES = 40;

  public static final int VERSION = 1;

  public static final int HELLO = 1;
  public static final int DEVICE = 2;
  public static final int RECORDS = 3;
  public static final int KEEP_ALIVE = 4;
  public static final int WELCOME = 17;
  public static final int DEVICE_STATE = 18;
  public static final int ACK = 19;
  public static final int END = 20;

  /** Records with this number are taken. */
  public static final int DEVICE_OK = 0;

  /** No device has this id, or its enrolment has ended. */
  public static final int DEVICE_UNKNOWN = 1;

  /** The credential does not speak for this device. */
  public static final int DEVICE_NOT_YOURS = 2;

  private GatewayFrames() {}

  public static void hello(ByteBuf out, long sequence, String token) {
    header(out, 16 + token.length(), HELLO, 0);
    out.writeLongLE(sequence);
    ByteBufUtil.writeAscii(out, token);
  }

  public static void device(ByteBuf out, int number, String deviceId) {
    header(out, 16 + deviceId.length(), DEVICE, 0);
    out.writeIntLE(number);
    out.writeIntLE(0);
    ByteBufUtil.writeAscii(out, deviceId);
  }

  /** Whole records, as many as {@code count} says, in the first bytes of the array. */
  public static void records(
      ByteBuf out, long sequence, int count, byte[] records, int lengthBytes) {
    header(out, RECORDS_HEADER_BYTES + lengthBytes, RECORDS, count);
    out.writeLongLE(sequence);
    out.writeBytes(records, 0, lengthBytes);
  }

  public static void keepAlive(ByteBuf out) {
    header(out, HEADER_BYTES, KEEP_ALIVE, 0);
  }

  public static void welcome(
      ByteBuf out, int windowRecords, int maxFrameBytes, int maxDevices, int idleMs) {
    header(out, 24, WELCOME, 0);
    out.writeIntLE(windowRecords);
    out.writeIntLE(maxFrameBytes);
    out.writeIntLE(maxDevices);
    out.writeIntLE(idleMs);
  }

  public static void deviceState(ByteBuf out, int number, int code) {
    header(out, 16, DEVICE_STATE, code);
    out.writeIntLE(number);
    out.writeIntLE(0);
  }

  /**
   * Says that the server is done with every record below {@code sequence}.
   *
   * @param journaled of this connection so far: in the journal, or an exact repetition of what is
   * @param quarantined of the journaled ones: unusable, kept with a reason
   * @param refused of this connection so far: not kept, their device is not the sender's
   */
  public static void ack(
      ByteBuf out, long sequence, long journaled, long quarantined, long refused) {
    header(out, ACK_BYTES, ACK, 0);
    out.writeLongLE(sequence);
    out.writeLongLE(journaled);
    out.writeLongLE(quarantined);
    out.writeLongLE(refused);
  }

  public static void end(ByteBuf out, int code, String why) {
    byte[] text = why.getBytes(StandardCharsets.UTF_8);
    header(out, HEADER_BYTES + text.length, END, code);
    out.writeBytes(text);
  }

  private static void header(ByteBuf out, int lengthBytes, int type, int code) {
    out.writeIntLE(lengthBytes);
    out.writeByte(type);
    out.writeByte(VERSION);
    out.writeShortLE(code);
  }
}
