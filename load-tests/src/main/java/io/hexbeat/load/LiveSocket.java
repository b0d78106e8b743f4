package io.hexbeat.load;

import io.hexbeat.load.phone.WebSocketBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A manager's live socket, on bare bytes. Belongs to the listening loop. With a probe it puts each
 * message together and hands it on; without one it only counts what comes, so that a hundred of
 * them cost little. A socket that the server closes stays closed and says so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // channelInactive says all there is to say
final class LiveSocket extends ChannelInboundHandlerAdapter implements WebSocketBytes.Reader {
  private static final int USUAL_MESSAGE_BYTES = 4 << 10;

  private final URI door;
  private final String path;
  private final String token;
  private final String subscription;
  private final @Nullable LiveProbe probe;
  private final WebSocketBytes socket = new WebSocketBytes();
  private final Unread unread = new Unread();
  private final Promise<LiveSocket> opened = Promise.promise();
  private @Nullable Channel channel;
  private byte[] message = new byte[USUAL_MESSAGE_BYTES];
  private int messageLength;
  private int opcode;
  private long frames;
  private long bytes;
  private boolean closing;
  private boolean closed;

  /**
   * Not yet connected.
   *
   * @param subscription what is said first, or empty
   * @param probe gets the messages, or null to only count them
   */
  LiveSocket(URI door, String path, String token, String subscription, @Nullable LiveProbe probe) {
    this.door = door;
    this.path = path;
    this.token = token;
    this.subscription = subscription;
    this.probe = probe;
  }

  /** Connects and subscribes. */
  Future<LiveSocket> open(Sender listening) {
    listening.connect(door, this).onFailure(opened::tryFail);
    return opened.future();
  }

  void close() {
    closing = true;
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  long frames() {
    return frames;
  }

  long bytes() {
    return bytes;
  }

  /** Whether the server closed it. */
  boolean closed() {
    return closed;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    ByteBuf out = context.alloc().directBuffer();
    socket.open(out, door.getHost() + ":" + door.getPort(), path, token);
    context.writeAndFlush(out, context.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object read) {
    ByteBuf in = (ByteBuf) read;
    bytes += in.readableBytes();
    in = unread.with(in);
    try {
      socket.read(in, this);
    } finally {
      unread.keep(context, in, channel != null);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended("closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ended(String.valueOf(cause.getMessage()));
  }

  @Override
  public void upgraded() {
    Channel open = channel;
    if (open != null && !subscription.isEmpty()) {
      byte[] text = subscription.getBytes(StandardCharsets.UTF_8);
      ByteBuf out = open.alloc().directBuffer();
      WebSocketBytes.frame(out, WebSocketBytes.TEXT, text, text.length);
      open.writeAndFlush(out, open.voidPromise());
    }
    opened.tryComplete(this);
  }

  @Override
  public void data(int partOpcode, ByteBuf part, int length, boolean last) {
    frames += last ? 1 : 0;
    LiveProbe to = probe;
    if (to == null) {
      return;
    }
    if (partOpcode != WebSocketBytes.CONTINUATION) {
      opcode = partOpcode;
      messageLength = 0;
    }
    if (message.length < messageLength + length) {
      message = Arrays.copyOf(message, Math.max(messageLength + length, 2 * message.length));
    }
    part.getBytes(part.readerIndex(), message, messageLength, length);
    messageLength += length;
    if (last) {
      long nowNs = System.nanoTime();
      if (opcode == WebSocketBytes.TEXT) {
        to.text(message, messageLength, nowNs);
      } else {
        to.records(message, messageLength, nowNs);
      }
    }
  }

  @Override
  public void owed(ByteBuf owed) {
    Channel open = channel;
    if (open == null) {
      owed.release();
    } else {
      open.writeAndFlush(owed, open.voidPromise());
    }
  }

  @Override
  public void ended(String why) {
    Channel open = channel;
    channel = null;
    closed |= !closing;
    opened.tryFail(door + path + ": " + why);
    if (open != null) {
      open.close();
    }
    unread.clear();
  }
}
