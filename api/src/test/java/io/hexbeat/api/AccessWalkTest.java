package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation of the contract, asked by everyone, held against the one table of who may what:
 * {@code x-roles} and {@code x-scope} in openapi.yaml. Two teams: boss leads the north, other leads
 * the south, and all that is the south's has a name with zz- in it, which nobody of the north may
 * ever read.
 */
class AccessWalkTest {
  private static final String HIDDEN = "zz-";
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  /** A body that each operation takes; one that is added must say its own. */
  private static final Map<String, JsonObject> BODIES =
      Map.ofEntries(
          Map.entry("createUser", json("id", "new-user", "role", "admin", "password", "password")),
          Map.entry("putUser", json("role", "manager")),
          Map.entry("createTeam", json("id", "new-team", "name", "New")),
          Map.entry("putTeam", json("name", "Put")),
          Map.entry("createMember", json("id", "new-member", "name", "New", "team", "north")),
          Map.entry("putMember", json("name", "Put", "team", "north")),
          Map.entry("enrolDevice", new JsonObject()),
          Map.entry("editDevice", json("label", "Blue")),
          Map.entry("makeGateway", new JsonObject().put("devices", new JsonArray().add("d"))),
          Map.entry("putTrustPolicy", new JsonObject().put("version", 0)),
          Map.entry("putFence", fence()),
          Map.entry("importFences", fence()),
          Map.entry("updateAlert", json("status", "acknowledged")),
          Map.entry("assignAlert", json("user", "admin")),
          Map.entry("commentAlert", json("text", "Seen")),
          Map.entry("resolveAlert", json("resolution", "honest")),
          Map.entry("appealAlert", json("text", "It was me")),
          Map.entry("reopenAlert", json("note", "Once more")),
          Map.entry("createWebhook", webhook()),
          Map.entry("putWebhook", webhook()));

  /** Parameters without which an operation is not answered. */
  private static final Map<String, String> QUERIES =
      Map.of("fencesAt", "?lat=" + LAT + "&lng=" + LNG);

  @TempDir static Path data;
  private static TestServer server;
  private static Map<String, String> tokens;
  private static String device;
  private static ApiClient north;
  private static ApiClient south;
  private static JsonObject contract;

  private record Operation(String method, String path, JsonObject definition) {
    String id() {
      return definition.getString("operationId");
    }

    String scope() {
      return definition.getString("x-scope");
    }

    boolean allows(String role) {
      return definition.getJsonArray("x-roles").contains(role);
    }

    boolean isPhones() {
      return definition.getJsonArray("tags").contains("phones");
    }

    boolean isRead() {
      return method.equals("GET");
    }

    String at(String id) {
      return path.replace("{id}", id).replaceAll("\\{[a-z]+}", "nothing")
          + QUERIES.getOrDefault(id(), "");
    }

