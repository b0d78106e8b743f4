package io.hexbeat.load.stream;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.ingest.wire.PingRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's end of the TCP door. Belongs to the event loop that opened it. Keeps what is not
 * acknowledged, at most a window of it, and sends it again after each break, so that nothing is
 * lost and nothing stored twice. When its credential is refused it stays closed and says why.
 */
public final class GatewayClient {
  /** What a shard recognises when it is sent again; see docs/wire.md. */
  public static final int MAX_UNACKNOWLEDGED_A_DEVICE = 64;

  private static final int DEVICE_NUMBER_AT = 8;
  private static final int FRAME_RECORDS = 256;
  private static final long RECONNECT_MS = 100;

  /** END codes after which trying again is no use: unauthorized, revoked. */
  private static final List<Integer> FINAL_ENDS = List.of(3, 4);

  private final Vertx vertx;
  private final NetClient client;
  private final String host;
  private final int port;
  private final String token;
  private final LongConsumer onAck;
  private final Consumer<String> onEnd;
  private final List<String> devices = new ArrayList<>();
  private final List<int[]> unacknowledgedOf = new ArrayList<>();

  /** Records in order; the first has the sequence {@link #acknowledged}. */
  private final ArrayDeque<byte[]> unacknowledged = new ArrayDeque<>();

  private long acknowledged;
  private long sent;
  private int windowRecords;
  private @Nullable NetSocket socket;
  private Buffer unread = Buffer.buffer();
  private boolean welcome;
  private boolean closed;

  /**
   * Not yet connected.
   *
   * @param onAck told the sequence below which everything is dealt with
   * @param onEnd told why the server ended a connection
   */
  public GatewayClient(
      Vertx vertx,
      String host,
      int port,
      String token,
      LongConsumer onAck,
      Consumer<String> onEnd) {
    this.vertx = vertx;
    this.client = vertx.createNetClient();
    this.host = host;
    this.port = port;
    this.token = token;
    this.onAck = onAck;
    this.onEnd = onEnd;
  }

  /** Connects, and again after each break until it is closed. */
  public void open() {
    client.connect(port, host).onSuccess(this::connected).onFailure(refused -> later());
  }

  /** A number for one more device; to be asked before {@link #open}. */
  public int device(String id) {
    devices.add(id);
    unacknowledgedOf.add(new int[1]);
    return devices.size();
  }

  /**
   * Takes a client's record if the window and its device have room; it is sent with the next {@link
   * #flush}. The array is the client's from then on.
   */
  public boolean offer(int device, byte[] record) {
    int[] ofDevice = unacknowledgedOf.get(device - 1);
    if (!welcome
        || unacknowledged.size() >= windowRecords
        || ofDevice[0] >= MAX_UNACKNOWLEDGED_A_DEVICE) {
      return false;
    }
    Unpooled.wrappedBuffer(record).setIntLE(DEVICE_NUMBER_AT, device);
    unacknowledged.addLast(record);
    ofDevice[0]++;
    return true;
  }

  /** Sends what was offered. */
  public void flush() {
    NetSocket open = socket;
    if (open == null || !welcome) {
      return;
    }
    ArrayList<byte[]> frame = new ArrayList<>(FRAME_RECORDS);
    long skip = sent - acknowledged;
    for (byte[] record : unacknowledged) {
      if (skip-- > 0) {
        continue;
      }
      frame.add(record);
      if (frame.size() == FRAME_RECORDS) {
        sendRecords(open, frame);
      }
    }
    sendRecords(open, frame);
  }

  /** Whether it is connected and the server takes records. */
  public boolean welcome() {
    return welcome;
  }

  /** Records that are not acknowledged. */
  public int unacknowledged() {
    return unacknowledged.size();
  }

  /** Breaks the connection, as a network does; the client comes back by itself. */
  public void breakOff() {
    if (socket != null) {
      socket.close();
    }
  }

  public void close() {
    closed = true;
    breakOff();
  }

  private void connected(NetSocket open) {
    socket = open;
    unread = Buffer.buffer();
    sent = acknowledged;
    open.handler(this::received);
    open.exceptionHandler(broken -> open.close());
    open.closeHandler(
        gone -> {
          socket = null;
          welcome = false;
          later();
        });
    send(open, out -> GatewayFrames.hello(out, acknowledged, token));
    for (int number = 1; number <= devices.size(); number++) {
      int declared = number;
      send(open, out -> GatewayFrames.device(out, declared, devices.get(declared - 1)));
    }
    if (closed) {
      open.close();
    }
  }

  private void later() {
    if (!closed) {
      vertx.setTimer(RECONNECT_MS, timer -> open());
    }
  }

  private void received(Buffer bytes) {
    unread.appendBuffer(bytes);
    int at = 0;
    while (unread.length() - at >= GatewayFrames.HEADER_BYTES
        && unread.length() - at >= unread.getIntLE(at)) {
      int length = unread.getIntLE(at);
      frame(unread.getByte(at + 4), at, length);
      at += length;
    }
    unread = unread.getBuffer(at, unread.length());
  }

  private void frame(int type, int at, int length) {
    switch (type) {
      case GatewayFrames.WELCOME -> {
        windowRecords = unread.getIntLE(at + 8);
        welcome = true;
        flush();
      }
      case GatewayFrames.ACK -> acknowledge(unread.getLongLE(at + 8));
      case GatewayFrames.END -> {
        closed |= FINAL_ENDS.contains(unread.getUnsignedShortLE(at + 6));
        onEnd.accept(unread.getString(at + GatewayFrames.HEADER_BYTES, at + length));
      }
      default -> {
        // The state of a device: its records are counted as refused, which acks tell.
      }
    }
  }

  private void acknowledge(long sequence) {
    for (; acknowledged < sequence; acknowledged++) {
      byte[] record = unacknowledged.removeFirst();
      int device = Unpooled.wrappedBuffer(record).getIntLE(DEVICE_NUMBER_AT);
      unacknowledgedOf.get(device - 1)[0]--;
    }
    onAck.accept(sequence);
  }

  private void sendRecords(NetSocket open, List<byte[]> records) {
    if (records.isEmpty()) {
      return;
    }
    int lengthBytes = records.stream().mapToInt(record -> record.length).sum();
    byte[] bytes = new byte[lengthBytes];
    int at = 0;
    for (byte[] record : records) {
      System.arraycopy(record, 0, bytes, at, record.length);
      at += record.length;
    }
    long sequence = sent;
    int count = records.size();
    send(open, out -> GatewayFrames.records(out, sequence, count, bytes, lengthBytes));
    sent += count;
    records.clear();
  }

  private static void send(NetSocket open, Consumer<ByteBuf> frame) {
    ByteBuf out = Unpooled.buffer();
    frame.accept(out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    open.write(Buffer.buffer(bytes));
  }

  /** A record that says nothing yet, in an array of its own. */
  public static PingRecord record() {
    return new PingRecord().wrapNew(new byte[PingRecord.HEADER_BYTES], 0, 0, 0, 0);
  }
}
