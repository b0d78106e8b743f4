package io.hexbeat.ingest.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Knows since when a connection has been sending a head, which Vert.x tells only once the head is
 * complete. Stands before the HTTP decoder of one connection, on its loop; a read costs one branch.
 */
final class HeadWatch extends ChannelInboundHandlerAdapter {
  private static final String HTTP_DECODER = "httpDecoder";

  private boolean began;
  private long sinceNs;

  static HeadWatch on(HttpConnection connection) {
    HeadWatch watch = new HeadWatch();
    ((ConnectionBase) connection).channel().pipeline().addBefore(HTTP_DECODER, null, watch);
    return watch;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (!began) {
      began = true;
      sinceNs = System.nanoTime();
    }
    context.fireChannelRead(bytes);
  }

  /** What comes from here on is the next head. */
  void reset() {
    began = false;
  }

  boolean isOverdue(long nowNs, long timeoutNs) {
    return began && nowNs - sinceNs > timeoutNs;
  }
}
