package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.http.ApiUnderTest.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of requests that aren't as the contract says. */
class RequestsTest {
  private static ApiUnderTest api;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
    api.team("north", null);
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static List<String> pointers(Answer answer) {
    return answer.array("errors").stream()
        .map(error -> ((JsonObject) error).getString("pointer"))
        .toList();
  }

  @Test
  void shouldAnswerUnknownPathsWithAProblem() throws Exception {
    Answer answer = expect(404, api.get(api.admin(), "/v1/nothing"));
    assertEquals("Not Found", answer.json().getString("title"));
    assertEquals(404, answer.json().getInteger("status"));
    assertEquals("about:blank", answer.json().getString("type"));
    expect(404, api.get(null, "/elsewhere"));
  }

  @Test
  void shouldNameTheMethodsOfAPathWhenAnotherIsUsed() throws Exception {
    Answer answer = expect(405, api.call(api.admin(), "DELETE", "/v1/teams", null));
    assertEquals("GET, POST", answer.headers().firstValue("allow").orElse(""));
    expect(405, api.call(api.admin(), "PUT", "/v1/fences/at", new JsonObject()));
  }

  @Test
  void shouldRefuseMalformedJson() throws Exception {
    Answer answer =
        expect(400, api.send(api.admin(), "POST", "/v1/teams", "application/json", "{\"id\":"));
    assertTrue(answer.json().getString("detail").contains("JSON"));
  }

  @Test
  void shouldRefuseAnotherContentType() throws Exception {
    Answer answer =
        expect(415, api.send(api.admin(), "POST", "/v1/teams", "text/plain", "{\"id\":\"x\"}"));
    assertTrue(answer.json().getString("detail").contains("application/json"));
  }

  @Test
  void shouldRefuseAnOversizedBody() throws Exception {
    String body = "{\"id\":\"big\",\"name\":\"" + "x".repeat(2 << 20) + "\"}";
    expect(413, api.send(api.admin(), "POST", "/v1/teams", "application/json", body));
  }

  @Test
  void shouldRefuseAMissingBody() throws Exception {
    expect(400, api.call(api.admin(), "POST", "/v1/teams", null));
  }

  @Test
  void shouldPointAtEachFaultOfABody() throws Exception {
    Answer answer =
        expect(
            400,
            api.call(
                api.admin(),
                "POST",
                "/v1/members",
                new JsonObject().put("id", "no spaces").put("name", "").put("team", 7)));
    assertEquals(List.of("/id", "/name", "/team"), pointers(answer));
  }

  @Test
  void shouldPointAtAMissingPropertyAndAtOneTooMany() throws Exception {
    JsonObject nameless = new JsonObject().put("id", "x").put("colour", "red");
    Answer answer = expect(400, api.call(api.admin(), "POST", "/v1/teams", nameless));
    assertEquals(List.of("/name", "/colour"), pointers(answer));
  }

  @Test
  void shouldPointAtAQueryParameter() throws Exception {
    assertEquals(
        List.of("/query/limit"), pointers(expect(400, api.get(api.admin(), "/v1/teams?limit=0"))));
    assertEquals(
        List.of("/query/lat"),
        pointers(expect(400, api.get(api.admin(), "/v1/fences/at?lat=NaN&lng=1"))));
    assertEquals(
        List.of("/query/lat"),
        pointers(expect(400, api.get(api.admin(), "/v1/fences/at?lat=1e999&lng=1"))));
    expect(400, api.get(api.admin(), "/v1/fences/at?lat=1"));
    expect(400, api.get(api.admin(), "/v1/fences?bbox=1,2,3"));
    expect(400, api.get(api.admin(), "/v1/fences?bbox=1,95,3,99"));
    expect(400, api.get(api.admin(), "/v1/teams?limit=1&limit=2"));
  }

  @Test
  void shouldSayWhatIsAllowed() throws Exception {
    assertEquals(
        "it must have 1 to 64 characters, of A-Z, a-z, 0-9 and . _ : - only",
        reason("/v1/teams/a%20b"));
    assertEquals("it must be at least 1, not 0", reason("/v1/teams?limit=0"));
    assertEquals("it must be at most 90, not 91", reason("/v1/fences/at?lat=91&lng=1"));
    assertEquals("it is missing", reason("/v1/fences/at?lat=1"));
    assertEquals("it must have at least 4 entries, not 3", reason("/v1/fences?bbox=1,2,3"));
    assertEquals(
        "it must be a time with its offset or Z, such as 2026-11-21T08:00:00Z",
        reason("/v1/visits?from=yesterday"));
    assertEquals(
        "it must be a day, such as 2026-11-22", reason("/v1/members/m/timeline?date=22.11.2026"));
    JsonObject hours = new JsonObject().put("mon", new JsonArray().add("8-12"));
    JsonObject fence =
        new JsonObject()
            .put("type", "Feature")
            .put(
                "geometry",
                new JsonObject().put("type", "Point").put("coordinates", new JsonArray("[1,2]")))
            .put(
                "properties",
                new JsonObject().put("name", "x").put("radius_m", 9).put("opening_hours", hours));
    Answer answer = expect(400, api.call(api.admin(), "PUT", "/v1/fences/f", fence));
    assertEquals(
        "[{\"pointer\":\"/properties/opening_hours/mon/0\","
            + "\"reason\":\"a span is HH:MM-HH:MM, such as 08:00-12:30\"}]",
        answer.array("errors").encode());
  }