    JsonObject body() {
      if (!definition.containsKey("requestBody") || id().equals("login")) {
        return null;
      }
      JsonObject body = BODIES.get(id());
      assertNotNull(body, "this test needs a body for " + id());
      return body;
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    String uri = TestDatabase.uri();
    server = start(uri);
    ApiClient admin = login("admin", ServerProcess.ADMIN_PASSWORD);
    admin.putCircle("shop", LAT, LNG, 100);
    String northToken = admin.enrol("north", "ann", "phone-1");
    String southToken = admin.enrol("zz-south", "zz-sam", "zz-phone");
    user(admin, "boss", json("role", "manager"));
    user(admin, "zz-other", json("role", "manager"));
    user(admin, "ann", json("role", "member", "member", "ann"));
    user(admin, "gone", json("role", "manager"));
    admin.expect(200, "PUT", "/v1/teams/north", team("North", "boss"));
    admin.expect(200, "PUT", "/v1/teams/zz-south", team("zz-South", "zz-other"));
    String expired = "hbs_" + "e".repeat(32);
    addExpiredSession(uri, expired);
    String kept = login("boss", "password of boss").token();
    // What holds must hold after a restart, and what has run out must not come back by one.
    server.close();
    server = start(uri);
    device = northToken;
    north = ApiClient.bearer(server.device(), northToken);
    south = ApiClient.bearer(server.device(), southToken);
    ApiClient revoked = login("gone", "password of gone");
    revoked.expect(204, "DELETE", "/v1/sessions/current", null);
    tokens =
        Map.of(
            "expired",
            expired,
            "revoked",
            revoked.token(),
            "forged",
            "hbs_" + "x".repeat(32),
            "device",
            northToken,
            "member",
            login("ann", "password of ann").token(),
            "manager",
            kept,
            "other",
            login("zz-other", "password of zz-other").token(),
            "admin",
            login("admin", ServerProcess.ADMIN_PASSWORD).token());
    for (ApiClient phone : List.of(north, south)) {
      String name = phone == north ? "n" : "zz-p";
      phone.expect(200, "POST", "/v1/pings", fix(LAT, 60));
      phone.expect(200, "POST", "/v1/pings", fix(LAT, 30));
      phone.expect(200, "POST", "/v1/pings", fix(99, 20)); // goes to quarantine
      phone.expect(201, "POST", "/v1/punches", punch(name, false));
      phone.expect(201, "POST", "/v1/punches", punch(name + "-forged", true));
    }
    contract = as("admin").get("/openapi.json");
    until("/v1/alerts", "alerts", 2);
    until("/v1/quarantine", "records", 2);
    until("/v1/members/zz-sam/track", "features", 2);
    until("/v1/visits", "visits", 2);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static TestServer start(String uri) throws Exception {
    return TestServer.start(data, "--pg-uri", uri, "--set", "audit.reads_every=200ms");
  }

  private static ApiClient login(String user, String password) throws Exception {
    return ApiClient.login(server.api(), user, password);
  }

  private static void user(ApiClient admin, String id, JsonObject user) throws Exception {
    user.put("id", id).put("password", "password of " + id);
    admin.expect(201, "POST", "/v1/users", user);
  }

  private static JsonObject team(String name, String manager) {
    return new JsonObject().put("name", name).put("managers", new JsonArray().add(manager));
  }

  private static JsonObject json(String... namesAndValues) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return json;
  }

  private static JsonObject webhook() {
    return json("url", "https://example.com/")
        .put("events", new JsonArray().add("alert.opened"))
        .put("active", false);
  }

  private static JsonObject fence() {
    return new JsonObject()
        .put("type", "Feature")
        .put("properties", new JsonObject().put("name", "New").put("radius_m", 50))
        .put(
            "geometry",
            new JsonObject()
                .put("type", "Point")
                .put("coordinates", new JsonArray().add(10).add(10)));
  }

  private static JsonObject fix(double lat, int secondsAgo) {
    return new JsonObject()
        .put("lat", lat)
        .put("lng", LNG)
        .put("accuracy_m", 5)
        .put("fix_time", Instant.now().minusSeconds(secondsAgo).toString());
  }

  private static JsonObject punch(String id, boolean mock) {
    JsonObject punch = fix(LAT, 1).put("id", id).put("kind", "visit_in").put("mock", mock);
    return punch.put("at", Instant.now().toString());
  }

  private static void addExpiredSession(String uri, String token) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Database.open(vertx, uri, 1)
          .compose(
              database ->
                  database
                      .pool()
                      .query(
                          "insert into sessions select 's-expired', '"
                              + DeviceRegistry.hash(token)
                              + "', id, credentials_version, now() - interval '2 h',"
                              + " now() - interval '1 h', now() - interval '1 s', '127.0.0.1', null"
                              + " from users where id = 'boss'")
                      .execute()
                      .eventually(database::close))
          .toCompletionStage()
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static ApiClient as(String asker) {
    return ApiClient.bearer(server.api(), asker.equals("nobody") ? "" : tokens.get(asker));
  }

  /** Waits for the projection: each question is a fresh look. */
  private static void until(String path, String name, int rows) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (as("admin").get(path).getJsonArray(name).size() < rows) {
      assertTrue(System.nanoTime() < untilNs, path + " has no " + rows + " rows");
      Thread.onSpinWait();
    }
  }

