package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;

/**
 * A phone at {@code /v1/stream}: binary messages of wire records, each answered by 8 bytes. One
 * loop at a time; allocates at construction only. A record in quarantine fails its message: the
 * sender sends none that should get there.
 */
public final class StreamWire extends PhoneWire {
  private static final int ACK_BYTES = 8;
  private static final int FRAME_HEAD_BYTES = 8;

  private final WebSocketBytes socket = new WebSocketBytes();
  private final PingRecords records;
  private final String authority;
  private final String path;
  private final String token;

  public StreamWire(String authority, String path, String token, Route route, int batch) {
    this.authority = authority;
    this.path = path;
    this.token = token;
    this.records = new PingRecords(route, batch);
  }

  @Override
  public void open(ByteBuf out) {
    socket.open(out, authority, path, token);
  }

  @Override
  public boolean speaksFirst() {
    return false;
  }

  @Override
  public void message(ByteBuf out, long firstPing) {
    byte[] payload = records.fill(firstPing);
    WebSocketBytes.frame(out, WebSocketBytes.BINARY, payload, payload.length);
  }

  @Override
  public int messageBytes() {
    return FRAME_HEAD_BYTES + records.bytes().length;
  }

  @Override
  public void read(ByteBuf in, Answers to) {
    socket.read(in, new Acks(to));
  }

  private record Acks(Answers to) implements WebSocketBytes.Reader {
    @Override
    public void upgraded() {
      to.greeted();
    }

    @Override
    public void data(int opcode, ByteBuf bytes, int length, boolean last) {
      if (opcode != WebSocketBytes.BINARY || length != ACK_BYTES) {
        to.broken("an ack of " + length + " bytes");
        return;
      }
      int quarantined = bytes.getIntLE(bytes.readerIndex() + Integer.BYTES);
      to.answered(1, quarantined == 0 ? Answers.Answer.TAKEN : Answers.Answer.FAILED);
    }

    @Override
    public void owed(ByteBuf bytes) {
      to.owed(bytes);
    }

    @Override
    public void ended(String why) {
      to.broken(why);
    }
  }
}
