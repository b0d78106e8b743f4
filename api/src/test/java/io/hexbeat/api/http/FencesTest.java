package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.http.ApiUnderTest.Answer;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fences from the request to the index that the shards adopt. */
class FencesTest {
  private static ApiUnderTest api;
  private static String boss;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
    boss = api.user("boss", "manager", null);
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  @BeforeEach
  void clear() throws Exception {
    for (Object fence : expect(200, api.get(boss, "/v1/fences?limit=1000")).array("features")) {
      expect(
          200,
          api.call(boss, "DELETE", "/v1/fences/" + ((JsonObject) fence).getString("id"), null));
    }
  }

  /** A square with its south-west corner there, in degrees. */
  private static JsonObject square(double west, double south, double size) {
    String ring =
        "[[%1$s,%2$s],[%3$s,%2$s],[%3$s,%4$s],[%1$s,%4$s],[%1$s,%2$s]]"
            .formatted(west, south, west + size, south + size);
    return polygon(ring);
  }

  private static JsonObject polygon(String ring) {
    return feature(
        new JsonObject()
            .put("type", "Polygon")
            .put("coordinates", new JsonArray().add(new JsonArray(ring))));
  }

  private static JsonObject feature(JsonObject geometry) {
    return new JsonObject()
        .put("type", "Feature")
        .put("geometry", geometry)
        .put("properties", new JsonObject().put("name", "A customer"));
  }

  private static JsonObject circle(double lng, double lat, double radiusMeters) {
    JsonObject feature =
        feature(
            new JsonObject()
                .put("type", "Point")
                .put("coordinates", new JsonArray().add(lng).add(lat)));
    feature.getJsonObject("properties").put("radius_m", radiusMeters);
    return feature;
  }

  private static JsonObject corridor(String coordinates, Object halfWidthMeters) {
    JsonObject feature =
        feature(
            new JsonObject()
                .put("type", "LineString")
                .put("coordinates", new JsonArray(coordinates)));
    feature.getJsonObject("properties").put("half_width_m", halfWidthMeters);
    return feature;
  }

  private static long put(String id, JsonObject feature) throws Exception {
    return expect(200, api.call(boss, "PUT", "/v1/fences/" + id, feature))
        .json()
        .getLong("index_version");
  }

  private static List<Object> at(double lat, double lng) throws Exception {
    return expect(200, api.get(boss, "/v1/fences/at?lat=" + lat + "&lng=" + lng))
        .array("fences")
        .stream()
        .toList();
  }

  private static String pointer(Answer answer) {
    return answer.array("errors").getJsonObject(0).getString("pointer");
  }

  @Test
  void shouldDecideByAFenceOnceItsEditIsAnswered() throws Exception {
    long first = put("shop", square(-97.75, 30.25, 0.01));
    assertEquals(List.of("shop"), at(30.255, -97.745));
    assertEquals(List.of(), at(30.265, -97.745));
    long second = put("shop", square(-97.75, 30.26, 0.01));
    assertEquals(first + 1, second);
    assertEquals(List.of(), at(30.255, -97.745));
    assertEquals(List.of("shop"), at(30.265, -97.745));
    assertEquals(second, api.adopted.get(api.adopted.size() - 1).version());
    JsonObject gone = expect(200, api.call(boss, "DELETE", "/v1/fences/shop", null)).json();
    assertEquals(second + 1, gone.getLong("index_version"));
    assertEquals(List.of(), at(30.265, -97.745));
    expect(404, api.get(boss, "/v1/fences/shop"));
    expect(404, api.call(boss, "DELETE", "/v1/fences/shop", null));
  }

  @Test
  void shouldGiveBackWhatWasPut() throws Exception {
    JsonObject feature = circle(-97.74, 30.27, 150);
    feature
        .getJsonObject("properties")
        .put("customer", "ACME")
        .put("tags", new JsonArray().add("gold").add("north"))
        .put("active_from", "2026-01-01T00:00:00.000Z")
        .put("active_to", "2027-01-01T08:00:00.000+08:00")
        .put("presence", new JsonObject().put("exit_fixes", 3).put("dwell_ms", 60_000));
    long version = put("acme", feature);
    JsonObject got = expect(200, api.get(boss, "/v1/fences/acme")).json();
    assertEquals(feature.getJsonObject("geometry"), got.getJsonObject("geometry"));
    JsonObject properties = got.getJsonObject("properties");
    assertEquals("ACME", properties.getString("customer"));
    assertEquals(new JsonArray().add("gold").add("north"), properties.getJsonArray("tags"));
    assertEquals("2027-01-01T00:00:00.000Z", properties.getString("active_to"));
    assertEquals(150.0, properties.getDouble("radius_m"));
    assertEquals(3, properties.getJsonObject("presence").getInteger("exit_fixes"));
    assertEquals(version, properties.getLong("index_version"));
    assertEquals("boss", properties.getString("updated_by"));
    var presence = api.fences.current().fences().iterator().next().presence();
    assertEquals(3, presence.exitFixes());
    assertEquals(100, presence.maxAccuracyMeters());
  }

