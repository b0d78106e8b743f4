package io.hexbeat.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a connection that make no whole message yet. Belongs to the connection's loop. Holds a
 * buffer only while there are some.
 */
final class Unread {
  private @Nullable ByteBuf kept;

  /** What was kept and what came now, as one; the caller's, who gives it to {@link #keep}. */
  ByteBuf with(ByteBuf in) {
    ByteBuf before = kept;
    if (before == null) {
      return in;
    }
    kept = null;
    before.writeBytes(in);
    in.release();
    return before;
  }

  /** Keeps a copy of what is left to read of it, if that is still wanted, and releases it. */
  void keep(ChannelHandlerContext context, ByteBuf in, boolean wanted) {
    if (wanted && in.isReadable()) {
      kept = context.alloc().buffer(in.readableBytes()).writeBytes(in);
    }
    in.release();
  }

  /** The connection is gone. */
  void clear() {
    ByteBuf rest = kept;
    kept = null;
    if (rest != null) {
      rest.release();
    }
  }
}
