package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A client's end of WebSocket (RFC 6455) as bytes: upgrade, masked frames out, frames of a server
 * in. One loop at a time; allocates for answers to pings only. What is no WebSocket is told to the
 * reader as the end.
 */
public final class WebSocketBytes {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;

  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int MASK = 0x5a17c3e9;
  private static final long MASK_TWICE = ((long) MASK << 32) | (MASK & 0xffffffffL);
  private static final int MASK_BYTES = 4;
  private static final int MAX_SHORT_BYTES = 125;
  private static final int MAX_CONTROL_FRAME_BYTES = 2 + MASK_BYTES + MAX_SHORT_BYTES;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Who is told what came. */
  public interface Reader {
    /** The server has switched to WebSocket. */
    void upgraded();

    /** A part of a message, to be read now; the opcode of its first part comes with that part. */
    void data(int opcode, ByteBuf bytes, int length, boolean last);

    /** Bytes that are owed to the server; the receiver's to release. */
    void owed(ByteBuf bytes);

    /** It said no, or has ended. */
    void ended(String why);
  }

  private boolean upgraded;

  /** Forgets the connection before and writes the request to upgrade. */
  public void open(ByteBuf out, String authority, String path, String token) {
    upgraded = false;
    ByteBufUtil.writeAscii(
        out,
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: aGV4YmVhdCBsb2FkIHRlc3Q=\r\n"
            + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
            + "\r\n");
  }

  /** How many bytes stand before so many of payload. */
  static int headBytes(int payload) {
    return (payload <= MAX_SHORT_BYTES ? 2 : 4) + MASK_BYTES;
  }

  /** Writes a whole message in one frame; at most 65,535 bytes. The array is left masked. */
  public static void frame(ByteBuf out, int opcode, byte[] payload, int length) {
    out.writeByte(FINAL | opcode);
    if (length <= MAX_SHORT_BYTES) {
      out.writeByte(MASKED | length);
    } else {
      out.writeByte(MASKED | 126);
      out.writeShort(length);
    }
    out.writeInt(MASK);
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      LONG.set(payload, at, (long) LONG.get(payload, at) ^ MASK_TWICE);
    }
    for (; at < length; at++) {
      payload[at] ^= (byte) (MASK >> (8 * (3 - at % 4)));
    }
    out.writeBytes(payload, 0, length);
  }

  /** Reads what is whole of it and leaves the rest unread. */
  public void read(ByteBuf in, Reader to) {
    if (!upgraded && !readUpgrade(in, to)) {
      return;
    }
    while (in.readableBytes() >= 2) {
      int at = in.readerIndex();
      int first = in.getUnsignedByte(at);
      int length = in.getUnsignedByte(at + 1);
      int head = length == 126 ? 4 : length == 127 ? 10 : 2;
      if (in.readableBytes() < head) {
        return;
      }
      if (length == 126) {
        length = in.getUnsignedShort(at + 2);
      } else if (length == 127) {
        length = (int) in.getLong(at + 2);
      }
      if (in.readableBytes() < head + length) {
        return;
      }
      in.skipBytes(head);
      int bodyAt = in.readerIndex();
      frame(first & 0x0f, (first & FINAL) != 0, in, length, to);
      in.readerIndex(bodyAt + length);
    }
  }

  private static void frame(int opcode, boolean last, ByteBuf in, int length, Reader to) {
    switch (opcode) {
      case CONTINUATION, TEXT, BINARY -> to.data(opcode, in, length, last);
      case PING -> to.owed(pong(in, length));
      case PONG -> {}
      case CLOSE ->
          to.ended(length >= 2 ? "closed by the server: " + in.readUnsignedShort() : "closed");
      default -> to.ended("no WebSocket frame: opcode " + opcode);
    }
  }

  private static ByteBuf pong(ByteBuf in, int length) {
    byte[] payload = new byte[Math.min(length, MAX_SHORT_BYTES)];
    in.readBytes(payload);
    ByteBuf pong = Unpooled.buffer(MAX_CONTROL_FRAME_BYTES);
    frame(pong, PONG, payload, payload.length);
    return pong;
  }

  private boolean readUpgrade(ByteBuf in, Reader to) {
    int from = in.readerIndex();
    int line = from;
    int lineEnd = in.forEachByte(ByteProcessor.FIND_LF);
    while (lineEnd - line > 1) {
      line = lineEnd + 1;
      lineEnd = in.forEachByte(line, in.writerIndex() - line, ByteProcessor.FIND_LF);
    }
    if (lineEnd < 0) {
      return false;
    }
    String status = in.toString(from + 9, 3, StandardCharsets.US_ASCII);
    in.readerIndex(lineEnd + 1);
    if (!status.equals("101")) {
      to.ended("not upgraded: " + status);
      return false;
    }
    upgraded = true;
    to.upgraded();
    return true;
  }
}
