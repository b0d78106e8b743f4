package io.hexbeat.ingest.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Stands behind the frame decoder of one WebSocket, on its loop: a frame that is too large or none
 * at all ends the socket with a code that the phone is told. Vert.x alone would cut the connection
 * without one; the decoder throws away what still comes, so nothing is held meanwhile.
 */
final class BrokenFrames extends ChannelInboundHandlerAdapter {
  private static final String VERTX_HANDLER = "handler";

  private final StreamSocket socket;

  private BrokenFrames(StreamSocket socket) {
    this.socket = socket;
  }

  static void on(HttpConnection connection, StreamSocket socket) {
    ((ConnectionBase) connection)
        .channel()
        .pipeline()
        .addBefore(VERTX_HANDLER, null, new BrokenFrames(socket));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof CorruptedWebSocketFrameException broken)) {
      context.fireExceptionCaught(cause);
    } else if (broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
      socket.tooLarge();
    } else {
      socket.malformed("This is no WebSocket frame.");
    }
  }
}
