package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;

/** Who is told what a server said. Called on the connection's loop, in the order of the bytes. */
public interface Answers {
  /** What became of a message. */
  enum Answer {
    /** All of it is in the journal. */
    TAKEN,
    /** The server said that it can't take it now. */
    REFUSED,
    /** Anything else. */
    FAILED
  }

  /** The door is open: messages may be sent. */
  void greeted();

  /** So many of the oldest unanswered messages were answered. */
  void answered(int messages, Answer answer);

  /** Bytes that the protocol owes the server now; the receiver's to release. */
  void owed(ByteBuf bytes);

  /** The connection is of no use any more. */
  void broken(String why);
}
