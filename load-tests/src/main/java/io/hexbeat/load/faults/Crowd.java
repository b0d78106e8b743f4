package io.hexbeat.load.faults;

import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.load.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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

  private final Context loop;
  private final Truth truth;
  private final NetClient net;
  private final List<Client> clients = new ArrayList<>();
  private @Nullable WebSocket manager;

  Crowd(Vertx vertx, Context loop, Truth truth) {
    this.loop = loop;
    this.truth = truth;
    this.net = vertx.createNetClient();
  }

  /** Makes a client; it is paused. */
  void add(Callable<Client> client) throws Exception {
    onLoop(
        () -> {
          clients.add(client.call());
          return null;
        });
  }

  void resume(Api watching) throws Exception {
    onLoop(
        () -> {
          watching.live(RATE_HZ).onSuccess(this::watch);
          clients.forEach(Client::resume);
          return null;
        });
  }

  /** Nobody sends or connects any more once it returns; for when the server is gone. */
  void pause() throws Exception {
    onLoop(
        () -> {
          clients.forEach(Client::pause);
          WebSocket open = manager;
          if (open != null) {
            manager = null;
            open.resume();
            open.close();
          }
          return null;
        });
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
    while (!onLoop(() -> clients.stream().allMatch(Client::idle))) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException("a client still waits for a server that is gone");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  /** The manager stops reading. */
  void stopReading() throws Exception {
    onLoop(
        () -> {
          WebSocket open = manager;
          if (open != null) {
            open.pause();
          }
          return null;
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
    onLoop(
        () -> {
          sendAndClose(devicePort, request);
          sendAndClose(tcpPort, half);
          return null;
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

  private <T> T onLoop(Callable<T> action) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(
        go -> {
          try {
            done.complete(action.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    Future<T> future = done.future();
    return future.await(WITHIN_SECONDS, TimeUnit.SECONDS);
  }
}
