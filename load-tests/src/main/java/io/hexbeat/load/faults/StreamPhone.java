package io.hexbeat.load.faults;

import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A phone at {@code /v1/stream}: messages of some fixes, a few of them under way, answered in
 * order. Belongs to the phones' loop. After a break it connects again and sends first what was not
 * acknowledged, at most a window of it.
 */
final class StreamPhone implements Client {
  private static final int WINDOW_MESSAGES = 4;
  private static final int FIXES = 6;
  private static final long SEND_EVERY_MS = 60;
  private static final long RECONNECT_MS = 80;

  private final Vertx vertx;
  private final Truth truth;
  private final Violations violations;
  private final int phone;
  private final WebSocketClient client;
  private final WebSocketConnectOptions to;

  /** In the order sent. */
  private final ArrayDeque<Message> unacknowledged = new ArrayDeque<>();

  private @Nullable WebSocket socket;
  private boolean paused = true;
  private boolean connecting;

  private record Message(String text, int first, int count) {}

  StreamPhone(Vertx vertx, Truth truth, Violations violations, int phone, String token, int port) {
    this.vertx = vertx;
    this.truth = truth;
    this.violations = violations;
    this.phone = phone;
    this.client =
        vertx.createWebSocketClient(new WebSocketClientOptions().setConnectTimeout(2_000));
    this.to =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/v1/stream")
            .setTimeout(4_000)
            .addHeader("Authorization", "Bearer " + token);
    vertx.setPeriodic(SEND_EVERY_MS, timer -> sendNext());
  }

  @Override
  public void resume() {
    paused = false;
    connect();
  }

  @Override
  public void pause() {
    paused = true;
    WebSocket open = socket;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public boolean idle() {
    return paused && !connecting && socket == null;
  }

  private void connect() {
    if (connecting || socket != null || paused) {
      return;
    }
    connecting = true;
    client.connect(to).onComplete(this::connected, refused -> later());
  }

  private void connected(WebSocket open) {
    connecting = false;
    socket = open;
    open.textMessageHandler(this::acknowledged);
    open.exceptionHandler(broken -> open.close());
    open.closeHandler(
        gone -> {
          socket = null;
          connecting = true;
          later();
        });
    if (paused) {
      open.close();
      return;
    }
    unacknowledged.forEach(message -> open.writeTextMessage(message.text));
  }

  private void later() {
    vertx.setTimer(
        RECONNECT_MS,
        timer -> {
          connecting = false;
          connect();
        });
  }

  private void sendNext() {
    WebSocket open = socket;
    if (open == null || paused || unacknowledged.size() >= WINDOW_MESSAGES) {
      return;
    }
    Route route = truth.route(phone);
    int first = truth.next(phone);
    StringJoiner fixes = new StringJoiner(",", "[", "]").add(route.json(first));
    for (int i = 1; i < FIXES; i++) {
      fixes.add(route.json(truth.next(phone)));
    }
    Message message = new Message(fixes.toString(), first, FIXES);
    unacknowledged.add(message);
    open.writeTextMessage(message.text);
  }

  private void acknowledged(String text) {
    Message message = unacknowledged.poll();
    JsonObject ack = new JsonObject(text);
    if (message == null || ack.getInteger("journaled", 0) != message.count) {
      violations.add("phantom", "the stream acknowledged what was not sent: " + text);
      return;
    }
    for (int i = 0; i < message.count; i++) {
      truth.acked(phone, message.first + i);
    }
  }
}
