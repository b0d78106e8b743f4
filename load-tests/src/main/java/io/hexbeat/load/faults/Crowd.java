package io.hexbeat.load.faults;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.load.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All who talk to the server: phones at every door, a gateway and a manager who watches. The run's
 * thread calls, everything happens on one event loop, and each call waits for it.
 */
final class Crowd {
  private static final long WITHIN_SECONDS = 60;
  private static final long LOOK_EVERY_MS = 5;
  private static final int RATE_HZ = 5;
  private static final int PROMISED_BYTES = 5_000;

  private final PhoneLoop loop;
  private final Truth truth;
  private final NetClient net;
  private final FenceEditor editor;
  private final List<Client> clients;
  private @Nullable WebSocket manager;

  /**
   * All of them are paused.
   *
   * @param phones and gateways
   */
  Crowd(PhoneLoop loop, Truth truth, List<Client> phones, FenceEditor editor) {
    this.loop = loop;
    this.truth = truth;
    this.net = loop.vertx().createNetClient();
    this.editor = editor;
    this.clients = Stream.concat(phones.stream(), Stream.of(editor)).toList();
  }

  /** Everybody sends; the user watches and edits fences. */
  void resume(Api user) throws Exception {
    loop.run(
        () -> {
          user.live(RATE_HZ).onSuccess(this::watch);
          editor.use(user);
          clients.forEach(Client::resume);
        });
  }

  /** Nobody sends or connects any more once it returns; for when the server is gone. */
  void pause() throws Exception {
    loop.run(
        () -> {
          clients.forEach(Client::pause);
          WebSocket open = manager;
          if (open != null) {
            manager = null;
            open.resume();
            open.close();
          }
        });
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
    while (!loop.await(() -> Future.succeededFuture(clients.stream().allMatch(Client::idle)))) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException("a client still waits for a server that is gone");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  /** The manager stops reading. */
  void stopReading() throws Exception {
    loop.run(
        () -> {
          WebSocket open = manager;
          if (open != null) {
            open.pause();
          }
        });
  }

  /** Two who promise more bytes than they send: a request, and a frame at the TCP door. */
  void breakOff(String token, int devicePort, int tcpPort) throws Exception {
    Buffer request =
        Buffer.buffer(
            "POST /v1/pings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + token
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + PROMISED_BYTES
                + "\r\n\r\n[{\"fix_time\":1700000000000,\"lat\":30.5,\"lng\":-97.5},");
    ByteBuf frame = Unpooled.buffer();
    GatewayFrames.hello(frame, 0, token);
    byte[] promised = new byte[PROMISED_BYTES];
    GatewayFrames.records(frame, 0, 50, promised, promised.length);
    Buffer half = Buffer.buffer(frame.readableBytes());
    while (frame.readableBytes() > PROMISED_BYTES / 2) {
      half.appendByte(frame.readByte());
    }
    frame.release();
    loop.run(
        () -> {
          sendAndClose(devicePort, request);
          sendAndClose(tcpPort, half);
        });
  }

  /** Answers the body of a punch sent again, after its status; empty if nobody answered. */
  static String repeat(URI device, String token, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(device.resolve("/v1/punches"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    return answer.statusCode() + " " + answer.body();
  }

  private void watch(WebSocket open) {
    if (clients.stream().allMatch(Client::idle)) {
      open.close();
      return;
    }
    manager = open;
    open.exceptionHandler(broken -> open.close());
    open.textMessageHandler(
        text -> {
          if (!text.startsWith("{\"type\":\"positions\"")) {
            truth.told(new JsonObject(text));
          }
        });
  }

  private void sendAndClose(int port, Buffer bytes) {
    net.connect(port, "127.0.0.1")
        .onSuccess(socket -> socket.write(bytes).onComplete(written -> socket.close()));
  }
}
