package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.store.Directory.Member;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who sees whom: managers their teams and those below, members themselves. */
class VisibilityTest {
  private static ApiUnderTest api;
  private static String boss;
  private static String ann;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
    boss = api.user("boss", "manager", null);
    api.user("other", "manager", null);
    api.team("north", null, "boss");
    api.team("north-1", "north");
    api.team("south", null, "other");
    api.member("ann", "north");
    api.member("bob", "north-1");
    api.member("cid", "south");
    ann = api.user("ann", "member", "ann");
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static List<String> ids(String token, String path, String name) throws Exception {
    return expect(200, api.get(token, path)).array(name).stream()
        .map(row -> ((JsonObject) row).getString("id"))
        .toList();
  }

  @Test
  void shouldShowManagersTheirTeamsAndThoseBelow() throws Exception {
    assertEquals(List.of("north", "north-1"), ids(boss, "/v1/teams", "teams"));
    assertEquals(List.of("ann", "bob"), ids(boss, "/v1/members", "members"));
    assertEquals(List.of("bob"), ids(boss, "/v1/members?team=north-1", "members"));
    assertEquals(List.of(), ids(boss, "/v1/members?team=south", "members"));
    expect(200, api.get(boss, "/v1/members/bob"));
    expect(404, api.get(boss, "/v1/members/cid"));
    expect(404, api.get(boss, "/v1/teams/south"));
    expect(404, api.get(boss, "/v1/members/cid/devices"));
    expect(404, api.call(boss, "POST", "/v1/members/cid/devices", new JsonObject()));
    expect(404, api.call(boss, "DELETE", "/v1/members/cid/devices/x", null));
  }

  @Test
  void shouldShowAdminsEverything() throws Exception {
    assertEquals(List.of("ann", "bob", "cid"), ids(api.admin(), "/v1/members", "members"));
  }

  @Test
  void shouldShowMembersThemselvesOnly() throws Exception {
    assertEquals(List.of("ann"), ids(ann, "/v1/members", "members"));
    assertEquals(List.of("north"), ids(ann, "/v1/teams", "teams"));
    expect(404, api.get(ann, "/v1/members/bob"));
    expect(200, api.get(ann, "/v1/members/ann/devices"));
  }

  @Test
  void shouldTakeATeamFromAManagerAtOnce() throws Exception {
    String deputy = api.user("deputy", "manager", null);
    api.team("west", null, "deputy");
    api.member("wim", "west");
    Access access =
        new Access(
            api.store.directory(), Objects.requireNonNull(api.store.directory().user("deputy")));
    Member wim = Objects.requireNonNull(api.store.directory().member("wim"));
    assertTrue(access.sees(wim));
    assertEquals(List.of(wim.handle()), List.of(access.memberHandles(null)));
    api.team("west", null);
    assertFalse(access.sees(wim));
    expect(404, api.get(deputy, "/v1/members/wim"));
  }

  @Test
  void shouldHideEverythingFromADeletedAccount() throws Exception {
    api.user("gone", "manager", null);
    api.team("east", null, "gone");
    api.member("eva", "east");
    Access access =
        new Access(
            api.store.directory(), Objects.requireNonNull(api.store.directory().user("gone")));
    Member eva = Objects.requireNonNull(api.store.directory().member("eva"));
    assertTrue(access.sees(eva));
    expect(204, api.call(api.admin(), "DELETE", "/v1/users/gone", null));
    assertFalse(access.current());
    assertFalse(access.sees(eva));
    assertEquals(
        new JsonArray(), expect(200, api.get(api.admin(), "/v1/teams/east")).array("managers"));
  }

  @Test
  void shouldFollowAMemberIntoAnotherTeam() throws Exception {
    api.member("mover", "south");
    expect(404, api.get(boss, "/v1/members/mover"));
    api.member("mover", "north-1");
    expect(200, api.get(boss, "/v1/members/mover"));
    expect(204, api.call(api.admin(), "DELETE", "/v1/members/mover", null));
  }

  @Test
  void shouldDeleteTheAccountWithItsMember() throws Exception {
    api.member("temp", "south");
    String temp = api.user("temp", "member", "temp");
    expect(204, api.call(api.admin(), "DELETE", "/v1/members/temp", null));
    expect(401, api.get(temp, "/v1/me"));
    expect(404, api.get(api.admin(), "/v1/users/temp"));
  }
}