  @Test
  void shouldKeepCorridorsOverARestart() throws Exception {
    JsonObject feature = corridor("[[179.99,10],[-179.99,10],[-179.99,10.01]]", 250.5);
    put("road", feature);
    JsonObject got = expect(200, api.get(boss, "/v1/fences/road")).json();
    assertEquals(feature.getJsonObject("geometry"), got.getJsonObject("geometry"));
    assertEquals(250.5, got.getJsonObject("properties").getDouble("half_width_m"));
    assertEquals(List.of("road"), at(10.002, 180));
    assertEquals(List.of(), at(10.003, 180));
    assertEquals(List.of("road"), list("bbox=-180,9.9,-179.995,9.999"));
    assertEquals(List.of("road"), list("bbox=-179.9891,10.005,-179.98,10.006"));
    assertEquals(List.of(), list("bbox=-179.98,10,-179,11"));
    put("road", circle(179.99, 10, 100));
    got = expect(200, api.get(boss, "/v1/fences/road")).json();
    assertEquals(null, got.getJsonObject("properties").getDouble("half_width_m"));
    assertEquals(List.of(), at(10.002, 180));
  }

  @Test
  void shouldPointAtWhatIsWrongWithACorridor() throws Exception {
    String at = "/geometry/coordinates";
    String line = "[[0,0],[0.1,0]]";
    for (Object bad : new Object[] {0, 0.5, 5_001, 1e7, -1}) {
      assertEquals("/properties/half_width_m", refused(corridor(line, bad)));
    }
    JsonObject without = corridor(line, 10);
    without.getJsonObject("properties").remove("half_width_m");
    assertEquals("/properties/half_width_m", refused(without));
    assertEquals(at, refused(corridor("[[0,0]]", 10)));
    assertEquals(at + "/1/1", refused(corridor("[[0,0],[0,91]]", 10)));
    assertEquals(at + "/0/0", refused(corridor("[[181,0],[0,1]]", 10)));
    assertEquals(at + "/1", refused(corridor("[[0,0],[0,0]]", 10)));
    assertEquals(at + "/2", refused(corridor("[[0,0],[5,0],[10,0]]", 10)));
  }

  @Test
  void shouldKeepTheKindOfAFence() throws Exception {
    put("shop", circle(1, 1, 100));
    JsonObject district = circle(1, 1, 5_000);
    district.getJsonObject("properties").put("fence_kind", "area");
    put("district", district);
    assertEquals("site", kind("shop"));
    assertEquals("area", kind("district"));
    assertEquals(List.of("district", "shop"), at(1, 1));
    api.restart();
    assertEquals(FenceKind.AREA, inForce("district").kind());
    Fence shop = inForce("shop");
    assertTrue(api.fences.isSite(shop.handle()));
    JsonObject reclassified = circle(1, 1, 100);
    reclassified.getJsonObject("properties").put("fence_kind", "area");
    put("shop", reclassified);
    assertEquals("area", kind("shop"));
    assertFalse(api.fences.isSite(shop.handle()));
    put("shop", circle(1, 1, 100));
    assertTrue(api.fences.isSite(shop.handle()));
  }

  @Test
  void shouldKnowAnEditWhoseCommitWasNeverAnswered() throws Exception {
    put("gone", circle(-97.7, 30.2, 100));
    put("stays", circle(-97.7, 30.2, 100));
    ApiUnderTest.get(
        api.database
            .pool()
            .query(
                "with next as (update fence_index set version = version + 1 returning version)"
                    + " update fences set deleted_at = now(), index_version = next.version"
                    + " from next where id = 'gone'")
            .execute());

    put("new", circle(-97.7, 30.2, 100));

    assertEquals(List.of("new", "stays"), at(30.2, -97.7));
    assertEquals(404, api.call(boss, "DELETE", "/v1/fences/gone", null).status());
  }

