package io.hexbeat.load;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One user's view of the API port. Call from one Vert.x context; its futures complete there. Holds
 * a small pool of keep-alive connections. Every answer but 2xx is a failed future that names the
 * request, the status and the problem's detail.
 */
public final class Api {
  private static final int CONNECTIONS = 8;
  private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

  /** How many features go up in one import: keeps a body well below any server's limit. */
  private static final int IMPORT_FEATURES = 400;

  private final HttpClient http;
  private final WebSocketClient sockets;
  private final URI base;
  private final String token;

  private Api(HttpClient http, WebSocketClient sockets, URI base, String token) {
    this.http = http;
    this.sockets = sockets;
    this.base = base;
    this.token = token;
  }

  /** Logs in. */
  public static Future<Api> login(Vertx vertx, URI base, String username, String password) {
    HttpClient http = Doors.client(vertx, CONNECTIONS, Doors.UNBOUNDED);
    WebSocketClient sockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxFrameSize(MAX_FRAME_BYTES)
                .setMaxMessageSize(MAX_FRAME_BYTES));
    Api nobody = new Api(http, sockets, base, "");
    return nobody
        .send(
            HttpMethod.POST,
            "/v1/login",
            new JsonObject().put("username", username).put("password", password))
        .map(answer -> new Api(http, sockets, base, answer.getString("token")));
  }

  /** What this user's session is known by. */
  String token() {
    return token;
  }

  public Future<JsonObject> get(String path) {
    return send(HttpMethod.GET, path, null);
  }

  /** What is no JSON. */
  public Future<String> text(String path) {
    return bytes(HttpMethod.GET, path, null).map(Buffer::toString);
  }

  public Future<JsonObject> post(String path, JsonObject body) {
    return send(HttpMethod.POST, path, body);
  }

  public Future<JsonObject> put(String path, JsonObject body) {
    return send(HttpMethod.PUT, path, body);
  }

  public Future<JsonObject> delete(String path) {
    return send(HttpMethod.DELETE, path, null);
  }

  /** Makes an account, or gives the one that exists this role and password. */
  public Future<JsonObject> account(String id, String role, String password) {
    JsonObject account = new JsonObject().put("id", id).put("role", role).put("password", password);
    return post("/v1/users", account).recover(exists -> put("/v1/users/" + id, account));
  }

  /** Imports features in batches, one after the other. Fails when the server rejects one. */
  public Future<Void> importFences(List<JsonObject> features) {
    List<List<JsonObject>> batches = new ArrayList<>();
    for (int from = 0; from < features.size(); from += IMPORT_FEATURES) {
      batches.add(features.subList(from, Math.min(features.size(), from + IMPORT_FEATURES)));
    }
    return oneAfterAnother(batches, this::importBatch);
  }

  /** Registers a phone of a member and answers its token; a token given before is refused then. */
  public Future<String> enrol(String member, String id, String label) {
    JsonObject phone = new JsonObject().put("id", id).put("label", label);
    return post("/v1/members/" + member + "/devices?setup=false", phone)
        .map(answer -> answer.getString("token"));
  }

  /** Opens the live socket and subscribes to everything that this user may see. */
  public Future<WebSocket> live(int rateHz) {
    WebSocketConnectOptions to =
        new WebSocketConnectOptions()
            .setHost(base.getHost())
            .setPort(base.getPort())
            .setURI("/v1/live")
            .addHeader("Authorization", "Bearer " + token);
    return sockets
        .connect(to)
        .compose(
            socket ->
                socket
                    .writeTextMessage(
                        new JsonObject().put("type", "subscribe").put("rate_hz", rateHz).encode())
                    .map(socket));
  }

  /** Runs an action for each element, each after the one before. */
  public static <T> Future<Void> oneAfterAnother(List<T> all, Function<T, Future<Void>> action) {
    Future<Void> done = Future.succeededFuture();
    for (T one : all) {
      done = done.compose(before -> action.apply(one));
    }
    return done;
  }

  /** The same in so many lanes beside each other; in a lane each waits for the one before. */
  public static <T> Future<Void> inLanes(int lanes, List<T> all, Function<T, Future<Void>> action) {
    List<Future<Void>> running = new ArrayList<>();
    int size = all.size();
    for (int lane = 0; lane < lanes; lane++) {
      running.add(
          oneAfterAnother(
              all.subList(
                  (int) ((long) size * lane / lanes), (int) ((long) size * (lane + 1) / lanes)),
              action));
    }
    return Future.all(running).mapEmpty();
  }

  private Future<Void> importBatch(List<JsonObject> features) {
    JsonObject collection =
        new JsonObject().put("type", "FeatureCollection").put("features", new JsonArray(features));
    return post("/v1/fences/import", collection)
        .compose(
            answer -> {
              JsonArray rejected = answer.getJsonArray("rejected", new JsonArray());
              return rejected.isEmpty()
                  ? Future.succeededFuture()
                  : Future.failedFuture("fences rejected: " + rejected.encode());
            });
  }

  private Future<JsonObject> send(HttpMethod method, String path, @Nullable JsonObject body) {
    return bytes(method, path, body)
        .map(bytes -> bytes.length() == 0 ? new JsonObject() : bytes.toJsonObject());
  }

  private Future<Buffer> bytes(HttpMethod method, String path, @Nullable JsonObject body) {
    return http.request(method, base.getPort(), base.getHost(), path)
        .compose(
            request -> {
              authorize(request);
              if (body == null) {
                return request.send();
              }
              return request
                  .putHeader("Content-Type", "application/json")
                  .send(Buffer.buffer(body.encode()));
            })
        .compose(answer -> answer.body().compose(bytes -> read(method, path, answer, bytes)));
  }

  private void authorize(HttpClientRequest request) {
    if (!token.isEmpty()) {
      request.putHeader("Authorization", "Bearer " + token);
    }
  }

  private static Future<Buffer> read(
      HttpMethod method, String path, HttpClientResponse answer, Buffer bytes) {
    return answer.statusCode() / 100 == 2
        ? Future.succeededFuture(bytes)
        : Future.failedFuture(
            method + " " + path + " answered " + answer.statusCode() + ": " + bytes);
  }
}
