package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static io.hexbeat.api.http.ApiUnderTest.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.AuditPruner;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.TeamBook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit log: what it tells, and that it can't be changed unseen. */
class AuditTest {
  private ApiUnderTest api;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start();
  }

  @AfterEach
  void stop() throws Exception {
    api.stop();
  }

  private List<JsonObject> entries(String query) throws Exception {
    return expect(200, api.get(api.admin(), "/v1/audit?limit=1000" + query))
        .array("entries")
        .stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private JsonObject newest() throws Exception {
    return entries("").get(0);
  }

  private void sql(String sql) throws Exception {
    get(api.database.pool().query(sql).execute());
  }

  /** What only an owner of the database can do. */
  private void tamper(String sql) throws Exception {
    get(
        api.database
            .pool()
            .withTransaction(
                connection ->
                    connection
                        .query("set local session_replication_role = replica")
                        .execute()
                        .compose(set -> connection.query(sql).execute())));
  }

  private JsonObject chain() throws Exception {
    return expect(200, api.get(api.admin(), "/v1/audit/verify")).json();
  }

  @Test
  void shouldTellWhoChangedWhatFromWhereBeforeAndAfter() throws Exception {
    api.team("north", null);
    api.call(api.admin(), "PUT", "/v1/teams/north", new JsonObject().put("name", "The north"));
    JsonObject entry = newest();
    assertEquals("team.put", entry.getString("action"));
    assertEquals("team:north", entry.getString("subject"));
    assertEquals("admin", entry.getString("user"));
    assertEquals("admin", entry.getString("role"));
    assertEquals("127.0.0.1", entry.getString("address"));
    assertTrue(entry.getString("session").startsWith("s-"), entry.encode());
    assertTrue(entry.getString("request").startsWith("r-"), entry.encode());
    assertEquals("Team north", entry.getJsonObject("before").getString("name"));
    assertEquals("The north", entry.getJsonObject("after").getString("name"));
  }

  @Test
  void shouldTellOfEveryKindOfChange() throws Exception {
    api.team("north", null);
    api.member("ann", "north");
    api.user("mia", "manager", null);
    JsonObject device = new JsonObject().put("id", "phone");
    String devices = "/v1/members/ann/devices";
    expect(201, api.call(api.admin(), "POST", devices, device));
    JsonObject label = new JsonObject().put("label", "Blue");
    expect(200, api.call(api.admin(), "PATCH", devices + "/phone", label));
    expect(204, api.call(api.admin(), "DELETE", devices + "/phone", null));
    JsonObject gateway =
        new JsonObject().put("id", "box").put("device_prefixes", new JsonArray().add("van-"));
    expect(201, api.call(api.admin(), "POST", "/v1/gateways", gateway));
    expect(204, api.call(api.admin(), "DELETE", "/v1/gateways/box", null));
    expect(200, api.call(api.admin(), "PUT", "/v1/fences/shop", circle(50)));
    expect(200, api.call(api.admin(), "PUT", "/v1/fences/shop", circle(80)));
    expect(200, api.call(api.admin(), "DELETE", "/v1/fences/shop", null));
    JsonObject role = new JsonObject().put("role", "admin").put("password", "another password");
    expect(200, api.call(api.admin(), "PUT", "/v1/users/mia", role));
    expect(204, api.call(api.admin(), "DELETE", "/v1/users/mia", null));
    expect(204, api.call(api.admin(), "DELETE", "/v1/members/ann", null));
    expect(204, api.call(api.admin(), "DELETE", "/v1/teams/north", null));
    List<String> actions = new ArrayList<>();
    for (JsonObject entry : entries("")) {
      actions.add(0, entry.getString("action"));
    }
    assertEquals(
        List.of(
            "user.create",
            "login",
            "team.put",
            "member.put",
            "user.create",
            "login",
            "device.enrol",
            "device.edit",
            "device.revoke",
            "gateway.make",
            "gateway.revoke",
            "fence.put",
            "fence.put",
            "fence.delete",
            "user.put_password",
            "user.delete",
            "member.delete",
            "team.delete"),
        actions);
    JsonObject moved = entries("&action=fence.put").get(0);
    assertEquals(50.0, radius(moved.getJsonObject("before")));
    assertEquals(80.0, radius(moved.getJsonObject("after")));
    assertTrue(chain().getBoolean("intact"));
    assertEquals(18, chain().getInteger("rows"));
  }

  private static JsonObject circle(double radiusMeters) {
    return new JsonObject()
        .put("type", "Feature")
        .put("properties", new JsonObject().put("name", "Shop").put("radius_m", radiusMeters))
        .put(
            "geometry",
            new JsonObject()
                .put("type", "Point")
                .put("coordinates", new JsonArray().add(-97.7).add(30.2)));
  }

  private static double radius(JsonObject fence) {
    return fence.getJsonObject("properties").getDouble("radius_m");
  }

  @Test
  void shouldHoldNoSecret() throws Exception {
    api.team("north", null);
    api.member("ann", "north");
    String token = api.user("mia", "manager", null);
    JsonObject signing = new JsonObject().put("alg", "HS256");
    JsonObject device = new JsonObject().put("id", "phone").put("signing", signing);
    JsonObject enrolled =
        expect(201, api.call(api.admin(), "POST", "/v1/members/ann/devices", device)).json();
    JsonObject typo = new JsonObject().put("username", "password-of-mia").put("password", "x");
    expect(401, api.call(null, "POST", "/v1/login", typo));
    String log = entries("").toString();
    for (String secret :
        List.of(
            token,
            api.admin(),
            "password-of-mia",
            enrolled.getString("token"),
            enrolled.getJsonObject("signing").getString("secret"))) {
      assertFalse(log.contains(secret), secret);
    }
    assertFalse(log.contains("hash\":\"$2"), log);
  }

  @Test
  void shouldTellOfLoginsThatWereRefused() throws Exception {
    for (int i = 0; i < 7; i++) {
      JsonObject wrong = new JsonObject().put("username", "admin").put("password", "guess " + i);
      int status = api.call(null, "POST", "/v1/login", wrong).status();
      assertEquals(i < 5 ? 401 : 429, status);
    }
    assertEquals(5, entries("&action=login.refused&subject=user:admin").size());
    assertEquals(1, entries("&action=login.throttled").size());
    assertEquals("127.0.0.1", newest().getString("address"));
  }

  @Test
  void shouldWriteNothingOfAChangeThatFails() throws Exception {
    api.team("north", null);
    int before = entries("").size();
    JsonObject lost = new JsonObject().put("name", "Ann").put("team", "nowhere");
    expect(400, api.call(api.admin(), "PUT", "/v1/members/ann", lost));
    expect(404, api.call(api.admin(), "DELETE", "/v1/teams/south", null));
    assertEquals(before, entries("").size());
  }

  @Test
  void shouldRefuseChangesOfRows() {
    for (String sql :
        List.of(
            "update audit set entry = '{}'",
            "delete from audit",
            "truncate audit",
            "update audit_members set members = '{}'",
            "delete from audit_members",
            "delete from audit_head",
            "delete from audit_begin")) {
      ExecutionException refused = assertThrows(ExecutionException.class, () -> sql(sql));
      assertTrue(refused.getMessage().contains("append-only"), refused.getMessage());
    }
  }

  private long prune() throws Exception {
    Clock inTwoDays = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
    return get(new AuditPruner(api.vertx, api.database, Duration.ofDays(1), inTwoDays).prune());
  }

  @Test
  void shouldPruneOldRowsAndVerifyTheRest() throws Exception {
    api.team("north", null);
    int before = entries("").size();

    assertEquals(before, prune());
    JsonObject told = newest();
    assertEquals("audit.prune", told.getString("action"));
    assertEquals(before, told.getJsonObject("detail").getInteger("rows"));
    api.team("south", null);
    JsonObject chain = chain();
    assertTrue(chain.getBoolean("intact"), chain.encode());
    assertEquals(before, chain.getInteger("pruned"));
    assertEquals(2, chain.getInteger("rows"));

    assertEquals(2, prune(), "the row that told of the first pruning goes with the second");
    assertEquals(before + 2, chain().getInteger("pruned"));
    tamper("update audit set entry = replace(entry, 'prune', 'Prune')");
    assertFalse(chain().getBoolean("intact"));
  }

  @Test
  void shouldKeepRowsThatAreYoung() throws Exception {
    api.team("north", null);
    Duration keep = Duration.ofDays(1);
    assertEquals(0, get(new AuditPruner(api.vertx, api.database, keep, Clock.systemUTC()).prune()));
    assertEquals(0, chain().getInteger("pruned"));
  }

  @Test
  void shouldSeeABeginningThatTheChainDoesNotTellOf() throws Exception {
    api.team("north", null);
    api.team("south", null);
    sql("update audit_begin set seq = a.seq, hash = a.hash from audit a where a.seq = 2");
    sql("delete from audit where seq <= 2");
    JsonObject chain = chain();
    assertFalse(chain.getBoolean("intact"));
    assertEquals(3, chain.getJsonObject("broken").getInteger("seq"));
    assertThrows(ExecutionException.class, () -> sql("update audit_begin set seq = 1"));
  }

  @Test
  void shouldNameTheFirstRowWhoseContentWasChanged() throws Exception {
    api.team("north", null);
    api.team("south", null);
    tamper("update audit set entry = replace(entry, 'north', 'North') where seq = 3");
    JsonObject chain = chain();
    assertFalse(chain.getBoolean("intact"));
    assertEquals(2, chain.getInteger("rows"));
    assertEquals(3, chain.getJsonObject("broken").getInteger("seq"));
  }

  @Test
  void shouldNameTheFirstRowThatIsMissing() throws Exception {
    api.team("north", null);
    api.team("south", null);
    tamper("delete from audit where seq = 3");
    assertEquals(3, chain().getJsonObject("broken").getInteger("seq"));
  }

  @Test
  void shouldSeeThatTheEndWasCutOff() throws Exception {
    api.team("north", null);
    tamper("delete from audit where seq = 3");
    assertEquals(3, chain().getJsonObject("broken").getInteger("seq"));
  }

  @Test
  void shouldSeeARowThatWasHashedAnew() throws Exception {
    api.team("north", null);
    api.team("south", null);
    tamper(
        "update audit set entry = replace(entry, 'north', 'North'),"
            + " hash = sha256(prev_hash || convert_to(seq || E'\\n'"
            + " || replace(entry, 'north', 'North'), 'UTF8')) where seq = 3");
    assertEquals(4, chain().getJsonObject("broken").getInteger("seq"));
  }

  @Test
  void shouldChainManyWritersAtOnce() throws Exception {
    Actor actor = new Actor("admin", Role.ADMIN, "s-1", "127.0.0.1", "r-1");
    List<Future<?>> edits = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      edits.add(api.store.teams().put(actor, new TeamBook.Edit("t-" + i, "T", null, List.of())));
      edits.add(api.store.audit().login(actor, "login.refused", "admin"));
      edits.add(api.store.audit().login(actor, "login.refused", null));
    }
    get(Future.join(edits));
    JsonObject chain = chain();
    assertTrue(chain.getBoolean("intact"), chain.encode());
    assertEquals(152, chain.getInteger("rows"));
  }

  @Test
  void shouldPageAndExport() throws Exception {
    for (int i = 0; i < 5; i++) {
      api.team("t-" + i, null);
    }
    JsonObject first = expect(200, api.get(api.admin(), "/v1/audit?limit=3")).json();
    String next = first.getString("next_cursor");
    JsonObject second =
        expect(200, api.get(api.admin(), "/v1/audit?limit=100&cursor=" + next)).json();
    assertEquals(3, first.getJsonArray("entries").size());
    assertEquals(4, second.getJsonArray("entries").size());
    assertFalse(second.containsKey("next_cursor"));
    String csv = api.text(api.admin(), "/v1/audit/export?format=csv&action=team");
    assertEquals(6, csv.lines().count());
    assertTrue(csv.startsWith("seq,at,user,role"), csv);
    String lines = api.text(api.admin(), "/v1/audit/export?action=team.put");
    assertEquals("team:t-4", new JsonObject(lines.lines().findFirst().get()).getString("subject"));
  }

  @Test
  void shouldTakeTheClientsNameOfARequestOrGiveOne() throws Exception {
    assertEquals(
        "mine-1", api.headers("X-Request-Id", "mine-1").firstValue("X-Request-Id").orElse(""));
    assertTrue(
        api.headers("X-Request-Id", "no id!")
            .firstValue("X-Request-Id")
            .orElse("")
            .startsWith("r-"));
  }
}