  private static String kind(String id) throws Exception {
    return expect(200, api.get(boss, "/v1/fences/" + id))
        .json()
        .getJsonObject("properties")
        .getString("fence_kind");
  }

  private static Fence inForce(String id) {
    return Objects.requireNonNull(api.fences.fence(id), id);
  }

  @Test
  void shouldPointAtAKindThatIsNone() throws Exception {
    JsonObject feature = circle(1, 1, 100).put("id", "bad");
    for (Object kind : List.of("AREA", "shop", 1, new JsonObject())) {
      feature.getJsonObject("properties").put("fence_kind", kind);
      assertEquals("/properties/fence_kind", refused(feature));
      JsonObject report = imported(feature);
      assertEquals(0, report.getInteger("imported"));
      JsonObject rejected = report.getJsonArray("rejected").getJsonObject(0);
      assertEquals("/properties/fence_kind", rejected.getString("pointer"));
    }
    assertEquals(List.of(), list("limit=10"));
  }

  @Test
  void shouldNameAFenceByItsIdInAnImportOnly() throws Exception {
    JsonObject feature = circle(1, 1, 100).put("id", "nameless");
    feature.getJsonObject("properties").remove("name");
    assertEquals(1, imported(feature).getInteger("imported"));
    JsonObject got = expect(200, api.get(boss, "/v1/fences/nameless")).json();
    assertEquals("nameless", got.getJsonObject("properties").getString("name"));
    feature.remove("id");
    expect(400, api.call(boss, "PUT", "/v1/fences/nameless", feature));
  }

  private static JsonObject imported(JsonObject feature) throws Exception {
    JsonObject collection =
        new JsonObject()
            .put("type", "FeatureCollection")
            .put("features", new JsonArray().add(feature));
    return expect(200, api.call(boss, "POST", "/v1/fences/import", collection)).json();
  }

  @Test
  void shouldKeepTheHandleOfAFenceThatIsReplacedAndGiveANewOneAfterItsEnd() throws Exception {
    put("shop", circle(1, 1, 100));
    int handle = api.fences.current().fences().iterator().next().handle();
    put("shop", circle(2, 2, 100));
    assertEquals(handle, api.fences.current().fences().iterator().next().handle());
    expect(200, api.call(boss, "DELETE", "/v1/fences/shop", null));
    put("shop", circle(2, 2, 100));
    assertTrue(api.fences.current().fences().iterator().next().handle() > handle);
  }

  @Test
  void shouldHaveTheSameIndexAfterARestart() throws Exception {
    put("a", square(10, 10, 0.1));
    long version = put("b", circle(10.05, 10.05, 500));
    api.restart();
    assertEquals(version, api.fences.current().version());
    assertEquals(List.of("a", "b"), at(10.05, 10.05));
    assertEquals(version + 1, put("c", circle(1, 1, 100)));
  }

  @Test
  void shouldListByBoxTextAndPage() throws Exception {
    put("east-1", square(10, 50, 0.1));
    put("east-2", square(10.2, 50, 0.1));
    put("far", square(-10, 50, 0.1));
    put("date-line", square(179.95, 0, 0.04));
    put("over-date-line", polygon("[[179.9,1],[-179.9,1],[-179.9,1.1],[179.9,1.1],[179.9,1]]"));
    assertEquals(List.of("east-1"), list("bbox=9,49,10.15,51"));
    assertEquals(List.of("east-1", "east-2"), list("bbox=9,49,11,51"));
    assertEquals(List.of("date-line", "over-date-line"), list("bbox=179,-1,-179,2"));
    assertEquals(List.of("over-date-line"), list("bbox=-180,0.5,-179,2"));
    assertEquals(List.of("over-date-line"), list("bbox=179.8,0.5,180,2"));
    assertEquals(List.of("east-1", "east-2"), list("q=EAST"));
    assertEquals(List.of(), list("q=%25"));
    JsonObject page = expect(200, api.get(boss, "/v1/fences?limit=2")).json();
    assertEquals("east-1", page.getString("next_cursor"));
    assertEquals(List.of("east-2", "far"), list("limit=2&cursor=east-1"));
  }

  private static List<String> list(String query) throws Exception {
    List<String> ids = new ArrayList<>();
    expect(200, api.get(boss, "/v1/fences?" + query))
        .array("features")
        .forEach(fence -> ids.add(((JsonObject) fence).getString("id")));
    return ids;
  }

