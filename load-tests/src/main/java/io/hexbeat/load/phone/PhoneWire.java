package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;

/**
 * One phone's end of a door's protocol: fixes into bytes, bytes into answers. One loop at a time.
 * Allocates nothing after construction but what {@link Answers#owed} gets. Bytes that make no sense
 * are told by {@link Answers#broken}.
 */
public abstract sealed class PhoneWire permits HttpWire, StreamWire, TcpWire, MqttWire {
  /** The connection has just opened: forgets the one before and writes what comes first, if any. */
  public abstract void open(ByteBuf out);

  /** Whether messages may be sent without waiting for {@link Answers#greeted}. */
  public abstract boolean speaksFirst();

  /**
   * Writes a message whose first ping is the phone's with that number; numbers only grow.
   *
   * @param out gets the bytes, at most {@link #messageBytes}
   */
  public abstract void message(ByteBuf out, long firstPing);

  /** How many bytes a message takes. */
  public abstract int messageBytes();

  /** Reads whole answers and leaves the rest of the bytes unread. */
  public abstract void read(ByteBuf in, Answers to);
}
