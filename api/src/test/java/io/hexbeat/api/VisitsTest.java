package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Visits and days through the doors of a running server: phones in, managers out. */
class VisitsTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  /** Degrees of latitude of a kilometre. */
  private static final double KM = 0.009;

  /** Minutes are counted from here, four hours ago. */
  private static Instant begin;

  @TempDir static Path data;
  private static String databaseUri;
  private static ServerProcess server;
  private static ApiClient admin;

  private final JsonArray batch = new JsonArray();

  @BeforeAll
  static void start() throws Exception {
    begin = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(4, ChronoUnit.HOURS);
    databaseUri = TestDatabase.uri();
    server = ServerProcess.start(data, "--pg-uri", databaseUri);
    admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
    admin.putCircle("cafe", LAT, LNG, 80);
    admin.putCircle("city", "area", LAT, LNG, 20_000);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shouldOpenAVisitTellItLiveAndCloseIt() throws Exception {
    ApiClient phone = phone("v-open");
    LiveReader reader = LiveReader.open();
    at(0, KM).at(1, 0).at(3, 0).send(phone);
    JsonObject opened = reader.await(frame -> is(frame, "v-open", "opened"));
    assertEquals("cafe", opened.getString("fence"));
    assertEquals("Fence cafe", opened.getString("name"));
    assertEquals(iso(1), opened.getString("arrived_at"));
    at(8, 0).at(20, KM).at(21, KM).send(phone);
    JsonObject closed = reader.await(frame -> is(frame, "v-open", "closed"));
    assertEquals(opened.getString("id"), closed.getString("id"));
    assertEquals(iso(20), closed.getString("left_at"));
    assertEquals(19 * 60, closed.getInteger("duration_s"));
    assertEquals(1, closed.getInteger("version"));
    assertNotNull(closed.getString("dwell_at"));
    reader.close();

    JsonObject visit = only("/v1/members/v-open/visits");
    assertEquals("closed", visit.getString("status"));
    assertEquals("v-open", visit.getString("member"));
    assertEquals("presence", visit.getString("source"));
    assertFalse(visit.getBoolean("late"));
    assertEquals(0, visits("/v1/members/v-open/visits?open=true").size());
    assertEquals(1, visits("/v1/visits?member=v-open&fence=cafe&dwelt=true").size());
    assertEquals(0, visits("/v1/visits?member=v-open&from=" + iso(30)).size());
    assertEquals(1, visits("/v1/visits?member=v-open&q=FENCE%20C").size());
    assertEquals(0, visits("/v1/visits?member=v-open&q=%25x").size());
  }

  @Test
  void shouldMakeAVisitOfFixesFromADeadZone() throws Exception {
    ApiClient phone = phone("v-dead");
    at(0, KM).at(60, KM).at(61, KM).send(phone);
    for (int minute = 20; minute <= 40; minute++) {
      at(minute, 0);
    }
    at(45, KM).at(46, KM).send(phone);
    // A batch may be projected in two parts: then the first says less.
    JsonObject visit = awaitVisit("v-dead", each -> iso(45).equals(each.getString("left_at")));
    assertEquals(iso(20), visit.getString("arrived_at"));
    assertTrue(visit.getBoolean("late"));
  }

  @Test
  void shouldAmendAVisitWhenFixesComeLateAndKeepWhatItSaid() throws Exception {
    ApiClient phone = phone("v-late");
    at(0, KM).at(5, 0).at(10, 0).at(90, KM).at(91, KM).send(phone);
    JsonObject first = awaitVisit("v-late", visit -> visit.containsKey("left_at"));
    assertEquals(iso(90), first.getString("left_at"));
    assertEquals(1, first.getInteger("version"));
    at(30, 0).at(40, KM).at(41, KM).at(60, KM).send(phone);
    JsonObject amended = awaitVisit("v-late", visit -> visit.getInteger("version") == 2);
    assertEquals(first.getString("id"), amended.getString("id"));
    assertEquals(iso(40), amended.getString("left_at"));
    assertTrue(amended.getBoolean("late"));
    JsonObject whole = admin.get("/v1/visits/" + first.getString("id"));
    JsonObject before = whole.getJsonArray("versions").getJsonObject(0);
    assertEquals(1, before.getInteger("version"));
    assertEquals(iso(90), before.getString("left_at"));
    assertEquals("late_fixes", before.getString("replaced_for"));
    assertFalse(before.getBoolean("late"));

    // What comes in order afterwards must not take the amendment back.
    at(100, 0).at(101, 0).at(130, KM).at(131, KM).send(phone);
    await("/v1/members/v-late/visits", 2);
    assertEquals(
        amended.getString("left_at"),
        admin.get("/v1/visits/" + first.getString("id")).getString("left_at"));
  }

  @Test
  void shouldJoinPunchesAndMakeAVisitOfPunchesAlone() throws Exception {
    ApiClient phone = phone("v-punch");
    at(0, KM).at(10, 0).at(20, 0).send(phone);
    punch(phone, "p-in", "visit_in", 11, 0);
    at(30, KM).at(31, KM).send(phone);
    punch(phone, "p-out", "visit_out", 31, KM);
    JsonObject visit = awaitVisit("v-punch", each -> each.getJsonArray("punches").size() == 2);
    assertEquals(1, visit.getInteger("version"));
    assertEquals("presence", visit.getString("source"));
    punch(phone, "p-between", "visit_in", 15, 0);
    visit = awaitVisit("v-punch", each -> each.getJsonArray("punches").size() == 3);
    assertEquals(2, visit.getInteger("version"));
    assertEquals("p-between", visit.getJsonArray("punches").getJsonObject(1).getString("id"));

    ApiClient dark = phone("v-dark");
    punch(dark, "d-in", "visit_in", 10, 0);
    JsonObject only = await("/v1/members/v-dark/visits", 1).getJsonObject(0);
    assertEquals("punch", only.getString("source"));
    assertEquals("open", only.getString("status"));
    punch(dark, "d-out", "visit_out", 40, 0);
    only = awaitVisit("v-dark", each -> each.getString("status").equals("closed"));
    assertEquals(iso(40), only.getString("left_at"));
  }

  @Test
  void shouldVisitTheShopAndNotTheMall() throws Exception {
    double lng = LNG + 1;
    circle("mall", "Mall", lng, 300);
    circle("shop", "=HYPERLINK(\"http://evil\")", lng, 40);
    ApiClient phone = phone("v-mall");
    at(0, 2 * KM, lng).at(10, 0.2 * KM, lng).at(12, 0, lng).at(20, 0, lng).at(40, 0, lng);
    at(42, 0.2 * KM, lng).at(43, 0.2 * KM, lng).at(46, 2 * KM, lng).at(47, 2 * KM, lng);
    send(phone);
    awaitVisit("v-mall", each -> each.getString("status").equals("closed"));
    JsonArray visits = visits("/v1/members/v-mall/visits");
    assertEquals(1, visits.size(), visits.encodePrettily());
    assertEquals("shop", visits.getJsonObject(0).getString("fence"));
    JsonArray transitions = admin.get("/v1/members/v-mall/transitions").getJsonArray("transitions");
    assertTrue(transitions.encode().contains("\"mall\""));

    HttpResponse<String> csv = admin.send("GET", "/v1/visits?member=v-mall&format=csv", null);
    assertEquals("text/csv; charset=utf-8", csv.headers().firstValue("content-type").orElse(""));
    List<String> lines = csv.body().lines().toList();
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), lines.get(1));
    assertTrue(lines.get(1).endsWith("\"30.2672\",\"-96.7431\""), lines.get(1));
    HttpResponse<String> geoJson =
        admin.send("GET", "/v1/visits?member=v-mall&format=geojson", null);
    JsonObject feature = new JsonObject(geoJson.body()).getJsonArray("features").getJsonObject(0);
    assertEquals(
        new JsonArray().add(-96.7431).add(30.2672),
        feature.getJsonObject("geometry").getJsonArray("coordinates"));
  }

  @Test
  void shouldSayTheSameAfterAKillAndARestart() throws Exception {
    ApiClient phone = phone("v-kill");
    at(0, KM).at(1, 0).at(20, KM).at(21, KM).at(40, 0).send(phone);
    await("/v1/members/v-kill/visits", 2);
    String before = visits("/v1/members/v-kill/visits").encode();
    server.kill();
    server = ServerProcess.start(data, "--pg-uri", databaseUri);
    admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
    assertEquals(before, visits("/v1/members/v-kill/visits").encode());
  }

  @Test
  void shouldTellADay() throws Exception {
    ApiClient phone = phone("v-day");
    admin.expect(
        200,
        "PUT",
        "/v1/members/v-day",
        new JsonObject()
            .put("name", "<Day & Night>")
            .put("team", "field")
            .put("time_zone", "America/New_York"));
    Instant noon = Instant.parse("2026-11-01T17:00:00Z"); // the clocks were set back that night
    for (int s = 0; s < 1_200; s += 30) {
      at(noon.plusSeconds(s), 0, LNG);
    }
    for (int s = 0; s <= 300; s += 30) {
      at(noon.plusSeconds(1_200 + s), s / 30.0 * 0.3 * KM, LNG);
    }
    for (int s = 0; s < 1_200; s += 30) {
      at(noon.plusSeconds(5_400 + s), 5 * KM, LNG);
    }
    send(phone);
    String path = "/v1/members/v-day/timeline?date=2026-11-01";
    JsonObject day =
        awaitThat(
            path,
            each ->
                each.getJsonArray("parts").size() == 4 && !each.getJsonArray("visits").isEmpty());
    assertEquals("2026-11-01T04:00:00.000Z", day.getString("from"));
    assertEquals("2026-11-02T05:00:00.000Z", day.getString("to"));
    JsonArray parts = day.getJsonArray("parts");
    List<String> kinds = parts.stream().map(each -> ((JsonObject) each).getString("kind")).toList();
    assertEquals(List.of("stop", "leg", "gap", "stop"), kinds);
    assertEquals("cafe", parts.getJsonObject(0).getString("fence"));
    JsonObject summary = day.getJsonObject("summary");
    assertEquals(3_000, summary.getInteger("distance_measured_m"), 90);
    assertEquals(2_000, summary.getInteger("distance_estimated_m"), 90);
    assertEquals("2026-11-01T17:00:00.000Z", summary.getString("first_fix"));
    assertEquals(100.0 * (1_500 + 1_170) / 6_570, summary.getDouble("coverage_pct"), 1);

    String gpx = admin.send("GET", path + "&format=gpx", null).body();
    assertTrue(gpx.contains("<name>&lt;Day &amp; Night&gt; 2026-11-01</name>"), gpx);
    assertEquals(2, gpx.split("<trkseg>", -1).length - 1);
    String csv = admin.send("GET", path + "&format=csv", null).body();
    assertEquals(5, csv.lines().count());
    String geoJson = admin.send("GET", path + "&format=geojson", null).body();
    assertEquals(4, new JsonObject(geoJson).getJsonArray("features").size());
    admin.expect(400, "GET", "/v1/members/v-day/timeline?date=2026-02-30", null);
    admin.expect(404, "GET", "/v1/members/nobody/timeline?date=2026-02-20", null);
    admin.expect(404, "GET", "/v1/visits/v-nothing", null);
    admin.expect(400, "GET", "/v1/visits?member=nobody", null);
  }

  private static ApiClient phone(String member) throws Exception {
    return ApiClient.bearer(server.device(), admin.enrol("field", member, member + "-phone"));
  }

  private static void circle(String id, String name, double lng, double radius) throws Exception {
    admin.expect(
        200,
        "PUT",
        "/v1/fences/" + id,
        new JsonObject()
            .put("type", "Feature")
            .put("properties", new JsonObject().put("name", name).put("radius_m", radius))
            .put(
                "geometry",
                new JsonObject()
                    .put("type", "Point")
                    .put("coordinates", new JsonArray().add(lng).add(LAT))));
  }

  private VisitsTest at(int minute, double north) {
    return at(minute, north, LNG);
  }

  private VisitsTest at(int minute, double north, double lng) {
    return at(begin.plus(minute, ChronoUnit.MINUTES), north, lng);
  }

  private VisitsTest at(Instant time, double north, double lng) {
    batch.add(
        new JsonObject()
            .put("lat", LAT + north)
            .put("lng", lng)
            .put("accuracy_m", 8)
            .put("fix_time", time.toString()));
    return this;
  }

  private void send(ApiClient phone) throws Exception {
    phone.expect(200, "POST", "/v1/pings", batch);
    batch.clear();
  }

  private static void punch(ApiClient phone, String id, String kind, int minute, double north)
      throws Exception {
    phone.expect(
        201,
        "POST",
        "/v1/punches",
        new JsonObject()
            .put("id", id)
            .put("kind", kind)
            .put("at", iso(minute))
            .put("fix_time", iso(minute))
            .put("site", "cafe")
            .put("lat", LAT + north)
            .put("lng", LNG)
            .put("accuracy_m", 8));
  }

  private static String iso(int minute) {
    return begin.plus(minute, ChronoUnit.MINUTES).toString().replace("00Z", "00.000Z");
  }

  private static JsonArray visits(String path) throws Exception {
    return admin.get(path).getJsonArray("visits");
  }

  private static JsonObject only(String path) throws Exception {
    JsonArray visits = visits(path);
    assertEquals(1, visits.size(), visits.encodePrettily());
    return visits.getJsonObject(0);
  }

  private static JsonArray await(String path, int count) throws Exception {
    return awaitThat(path, each -> each.getJsonArray("visits").size() == count)
        .getJsonArray("visits");
  }

  private static JsonObject awaitVisit(String member, Predicate<JsonObject> wanted)
      throws Exception {
    return awaitThat(
            "/v1/members/" + member + "/visits",
            each ->
                !each.getJsonArray("visits").isEmpty()
                    && wanted.test(each.getJsonArray("visits").getJsonObject(0)))
        .getJsonArray("visits")
        .getJsonObject(0);
  }

  /** Each question is a fresh look. */
  private static JsonObject awaitThat(String path, Predicate<JsonObject> wanted) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonObject answer = admin.get(path);
    while (!wanted.test(answer)) {
      assertTrue(System.nanoTime() < untilNs, path + " still says " + answer.encodePrettily());
      answer = admin.get(path);
    }
    return answer;
  }

  private static boolean is(JsonObject frame, String member, String change) {
    return "visit".equals(frame.getString("type"))
        && member.equals(frame.getString("member"))
        && change.equals(frame.getString("change"));
  }

  /** Everything that the live socket tells an administrator. */
  private static final class LiveReader implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    static LiveReader open() throws Exception {
      LiveReader reader = new LiveReader();
      reader.socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + admin.token())
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + server.api().getPort() + "/v1/live"), reader)
              .get(20, TimeUnit.SECONDS);
      reader.socket.sendText("{\"type\":\"subscribe\"}", true).get(20, TimeUnit.SECONDS);
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

    void close() {
      socket.abort();
    }
  }
}
