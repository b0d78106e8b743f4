package io.hexbeat.api.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.MemberBook;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TeamBook;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.store.UserBook;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.live.LiveEvent;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveSocketTest {
  private static final LiveLimits QUICK =
      new LiveLimits(
          10,
          5,
          3,
          16 * 1024,
          Duration.ofMillis(200),
          Duration.ofSeconds(20),
          Duration.ofMillis(50));

  private static Vertx vertx;
  private static Database database;
  private static Store store;
  private static ReadLog reads;

  private final LiveBoard board = new LiveBoard();
  private final LiveStats stats = new LiveStats();
  private final List<Client> clients = new ArrayList<>();
  private int port;
  private String deployment = "";
  private WebSocketClient connector;
  private int ann;
  private int bob;

  /** The API's side of the socket, on an event loop of its own. */
  private static final class Door extends VerticleBase {
    private final LiveParts parts;
    private HttpServer server;
    private LiveSocket socket;

    Door(LiveParts parts) {
      this.parts = parts;
    }

    @Override
    public Future<?> start() {
      socket = LiveSocket.open(context, parts);
      Router router = Router.router(vertx);
      router
          .get("/v1/live")
          .handler(socket)
          .failureHandler(failed -> ((Problem) failed.failure()).send(failed));
      server = vertx.createHttpServer().requestHandler(router);
      return server.listen(0, "127.0.0.1");
    }

    @Override
    public Future<?> stop() {
      socket.close();
      return server.close();
    }
  }

  /** A manager's browser. */
  private static final class Client {
    private final WebSocket socket;
    private final BlockingQueue<JsonObject> frames = new ArrayBlockingQueue<>(100_000);

    Client(WebSocket socket) {
      this.socket = socket;
      socket.textMessageHandler(text -> frames.add(new JsonObject(text)));
    }

    Client send(String text) {
      await(socket.writeTextMessage(text));
      return this;
    }

    JsonObject next() {
      try {
        JsonObject frame = frames.poll(30, TimeUnit.SECONDS);
        assertNotNull(frame, "no frame within 30 s");
        return frame;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    JsonObject next(String type) {
      JsonObject frame = next();
      while (!type.equals(frame.getString("type"))) {
        frame = next();
      }
      return frame;
    }

    List<String> nextMembers(String type) {
      List<String> members = new ArrayList<>();
      JsonArray positions = next(type).getJsonArray("positions");
      for (int i = 0; i < positions.size(); i++) {
        members.add(positions.getJsonObject(i).getString("member"));
      }
      members.sort(null);
      return members;
    }
  }

  @BeforeAll
  static void openStore() throws Exception {
    vertx = Vertx.vertx();
    database = TestDatabase.open(vertx);
    store = await(Store.open(vertx, database, ZoneOffset.UTC, new DeviceRegistry()));
    reads = ReadLog.open(vertx, database, Duration.ofHours(1), System::currentTimeMillis);
    await(
        store
            .users()
            .create(Actor.SERVER, new UserBook.Edit("admin", null, Role.ADMIN, null), "x"));
    await(
        store
            .users()
            .create(Actor.SERVER, new UserBook.Edit("mia", null, Role.MANAGER, null), "x"));
    await(
        store
            .teams()
            .create(Actor.SERVER, new TeamBook.Edit("north", "North", null, List.of("mia"))));
    await(
        store
            .teams()
            .create(Actor.SERVER, new TeamBook.Edit("north-1", "North 1", "north", List.of())));
    await(store.teams().create(Actor.SERVER, new TeamBook.Edit("south", "South", null, List.of())));
    await(store.members().create(Actor.SERVER, new MemberBook.Edit("ann", "Ann", "north-1", null)));
    await(store.members().create(Actor.SERVER, new MemberBook.Edit("bob", "Bob", "south", null)));
    await(
        store
            .users()
            .create(Actor.SERVER, new UserBook.Edit("ann-user", null, Role.MEMBER, "ann"), "x"));
  }

  @AfterAll
  static void closeStore() {
    await(reads.close());
    await(database.close());
    await(vertx.close());
  }

  @BeforeEach
  void open() {
    ann = handle("ann");
    bob = handle("bob");
    OpenAlerts alerts = new OpenAlerts(Clock.systemUTC());
    LiveParts parts =
        new LiveParts(
            board,
            store.directory(),
            LiveSocketTest::authenticate,
            fence -> fence == 404 ? null : "fence-" + fence,
            alerts,
            new MemberStates(alerts, fence -> true, Clock.systemUTC()),
            stats,
            reads,
            QUICK);
    Door door = new Door(parts);
    deployment = await(vertx.deployVerticle(door));
    port = door.server.actualPort();
    connector =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(1 << 20).setMaxMessageSize(16 << 20));
  }

  @AfterEach
  void close() {
    await(vertx.undeploy(deployment));
    await(connector.close());
  }

  @Test
  void shouldSendOneSnapshotAndThenWhatIsNew() {
    move(ann, 302_000_000, -977_000_000);
    Client client = connect("admin").send("{\"type\":\"subscribe\"}");
    JsonObject snapshot = client.next();
    assertEquals("snapshot", snapshot.getString("type"));
    JsonObject position = snapshot.getJsonArray("positions").getJsonObject(0);
    assertEquals("ann", position.getString("member"));
    assertEquals("north-1", position.getString("team"));
    assertEquals(30.2, position.getDouble("lat"));
    assertEquals(-97.7, position.getDouble("lng"));
    assertEquals(8.5, position.getDouble("accuracy_m"));
    assertEquals(1.33, position.getDouble("speed_mps"));
    assertFalse(position.containsKey("bearing_deg"));
    assertEquals(new JsonArray().add("fence-5"), position.getJsonArray("fences"));
    assertEquals("at_site", position.getString("state"));
    assertTrue(position.getString("fix_time").matches("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{3}Z"));

    move(bob, 303_000_000, -978_000_000);
    assertEquals(List.of("bob"), client.nextMembers("positions"));
  }

  @Test
  void shouldAskForAWebSocketInTheWordsOfTheProtocol() {
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
      HttpClientResponse answer =
          await(
              client
                  .request(HttpMethod.GET, port, "127.0.0.1", "/v1/live")
                  .compose(HttpClientRequest::send));
      assertEquals(version, answer.version());
      assertEquals(426, answer.statusCode());
      assertEquals(
          version == HttpVersion.HTTP_1_1 ? "websocket" : null, answer.getHeader("Upgrade"));
      await(client.close());
    }
  }

  @Test
  void shouldConflateToTheNewestPositionAtTheRateAskedFor() {
    Client client = connect("admin").send("{\"type\":\"subscribe\",\"rate_hz\":2}");
    client.next("snapshot");
    long startNs = System.nanoTime();
    int last = 0;
    while (System.nanoTime() - startNs < 1_500_000_000L) {
      last += 10;
      move(ann, last, 0);
    }
    List<Double> latitudes = new ArrayList<>();
    do {
      latitudes.add(
          client.next("positions").getJsonArray("positions").getJsonObject(0).getDouble("lat"));
    } while (latitudes.get(latitudes.size() - 1) != last / 1e7);
    double seconds = (System.nanoTime() - startNs) / 1e9;
    assertTrue(
        latitudes.size() <= 2 * Math.ceil(seconds), latitudes.size() + " frames in " + seconds);
  }

  @Test
  void shouldTellEventsAtOnceAndInOrder() {
    Client client = connect("admin").send("{\"type\":\"subscribe\"}");
    client.next("snapshot");
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      if (i % 3 == 0) {
        board.publish(new LiveEvent.Punch(ann, "{\"id\":\"p" + i + "\"}"));
        expected.add("punch p" + i);
      } else if (i % 3 == 1) {
        board.publish(
            new LiveEvent.Transition(ann, 1, i, ChangeKind.ENTER.code(), 1_795_262_400_000L, true));
        expected.add("transition fence-" + i);
      } else {
        board.publish(new LiveEvent.Alert(bob, "{\"id\":\"a" + i + "\",\"score\":7}"));
        expected.add("alert a" + i);
      }
    }
    List<String> told = new ArrayList<>();
    JsonObject transition = null;
    JsonObject alert = null;
    while (told.size() < expected.size()) {
      JsonObject frame = client.next();
      String type = frame.getString("type");
      told.add(type + " " + frame.getString("id", frame.getString("fence")));
      transition = type.equals("transition") ? frame : transition;
      alert = type.equals("alert") ? frame : alert;
    }
    assertEquals(expected, told);
    assertTrue(transition.getString("cursor").endsWith("-298"), transition::encode);
    assertEquals(
        new JsonObject()
            .put("type", "transition")
            .put("cursor", transition.getString("cursor"))
            .put("member", "ann")
            .put("team", "north-1")
            .put("fence", "fence-298")
            .put("kind", "enter")
            .put("at", "2026-11-21T12:00:00.000Z")
            .put("inferred", true),
        transition);
    assertEquals("bob", alert.getString("member"));
    assertEquals("south", alert.getString("team"));
    assertEquals("open", alert.getString("status"));
    assertEquals(7, alert.getInteger("score"));
  }

  @Test
  void shouldTellAReaderWhoComesAgainWhatItMissed() {
    Client before = connect("mia").send("{\"type\":\"subscribe\"}");
    before.next("snapshot");
    punch(ann, "seen");
    String cursor = before.next("punch").getString("cursor");
    before.socket.close();
    punch(ann, "missed-1");
    punch(bob, "not mia's");
    punch(ann, "missed-2");

    Client again = connect("mia").send(subscribeSince(cursor));
    JsonObject snapshot = again.next();
    assertEquals("snapshot", snapshot.getString("type"));
    assertTrue(snapshot.getBoolean("resumed"));
    punch(ann, "new");
    for (String id : List.of("missed-1", "missed-2", "new")) {
      assertEquals(id, again.next("punch").getString("id"));
    }
    assertEquals(1, stats.resumed());
  }

  @Test
  void shouldResumeFromASnapshotToo() {
    Client before = connect("admin").send("{\"type\":\"subscribe\"}");
    String cursor = before.next("snapshot").getString("cursor");
    before.socket.close();
    punch(ann, "missed");
    Client again = connect("admin").send(subscribeSince(cursor));
    assertTrue(again.next("snapshot").getBoolean("resumed"));
    assertEquals("missed", again.next("punch").getString("id"));
  }

  @Test
  void shouldSayThatItCanNotTellWhatWasMissedLongAgoOrBeforeARestart() {
    Client before = connect("admin").send("{\"type\":\"subscribe\"}");
    String cursor = before.next("snapshot").getString("cursor");
    for (int i = 0; i < 2_000; i++) {
      punch(ann, "p" + i);
      before.next("punch");
    }
    Client again = connect("admin").send(subscribeSince(cursor));
    assertFalse(again.next("snapshot").getBoolean("resumed"));
    again.send(subscribeSince("0run0-17"));
    assertFalse(again.next("snapshot").getBoolean("resumed"));
    again.send(subscribeSince("no cursor"));
    assertEquals("/since", errorPointer(again.next("error")));
    punch(ann, "new");
    assertEquals("new", again.next("punch").getString("id"));
  }

  /** Whatever was told, no later frame shows an older position of the same member. */
  @Test
  void shouldNeverShowAPositionOlderThanOneThatWasShown() {
    Client client = connect("admin").send("{\"type\":\"subscribe\",\"rate_hz\":2}");
    client.next("snapshot");
    int last = 0;
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 50; i++) {
        last += 10;
        move(ann, last, 0);
      }
      client.send("{\"type\":\"subscribe\",\"rate_hz\":" + (1 + round) + "}");
    }
    double newest = -1;
    while (newest < last / 1e7) {
      JsonArray positions = client.next().getJsonArray("positions", new JsonArray());
      if (!positions.isEmpty()) {
        double shown = positions.getJsonObject(0).getDouble("lat");
        assertTrue(shown >= newest, shown + " after " + newest);
        newest = shown;
      }
    }
  }

  @Test
  void shouldShowManagersTheirTeamsOnly() {
    move(ann, 1, 1);
    move(bob, 1, 1);
    Client client = connect("mia").send("{\"type\":\"subscribe\"}");
    assertEquals(List.of("ann"), client.nextMembers("snapshot"));
    board.publish(new LiveEvent.Punch(bob, "{\"id\":\"hidden\"}"));
    board.publish(new LiveEvent.Punch(ann, "{\"id\":\"shown\"}"));
    assertEquals("shown", client.next("punch").getString("id"));

    client.send("{\"type\":\"subscribe\",\"teams\":[\"south\"]}");
    assertEquals("/teams", errorPointer(client.next("error")));
    client.send("{\"type\":\"subscribe\",\"members\":[\"bob\"]}");
    assertEquals("/members", errorPointer(client.next("error")));
  }

  @Test
  void shouldShowMembersThemselvesOnly() {
    move(ann, 1, 1);
    move(bob, 1, 1);
    Client client = connect("ann-user").send("{\"type\":\"subscribe\"}");
    assertEquals(List.of("ann"), client.nextMembers("snapshot"));
    move(bob, 2, 2);
    move(ann, 3, 3);
    assertEquals(List.of("ann"), client.nextMembers("positions"));
  }

  @Test
  void shouldStopShowingAMemberWhoMovedToAnotherTeam() {
    move(ann, 1, 1);
    Client client = connect("mia").send("{\"type\":\"subscribe\"}");
    assertEquals(List.of("ann"), client.nextMembers("snapshot"));
    await(store.members().put(Actor.SERVER, new MemberBook.Edit("ann", "Ann", "south", null)));
    try {
      assertEquals(new JsonArray().add("ann"), client.next("gone").getJsonArray("members"));
      await(store.members().put(Actor.SERVER, new MemberBook.Edit("bob", "Bob", "north", null)));
      board.publish(new LiveEvent.Punch(ann, "{\"id\":\"hidden\"}"));
      board.publish(new LiveEvent.Punch(bob, "{\"id\":\"after the hidden one\"}"));
      assertEquals("after the hidden one", client.next("punch").getString("id"));
    } finally {
      await(store.members().put(Actor.SERVER, new MemberBook.Edit("bob", "Bob", "south", null)));
      await(store.members().put(Actor.SERVER, new MemberBook.Edit("ann", "Ann", "north-1", null)));
    }
    board.publish(new LiveEvent.Punch(ann, "{\"id\":\"shown\"}"));
    assertEquals("shown", client.next("punch").getString("id"));
  }

  @Test
  void shouldShowTwoManagersOfATeamTheSameUntilOneLosesIt() {
    await(
        store
            .users()
            .create(Actor.SERVER, new UserBook.Edit("noa", null, Role.MANAGER, null), "x"));
    await(
        store
            .teams()
            .put(Actor.SERVER, new TeamBook.Edit("north", "North", null, List.of("mia", "noa"))));
    Client mia = connect("mia").send("{\"type\":\"subscribe\"}");
    Client noa = connect("noa").send("{\"type\":\"subscribe\"}");
    mia.next("snapshot");
    noa.next("snapshot");
    move(ann, 10, 20);
    JsonObject seen = mia.next("positions");
    assertEquals(seen, noa.next("positions"));
    await(
        store.teams().put(Actor.SERVER, new TeamBook.Edit("north", "North", null, List.of("mia"))));
    punch(ann, "after");
    assertEquals("after", mia.next("punch").getString("id"));
    assertEquals("ann", noa.next("gone").getJsonArray("members").getString(0));
    assertTrue(noa.frames.stream().noneMatch(frame -> "punch".equals(frame.getString("type"))));
    await(store.users().delete(Actor.SERVER, "noa"));
  }

  @Test
  void shouldFollowTheLatestSubscribe() {
    move(ann, 1, 1);
    move(bob, 500_000_000, 500_000_000);
    Client client = connect("admin").send("{\"type\":\"subscribe\",\"teams\":[\"north\"]}");
    assertEquals(List.of("ann"), client.nextMembers("snapshot"));
    client.send("{\"type\":\"subscribe\",\"bbox\":[40,40,60,60]}");
    assertEquals(List.of("bob"), client.nextMembers("snapshot"));
    move(ann, 2, 2);
    move(bob, 510_000_000, 500_000_000);
    assertEquals(List.of("bob"), client.nextMembers("positions"));
    move(bob, 0, 0);
    assertEquals(new JsonArray().add("bob"), client.next("gone").getJsonArray("members"));
    client.send("{\"type\":\"subscribe\",\"members\":[\"ann\",\"bob\"],\"teams\":[\"south\"]}");
    assertEquals(List.of("bob"), client.nextMembers("snapshot"));
  }

  @Test
  void shouldTellWhenAnAlertMakesAMemberSuspect() {
    move(ann, 1, 1);
    Client client = connect("admin").send("{\"type\":\"subscribe\"}");
    client.next("snapshot");
    board.publish(
        new LiveEvent.Alert(
            ann,
            new JsonObject()
                .put("id", "al-9")
                .put("severity", "critical")
                .put("raised_at", java.time.Instant.now().toString())
                .encode()));
    client.next("alert");
    assertEquals(
        "suspect",
        client.next("positions").getJsonArray("positions").getJsonObject(0).getString("state"));
  }

  @Test
  void shouldRefuseAnUpgradeWithoutAValidToken() {
    for (String path : List.of("/v1/live", "/v1/live?token=nobody")) {
      UpgradeRejectedException refused =
          assertThrows(
              UpgradeRejectedException.class,
              () -> await(connector.connect(port, "127.0.0.1", path)));
      assertEquals(401, refused.getStatus());
    }
  }

  @Test
  void shouldAnswerBadMessagesAndStayConnected() {
    Client client = connect("admin");
    client.send("not json");
    assertEquals("", errorPointer(client.next()));
    client.send("{\"type\":\"subscribe\",\"rate_hz\":1000}");
    assertEquals("/rate_hz", errorPointer(client.next()));
    client.send("{\"type\":\"subscribe\",\"bbox\":[1,2,3]}");
    assertEquals("/bbox", errorPointer(client.next()));
    client.send("{\"type\":\"subscribe\"}");
    assertEquals("snapshot", client.next().getString("type"));
    client.send("{\"type\":\"sing\"}");
    until(client.socket::isClosed);
    assertEquals((short) 1008, client.socket.closeStatusCode());
  }

  @Test
  void shouldCloseASubscriberThatNeverReads() {
    Client lazy = connect("admin").send("{\"type\":\"subscribe\"}");
    lazy.next("snapshot");
    Client keen = connect("admin").send("{\"type\":\"subscribe\"}");
    keen.next("snapshot");
    lazy.socket.pause();
    String note = "x".repeat(8_000);
    int published = 0;
    while (stats.closedTooSlow() == 0) {
      for (int i = 0; i < 50; i++) {
        String id = "p" + published++;
        board.publish(
            new LiveEvent.Punch(ann, "{\"id\":\"" + id + "\",\"note\":\"" + note + "\"}"));
        if (i == 49) {
          while (!id.equals(keen.next("punch").getString("id"))) {
            assertFalse(keen.socket.isClosed());
          }
        }
      }
    }
    lazy.socket.resume();
    until(lazy.socket::isClosed);
    assertEquals((short) 1013, lazy.socket.closeStatusCode());
    assertEquals(1, stats.closedTooSlow());
    assertFalse(keen.socket.isClosed());
    assertTrue(lazy.frames.size() < published, "frames=" + lazy.frames.size() + "/" + published);
  }

  @Test
  void shouldCloseTheSocketsOfATokenThatIsNoLongerValid() {
    await(
        store
            .users()
            .create(Actor.SERVER, new UserBook.Edit("leaver", null, Role.ADMIN, null), "x"));
    Client client = connect("leaver").send("{\"type\":\"subscribe\"}");
    client.next("snapshot");
    await(store.users().delete(Actor.SERVER, "leaver"));
    until(client.socket::isClosed);
    assertEquals((short) 4401, client.socket.closeStatusCode());
  }

  private static Future<Optional<Access>> authenticate(String token) {
    Directory.User user = store.directory().user(token);
    return Future.succeededFuture(
        Optional.ofNullable(user).map(found -> new Access(store.directory(), found)));
  }

  private Client connect(String user) {
    Client client =
        new Client(await(connector.connect(port, "127.0.0.1", "/v1/live?token=" + user)));
    clients.add(client);
    return client;
  }

  private void punch(int member, String id) {
    board.publish(new LiveEvent.Punch(member, "{\"id\":\"" + id + "\"}"));
  }

  private static String subscribeSince(String cursor) {
    return new JsonObject().put("type", "subscribe").put("since", cursor).encode();
  }

  private void move(int member, int latE7, int lngE7) {
    PingRecord fix =
        new PingRecord()
            .wrapNew(
                new byte[PingRecord.HEADER_BYTES], 0, member, member, System.currentTimeMillis())
            .position(latE7, lngE7)
            .accuracyCm(850)
            .speedCmps(133);
    board.slot(member).moved(member, fix, new int[] {5, 404});
  }

  private static int handle(String memberId) {
    Member member = store.directory().member(memberId);
    assertNotNull(member);
    return member.handle();
  }

  private static String errorPointer(JsonObject frame) {
    assertEquals("error", frame.getString("type"));
    return frame.getJsonArray("errors").getJsonObject(0).getString("pointer");
  }

  private static void until(BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "not within 30 s");
      Thread.onSpinWait();
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within 30 s", e);
    }
  }
}
