package io.hexbeat.load.floor;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * Answers frames by their heads and skips what is in them. Belongs to one connection's loop. Keeps
 * the head of a frame that has not come whole, nothing else; it trusts its client.
 */
abstract class FrameSink {
  private static final int MAX_HEAD_BYTES = 64;

  private final ByteBuf head = Unpooled.buffer(MAX_HEAD_BYTES);
  private int skip;

  /** Of the TCP door. */
  static FrameSink tcp() {
    return new Tcp();
  }

  /** Of MQTT, with topics of less than 50 bytes. */
  static FrameSink mqtt() {
    return new Mqtt();
  }

  /** The answers to the frames whose heads have come, or null for none. */
  @Nullable Buffer read(Buffer bytes) {
    ByteBuf in = ((BufferInternal) bytes).getByteBuf();
    ByteBuf answers = null;
    while (in.isReadable()) {
      if (skip > 0) {
        int skipped = Math.min(skip, in.readableBytes());
        in.skipBytes(skipped);
        skip -= skipped;
        continue;
      }
      head.writeBytes(in, Math.min(head.writableBytes(), in.readableBytes()));
      int headBytes = headBytes(head);
      if (headBytes == 0) {
        break;
      }
      if (answers == null) {
        answers = Unpooled.buffer(GatewayFrames.ACK_BYTES);
      }
      // what was taken beyond the head goes back
      in.readerIndex(in.readerIndex() - (head.readableBytes() - headBytes));
      skip = answer(head, answers) - headBytes;
      head.clear();
    }
    return answers == null ? null : BufferInternal.buffer(answers);
  }

  /** How long this head is, or 0 while it isn't whole. */
  abstract int headBytes(ByteBuf head);

  /** Answers the frame and tells its length. */
  abstract int answer(ByteBuf head, ByteBuf out);

  private static final class Tcp extends FrameSink {
    private static final int WINDOW_RECORDS = 4_096;
    private static final int MAX_FRAME_BYTES = 256 << 10;
    private static final int IDLE_MS = 300_000;

    private long records;

    @Override
    int headBytes(ByteBuf head) {
      return head.readableBytes() < GatewayFrames.RECORDS_HEADER_BYTES
          ? 0
          : GatewayFrames.RECORDS_HEADER_BYTES;
    }

    @Override
    int answer(ByteBuf head, ByteBuf out) {
      if (head.getByte(4) == GatewayFrames.HELLO) {
        GatewayFrames.welcome(out, WINDOW_RECORDS, MAX_FRAME_BYTES, 1, IDLE_MS);
      } else {
        records += head.getUnsignedShortLE(6);
        GatewayFrames.ack(out, records, records, 0, 0);
      }
      return head.getIntLE(0);
    }
  }

  private static final class Mqtt extends FrameSink {
    private static final int CONNECT = 0x10;

    @Override
    int headBytes(ByteBuf head) {
      int lengthBytes = lengthBytes(head);
      if (lengthBytes == 0) {
        return 0;
      }
      int at = 1 + lengthBytes;
      if (head.getByte(0) == CONNECT) {
        return at;
      }
      // a PUBLISH: topic and packet id
      int whole = head.readableBytes() < at + 2 ? 0 : at + 2 + head.getUnsignedShort(at) + 2;
      return head.readableBytes() < whole ? 0 : whole;
    }

    @Override
    int answer(ByteBuf head, ByteBuf out) {
      int lengthBytes = lengthBytes(head);
      int length = 0;
      for (int i = lengthBytes; i > 0; i--) {
        length = (length << 7) | (head.getByte(i) & 0x7f);
      }
      if (head.getByte(0) == CONNECT) {
        out.writeInt(0x20020000);
      } else {
        int at = 1 + lengthBytes;
        out.writeShort(0x4002);
        out.writeShort(head.getUnsignedShort(at + 2 + head.getUnsignedShort(at)));
      }
      return 1 + lengthBytes + length;
    }

    private static int lengthBytes(ByteBuf head) {
      for (int i = 1; i <= 4 && i < head.readableBytes(); i++) {
        if (head.getByte(i) >= 0) {
          return i;
        }
      }
      return 0;
    }
  }
}
