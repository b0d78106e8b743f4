package io.hexbeat.api.http;

import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.auth.Passwords;
import io.hexbeat.api.enrol.DoorUrls;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.GatewayBook;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.SessionLimits;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.trust.PolicyBook;
import io.hexbeat.api.trust.TrustRoutes;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The API port's reference data on a real server and a real database: the fixture of the tests in
 * this package. Belongs to one test class; {@link #restart} opens everything again on the same
 * database.
 */
final class ApiUnderTest {
  static final String ADMIN_PASSWORD = "admin-password";
  static final int BCRYPT_COST = 4;
  static final DoorUrls DOORS =
      new DoorUrls(
          "http://phones.example:5055", "tcp://phones.example:5056", "mqtt://phones.example:1883");

  final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final String uri = TestDatabase.uri();
  final List<FenceIndex> adopted = new CopyOnWriteArrayList<>();
  final List<TrustPolicy> weighing = new CopyOnWriteArrayList<>();
  Database database;
  private HttpServer server;
  DeviceRegistry registry;
  GatewayRegistry gateways;
  FenceBook fences;
  Store store;
  SessionBook sessions;
  private String adminToken;

  /** An answer, its body parsed. */
  record Answer(int status, @Nullable Object body, java.net.http.HttpHeaders headers) {
    JsonObject json() {
      return (JsonObject) body;
    }

    JsonArray array(String name) {
      return json().getJsonArray(name);
    }
  }

  static ApiUnderTest start() throws Exception {
    ApiUnderTest api = new ApiUnderTest();
    api.open();
    return api;
  }

  private void open() throws Exception {
    registry = new DeviceRegistry();
    gateways = new GatewayRegistry();
    database = get(Database.open(vertx, uri, 4));
    store = get(Store.open(vertx, database, ZoneOffset.UTC, registry));
    sessions =
        get(
            SessionBook.open(
                vertx,
                database,
                store.directory(),
                SessionLimits.DEFAULT,
                System::currentTimeMillis));
    Authenticator authenticator =
        new Authenticator(store, sessions, new Passwords(vertx, BCRYPT_COST));
    get(authenticator.createFirstAdmin(ADMIN_PASSWORD));
    FenceIndex index = get(FenceBook.load(vertx, database, PresencePolicy.DEFAULT));
    fences =
        new FenceBook(
            vertx,
            database,
            PresencePolicy.DEFAULT,
            index,
            edited -> {
              adopted.add(edited);
              return Future.succeededFuture();
            });
    PolicyBook policies = get(PolicyBook.open(database, TrustPolicy.DEFAULT));
    policies.adoptedBy(
        policy -> {
          weighing.add(policy);
          return Future.succeededFuture();
        });
    List<Routes> routes =
        List.of(
            new AccountRoutes(store, authenticator),
            new SessionRoutes(sessions, store.directory()),
            new AuditRoutes(store.audit()),
            new TeamRoutes(store),
            new MemberRoutes(store, () -> DOORS),
            new GatewayRoutes(get(GatewayBook.open(database, gateways)), DOORS::tcp),
            new TrustRoutes(policies),
            new FenceRoutes(vertx, fences, new GeoJson(PresencePolicy.DEFAULT)));
    server =
        get(
            ApiRouter.openPartly(vertx, authenticator, routes, router -> {})
                .compose(
                    router ->
                        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1")));
    adminToken = login("admin", ADMIN_PASSWORD);
  }

  void restart() throws Exception {
    get(server.close());
    sessions.close();
    get(database.close());
    open();
  }

  String admin() {
    return adminToken;
  }

  String login(String user, String password) throws Exception {
    return call(
            null,
            "POST",
            "/v1/login",
            new JsonObject().put("username", user).put("password", password))
        .json()
        .getString("token");
  }

  /** Creates an account and logs in. */
  String user(String id, String role, @Nullable String member) throws Exception {
    JsonObject user =
        new JsonObject().put("id", id).put("role", role).put("password", "password-of-" + id);
    if (member != null) {
      user.put("member", member);
    }
    expect(201, call(adminToken, "POST", "/v1/users", user));
    return login(id, "password-of-" + id);
  }

  void team(String id, @Nullable String parent, String... managers) throws Exception {
    JsonObject team =
        new JsonObject()
            .put("name", "Team " + id)
            .put("managers", new JsonArray(List.of(managers)));
    if (parent != null) {
      team.put("parent", parent);
    }
    expect(200, call(adminToken, "PUT", "/v1/teams/" + id, team));
  }

  void member(String id, String team) throws Exception {
    expect(
        200,
        call(
            adminToken,
            "PUT",
            "/v1/members/" + id,
            new JsonObject().put("name", "Member " + id).put("team", team)));
  }

  Answer get(@Nullable String token, String path) throws Exception {
    return call(token, "GET", path, null);
  }

  Answer call(@Nullable String token, String method, String path, @Nullable JsonObject body)
      throws Exception {
    return send(
        token,
        method,
        path,
        body == null ? null : "application/json",
        body == null ? "" : body.encode());
  }

  /** A call with one more header. */
  Answer call(
      String token,
      String method,
      String path,
      @Nullable JsonObject body,
      String header,
      String value)
      throws Exception {
    String type = body == null ? null : "application/json";
    return send(token, method, path, type, body == null ? "" : body.encode(), header, value);
  }

  Answer send(
      @Nullable String token, String method, String path, @Nullable String contentType, String body)
      throws Exception {
    return send(token, method, path, contentType, body, "Accept", "application/json");
  }

  private Answer send(
      @Nullable String token,
      String method,
      String path,
      @Nullable String contentType,
      String body,
      String header,
      String value)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .timeout(Duration.ofSeconds(60))
            .header(header, value)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    String text = response.body();
    return new Answer(
        response.statusCode(), text.isEmpty() ? null : Json.decodeValue(text), response.headers());
  }

  /** An answer that isn't JSON. */
  String text(String token, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .header("Authorization", "Bearer " + token)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** The headers of an answer to a request with one. */
  java.net.http.HttpHeaders headers(String name, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/v1/me"))
            .header(name, value)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).headers();
  }

  /** The status line that an admin's request gets, for what no client would send. */
  String raw(String requestLine) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      String request =
          requestLine
              + "\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
              + adminToken
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(0, answer.indexOf('\r'));
    }
  }

  static Answer expect(int status, Answer answer) {
    if (answer.status() != status) {
      throw new AssertionError(
          "expected " + status + " but got " + answer.status() + ": " + answer.body());
    }
    return answer;
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  void stop() throws Exception {
    get(server.close());
    sessions.close();
    get(database.close());
    get(vertx.close());
  }
}