  private static List<Operation> operations(Predicate<Operation> which) {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = contract.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        if (!method.equals("parameters")) {
          operations.add(
              new Operation(method.toUpperCase(Locale.ROOT), path, item.getJsonObject(method)));
        }
      }
    }
    return operations.stream().filter(which).toList();
  }

  private static HttpResponse<String> ask(String asker, Operation operation, String path)
      throws Exception {
    return as(asker).send(operation.method(), path, operation.body());
  }

  /** The answer without what differs by nature. */
  private static String told(HttpResponse<String> answer, String id) {
    return answer.statusCode() + " " + answer.body().replace(id, "ID");
  }

  @Test
  void shouldSayOfEveryOperationWhoMayCallItAndWhatTheySee() {
    Set<String> known =
        Set.of("none", "own", "member", "members", "team", "teams", "alert", "visit", "all");
    List<String> ids = operations(all -> true).stream().map(Operation::id).toList();
    assertEquals(ids.size(), ids.stream().distinct().count());
    for (Operation operation : operations(all -> true)) {
      assertTrue(known.contains(operation.scope()), operation + " has no x-scope");
      assertFalse(operation.definition().getJsonArray("x-roles").isEmpty(), operation + " x-roles");
      assertTrue(operation.definition().containsKey("summary"), operation.toString());
      assertTrue(operation.definition().containsKey("responses"), operation.toString());
      if (operation.scope().equals("all")) {
        assertFalse(operation.allows("manager") || operation.allows("member"), operation + " all");
      }
    }
  }

  @Test
  void shouldRefuseEveryOperationWithoutAValidToken() throws Exception {
    for (String asker : List.of("nobody", "forged", "expired", "revoked", "device")) {
      for (Operation operation : operations(each -> !each.allows("anyone"))) {
        HttpResponse<String> answer = ask(asker, operation, operation.at("nobody"));
        assertEquals(401, answer.statusCode(), asker + " " + operation);
        assertEquals("Bearer", answer.headers().firstValue("www-authenticate").orElse(""));
        assertEquals(
            "application/problem+json", answer.headers().firstValue("content-type").orElse(""));
      }
    }
  }

  @Test
  void shouldLetInTheRolesOfAnOperationAndNoOther() throws Exception {
    Map<String, String> roles =
        Map.of("member", "member", "manager", "manager", "other", "manager", "admin", "admin");
    for (Map.Entry<String, String> asker : roles.entrySet()) {
      for (Operation operation :
          operations(each -> !each.allows("anyone") && !each.id().equals("endSessions"))) {
        int status = ask(asker.getKey(), operation, operation.at("nobody")).statusCode();
        String what = asker.getKey() + " " + operation + " " + status;
        if (operation.allows(asker.getValue())) {
          assertFalse(status == 401 || status == 403 || status >= 500, what);
        } else {
          assertEquals(403, status, what);
        }
      }
    }
  }

  @Test
  void shouldTakePhonesByTheirTokensOnlyAndOnTheirPortOnly() throws Exception {
    for (Operation operation : operations(Operation::isPhones)) {
      for (String asker : List.of("forged", "manager", "admin")) {
        ApiClient client = ApiClient.bearer(server.device(), tokens.get(asker));
        int status = phone(client, operation, "{}");
        assertEquals(401, status, asker + " " + operation);
      }
      ApiClient phone = ApiClient.bearer(server.device(), device);
      assertFalse(phone(phone, operation, "[]") == 401);
    }
  }

  private static int phone(ApiClient client, Operation operation, String body) throws Exception {
    return client
        .send(operation.method(), operation.path(), operation.isRead() ? null : body)
        .statusCode();
  }

  @Test
  void shouldAnswerWhatIsHiddenAsIfItWereNotThere() throws Exception {
    String alert =
        as("other").get("/v1/alerts").getJsonArray("alerts").getJsonObject(0).getString("id");
    String visit =
        as("other").get("/v1/visits").getJsonArray("visits").getJsonObject(0).getString("id");
    Map<String, String> hidden =
        Map.of("member", "zz-sam", "team", "zz-south", "alert", alert, "visit", visit);
    int asked = 0;
    for (Operation operation : operations(each -> hidden.containsKey(each.scope()))) {
      String there = hidden.get(operation.scope());
      for (String asker : List.of("member", "manager")) {
        if (!operation.allows(asker)) {
          continue;
        }
        HttpResponse<String> notYours = ask(asker, operation, operation.at(there));
        HttpResponse<String> notThere = ask(asker, operation, operation.at("nobody"));
        assertEquals(404, notYours.statusCode(), asker + " " + operation);
        assertEquals(told(notThere, "nobody"), told(notYours, there), asker + " " + operation);
        asked++;
      }
      for (String asker : List.of("other", "admin")) {
        if (operation.isRead() && operation.allows(asker.equals("other") ? "manager" : asker)) {
          assertEquals(200, ask(asker, operation, operation.at(there)).statusCode(), asker);
        }
      }
    }
    assertTrue(asked >= 12, "asked=" + asked);
  }

  @Test
  void shouldLeaveOutRowsOfOthers() throws Exception {
    for (Operation operation :
        operations(each -> each.isRead() && Set.of("members", "teams").contains(each.scope()))) {
      for (String asker : List.of("member", "manager")) {
        if (operation.allows(asker)) {
          HttpResponse<String> answer = ask(asker, operation, operation.at(""));
          assertEquals(200, answer.statusCode(), asker + " " + operation);
          assertFalse(answer.body().contains(HIDDEN), asker + " " + operation + answer.body());
          assertTrue(
              answer.body().contains("ann") || answer.body().contains("north"),
              asker + " " + operation + answer.body());
        }
      }
      for (String asker : List.of("other", "admin")) {
        String body = ask(asker, operation, operation.at("")).body();
        assertTrue(body.contains(HIDDEN), asker + " " + operation + " " + body);
      }
      boolean byTeam = operation.definition().encode().contains("parameters/team\"");
      if (byTeam) {
        assertEquals(
            told(ask("manager", operation, operation.path() + "?team=nobody"), "nobody"),
            told(ask("manager", operation, operation.path() + "?team=zz-south"), "zz-south"),
            operation.toString());
      }
    }
  }

  @Test
  void shouldTellNothingOfOthersWhereNothingIsAboutPeople() throws Exception {
    for (Operation operation :
        operations(
            each ->
                each.isRead()
                    && !each.isPhones()
                    && Set.of("none", "own").contains(each.scope()))) {
      for (String asker : List.of("nobody", "member", "manager")) {
        boolean open = operation.allows("anyone") || operation.allows(asker);
        HttpResponse<String> answer = ask(asker, operation, operation.at("shop"));
        assertEquals(open ? 200 : 401, answer.statusCode(), asker + " " + operation);
        assertFalse(answer.body().contains(HIDDEN), asker + " " + operation);
      }
    }
  }

  @Test
  void shouldKeepSessionsApart() throws Exception {
    String theirs =
        as("other").get("/v1/sessions").getJsonArray("sessions").getJsonObject(0).getString("id");
    HttpResponse<String> notYours = as("manager").send("DELETE", "/v1/sessions/" + theirs, null);
    HttpResponse<String> notThere = as("manager").send("DELETE", "/v1/sessions/s-none", null);
    assertEquals(404, notYours.statusCode());
    assertEquals(told(notThere, "s-none"), told(notYours, theirs));
    as("other").get("/v1/me");
  }

  /** A reader of the live socket and all that it was told. */
  private static final class Reader implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder all = new StringBuilder();
    private WebSocket socket;

    static Reader open(String token, String subscribe) throws Exception {
      Reader reader = new Reader();
      reader.socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + server.api().getPort() + "/v1/live"), reader)
              .get(20, TimeUnit.SECONDS);
      reader.socket.sendText(subscribe, true).get(20, TimeUnit.SECONDS);
      return reader;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        all.append(text);
        frames.add(new JsonObject(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.add(code);
      return null;
    }

    void await(Predicate<JsonObject> wanted) throws Exception {
      while (true) {
        JsonObject frame = frames.poll(20, TimeUnit.SECONDS);
        assertNotNull(frame, "no such frame within 20 s");
        if (wanted.test(frame)) {
          return;
        }
      }
    }
  }

  @Test
  void shouldShowNobodyOfAnotherTeamInAnyFrame() throws Exception {
    String everything = "{\"type\":\"subscribe\",\"rate_hz\":20}";
    Reader boss = Reader.open(tokens.get("manager"), everything);
    Reader ann = Reader.open(tokens.get("member"), everything);
    Reader admin = Reader.open(tokens.get("admin"), everything);
    for (Reader reader : List.of(boss, ann, admin)) {
      reader.await(frame -> frame.getString("type").equals("snapshot"));
    }
    for (ApiClient phone : List.of(south, north)) {
      String name = phone == north ? "live" : "zz-live";
      phone.expect(200, "POST", "/v1/pings", fix(LAT + 0.01, 0));
      phone.expect(200, "POST", "/v1/pings", fix(LAT + 0.0101, -1));
      phone.expect(201, "POST", "/v1/punches", punch(name, true));
    }
    for (Reader reader : List.of(boss, ann, admin)) {
      reader.await(
          frame ->
              "punch".equals(frame.getString("type")) && "ann".equals(frame.getString("member")));
    }
    assertTrue(admin.all.toString().contains("zz-sam"));
    for (String type : List.of("positions", "transition", "punch", "alert")) {
      assertTrue(admin.all.toString().contains("\"type\":\"" + type + "\""), type);
    }
    assertFalse(boss.all.toString().contains(HIDDEN), boss.all.toString());
    assertFalse(ann.all.toString().contains(HIDDEN), ann.all.toString());
    List<String> refused = new ArrayList<>();
    for (String member : List.of("zz-sam", "nobody")) {
      boss.socket
          .sendText("{\"type\":\"subscribe\",\"members\":[\"" + member + "\"]}", true)
          .get(20, TimeUnit.SECONDS);
      boss.await(
          frame ->
              frame.getString("type").equals("error")
                  && refused.add(frame.encode().replace(member, "ID")));
    }
    assertEquals(refused.get(0), refused.get(1));
    List.of(boss, ann, admin).forEach(reader -> reader.socket.abort());
  }

  @Test
  void shouldCloseTheSocketsOfASessionThatIsEnded() throws Exception {
    ApiClient admin = as("admin");
    ApiClient victim = login("zz-other", "password of zz-other");
    ApiClient bystander = login("zz-other", "password of zz-other");
    String subscribe = "{\"type\":\"subscribe\"}";
    Reader ended = Reader.open(victim.token(), subscribe);
    Reader stays = Reader.open(bystander.token(), subscribe);
    ended.await(frame -> frame.getString("type").equals("snapshot"));
    stays.await(frame -> frame.getString("type").equals("snapshot"));
    JsonArray sessions = victim.get("/v1/sessions").getJsonArray("sessions");
    String id =
        sessions.stream()
            .map(JsonObject.class::cast)
            .filter(session -> session.getBoolean("current"))
            .findFirst()
            .orElseThrow()
            .getString("id");
    admin.expect(204, "DELETE", "/v1/users/zz-other/sessions/" + id, null);
    assertEquals(4401, ended.closed.poll(20, TimeUnit.SECONDS));
    victim.expect(401, "GET", "/v1/me", null);
    bystander.expect(200, "GET", "/v1/me", null);
    assertTrue(stays.closed.isEmpty());
    stays.socket.abort();
  }

  @Test
  void shouldAuditWhoReadWhereMembersWere() throws Exception {
    ApiClient reader = login("boss", "password of boss");
    for (int i = 0; i < 3; i++) {
      reader.get("/v1/positions");
      reader.get("/v1/members/ann/track");
    }
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    String path = "/v1/audit?user=boss&member=ann&action=read.track";
    JsonArray entries = new JsonArray();
    while (entries.isEmpty()) {
      assertTrue(System.nanoTime() < untilNs, "no row of the read");
      entries = as("admin").get(path).getJsonArray("entries");
    }
    JsonObject entry = entries.getJsonObject(0);
    assertEquals(new JsonArray().add("ann"), entry.getJsonArray("members"));
    assertEquals(1, entry.getInteger("members_count"));
    assertTrue(as("admin").get("/v1/audit/verify").getBoolean("intact"));
    JsonObject none = as("admin").get("/v1/audit?user=boss&member=zz-sam&action=read");
    assertEquals(new JsonArray(), none.getJsonArray("entries"));
  }
}
