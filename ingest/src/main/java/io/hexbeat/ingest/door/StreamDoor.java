package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSockets {@code /v1/stream} of one event loop: authenticates the upgrade by the device's
 * token, as {@code Authorization} or {@code ?token=}, and keeps the sockets that came of it. Holds
 * the decoders that they share. A request that is no upgrade, or whose token is unknown, is
 * answered with a problem.
 */
final class StreamDoor {
  private static final int MAX_TOKEN_CHARS = 256;

  /** What is kept of the largest text message. */
  private static final int KEEP_BYTES = 64 << 10;

  private final DoorSupplies supplies;
  private final Context context;
  private final NativeFormat text;
  private final WireRecords wire;
  private final PhoneRequest phone = new PhoneRequest();
  private final Set<StreamSocket> sockets = new LinkedHashSet<>();
  private final Consumer<DeviceIdentity> onRevoked = this::revoked;

  StreamDoor(DoorSupplies supplies, Context context) {
    this.supplies = supplies;
    this.context = context;
    text = new NativeFormat(supplies.config());
    wire = new WireRecords(supplies.config().maxAttributes());
  }

  void open() {
    supplies.registry().onRevocation(onRevoked);
  }

  /** Every socket is told the end once what it sent is in the journal. */
  void close() {
    supplies.registry().removeListener(onRevoked);
    List.copyOf(sockets).forEach(StreamSocket::stop);
  }

  /**
   * Answers an upgrade.
   *
   * @param upgraded told when the connection belongs to a socket
   * @param closed told when that socket is closed
   */
  void accept(HttpServerRequest request, Runnable upgraded, Runnable closed) {
    if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      DeviceConnection.writeProblem(
          request.response(),
          new ProblemBody(426, "Upgrade required", "This is a WebSocket: connect with one."));
      return;
    }
    String token = token(request);
    String tokenHash = token == null ? null : DeviceRegistry.hash(token);
    DeviceIdentity who = tokenHash == null ? null : supplies.registry().byTokenHash(tokenHash);
    if (tokenHash == null || who == null) {
      supplies.stats().add(Door.STREAM, DoorOutcome.UNAUTHORIZED);
      DeviceConnection.writeProblem(
          request.response(),
          new ProblemBody(401, "Unauthorized", "The device credential is missing or unknown."));
      return;
    }
    request
        .toWebSocket()
        .onSuccess(
            socket -> {
              upgraded.run();
              supplies.streamStats().opened(Integer.MAX_VALUE);
              StreamSocket stream =
                  new StreamSocket(this, supplies, socket, who, tokenHash, closed);
              sockets.add(stream);
              BrokenFrames.on(request.connection(), stream);
              stream.open();
              if (supplies.registry().byTokenHash(tokenHash) == null) {
                // Revoked while the upgrade was answered, when no listener could find the socket.
                stream.revoked(who);
              }
            });
  }

  void sweep(long nowNs) {
    for (StreamSocket socket : List.copyOf(sockets)) {
      socket.sweep(nowNs);
    }
    phone.clear(KEEP_BYTES);
  }

  void forget(StreamSocket socket) {
    if (sockets.remove(socket)) {
      supplies.streamStats().closed();
    }
  }

  WireRecords wire() {
    return wire;
  }

  /** Puts a text message into the batch, as a request's body would be. */
  void readText(String message, Batch batch) throws RefusedBodyException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    phone.clear(KEEP_BYTES);
    System.arraycopy(bytes, 0, phone.reserve(bytes.length), 0, bytes.length);
    phone.received(bytes.length);
    text.read(phone, batch);
  }

  /** Runs it on this loop; any thread. */
  void run(Runnable turn) {
    context.runOnContext(now -> turn.run());
  }

  /** Runs the checks elsewhere and the other on this loop; false if too many wait. */
  boolean verify(List<? extends LateCheck> checks, Runnable then) {
    return supplies.signatures().run(checks, context, then);
  }

  void later(long delayMs, Runnable turn) {
    context.owner().setTimer(delayMs, timer -> turn.run());
  }

  private static @Nullable String token(HttpServerRequest request) {
    PhoneRequest head = new PhoneRequest();
    head.open(request.headers(), request.query());
    String token = Credential.token(head);
    if (token == null) {
      token = Credential.inQuery(head, "token");
    }
    return token == null || token.length() > MAX_TOKEN_CHARS ? null : token;
  }

  private void revoked(DeviceIdentity gone) {
    context.runOnContext(now -> List.copyOf(sockets).forEach(socket -> socket.revoked(gone)));
  }
}