  @Test
  void shouldPointAtWhatIsWrongWithAShape() throws Exception {
    String at = "/geometry/coordinates";
    assertEquals(at + "/0", refused(polygon("[[0,0],[1,0],[0,0]]")));
    assertEquals(at + "/0/4", refused(polygon("[[0,0],[1,0],[1,1],[0,1],[0,0.5]]")));
    assertEquals(at + "/0/1/1", refused(polygon("[[0,0],[1,91],[1,1],[0,1],[0,0]]")));
    assertEquals(at + "/0/2/0", refused(polygon("[[0,0],[1,0],[181,1],[0,1],[0,0]]")));
    assertEquals(at + "/0/1", refused(polygon("[[0,0],[\"NaN\",0],[1,1],[0,1],[0,0]]")));
    assertTrue(refused(polygon("[[0,0],[0.1,0.1],[0.1,0],[0,0.1],[0,0]]")).startsWith(at));
    assertTrue(refused(polygon("[[-100,0],[100,0],[100,1],[-100,1],[-100,0]]")).startsWith(at));
    assertEquals("/properties/radius_m", refused(circle(0, 0, 1e9)));
    JsonObject point = circle(0, 0, 1);
    point.getJsonObject("properties").remove("radius_m");
    assertEquals("/properties/radius_m", refused(point));
    assertTrue(
        refused(
                feature(
                    new JsonObject()
                        .put("type", "MultiLineString")
                        .put("coordinates", new JsonArray())))
            .startsWith("/geometry"));
    String infinite = square(0, 0, 1).encode().replaceFirst("1\\.0", "1e999");
    Answer answer =
        expect(400, api.send(boss, "PUT", "/v1/fences/bad", "application/geo+json", infinite));
    assertEquals(at + "/0/1/0", pointer(answer));
    assertEquals(List.of(), list("limit=10"));
  }

  private static String refused(JsonObject feature) throws Exception {
    return pointer(expect(400, api.call(boss, "PUT", "/v1/fences/bad", feature)));
  }

  @Test
  void shouldRefuseWhatCantBeAFenceOtherwise() throws Exception {
    JsonObject twisted = circle(0, 0, 10);
    twisted
        .getJsonObject("properties")
        .put("active_from", "2026-02-01T00:00:00Z")
        .put("active_to", "2026-01-01T00:00:00Z");
    assertEquals("/properties/active_to", refused(twisted));
    JsonObject policy = circle(0, 0, 10);
    policy.getJsonObject("properties").put("presence", new JsonObject().put("exit_fixes", 0));
    assertEquals("/properties/presence/exit_fixes", refused(policy));
    assertEquals("/id", refused(circle(0, 0, 10).put("id", "another")));
  }

  @Test
  void shouldKeepOpeningHoursInTheFencesZone() throws Exception {
    JsonObject hours =
        new JsonObject()
            .put("mon", new JsonArray().add("08:00-12:00").add("13:00-18:00"))
            .put("sat", new JsonArray().add("20:00-24:00"));
    JsonObject shop = circle(6, 6, 100);
    shop.getJsonObject("properties").put("time_zone", "Asia/Shanghai").put("opening_hours", hours);
    put("hours", shop);
    JsonObject got = expect(200, api.get(boss, "/v1/fences/hours")).json();
    assertEquals(hours, got.getJsonObject("properties").getJsonObject("opening_hours"));
    assertEquals("Asia/Shanghai", got.getJsonObject("properties").getString("time_zone"));
    Fence fence = Objects.requireNonNull(api.fences.fence("hours"));
    assertTrue(fence.activeAt(Instant.parse("2026-03-02T00:00:00Z").toEpochMilli()));
    assertFalse(fence.activeAt(Instant.parse("2026-03-02T04:30:00Z").toEpochMilli()));
    assertFalse(fence.activeAt(Instant.parse("2026-03-03T00:00:00Z").toEpochMilli()));
    assertTrue(fence.activeAt(Instant.parse("2026-03-07T15:59:59Z").toEpochMilli()));
  }

  private static String refusedHours(String zone, String hours) throws Exception {
    JsonObject feature = circle(0, 0, 10);
    feature.getJsonObject("properties").put("opening_hours", new JsonObject(hours));
    if (!zone.isEmpty()) {
      feature.getJsonObject("properties").put("time_zone", zone);
    }
    return refused(feature);
  }

