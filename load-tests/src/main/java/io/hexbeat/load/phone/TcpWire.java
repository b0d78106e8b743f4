package io.hexbeat.load.phone;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A phone at the TCP door by its own token: frames of wire records, acknowledged by sequence. One
 * loop at a time; allocates at construction only. Each connection counts its records from 0; what
 * was under way on the one before is lost and not sent again.
 */
public final class TcpWire extends PhoneWire {
  private final PingRecords records;
  private final String token;
  private final int batch;
  private long sequence;
  private long acknowledged;
  private long journaled;

  public TcpWire(String token, Route route, int batch) {
    this.token = token;
    this.batch = batch;
    this.records = new PingRecords(route, batch);
  }

  @Override
  public void open(ByteBuf out) {
    sequence = 0;
    acknowledged = 0;
    journaled = 0;
    GatewayFrames.hello(out, 0, token);
  }

  @Override
  public boolean speaksFirst() {
    return false;
  }

  @Override
  public void message(ByteBuf out, long firstPing) {
    byte[] bytes = records.fill(firstPing);
    GatewayFrames.records(out, sequence, batch, bytes, bytes.length);
    sequence += batch;
  }

  @Override
  public int messageBytes() {
    return GatewayFrames.RECORDS_HEADER_BYTES + records.bytes().length;
  }

  @Override
  public void read(ByteBuf in, Answers to) {
    while (in.readableBytes() >= GatewayFrames.HEADER_BYTES) {
      int at = in.readerIndex();
      int length = in.getIntLE(at);
      if (length < GatewayFrames.HEADER_BYTES) {
        to.broken("a frame of " + length + " bytes");
        return;
      }
      if (in.readableBytes() < length) {
        return;
      }
      frame(in, at, length, to);
      in.readerIndex(at + length);
    }
  }

  private void frame(ByteBuf in, int at, int length, Answers to) {
    switch (in.getByte(at + 4)) {
      case GatewayFrames.WELCOME -> to.greeted();
      case GatewayFrames.ACK -> acknowledged(in.getLongLE(at + 8), in, at, to);
      case GatewayFrames.END -> {
        int textBytes = length - GatewayFrames.HEADER_BYTES;
        to.broken(in.toString(at + GatewayFrames.HEADER_BYTES, textBytes, StandardCharsets.UTF_8));
      }
      default -> {
        // a KEEP_ALIVE, or the state of a device that was not declared
      }
    }
  }

  private void acknowledged(long next, ByteBuf in, int at, Answers to) {
    long good = in.getLongLE(at + 16) - in.getLongLE(at + 24);
    boolean all = good - journaled == next - acknowledged;
    // acks are cumulative and may end within a frame: that one counts when it is whole
    int messages = (int) (next / batch - acknowledged / batch);
    acknowledged = next;
    journaled = good;
    if (messages > 0) {
      to.answered(messages, all ? Answers.Answer.TAKEN : Answers.Answer.FAILED);
    }
  }
}
