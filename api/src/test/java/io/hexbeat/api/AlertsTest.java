package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alerts through the public doors: raised by phones, worked on by managers, appealed by members.
 * Boss leads the north, other leads the south.
 */
final class AlertsTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir static Path data;
  private static TestServer server;
  private static ApiClient admin;
  private static ApiClient boss;
  private static ApiClient other;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(data);
    admin = server.admin();
    admin.putCircle("shop", LAT, LNG, 100);
    for (String user : List.of("boss", "other")) {
      JsonObject account =
          new JsonObject().put("id", user).put("role", "manager").put("password", "a password");
      admin.expect(201, "POST", "/v1/users", account);
    }
    lead("north", "boss");
    lead("south", "other");
    boss = ApiClient.login(server.api(), "boss", "a password");
    other = ApiClient.login(server.api(), "other", "a password");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static void lead(String team, String user) throws Exception {
    admin.expect(
        200,
        "PUT",
        "/v1/teams/" + team,
        new JsonObject().put("name", team).put("managers", new JsonArray().add(user)));
  }

  /** A phone of a new member. */
  private record Phone(String member, ApiClient client) {
    static Phone of(String team) throws Exception {
      String name = team + "-" + NAMES.incrementAndGet();
      return new Phone(
          name, ApiClient.bearer(server.device(), admin.enrol(team, name, name + "-phone")));
    }

    void ping(double lat, double lng) throws Exception {
      client.expect(
          200,
          "POST",
          "/v1/pings",
          new JsonObject()
              .put("lat", lat)
              .put("lng", lng)
              .put("accuracy_m", 12)
              .put("fix_time", Instant.now().toString()));
    }

    void forge(String id) throws Exception {
      client.expect(
          201,
          "POST",
          "/v1/punches",
          new JsonObject()
              .put("id", id)
              .put("kind", "visit_in")
              .put("at", Instant.now().toString())
              .put("lat", LAT)
              .put("lng", LNG)
              .put("accuracy_m", 8)
              .put("mock", true));
    }

    /** The only alert about the member, once it is projected. */
    JsonObject alert(int occurrences) throws Exception {
      String path = "/v1/alerts?status=unresolved&member=" + member;
      return until(
          () -> {
            JsonArray alerts = admin.get(path).getJsonArray("alerts");
            return alerts.size() == 1
                    && alerts.getJsonObject(0).getInteger("occurrence_count") == occurrences
                ? alerts.getJsonObject(0)
                : null;
          });
    }
  }

  private static <T> T until(Callable<T> question) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    T answer = question.call();
    while (answer == null) {
      assertTrue(System.nanoTime() < untilNs, "not within 30 s");
      Thread.onSpinWait();
      answer = question.call();
    }
    return answer;
  }

  private static JsonObject json(String name, Object value) {
    return new JsonObject().put(name, value);
  }

  @Test
  void shouldOpenOneAlertACauseAndTellEachOccurrenceAtOnce() throws Exception {
    Phone phone = Phone.of("north");
    Reader reader = Reader.open(boss.token(), phone.member());
    phone.forge("a");
    phone.forge("b");
    phone.forge("c");
    JsonObject opened = reader.await(frame -> "opened".equals(frame.getString("event")));
    String id = opened.getString("id");
    assertEquals("open", opened.getString("status"));
    for (int i = 0; i < 2; i++) {
      JsonObject again = reader.await(frame -> "alert".equals(frame.getString("type")));
      assertEquals("occurrence", again.getString("event"));
      assertEquals(id, again.getString("id"));
      assertFalse(id.equals(again.getString("occurrence")));
    }
    JsonObject alert = phone.alert(3);
    assertEquals(id, alert.getString("id"));
    JsonObject detail = boss.get("/v1/alerts/" + id);
    assertEquals(3, detail.getJsonArray("occurrences").size());
    assertEquals(3, detail.getJsonArray("occurrences").getJsonObject(0).getInteger("number"));
    assertEquals("opened", detail.getJsonArray("history").getJsonObject(0).getString("action"));

    boss.expect(200, "POST", "/v1/alerts/" + id + "/resolve", json("resolution", "confirmed"));
    reader.await(frame -> "resolved".equals(frame.getString("event")));
    phone.forge("d");
    JsonObject next = reader.await(frame -> "opened".equals(frame.getString("event")));
    assertFalse(id.equals(next.getString("id")));
    assertEquals(next.getString("id"), phone.alert(1).getString("id"));
    reader.socket.abort();
  }

  @Test
  void shouldTakeAnAlertFromHandToHandUntilItIsResolved() throws Exception {
    Phone phone = Phone.of("north");
    phone.forge("w");
    String path = "/v1/alerts/" + phone.alert(1).getString("id");
    boss.expect(400, "POST", path + "/assign", json("user", "other"));
    JsonObject assigned = boss.expect(200, "POST", path + "/assign", json("user", "boss"));
    assertEquals("assigned", assigned.getString("status"));
    int version = assigned.getInteger("version");
    JsonObject comment = json("text", "Called the shop");
    assertEquals(
        version, boss.expect(200, "POST", path + "/comments", comment).getInteger("version"));

    JsonObject stale = json("resolution", "honest").put("version", version - 1);
    assertEquals(412, admin.expect(412, "POST", path + "/resolve", stale).getInteger("status"));
    assertEquals(412, ifMatch(admin, path + "/resolve", version - 1));
    JsonObject honest = json("resolution", "honest").put("note", "Test phone");
    assertEquals(
        "resolved",
        boss.expect(200, "POST", path + "/resolve", honest.put("version", version))
            .getString("status"));
    boss.expect(409, "POST", path + "/resolve", json("resolution", "unclear"));
    boss.expect(409, "POST", path + "/assign", json("user", "boss"));
    JsonObject figures =
        boss.get("/v1/alerts/statistics?member=" + phone.member())
            .getJsonObject("by_signal")
            .getJsonObject("MOCK_FLAG");
    assertEquals(1.0, figures.getDouble("false_positive_rate"));
    assertEquals(1, figures.getInteger("honest"));

    boss.expect(200, "POST", path + "/appeal", json("text", "She says she was there"));
    JsonObject appealed = boss.get(path);
    assertEquals("appealed", appealed.getString("status"));
    assertNull(appealed.getString("resolution"));
    boss.expect(200, "POST", path + "/resolve", json("resolution", "unclear"));
    JsonObject reopened = boss.expect(200, "POST", path + "/reopen", new JsonObject());
    assertEquals("assigned", reopened.getString("status"));
    List<String> actions =
        boss.get(path).getJsonArray("history").stream()
            .map(step -> ((JsonObject) step).getString("action"))
            .toList();
    assertEquals(
        List.of("opened", "assigned", "commented", "resolved", "appealed", "resolved", "reopened"),
        actions);
    assertEquals(2, boss.get(path).getJsonArray("comments").size());
    JsonArray audited =
        admin
            .get("/v1/audit?action=alert&subject=alert:" + reopened.getString("id"))
            .getJsonArray("entries");
    assertEquals(6, audited.size(), audited.encode());
    other.expect(404, "GET", path, null);
    other.expect(404, "POST", path + "/comments", comment);
  }

  @Test
  void shouldNotReopenWhileANewerAlertOfTheCauseIsOpen() throws Exception {
    Phone phone = Phone.of("north");
    phone.forge("1");
    String first = "/v1/alerts/" + phone.alert(1).getString("id");
    boss.expect(200, "PATCH", first, json("status", "confirmed"));
    phone.forge("2");
    phone.alert(1);
    boss.expect(409, "POST", first + "/reopen", new JsonObject());
    boss.expect(409, "POST", first + "/appeal", json("text", "No"));
  }

  @Test
  void shouldShowMembersWhatIsSaidOfThemAndTakeTheirAppeal() throws Exception {
    Phone phone = Phone.of("north");
    Phone another = Phone.of("south");
    phone.forge("m");
    String id = phone.alert(1).getString("id");
    JsonObject own = phone.client().get("/v1/me/alerts").getJsonArray("alerts").getJsonObject(0);
    assertEquals(id, own.getString("id"));
    assertEquals("MOCK_FLAG", own.getJsonArray("reasons").getJsonObject(0).getString("code"));
    assertFalse(own.containsKey("member"));
    String appeal = "/v1/alerts/" + id + "/appeal";
    JsonObject text = json("text", "The app is for testing");
    another.client().expect(404, "POST", appeal, text);
    ApiClient.bearer(server.device(), "hb_nobody").expect(401, "POST", appeal, text);
    phone.client().expect(400, "POST", appeal, json("text", ""));
    phone.client().expect(405, "GET", appeal, null);
    assertEquals(
        413, phone.client().send("POST", appeal, json("text", "x".repeat(20_000))).statusCode());
    assertEquals("appealed", phone.client().expect(200, "POST", appeal, text).getString("status"));
    JsonObject step = boss.get("/v1/alerts/" + id).getJsonArray("comments").getJsonObject(0);
    assertEquals("The app is for testing", step.getString("text"));
    assertEquals("member", step.getString("by"));
    assertFalse(step.containsKey("user"));
  }

  @Test
  void shouldShowTheEvidenceAndNobodyOfAnotherTeam() throws Exception {
    Phone phone = Phone.of("north");
    Phone beside = Phone.of("north");
    Phone hidden = Phone.of("south");
    for (Phone each : List.of(phone, beside, hidden)) {
      each.ping(LAT + 0.0001, LNG);
      each.ping(LAT + 0.0002, LNG);
    }
    phone.forge("e");
    String path = "/v1/alerts/" + phone.alert(1).getString("id") + "/evidence";
    JsonObject evidence =
        until(
            () -> {
              JsonObject answer = boss.get(path);
              return names(answer).contains(beside.member()) ? answer : null;
            });
    assertFalse(evidence.encode().contains(hidden.member()), evidence.encode());
    JsonObject signal = evidence.getJsonArray("signals").getJsonObject(0);
    assertEquals("MOCK_FLAG", signal.getJsonArray("reasons").getJsonObject(0).getString("code"));
    JsonArray track = evidence.getJsonObject("track").getJsonArray("features");
    assertEquals(2, track.size());
    assertEquals(12.0, track.getJsonObject(0).getJsonObject("properties").getDouble("accuracy_m"));
    assertEquals("invalid", evidence.getJsonArray("punches").getJsonObject(0).getString("verdict"));
    assertEquals("shop", evidence.getJsonArray("sites").getJsonObject(0).getString("fence"));
    assertEquals(
        phone.member() + "-phone",
        evidence.getJsonArray("devices").getJsonObject(0).getString("device"));
    assertTrue(names(admin.get(path)).contains(hidden.member()));
    other.expect(404, "GET", path, null);
  }

  private static List<String> names(JsonObject evidence) {
    return evidence.getJsonArray("related").stream()
        .map(person -> ((JsonObject) person).getString("member"))
        .toList();
  }

  private static int ifMatch(ApiClient asker, String path, int version) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.api().resolve(path))
            .header("Authorization", "Bearer " + asker.token())
            .header("Content-Type", "application/json")
            .header("If-Match", "\"" + version + "\"")
            .POST(HttpRequest.BodyPublishers.ofString("{\"resolution\":\"honest\"}"))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** A reader of the live socket. */
  private static final class Reader implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    static Reader open(String token, String member) throws Exception {
      Reader reader = new Reader();
      reader.socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + server.api().getPort() + "/v1/live"), reader)
              .get(20, TimeUnit.SECONDS);
      JsonObject subscribe =
          new JsonObject().put("type", "subscribe").put("members", new JsonArray().add(member));
      reader.socket.sendText(subscribe.encode(), true).get(20, TimeUnit.SECONDS);
      reader.await(frame -> "snapshot".equals(frame.getString("type")));
      return reader;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        frames.add(new JsonObject(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    JsonObject await(Predicate<JsonObject> wanted) throws Exception {
      while (true) {
        JsonObject frame = frames.poll(20, TimeUnit.SECONDS);
        assertNotNull(frame, "no such frame within 20 s");
        if (wanted.test(frame)) {
          return frame;
        }
      }
    }
  }
}