  @Test
  void shouldRefuseOpeningHoursWithAPointer() throws Exception {
    assertEquals("/properties/time_zone", refusedHours("", "{\"mon\": [\"08:00-12:00\"]}"));
    assertEquals(
        "/properties/time_zone", refusedHours("Mars/Base", "{\"mon\": [\"08:00-12:00\"]}"));
    assertEquals(
        "/properties/opening_hours/mon/1",
        refusedHours("Asia/Shanghai", "{\"mon\": [\"08:00-12:00\", \"11:00-13:00\"]}"));
    assertEquals(
        "/properties/opening_hours/tue/0",
        refusedHours("Asia/Shanghai", "{\"tue\": [\"18:00-08:00\"]}"));
    assertEquals("/properties/opening_hours", refusedHours("Asia/Shanghai", "{\"mon\": []}"));
  }

  @Test
  void shouldLeaveOutFencesThatAreNotActive() throws Exception {
    JsonObject past = circle(5, 5, 100);
    past.getJsonObject("properties").put("active_to", "2020-01-01T00:00:00Z");
    put("past", past);
    put("present", circle(5, 5, 100));
    assertEquals(List.of("present"), at(5, 5));
  }

  @Test
  void shouldRefuseIdsThatArePathsOfTheirOwn() throws Exception {
    JsonObject feature = circle(0, 0, 10).put("id", "import");
    String report =
        expect(
                200,
                api.send(boss, "POST", "/v1/fences/import", "application/json", feature.encode()))
            .json()
            .encode();
    assertTrue(report.contains("/id"), report);
    expect(405, api.call(boss, "PUT", "/v1/fences/import", circle(0, 0, 10)));
  }

  @Test
  void shouldListAFenceRoundThePole() throws Exception {
    put("arctic", polygon("[[-135,80],[-45,80],[45,80],[135,80],[-135,80]]"));
    assertEquals(List.of("arctic"), list("bbox=10,85,11,86"));
  }

  @Test
  void shouldFindAPointOnTheOtherSideOfTheDateLine() throws Exception {
    put("over", polygon("[[179.9,1],[-179.9,1],[-179.9,1.1],[179.9,1.1],[179.9,1]]"));
    assertEquals(List.of("over"), at(1.05, 180));
    assertEquals(List.of("over"), at(1.05, -180));
  }

  @Test
  void shouldImportTheGoodFeaturesOfACollectionUnderOneVersion() throws Exception {
    long before = put("first", circle(1, 1, 10));
    JsonObject collection =
        new JsonObject()
            .put("type", "FeatureCollection")
            .put(
                "features",
                new JsonArray()
                    .add(circle(2, 2, 50).put("id", "good-1"))
                    .add(polygon("[[0,0],[1,0],[0,0]]").put("id", "bad"))
                    .add(square(3, 3, 0.01).put("id", 12345))
                    .add(circle(2, 2, 50))
                    .add(circle(2, 2, 50).put("id", "has space"))
                    .add(circle(2, 2, 50).put("id", "good-1"))
                    .addNull()
                    .add(
                        circle(2, 2, 50)
                            .put("id", "nul")
                            .put(
                                "properties",
                                new JsonObject().put("name", "n\0").put("radius_m", 50))));
    JsonObject report = expect(200, api.call(boss, "POST", "/v1/fences/import", collection)).json();
    assertEquals(2, report.getInteger("imported"));
    assertEquals(before + 1, report.getLong("index_version"));
    JsonArray rejected = report.getJsonArray("rejected");
    assertEquals(
        List.of(1, 3, 4, 5, 6, 7),
        rejected.stream().map(r -> ((JsonObject) r).getInteger("index")).toList());
    assertEquals("bad", rejected.getJsonObject(0).getString("id"));
    assertEquals("/geometry/coordinates/0", rejected.getJsonObject(0).getString("pointer"));
    assertTrue(rejected.getJsonObject(3).getString("reason").contains("index 0"));
    assertEquals(List.of("12345"), at(3.005, 3.005));
  }

  @Test
  void shouldImportLinesWhateverTheyAreCalled() throws Exception {
    String lines =
        circle(2, 2, 50).put("id", "line-1").encode()
            + "\r\n{not json}\n\n"
            + circle(2, 2, 50).put("id", "line-2").encode();
    for (String type : List.of("application/x-ndjson", "application/json")) {
      JsonObject report =
          expect(200, api.send(boss, "POST", "/v1/fences/import", type, lines)).json();
      assertEquals(2, report.getInteger("imported"), report.encode());
      assertEquals(1, report.getJsonArray("rejected").getJsonObject(0).getInteger("index"));
    }
    assertEquals(List.of("line-1", "line-2"), at(2, 2));
  }