  private static String reason(String path) throws Exception {
    Answer answer = expect(400, api.get(api.admin(), path));
    assertEquals(1, answer.array("errors").size(), path);
    return answer.array("errors").getJsonObject(0).getString("reason");
  }

  @Test
  void shouldTakeIdsThatLookLikeNumbers() throws Exception {
    for (String id : List.of("1.50", "-3", "1e5", "true", "null", "a:b._-c")) {
      api.team(id, null);
      assertEquals(id, expect(200, api.get(api.admin(), "/v1/teams/" + id)).json().getString("id"));
    }
    expect(200, api.get(api.admin(), "/v1/members?team=1.50&q=100%25"));
  }

  @Test
  void shouldRefuseIdsOfOtherLetters() throws Exception {
    expect(400, api.get(api.admin(), "/v1/teams/a%2Fb"));
    expect(400, api.get(api.admin(), "/v1/teams/" + "x".repeat(65)));
  }

  @Test
  void shouldPageThroughAList() throws Exception {
    for (int i = 0; i < 5; i++) {
      api.member("paged-" + i, "north");
    }
    List<String> seen = new java.util.ArrayList<>();
    String path = "/v1/members?q=paged&limit=2";
    String cursor = "";
    do {
      JsonObject page = expect(200, api.get(api.admin(), path + cursor)).json();
      page.getJsonArray("members").forEach(m -> seen.add(((JsonObject) m).getString("id")));
      String next = page.getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    assertEquals(List.of("paged-0", "paged-1", "paged-2", "paged-3", "paged-4"), seen);
  }

  @Test
  void shouldRefuseTeamsThatWouldLieBelowThemselves() throws Exception {
    api.team("top", null);
    api.team("below", "top");
    Answer answer =
        expect(
            400,
            api.call(
                api.admin(),
                "PUT",
                "/v1/teams/top",
                new JsonObject().put("name", "Top").put("parent", "below")));
    assertEquals(List.of("/parent"), pointers(answer));
    expect(409, api.call(api.admin(), "DELETE", "/v1/teams/top", null));
    expect(204, api.call(api.admin(), "DELETE", "/v1/teams/below", null));
    expect(204, api.call(api.admin(), "DELETE", "/v1/teams/top", null));
    expect(404, api.get(api.admin(), "/v1/teams/top"));
  }

  @Test
  void shouldRefuseReferencesToNobody() throws Exception {
    JsonObject member = new JsonObject().put("id", "lost").put("name", "L").put("team", "none");
    assertEquals(
        List.of("/team"),
        pointers(expect(400, api.call(api.admin(), "POST", "/v1/members", member))));
    JsonObject team =
        new JsonObject()
            .put("id", "t")
            .put("name", "T")
            .put("managers", new JsonArray().add("none"));
    assertEquals(
        List.of("/managers"),
        pointers(expect(400, api.call(api.admin(), "POST", "/v1/teams", team))));
    JsonObject zone =
        new JsonObject()
            .put("id", "z")
            .put("name", "Z")
            .put("team", "north")
            .put("time_zone", "Mars");
    assertEquals(
        List.of("/time_zone"),
        pointers(expect(400, api.call(api.admin(), "POST", "/v1/members", zone))));
  }

  @Test
  void shouldRefuseASecondOfTheSameId() throws Exception {
    JsonObject member = new JsonObject().put("id", "twin").put("name", "T").put("team", "north");
    expect(201, api.call(api.admin(), "POST", "/v1/members", member));
    expect(409, api.call(api.admin(), "POST", "/v1/members", member));
  }

  @Test
  void shouldRefuseACharacterThatNoDatabaseTextHolds() throws Exception {
    JsonObject team = new JsonObject().put("id", "nul").put("name", "a\0b");
    expect(400, api.call(api.admin(), "POST", "/v1/teams", team));
    expect(400, api.get(api.admin(), "/v1/fences?q=%00"));
    expect(404, api.get(api.admin(), "/v1/teams/nul"));
  }

  @Test
  void shouldSurviveAQueryThatCantBeDecoded() throws Exception {
    assertEquals("HTTP/1.1 400 Bad Request", api.raw("GET /v1/members?q=%zz HTTP/1.1"));
    expect(200, api.get(api.admin(), "/v1/members"));
  }
}
