package io.hexbeat.load.faults;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.util.ArrayDeque;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A phone at the MQTT door: messages of some fixes with QoS 1, a few of them under way,
 * acknowledged in order. Belongs to the phones' loop. After a break it connects again and sends
 * first what was not acknowledged, marked as sent before.
 */
final class MqttPhone implements Client {
  private static final int WINDOW_MESSAGES = 4;
  private static final int FIXES = 5;
  private static final long SEND_EVERY_MS = 60;
  private static final long RECONNECT_MS = 80;
  private static final int CONNECT_WITHIN_MS = 2_000;
  private static final int KEEP_ALIVE_SECONDS = 30;

  private final Vertx vertx;
  private final Truth truth;
  private final Violations violations;
  private final int phone;
  private final int port;
  private final MqttClientOptions options = new MqttClientOptions();

  /** In the order sent. */
  private final ArrayDeque<Message> unacknowledged = new ArrayDeque<>();

  private @Nullable MqttClient client;
  private boolean connected;
  private boolean waiting;
  private boolean paused = true;

  /** Of this connection: packets are numbered from 1 on. */
  private int acknowledged;

  private record Message(Buffer payload, int first) {}

  MqttPhone(Vertx vertx, Truth truth, Violations violations, int phone, String token, int port) {
    this.vertx = vertx;
    this.truth = truth;
    this.violations = violations;
    this.phone = phone;
    this.port = port;
    String device = truth.route(phone).device();
    options
        .setClientId(device)
        .setUsername(device)
        .setPassword(token)
        .setKeepAliveInterval(KEEP_ALIVE_SECONDS)
        .setConnectTimeout(CONNECT_WITHIN_MS);
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
    MqttClient open = client;
    if (open != null && connected) {
      open.disconnect();
    }
  }

  @Override
  public boolean idle() {
    return paused && client == null && !waiting;
  }

  private void connect() {
    if (client != null || waiting || paused) {
      return;
    }
    MqttClient opening = MqttClient.create(vertx, options);
    client = opening;
    acknowledged = 0;
    opening.exceptionHandler(broken -> {});
    opening.closeHandler(gone -> later(opening));
    opening.publishCompletionHandler(packet -> acknowledged(opening, packet));
    opening
        .connect(port, "127.0.0.1")
        .onSuccess(accepted -> connected(opening))
        .onFailure(refused -> later(opening));
  }

  private void connected(MqttClient open) {
    if (client != open) {
      return;
    }
    connected = true;
    if (paused) {
      open.disconnect();
      return;
    }
    unacknowledged.forEach(message -> publish(open, message, true));
  }

  private void later(MqttClient gone) {
    if (client != gone) {
      return;
    }
    client = null;
    connected = false;
    waiting = true;
    vertx.setTimer(
        RECONNECT_MS,
        timer -> {
          waiting = false;
          connect();
        });
  }

  private void sendNext() {
    MqttClient open = client;
    if (open == null || !connected || paused || unacknowledged.size() >= WINDOW_MESSAGES) {
      return;
    }
    Route route = truth.route(phone);
    int first = truth.next(phone);
    StringJoiner fixes = new StringJoiner(",", "[", "]").add(route.json(first));
    for (int i = 1; i < FIXES; i++) {
      fixes.add(route.json(truth.next(phone)));
    }
    Message message = new Message(Buffer.buffer(fixes.toString()), first);
    unacknowledged.add(message);
    publish(open, message, false);
  }

  private void publish(MqttClient open, Message message, boolean again) {
    open.publish(
        "hexbeat/" + truth.route(phone).device() + "/pings",
        message.payload,
        MqttQoS.AT_LEAST_ONCE,
        again,
        false);
  }

  private void acknowledged(MqttClient by, int packet) {
    if (client != by) {
      return;
    }
    Message message = unacknowledged.poll();
    if (message == null || packet != ++acknowledged) {
      violations.add("phantom", "PUBACK of packet " + packet + " came out of turn");
      return;
    }
    for (int i = 0; i < FIXES; i++) {
      truth.acked(phone, message.first + i);
    }
  }
}
