package io.hexbeat.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.alerts.AlertDesk;
import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.auth.Passwords;
import io.hexbeat.api.live.LiveLimits;
import io.hexbeat.api.live.LiveParts;
import io.hexbeat.api.live.LiveStats;
import io.hexbeat.api.live.MemberStates;
import io.hexbeat.api.live.OpenAlerts;
import io.hexbeat.api.live.PositionRoutes;
import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.TestJournal;
import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.MemberBook;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.SessionLimits;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TeamBook;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.store.UserBook;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read: from a real journal through the projector to the answers of a real server. */
class ReadRoutesTest {
  private static final long NOON_MS = 1_795_262_400_000L;
  private static final String NOON = "2026-11-21T12:00:0%d.000Z";

  private static final int CARLS_FIXES = 1_005;

  @TempDir static Path journalDir;
  private static final LiveBoard BOARD = new LiveBoard();
  private static final List<String> ANSWERED = new ArrayList<>();
  private static final Map<String, String> TOKENS = new HashMap<>();
  private static Vertx vertx;
  private static Database database;
  private static Store store;
  private static ReadLog reads;
  private static TestJournal journal;
  private static Projector projector;
  private static HttpServer server;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    database = TestDatabase.open(vertx);
    store = get(Store.open(vertx, database, ZoneOffset.UTC, new DeviceRegistry()));
    SessionBook sessions =
        get(
            SessionBook.open(
                vertx,
                database,
                store.directory(),
                SessionLimits.DEFAULT,
                System::currentTimeMillis));
    Authenticator authenticator = new Authenticator(store, sessions, new Passwords(vertx, 4));
    reads = ReadLog.open(vertx, database, Duration.ofHours(1), System::currentTimeMillis);
    String hash = get(authenticator.hashPassword("password"));
    user("root", Role.ADMIN, hash);
    user("mia", Role.MANAGER, hash);
    get(
        store
            .teams()
            .create(Actor.SERVER, new TeamBook.Edit("north", "North", null, List.of("mia"))));
    get(store.teams().create(Actor.SERVER, new TeamBook.Edit("south", "South", null, List.of())));
    int ann = member("ann", "north");
    int bob = member("bob", "south");
    int carl = member("carl", "south");
    get(
        database
            .pool()
            .query(
                "insert into fences (id, name, geometry, west, south, east, north, index_version,"
                    + " updated_by) values ('shop', 'Shop', '{}', 0, 0, 0, 0, 1, 'root')")
            .execute());
    get(
        database
            .pool()
            .preparedQuery(
                "insert into devices (handle, id, member, token_hash)"
                    + " overriding system value values ($1, 'bobs', $1, 'none')")
            .execute(Tuple.of(bob)));
    openServer(authenticator);
    for (String user : List.of("root", "mia")) {
      JsonObject login = new JsonObject().put("username", user).put("password", "password");
      TOKENS.put(user, send(null, "POST", "/v1/login", login).getString("token"));
    }
    journal = TestJournal.open(journalDir, 1);
    write(ann, bob);
    walk(carl);
    projector = new Projector(vertx, database.pool(), 1, journal::tailer, Clock.systemUTC());
    get(projector.start());
    get(projector.awaitCaughtUp());
  }

  private static void openServer(Authenticator authenticator) throws Exception {
    OpenAlerts openAlerts = new OpenAlerts(Clock.systemUTC());
    LiveParts parts =
        new LiveParts(
            BOARD,
            store.directory(),
            authenticator::authenticate,
            fence -> "shop",
            openAlerts,
            new MemberStates(openAlerts, fence -> true, Clock.systemUTC()),
            new LiveStats(),
            reads,
            LiveLimits.DEFAULT);
    List<Routes> routes =
        List.of(
            new AccountRoutes(store, authenticator),
            new PositionRoutes(parts, reads),
            new HistoryRoutes(database.pool(), store.directory(), reads),
            new AlertRoutes(
                database.pool(),
                store.directory(),
                new AlertDesk(
                    database.pool(),
                    store.directory(),
                    new Outbox(Clock.systemUTC(), Duration.ZERO),
                    Clock.systemUTC(),
                    (alert, step) -> ANSWERED.add(alert.id() + " " + alert.status().code())),
                reads),
            new QuarantineRoutes(database.pool(), store.directory(), reads));
    Router router = get(ApiRouter.openPartly(vertx, authenticator, routes, plain -> {}));
    server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  private static void write(int ann, int bob) {
    for (FixOrder order : FixOrder.values()) {
      int second = order.code();
      journal.ping(
          0,
          ann,
          NOON_MS + second * 1000L,
          order,
          ping -> {
            ping.fixTimeMs(NOON_MS + second * 1000L).accuracyCm(1_250);
            if (order != FixOrder.HEARTBEAT) {
              ping.position(302_000_000 + second, -977_000_000);
            }
          },
          decision ->
              decision
                  .change(1, ChangeKind.ENTER.code(), false, NOON_MS + second * 1000L)
                  .change(1, ChangeKind.EXIT_PENDING.code(), false, NOON_MS));
    }
    for (int i = 0; i < 3; i++) {
      punch(ann, "a" + i, i);
      punch(bob, "b" + i, i);
    }
    journal.refused(0, bob, NOON_MS, "position /lat is no number", TestJournal.utf8("lat=north"));
    journal.refused(0, ann, NOON_MS + 1, "not_json  is no JSON", new byte[] {0, (byte) 0xff});
    journal.refused(0, ann, NOON_MS + 2, "position /lat is too far north", TestJournal.utf8("{}"));
    journal.raw(0, new byte[] {9});
    for (int member : new int[] {ann, bob}) {
      PingRecord fix =
          new PingRecord()
              .wrapNew(new byte[PingRecord.HEADER_BYTES], 0, 9, member, NOON_MS)
              .position(302_000_000 + member * 10_000_000, -977_000_000);
      BOARD.slot(member).moved(9, fix, new int[] {1});
    }
  }

  /** More fixes than a page has unless asked for more. */
  private static void walk(int member) {
    for (int i = 0; i < CARLS_FIXES; i++) {
      long timeMs = NOON_MS + i * 1_000L;
      journal.ping(
          0,
          member,
          timeMs,
          FixOrder.APPLIED,
          ping -> ping.fixTimeMs(timeMs).position(302_000_000, -977_000_000),
          decision -> {});
    }
  }

  private static void punch(int member, String id, int second) {
    JsonObject alert =
        new JsonObject()
            .put("id", "al-" + id)
            .put("device", "d")
            .put("kind", second == 0 ? "TELEPORT" : "FROZEN")
            .put("severity", "critical")
            .put("score", 90)
            .put("raised_at", NOON.formatted(second))
            .put("evidence", new JsonObject().put("n", second));
    journal.punch(
        0,
        member,
        NOON_MS + second * 1000L,
        id,
        new JsonObject().put("id", id).put("verdict", "verified").encode(),
        new JsonArray().add(alert).encode());
  }

  @AfterAll
  static void stop() throws Exception {
    get(projector.stop());
    journal.close();
    get(server.close());
    get(database.close());
    get(vertx.close());
  }

  @Test
  void shouldAnswerATrackInTheOrderOfTimeAndInPages() throws Exception {
    List<String> orders = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonObject page = ask("mia", "/v1/members/ann/track?limit=2" + cursor);
      assertEquals("FeatureCollection", page.getString("type"));
      for (Object feature : page.getJsonArray("features")) {
        JsonObject properties = ((JsonObject) feature).getJsonObject("properties");
        orders.add(properties.getString("order") + " " + properties.getString("fix_time"));
      }
      String next = page.getString("next_cursor");
      cursor = next == null ? null : "&cursor=" + next;
      pages++;
    }
    assertEquals(
        List.of(
            "applied " + NOON.formatted(0),
            "stale " + NOON.formatted(1),
            "inaccurate " + NOON.formatted(4),
            "future " + NOON.formatted(5)),
        orders);
    assertEquals(2, pages);
    JsonObject first =
        ask("mia", "/v1/members/ann/track?to=" + NOON.formatted(1))
            .getJsonArray("features")
            .getJsonObject(0);
    assertEquals(
        new JsonArray().add(-97.7).add(30.2),
        first.getJsonObject("geometry").getJsonArray("coordinates"));
    assertEquals(12.5, first.getJsonObject("properties").getDouble("accuracy_m"));
  }

  @Test
  void shouldAnswerPublicTransitionsWithTheFencesId() throws Exception {
    JsonArray transitions =
        ask("mia", "/v1/members/ann/transitions?from=" + NOON.formatted(4))
            .getJsonArray("transitions");
    assertEquals(2, transitions.size());
    JsonObject first = transitions.getJsonObject(0);
    assertEquals("shop", first.getString("fence"));
    assertEquals("enter", first.getString("kind"));
    assertEquals(NOON.formatted(4), first.getString("at"));
    assertEquals(false, first.getBoolean("inferred"));
  }

  @Test
  void shouldAnswerPunchesNewestFirstAndOnlyThoseOfVisibleMembers() throws Exception {
    assertEquals(List.of("a2", "a1", "a0"), ids(ask("mia", "/v1/punches"), "punches"));
    assertEquals(List.of("b2", "a2"), ids(ask("root", "/v1/punches?limit=2"), "punches"));
    assertEquals(
        List.of("b1", "b0"),
        ids(ask("root", "/v1/punches?team=south&to=" + NOON.formatted(2)), "punches"));
    assertEquals(List.of(), ids(ask("root", "/v1/punches?verdict=invalid"), "punches"));
    assertEquals(List.of("a2", "a1", "a0"), ids(ask("mia", "/v1/members/ann/punches"), "punches"));
    JsonObject punch = ask("mia", "/v1/punches").getJsonArray("punches").getJsonObject(0);
    assertEquals("ann", punch.getString("member"));
    assertEquals("north", punch.getString("team"));
    assertEquals("visit_in", punch.getString("kind"));
    assertEquals("verified", punch.getString("verdict"));
    assertEquals("hello", punch.getJsonObject("attributes").getString("note"));
  }

  @Test
  void shouldHideMembersOfOtherTeams() throws Exception {
    for (String what : List.of("track", "transitions", "punches")) {
      assertEquals(404, status("mia", "GET", "/v1/members/bob/" + what, null));
      assertEquals(404, status("root", "GET", "/v1/members/nobody/" + what, null));
    }
    assertEquals(400, status("mia", "GET", "/v1/punches?team=south", null));
    assertEquals(403, status("mia", "GET", "/v1/quarantine", null));
  }

  @Test
  void shouldLetManagersAnswerTheAlertsOfTheirTeams() throws Exception {
    assertEquals(List.of("al-a1", "al-a0"), ids(ask("mia", "/v1/alerts?team=north"), "alerts"));
    assertEquals(List.of("al-a0"), ids(ask("mia", "/v1/alerts?kind=TELEPORT"), "alerts"));
    JsonObject decision = new JsonObject().put("status", "dismissed").put("note", "was a tunnel");
    JsonObject alert = send("mia", "PATCH", "/v1/alerts/al-a1", decision);
    assertEquals("resolved", alert.getString("status"));
    assertEquals("honest", alert.getString("resolution"));
    assertEquals(2, alert.getInteger("occurrence_count"));
    assertEquals("was a tunnel", alert.getString("note"));
    assertEquals("mia", alert.getString("status_by"));
    assertEquals("ann", alert.getString("member"));
    assertEquals(1, alert.getJsonObject("evidence").getInteger("n"));
    assertTrue(ANSWERED.contains("al-a1 resolved"));
    assertEquals(List.of("al-a1"), ids(ask("mia", "/v1/alerts?status=resolved"), "alerts"));

    assertEquals(404, status("mia", "PATCH", "/v1/alerts/al-b1", decision));
    assertEquals(404, status("root", "PATCH", "/v1/alerts/al-none", decision));
    assertEquals(
        400, status("mia", "PATCH", "/v1/alerts/al-a1", new JsonObject().put("status", "gone")));
  }

  @Test
  void shouldShowAdministratorsTheQuarantine() throws Exception {
    JsonObject record = records("?code=position").get(1);
    assertEquals("door", record.getString("source"));
    assertEquals("position", record.getString("code"));
    assertEquals("position /lat is no number", record.getString("reason"));
    assertEquals("lat=north", record.getString("payload"));
    assertEquals("bob", record.getString("member"));
    assertEquals("AP8=", records("?code=not_json").get(0).getString("payload_base64"));
    assertEquals("projector", records("?code=not_stored").get(0).getString("source"));
  }

  @Test
  void shouldFindInTheQuarantineByCodeDeviceAndTime() throws Exception {
    assertEquals(4, records("").size());
    assertEquals(2, records("?code=position").size());
    assertEquals(0, records("?code=encrypted").size());
    assertEquals(1, records("?device=bobs").size());
    assertEquals(0, records("?device=nobodys").size());
    String noon = "?from=" + NOON.formatted(0) + "&to=" + NOON.formatted(1);
    assertEquals(3, records(noon).size());

    JsonObject page = ask("root", "/v1/quarantine?code=position&limit=1");
    assertEquals(1, page.getJsonArray("records").size());
    String next = "?code=position&limit=1&cursor=" + page.getString("next_cursor");
    assertEquals("bob", records(next).get(0).getString("member"));

    JsonArray counts = ask("root", "/v1/quarantine/counts").getJsonArray("counts");
    assertEquals(
        "[{\"code\":\"position\",\"records\":2},{\"code\":\"not_json\",\"records\":1},"
            + "{\"code\":\"not_stored\",\"records\":1}]",
        counts.encode());
    assertEquals(1, ask("root", "/v1/quarantine/counts?device=bobs").getJsonArray("counts").size());
    assertEquals(403, status("mia", "GET", "/v1/quarantine/counts", null));
  }

  private static List<JsonObject> records(String query) throws Exception {
    return ask("root", "/v1/quarantine" + query).getJsonArray("records").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  @Test
  void shouldShowBytesAsTextWhereTheyAreText() {
    byte[] text = "纬度=北".getBytes(StandardCharsets.UTF_8);
    byte[] cut = Arrays.copyOf(text, text.length - 1);

    assertEquals("纬度=北", QuarantineRoutes.textOrNull(text, false));
    assertEquals("纬度=", QuarantineRoutes.textOrNull(cut, true));
    assertNull(QuarantineRoutes.textOrNull(cut, false));
    assertNull(QuarantineRoutes.textOrNull(new byte[] {1, 0, 2}, false));
    assertEquals("", QuarantineRoutes.textOrNull(new byte[0], true));
  }

  @Test
  void shouldRefusePeriodsAndCursorsThatAreNone() throws Exception {
    String from = "from=" + NOON.formatted(2);
    for (String query :
        List.of("?from=yesterday", "?" + from + "&to=" + NOON.formatted(1), "?cursor=abc")) {
      assertEquals(400, status("mia", "GET", "/v1/members/ann/track" + query, null), query);
      assertEquals(400, status("mia", "GET", "/v1/alerts" + query, null), query);
    }
  }

  @Test
  void shouldGiveLongPagesOfTracksAndPositionsOnly() throws Exception {
    JsonObject track = ask("root", "/v1/members/carl/track");
    assertEquals(1_000, track.getJsonArray("features").size());
    assertEquals(
        CARLS_FIXES,
        ask("root", "/v1/members/carl/track?limit=10000").getJsonArray("features").size());
    assertEquals(2, members(ask("root", "/v1/positions?limit=10000")).size());
    for (String path : List.of("/v1/positions", "/v1/members/carl/track")) {
      assertEquals(400, status("root", "GET", path + "?limit=10001", null), path);
    }
    assertEquals(400, status("root", "GET", "/v1/punches?limit=1001", null));
  }

  @Test
  void shouldAnswerTheLatestPositionsByTeamBoxAndPage() throws Exception {
    assertEquals(List.of("ann"), members(ask("mia", "/v1/positions")));
    assertEquals(List.of("ann", "bob"), members(ask("root", "/v1/positions")));
    assertEquals(List.of("bob"), members(ask("root", "/v1/positions?team=south")));
    assertEquals(List.of(), members(ask("root", "/v1/positions?bbox=1,1,2,2")));
    assertEquals(List.of("ann", "bob"), members(ask("root", "/v1/positions?bbox=-98,0,-97,60")));
    JsonObject page = ask("root", "/v1/positions?limit=1");
    assertEquals(List.of("ann"), members(page));
    JsonObject next = ask("root", "/v1/positions?cursor=" + page.getString("next_cursor"));
    assertEquals(List.of("bob"), members(next));
    assertNull(next.getString("next_cursor"));
    JsonObject position = next.getJsonArray("positions").getJsonObject(0);
    assertEquals(new JsonArray().add("shop"), position.getJsonArray("fences"));
    assertEquals(400, status("root", "GET", "/v1/positions?bbox=1,2,3,-4", null));
  }

  private static List<String> ids(JsonObject page, String list) {
    return page.getJsonArray(list).stream().map(row -> ((JsonObject) row).getString("id")).toList();
  }

  private static List<String> members(JsonObject page) {
    return page.getJsonArray("positions").stream()
        .map(row -> ((JsonObject) row).getString("member"))
        .toList();
  }

  private static void user(String id, Role role, String hash) throws Exception {
    get(store.users().create(Actor.SERVER, new UserBook.Edit(id, null, role, null), hash));
  }

  private static int member(String id, String team) throws Exception {
    Directory.Member member =
        get(store.members().create(Actor.SERVER, new MemberBook.Edit(id, id, team, null)));
    return member.handle();
  }

  private static JsonObject ask(String user, String path) throws Exception {
    return send(user, "GET", path, null);
  }

  private static JsonObject send(String user, String method, String path, JsonObject body)
      throws Exception {
    HttpResponse<String> response = exchange(user, method, path, body);
    assertEquals(200, response.statusCode(), response.body());
    return new JsonObject(response.body());
  }

  private static int status(String user, String method, String path, JsonObject body)
      throws Exception {
    return exchange(user, method, path, body).statusCode();
  }

  private static HttpResponse<String> exchange(
      String user, String method, String path, JsonObject body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .timeout(Duration.ofSeconds(30));
    if (user != null) {
      request.header("Authorization", "Bearer " + TOKENS.get(user));
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body.encode()));
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
