package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.GatewayIdentity;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gateways: their tokens, and for which devices the TCP door takes them. */
class GatewaysTest {
  private static ApiUnderTest api;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static JsonObject make(String id, List<String> devices, List<String> prefixes)
      throws Exception {
    return expect(
            201,
            api.call(
                api.admin(),
                "POST",
                "/v1/gateways",
                new JsonObject()
                    .put("id", id)
                    .put("devices", new JsonArray(devices))
                    .put("device_prefixes", new JsonArray(prefixes))))
        .json();
  }

  private static GatewayIdentity identity(JsonObject made) {
    return api.gateways.byToken(made.getString("token"));
  }

  @Test
  void shouldGiveATokenOnceAndTellTheDoor() throws Exception {
    JsonObject made = make("depot", List.of("van-1"), List.of("north-"));
    assertTrue(made.getString("token").matches("hbg_[0-9A-Za-z]{32}"));
    assertEquals("tcp://phones.example:5056", made.getString("url"));
    GatewayIdentity identity = identity(made);
    assertTrue(identity.speaksFor("van-1"));
    assertTrue(identity.speaksFor("north-7"));
    assertFalse(identity.speaksFor("van-10"));
    assertFalse(identity.speaksFor("south-7"));

    String listed = expect(200, api.get(api.admin(), "/v1/gateways")).json().encode();
    assertTrue(listed.contains("\"depot\""), listed);
    assertFalse(listed.contains("hbg_"), listed);
  }

  @Test
  void shouldRefuseTheOldTokenWhenAGatewayIsMadeAgain() throws Exception {
    List<String> gone = new ArrayList<>();
    api.gateways.onRevocation(gateway -> gone.add(gateway.id()));
    JsonObject first = make("again", List.of(), List.of("a-"));
    JsonObject second = make("again", List.of(), List.of("b-"));

    assertNull(identity(first));
    assertTrue(identity(second).speaksFor("b-1"));
    assertEquals(List.of("again"), gone);
  }

  @Test
  void shouldRefuseARevokedToken() throws Exception {
    JsonObject made = make("lost", List.of("van-1"), List.of());
    expect(204, api.call(api.admin(), "DELETE", "/v1/gateways/lost", null));
    assertNull(identity(made));
    expect(404, api.call(api.admin(), "DELETE", "/v1/gateways/lost", null));
  }

  @Test
  void shouldKnowTheTokensThatHoldAfterARestart() throws Exception {
    JsonObject revoked = make("old", List.of("van-1"), List.of());
    expect(204, api.call(api.admin(), "DELETE", "/v1/gateways/old", null));
    JsonObject kept = make("kept", List.of("van-1"), List.of("x"));
    GatewayIdentity before = Objects.requireNonNull(identity(kept));
    api.restart();
    assertEquals(before, identity(kept));
    assertNull(identity(revoked));
  }

  @Test
  void shouldNameAGatewayThatComesWithoutAName() throws Exception {
    JsonObject made =
        expect(
                201,
                api.call(
                    api.admin(),
                    "POST",
                    "/v1/gateways",
                    new JsonObject().put("devices", new JsonArray(List.of("van-1")))))
            .json();
    assertTrue(made.getString("id").matches("gw-[0-9A-Za-z]{10}"));
    assertNotNull(identity(made));
  }

  @Test
  void shouldRefuseAGatewayForNobodyOrForEverybody() throws Exception {
    for (JsonObject body :
        List.of(
            new JsonObject().put("id", "nobody"),
            new JsonObject().put("device_prefixes", new JsonArray(List.of(""))))) {
      expect(400, api.call(api.admin(), "POST", "/v1/gateways", body));
    }
  }
}
