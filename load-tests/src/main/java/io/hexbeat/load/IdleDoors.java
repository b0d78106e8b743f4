package io.hexbeat.load;

import io.hexbeat.load.IdlePlan.Kind;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How an idle phone connects to each door, from an address of its own. Belongs to one Vert.x loop.
 * An opened connection is one whose first ping was acknowledged; keep-alives are then the client
 * libraries', as the protocols have them. Whatever ends a connection is told once or more often to
 * its listener, with a reason.
 */
final class IdleDoors {
  /** What OwnTracks on iOS asks for; the client sends PINGREQ as often. */
  private static final int MQTT_KEEP_ALIVE_SECONDS = 60;

  private static final int MAX_FRAME_BYTES = 64 << 10;

  private final Vertx vertx;
  private final URI device;
  private final URI mqtt;
  private final int maxConnections;
  private final Map<String, HttpClientAgent> http = new HashMap<>();
  private final Map<String, WebSocketClient> sockets = new HashMap<>();

  IdleDoors(Vertx vertx, URI device, URI mqtt, int maxConnections) {
    this.vertx = vertx;
    this.device = device;
    this.mqtt = mqtt;
    this.maxConnections = maxConnections;
  }

  /**
   * Connects and sends the phone's ping.
   *
   * @param source the local address, or null for the system's choice
   * @param gone told why the connection ended
   */
  Future<Void> open(Kind kind, IdlePhone phone, @Nullable String source, Consumer<String> gone) {
    return switch (kind) {
      case STREAM -> openStream(phone, source, gone);
      case HTTP -> openHttp(phone, source, gone);
      case MQTT -> openMqtt(phone, source, gone);
    };
  }

  /** A failure in a few words, the same for all connections that it meets. */
  static String why(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private Future<Void> openStream(IdlePhone phone, @Nullable String source, Consumer<String> gone) {
    WebSocketConnectOptions to =
        new WebSocketConnectOptions()
            .setHost(device.getHost())
            .setPort(device.getPort())
            .setURI("/v1/stream")
            .addHeader("Authorization", "Bearer " + phone.token());
    return sockets
        .computeIfAbsent(Objects.requireNonNullElse(source, ""), key -> socketsFrom(source))
        .connect(to)
        .compose(socket -> firstPing(socket, phone, gone));
  }

  private static Future<Void> firstPing(WebSocket socket, IdlePhone phone, Consumer<String> gone) {
    Promise<Void> acknowledged = Promise.promise();
    socket.textMessageHandler(ack -> acknowledged.tryComplete());
    socket.exceptionHandler(e -> gone.accept(why(e)));
    socket.closeHandler(
        end ->
            gone.accept(
                "closed by the server: " + socket.closeStatusCode() + " " + socket.closeReason()));
    return socket.writeTextMessage(phone.ping().toString()).compose(sent -> acknowledged.future());
  }

  private Future<Void> openHttp(IdlePhone phone, @Nullable String source, Consumer<String> gone) {
    HttpConnectOptions to =
        new HttpConnectOptions().setHost(device.getHost()).setPort(device.getPort());
    return http.computeIfAbsent(Objects.requireNonNullElse(source, ""), key -> httpFrom(source))
        .connect(to)
        .compose(connection -> firstPing(connection, phone, gone));
  }

  private static Future<Void> firstPing(
      HttpClientConnection connection, IdlePhone phone, Consumer<String> gone) {
    connection.exceptionHandler(e -> gone.accept(why(e)));
    connection.closeHandler(end -> gone.accept("closed by the server"));
    RequestOptions to =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setURI("/v1/pings")
            .putHeader("Content-Type", "application/json")
            .putHeader("Authorization", "Bearer " + phone.token());
    return connection
        .request(to)
        .compose(request -> request.send(phone.ping()))
        .compose(IdleDoors::accepted);
  }

  private static Future<Void> accepted(HttpClientResponse answer) {
    return answer
        .body()
        .compose(
            body ->
                answer.statusCode() == 200
                    ? Future.succeededFuture()
                    : Future.failedFuture("answered " + answer.statusCode()));
  }

  private Future<Void> openMqtt(IdlePhone phone, @Nullable String source, Consumer<String> gone) {
    MqttClientOptions options = new MqttClientOptions();
    if (source != null) {
      options.setLocalAddress(source);
    }
    options
        .setClientId(phone.device())
        .setUsername(phone.device())
        .setPassword(phone.token())
        .setKeepAliveInterval(MQTT_KEEP_ALIVE_SECONDS);
    Promise<Void> acknowledged = Promise.promise();
    MqttClient client =
        MqttClient.create(vertx, options)
            .publishCompletionHandler(packet -> acknowledged.tryComplete())
            .exceptionHandler(e -> gone.accept(why(e)))
            .closeHandler(end -> gone.accept("closed by the server"));
    return client
        .connect(mqtt.getPort(), mqtt.getHost())
        .compose(
            accepted ->
                client.publish(
                    "hexbeat/" + phone.device() + "/pings",
                    phone.ping(),
                    MqttQoS.AT_LEAST_ONCE,
                    false,
                    false))
        .compose(sent -> acknowledged.future());
  }

  private HttpClientAgent httpFrom(@Nullable String source) {
    HttpClientOptions options = new HttpClientOptions().setKeepAliveTimeout(0);
    if (source != null) {
      options.setLocalAddress(source);
    }
    return vertx.createHttpClient(options);
  }

  private WebSocketClient socketsFrom(@Nullable String source) {
    WebSocketClientOptions options =
        new WebSocketClientOptions()
            .setMaxConnections(maxConnections)
            .setMaxFrameSize(MAX_FRAME_BYTES)
            .setMaxMessageSize(MAX_FRAME_BYTES);
    if (source != null) {
      options.setLocalAddress(source);
    }
    return vertx.createWebSocketClient(options);
  }
}
