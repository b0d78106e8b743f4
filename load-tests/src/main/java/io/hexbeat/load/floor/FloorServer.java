package io.hexbeat.load.floor;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The bare servers as a process: HTTP answered 200 without a look at it, WebSocket messages and
 * frames of the TCP and MQTT doors acknowledged by their lengths alone, and a relay from phones to
 * managers. As many event loops as cores on the same transport as Hexbeat. Prints one line when it
 * is ready and ends with its standard input.
 */
public final class FloorServer {
  /** Phones that send to the relay; nothing is answered. */
  public static final String RELAY = "/relay";

  /** Managers that the relay sends to. */
  public static final String LIVE = "/live";

  /** What the line begins with that tells the ports. */
  public static final String READY = "floor ready ";

  /** Vert.x shares a free port among all that ask for the same negative number. */
  private static final int HTTP_PORT = -1;

  private static final int TCP_PORT = -2;
  private static final int MQTT_PORT = -3;
  private static final int ACCEPT_BACKLOG = 1_024;
  private static final int MAX_FRAME_BYTES = 256 << 10;
  private static final Buffer ACK = Buffer.buffer(new byte[8]);

  /** Managers at the relay; any loop writes to them. */
  private final List<ServerWebSocket> managers = new CopyOnWriteArrayList<>();

  private volatile int httpPort;
  private volatile int tcpPort;
  private volatile int mqttPort;

  private FloorServer() {}

  public static void main(String[] args) throws Exception {
    int loops = Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    FloorServer floor = new FloorServer();
    vertx
        .deployVerticle(() -> floor.new Loop(), new DeploymentOptions().setInstances(loops))
        .await(1, TimeUnit.MINUTES);
    System.out.printf(
        "%shttp=http://127.0.0.1:%d tcp=tcp://127.0.0.1:%d mqtt=mqtt://127.0.0.1:%d%n",
        READY, floor.httpPort, floor.tcpPort, floor.mqttPort);
    awaitEnd();
    System.exit(0);
  }

  private static void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // whoever started it holds the other end
    }
  }

  /** One event loop's share of the ports. */
  private final class Loop extends VerticleBase {
    @Override
    public Future<?> start() {
      HttpServer http =
          vertx
              .createHttpServer(
                  new HttpServerOptions()
                      .setHost("127.0.0.1")
                      .setPort(HTTP_PORT)
                      .setAcceptBacklog(ACCEPT_BACKLOG)
                      .setHttp2ClearTextEnabled(false)
                      .setMaxWebSocketFrameSize(MAX_FRAME_BYTES)
                      .setMaxWebSocketMessageSize(MAX_FRAME_BYTES)
                      .setPerMessageWebSocketCompressionSupported(false)
                      .setPerFrameWebSocketCompressionSupported(false))
              .requestHandler(request -> request.response().end())
              .webSocketHandler(this::socket);
      NetServer tcp = frames(TCP_PORT, FrameSink::tcp);
      NetServer mqtt = frames(MQTT_PORT, FrameSink::mqtt);
      return http.listen()
          .onSuccess(open -> httpPort = open.actualPort())
          .compose(open -> tcp.listen())
          .onSuccess(open -> tcpPort = open.actualPort())
          .compose(open -> mqtt.listen())
          .onSuccess(open -> mqttPort = open.actualPort());
    }

    private NetServer frames(int port, Supplier<FrameSink> sinks) {
      return vertx
          .createNetServer(
              new NetServerOptions()
                  .setHost("127.0.0.1")
                  .setPort(port)
                  .setAcceptBacklog(ACCEPT_BACKLOG))
          .connectHandler(
              socket -> {
                FrameSink sink = sinks.get();
                socket.handler(
                    bytes -> {
                      Buffer answers = sink.read(bytes);
                      if (answers != null) {
                        socket.write(answers);
                      }
                    });
              });
    }

    private void socket(ServerWebSocket socket) {
      switch (socket.path()) {
        case RELAY -> socket.binaryMessageHandler(FloorServer.this::relay);
        case LIVE -> {
          managers.add(socket);
          socket.closeHandler(closed -> managers.remove(socket));
        }
        default -> socket.binaryMessageHandler(message -> socket.writeBinaryMessage(ACK));
      }
    }
  }

  private void relay(Buffer message) {
    for (ServerWebSocket manager : managers) {
      manager.writeBinaryMessage(message);
    }
  }
}
