package io.hexbeat.api.live;

import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text message that is encoded once and written to many sockets: their frames share its bytes.
 * Immutable; any thread. A long one goes in fragments that a reader with usual limits takes.
 */
final class TextMessage {
  private static final int FRAGMENT_BYTES = 32 * 1024;

  private final List<byte[]> fragments = new ArrayList<>();

  TextMessage(CharSequence text) {
    byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from == 0 || from < utf8.length; from += FRAGMENT_BYTES) {
      int to = Math.min(utf8.length, from + FRAGMENT_BYTES);
      fragments.add(from == 0 && to == utf8.length ? utf8 : Arrays.copyOfRange(utf8, from, to));
    }
  }

  /** On the socket's loop. A socket that has been closed takes nothing, and says so to nobody. */
  void writeTo(ServerWebSocket socket) {
    for (int i = 0; i < fragments.size(); i++) {
      WebSocketFrameType type = i == 0 ? WebSocketFrameType.TEXT : WebSocketFrameType.CONTINUATION;
      // the public factories take a String and encode it anew for each socket
      WebSocketFrame frame =
          new WebSocketFrameImpl(type, fragments.get(i), i == fragments.size() - 1);
      socket.writeFrame(frame);
    }
  }
}