  @Test
  void shouldRefuseAnImportThatIsNoneAsAWhole() throws Exception {
    long version = api.fences.current().version();
    for (String body :
        List.of("{\"type\":\"FeatureCollection\",\"features\":[{]}", "[]", "x", "{}")) {
      expect(400, api.send(boss, "POST", "/v1/fences/import", "application/json", body));
    }
    expect(415, api.send(boss, "POST", "/v1/fences/import", "text/csv", "a,b"));
    expect(400, api.send(boss, "POST", "/v1/fences/import", "application/json", ""));
    assertEquals(version, api.fences.current().version());
  }

  @Test
  void shouldRefuseAnEditOfAVersionThatIsNoMore() throws Exception {
    JsonObject shape = square(-97.75, 30.25, 0.01);
    Answer made = expect(200, api.call(boss, "PUT", "/v1/fences/shop", shape));
    String seen = tag(made);
    assertEquals(seen, tag(expect(200, api.get(boss, "/v1/fences/shop"))));
    String newer =
        tag(expect(200, api.call(boss, "PUT", "/v1/fences/shop", shape, "If-Match", seen)));
    long version = api.fences.current().version();
    for (String method : List.of("PUT", "DELETE")) {
      JsonObject body = method.equals("PUT") ? shape : null;
      Answer stale = expect(412, api.call(boss, method, "/v1/fences/shop", body, "If-Match", seen));
      assertEquals("Precondition Failed", stale.json().getString("title"));
      assertTrue(
          stale.json().getString("detail").contains("version " + version + ", by boss"),
          () -> stale.json().encode());
      assertEquals(
          "application/problem+json", stale.headers().firstValue("content-type").orElse(""));
    }
    assertEquals(version, api.fences.current().version());
    expect(412, api.call(boss, "PUT", "/v1/fences/shop", shape, "If-None-Match", "*"));
    expect(412, api.call(boss, "PUT", "/v1/fences/shop", shape, "If-Match", "\"none\""));
    expect(412, api.call(boss, "PUT", "/v1/fences/other", shape, "If-Match", "*"));
    expect(200, api.call(boss, "PUT", "/v1/fences/other", shape, "If-None-Match", "*"));
    expect(
        200, api.call(boss, "DELETE", "/v1/fences/shop", null, "If-Match", seen + ", W/" + newer));
    expect(412, api.call(boss, "PUT", "/v1/fences/shop", shape, "If-Match", newer));
    expect(404, api.call(boss, "DELETE", "/v1/fences/shop", null, "If-Match", newer));
  }

  @Test
  void shouldLetOneOfTwoEditorsThrough() throws Exception {
    JsonObject shape = square(-97.75, 30.25, 0.01);
    String seen = tag(expect(200, api.call(boss, "PUT", "/v1/fences/shop", shape)));
    ExecutorService editors = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> edit =
          () -> api.call(boss, "PUT", "/v1/fences/shop", shape, "If-Match", seen).status();
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : editors.invokeAll(Collections.nCopies(8, edit))) {
        answers.add(answer.get());
      }
      answers.sort(null);
      assertEquals(List.of(200, 412, 412, 412, 412, 412, 412, 412), answers);
    } finally {
      editors.shutdown();
    }
  }

  private static String tag(Answer answer) {
    return answer.headers().firstValue("etag").orElseThrow();
  }

  @Test
  void shouldImportThousandsAtOnce() throws Exception {
    StringBuilder lines = new StringBuilder();
    int count = 1_500;
    for (int i = 0; i < count; i++) {
      lines
          .append(
              square(20 + 0.01 * (i % 100), 20 + 0.01 * Math.floorDiv(i, 100), 0.005)
                  .put("id", "n" + i)
                  .encode())
          .append('\n');
    }
    JsonObject report =
        expect(
                200,
                api.send(
                    boss, "POST", "/v1/fences/import", "application/x-ndjson", lines.toString()))
            .json();
    assertEquals(count, report.getInteger("imported"));
    assertEquals(count, api.fences.current().size());
    assertEquals(List.of("n101"), at(20.012, 20.012));
    clearAtOnce();
  }

  private static void clearAtOnce() throws Exception {
    // As many deletes would be as many versions; a fresh start is the cheaper way.
    api.stop();
    api = ApiUnderTest.start();
    boss = api.user("boss", "manager", null);
  }
}
