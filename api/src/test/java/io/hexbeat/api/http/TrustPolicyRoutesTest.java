package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.trust.TrustLimit;
import io.hexbeat.geofence.trust.TrustSignal;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The trust policy: who may edit it, under which version, and what is refused. */
class TrustPolicyRoutesTest {
  private static final String PATH = "/v1/trust/policy";

  private static ApiUnderTest api;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static JsonObject edit(String kind, String name, Object value) throws Exception {
    return current()
        .put("limits", new JsonObject())
        .put("weights", new JsonObject())
        .put(kind, new JsonObject().put(name, value));
  }

  private static JsonObject current() throws Exception {
    JsonObject policy = expect(200, api.get(api.admin(), PATH)).json();
    return new JsonObject().put("version", policy.getLong("version"));
  }

  @Test
  void shouldTellEachFieldWithItsRange() throws Exception {
    JsonObject policy = expect(200, api.get(api.admin(), PATH)).json();
    assertEquals(
        TrustLimit.values().length + TrustSignal.values().length,
        policy.getJsonArray("fields").size());
    assertEquals(2_700_000, policy.getJsonObject("limits").getInteger("dark_ms"));
  }

  @Test
  void shouldAdoptAnEditUnderANewVersionAndKeepItOverARestart() throws Exception {
    long before = current().getLong("version");
    JsonObject policy =
        expect(200, api.call(api.admin(), "PUT", PATH, edit("weights", "TANDEM", 0))).json();
    assertEquals(before + 1, policy.getLong("version"));
    assertEquals(0, policy.getJsonObject("weights").getInteger("TANDEM"));
    assertEquals(before + 1, api.weighing.get(api.weighing.size() - 1).version());
    String audit = expect(200, api.get(api.admin(), "/v1/audit?limit=5")).json().encode();
    assertTrue(audit.contains("trust_policy.put"), audit);
    api.restart();
    assertEquals(before + 1, current().getLong("version"));
  }

  @Test
  void shouldRefuseAnEditOfAnotherVersion() throws Exception {
    JsonObject stale = edit("weights", "DARK", 10);
    stale.put("version", stale.getLong("version") + 5);
    expect(412, api.call(api.admin(), "PUT", PATH, stale));
    stale.remove("version");
    expect(428, api.call(api.admin(), "PUT", PATH, stale));
  }

  @Test
  void shouldNameThePlaceOfWhatIsNoPolicy() throws Exception {
    JsonObject wrong =
        expect(400, api.call(api.admin(), "PUT", PATH, edit("limits", "dark_ms", 5))).json();
    assertEquals(
        "/limits/dark_ms",
        wrong.getJsonArray("errors").getJsonObject(0).getString("pointer"),
        wrong::encode);
    JsonObject unknown =
        expect(400, api.call(api.admin(), "PUT", PATH, edit("weights", "LUCK", 5))).json();
    assertEquals(
        "/weights/LUCK",
        unknown.getJsonArray("errors").getJsonObject(0).getString("pointer"),
        unknown::encode);
  }

  @Test
  void shouldBeForAdministratorsOnly() throws Exception {
    String manager = api.user("policy-reader", "manager", null);
    expect(403, api.get(manager, PATH));
    expect(403, api.call(manager, "PUT", PATH, current()));
  }
}
