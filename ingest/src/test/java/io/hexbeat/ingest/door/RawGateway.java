package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.ingest.wire.PingRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** One TCP connection of a gateway, blocking, frame by frame. */
final class RawGateway implements AutoCloseable {
  static final long T0 = 1_760_000_000_000L;

  record Frame(int type, int code, ByteBuf body) {
    String text() {
      return body.toString(StandardCharsets.UTF_8);
    }
  }

  record Ack(long sequence, long journaled, long quarantined, long refused) {}

  private final Socket socket;
  private final DataInputStream in;

  RawGateway(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  RawGateway(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** A record as clients write it, in an array of its own. */
  static byte[] ping(int number, long fixTimeMs) {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    new PingRecord()
        .wrapNew(bytes, 0, number, 0, 0)
        .fixTimeMs(fixTimeMs)
        .position(302_672_000 + (int) (fixTimeMs % 1_000_000), -977_431_000)
        .accuracyCm(500);
    return bytes;
  }

  RawGateway hello(long sequence, String token) throws IOException {
    return send(out -> GatewayFrames.hello(out, sequence, token));
  }

  RawGateway device(int number, String id) throws IOException {
    return send(out -> GatewayFrames.device(out, number, id));
  }

  RawGateway keepAlive() throws IOException {
    return send(GatewayFrames::keepAlive);
  }

  RawGateway records(long sequence, byte[]... records) throws IOException {
    ByteBuf all = Unpooled.wrappedBuffer(records);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return send(out -> GatewayFrames.records(out, sequence, records.length, bytes, bytes.length));
  }

  RawGateway send(Consumer<ByteBuf> frame) throws IOException {
    ByteBuf out = Unpooled.buffer();
    frame.accept(out);
    return bytes(out.array(), out.readableBytes());
  }

  RawGateway bytes(byte[] bytes, int length) throws IOException {
    socket.getOutputStream().write(bytes, 0, length);
    socket.getOutputStream().flush();
    return this;
  }

  Frame next() throws IOException {
    int length = Integer.reverseBytes(in.readInt());
    int type = in.readUnsignedByte();
    assertEquals(GatewayFrames.VERSION, in.readUnsignedByte());
    int code = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    byte[] body = new byte[length - GatewayFrames.HEADER_BYTES];
    in.readFully(body);
    return new Frame(type, code, Unpooled.wrappedBuffer(body));
  }

  Frame welcome() throws IOException {
    return next(GatewayFrames.WELCOME);
  }

  int deviceState() throws IOException {
    return next(GatewayFrames.DEVICE_STATE).code();
  }

  Ack ack() throws IOException {
    ByteBuf body = next(GatewayFrames.ACK).body();
    return new Ack(body.readLongLE(), body.readLongLE(), body.readLongLE(), body.readLongLE());
  }

  /** Reads acks until one says so. */
  Ack ackThrough(long sequence) throws IOException {
    Ack ack = ack();
    while (ack.sequence() < sequence) {
      ack = ack();
    }
    assertEquals(sequence, ack.sequence());
    return ack;
  }

  /** Reads on to the END, after which the server has closed. */
  Frame end() throws IOException {
    Frame frame = next();
    while (frame.type() == GatewayFrames.ACK) {
      frame = next();
    }
    assertEquals(GatewayFrames.END, frame.type());
    try {
      in.readByte();
      throw new AssertionError("something follows the END");
    } catch (EOFException e) {
      return frame;
    }
  }

  private Frame next(int type) throws IOException {
    Frame frame = next();
    assertEquals(type, frame.type(), frame::text);
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
