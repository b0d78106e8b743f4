package io.hexbeat.load;

import io.hexbeat.load.phone.Answers;
import io.hexbeat.load.phone.PhoneWire;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One phone of a fleet on its connection: what it owes, what is under way and since when. Belongs
 * to the sender's loop. Nothing is queued: a message that is due and finds the window full is made
 * when there is room. A broken connection loses what was under way and comes back by itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // channelInactive says all there is to say
@ChannelHandler.Sharable
final class PhoneConnection extends ChannelInboundHandlerAdapter implements Answers {
  private final Fleet fleet;
  private final int number;
  private final PhoneWire wire;

  /** Since when what is under way is measured, by message, and whether it counts. */
  private final long[] sinceNs;

  private final Unread unread = new Unread();
  private @Nullable Channel channel;
  private boolean greeted;

  /** Messages of this run that the schedule has asked this phone for. */
  private long due;

  private long sent;
  private long answered;

  /** The sent ones before it belong to a run or a connection that is over. */
  private long ignored;

  PhoneConnection(Fleet fleet, int number, PhoneWire wire, int window) {
    this.fleet = fleet;
    this.number = number;
    this.wire = wire;
    this.sinceNs = new long[window];
  }

  int number() {
    return number;
  }

  /** Messages sent and not yet answered. */
  long underWay() {
    return sent - answered;
  }

  /** Messages that are due and could not be sent yet. */
  long waiting() {
    return due - sent;
  }

  /** A new run begins: counts from 0. Answers to what is still under way are nobody's. */
  void begin() {
    ignored = underWay();
    due = ignored;
    sent = ignored;
    answered = 0;
  }

  /** The run is over: what is due is not sent any more. */
  void stop() {
    due = sent;
  }

  /** Messages sent in this run. */
  long sentNow() {
    return sent - ignored;
  }

  /** One more message is due; sends what it may. */
  void oweOne() {
    due++;
    if (send()) {
      flush();
    }
  }

  /** As many are due as may be under way; in a closed loop each answer is followed by one more. */
  void oweWindow() {
    due += sinceNs.length;
    if (send()) {
      flush();
    }
  }

  /** Sends what is due as far as the window allows; the caller flushes if it was anything. */
  private boolean send() {
    Channel open = channel;
    if (open == null || !greeted) {
      return false;
    }
    ByteBuf out = null;
    while (sent < due && sent - answered < sinceNs.length) {
      if (out == null) {
        long messages = Math.min(due - sent, sinceNs.length - (sent - answered));
        out = open.alloc().directBuffer((int) messages * wire.messageBytes());
      }
      long message = sent - ignored;
      sinceNs[(int) (sent++ % sinceNs.length)] = fleet.sending(number, message);
      wire.message(out, fleet.firstPing(message));
    }
    if (out == null) {
      return false;
    }
    open.write(out, open.voidPromise());
    if (fleet.answersNothing()) {
      answered(Math.toIntExact(underWay()), Answer.TAKEN);
    }
    return true;
  }

  private void flush() {
    Channel open = channel;
    if (open != null) {
      open.flush();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    ByteBuf out = context.alloc().directBuffer();
    wire.open(out);
    if (out.isReadable()) {
      context.writeAndFlush(out, context.voidPromise());
    } else {
      out.release();
    }
    if (wire.speaksFirst()) {
      greeted();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (context.channel() != channel) {
      in.release();
      return;
    }
    in = unread.with(in);
    try {
      wire.read(in, this);
    } finally {
      unread.keep(context, in, channel != null);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (send()) {
      context.flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (context.channel() == channel) {
      gone("closed by the server");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken(String.valueOf(cause.getMessage()));
  }

  @Override
  public void greeted() {
    greeted = true;
    fleet.greeted();
    if (send()) {
      flush();
    }
  }

  @Override
  public void answered(int messages, Answer answer) {
    long nowNs = System.nanoTime();
    for (int i = 0; i < messages && answered < sent; i++) {
      long message = answered++;
      if (message >= ignored) {
        fleet.answered(this, sinceNs[(int) (message % sinceNs.length)], nowNs, answer);
      }
    }
  }

  @Override
  public void owed(ByteBuf bytes) {
    Channel open = channel;
    if (open == null) {
      bytes.release();
    } else {
      open.writeAndFlush(bytes, open.voidPromise());
    }
  }

  @Override
  public void broken(String why) {
    Channel open = channel;
    if (open != null) {
      gone(why);
      open.close();
    }
  }

  private void gone(String why) {
    channel = null;
    greeted = false;
    unread.clear();
    answered(Math.toIntExact(underWay()), Answer.FAILED);
    fleet.broke(this, why);
  }

  /** In a closed loop the answer makes the next one due. */
  void oweNext() {
    due++;
  }

  void close() {
    Channel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
